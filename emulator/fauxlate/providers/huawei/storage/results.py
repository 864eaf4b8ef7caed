"""The results of document jobs: where each lies in object storage, and when; its bytes are made once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
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
MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "txt": "text/plain",
}


@dataclass(frozen=True, slots=True)
class FileJob:
    """Facts of a document job, as asked."""

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
    """An object of the storage: its bytes, its type, since when it is there, and whether everybody may read it.

    `etag` is that of an object that was put, in its quotes.
    """

    data: bytes
    media_type: str
    modified: float
    public: bool = False
    etag: str = ""


def bucket(call: Call) -> str:
    """Return the service's own bucket, in which results lie. The documents mask its name."""
    return f"nlp-mt-{call.sandbox.tag}"


def key(job: Job[Any]) -> str:
    """Return the object's key: the job, and the source's name with the target language behind it (an assumption)."""
    facts: FileJob = job.facts
    return f"{facts.project_id.removeprefix('@')}/{job.id}/{_stem(facts.url)}_{facts.target}.{facts.type}"


@lru_cache(maxsize=1024)  # every poll of a finished job asks
def _stem(url: str) -> str:
    return PurePosixPath(unquote(urlsplit(url).path)).stem or "document"


def job_of(key: str) -> str | None:
    """Return the id of the job whose result would have this key."""
    _, _, rest = key.partition("/")
    return rest.partition("/")[0] or None


async def keep(call: Call, job_id: str, data: bytes) -> None:
    """Keep the bytes of a job's result."""
    await call.sandbox.store.put(RESULTS, job_id, Record(data))


async def find(call: Call, wanted: str) -> StoredObject | None:
    """Return the result under the key `wanted`: from when its job has finished until it is no longer kept."""
    job_id = job_of(wanted)
    job = await call.find(FILE_TRANSLATION, job_id) if job_id is not None else None
    if job is None or wanted != key(job):
        return None
    position = await call.position(job)
    if position.state != "FINISHED" or position.gone:
        return None
    made = await call.sandbox.store.get(RESULTS, job.id)
    if made is None:
        await keep(call, job.id, await asyncio.to_thread(_of_sample, job.facts))
        made = await call.sandbox.store.get(RESULTS, job.id)
        assert made is not None
    return StoredObject(made.value, MEDIA_TYPES[job.facts.type], position.since)


def _of_sample(facts: FileJob) -> bytes:
    """Translate a sample, which stands in for a source that was not got."""
    from fauxlate.content import documents, samples

    return documents.translate(samples.document(facts.type, facts.source), facts.type, facts.source, facts.target)
