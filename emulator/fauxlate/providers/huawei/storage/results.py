"""The results of document jobs, as objects: the key and the time of each; its bytes are translated once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from fauxlate.engine.sandboxes.store import Record
from fauxlate.providers.huawei.lifecycles import FILE_TRANSLATION

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.engine.timing.jobs import Job

RESULTS = "huawei.result"
"""The kind of record under which the store keeps the bytes of each result, by the id of its job."""
MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "txt": "text/plain",
}


@dataclass(frozen=True, slots=True)
class FileJob:
    """Facts of a document job: the parameters that created it."""

    project_id: str
    url: str
    source: str
    target: str
    type: str

    @property
    def attributes(self) -> Mapping[str, str]:
        """The values that conditions of scenarios and the admin API read, by name."""
        return {"file": PurePosixPath(urlsplit(self.url).path).name, "source": self.source, "target": self.target}


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object of the storage.

    `last_modified` is in seconds since the epoch, by the sandbox's clock. `is_public` says that everybody may read it.
    `etag` has its quotes; it is empty for a result. `headers` come back with it.
    """

    data: bytes
    media_type: str
    last_modified: float
    is_public: bool = False
    etag: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def build_key(job: Job[Any]) -> str:
    """Return the key of a result: project, job, and the source's name with the target language (an assumption)."""
    facts: FileJob = job.facts
    return f"{facts.project_id.removeprefix('@')}/{job.id}/{_get_stem(facts.url)}_{facts.target}.{facts.type}"


@lru_cache(maxsize=1024)  # for every poll of a finished job
def _get_stem(url: str) -> str:
    """Return the name of a source without its extension."""
    return PurePosixPath(unquote(urlsplit(url).path)).stem or "document"


def parse_job_id(key: str) -> str | None:
    """Return the id of the job in the key of a result; None where the key has none."""
    _, _, rest = key.partition("/")
    return rest.partition("/")[0] or None


async def store_result(call: Call, job_id: str, data: bytes) -> None:
    """Keep the bytes of a job's result."""
    await call.sandbox.store.put(RESULTS, job_id, Record(data))


async def find_result(call: Call, key: str) -> StoredObject | None:
    """Return the result under a key; None before its job has finished and after the retention."""
    job_id = parse_job_id(key)
    job = await call.find_job(FILE_TRANSLATION, job_id) if job_id is not None else None
    if job is None or key != build_key(job):
        return None
    position = await call.job_position(job)
    if position.state != "FINISHED" or position.is_expired:
        return None
    record = await call.sandbox.store.get(RESULTS, job.id)
    if record is None:
        await store_result(call, job.id, await asyncio.to_thread(_translate_sample, job.facts))
        record = await call.sandbox.store.get(RESULTS, job.id)
        assert record is not None
    return StoredObject(record.value, MEDIA_TYPES[job.facts.type], position.since)


def _translate_sample(facts: FileJob) -> bytes:
    """Return the translation of a sample, which stands in for a source that is not available."""
    from fauxlate.content import documents, samples

    return documents.translate(samples.build_document(facts.type, facts.source), facts.type, facts.source, facts.target)
