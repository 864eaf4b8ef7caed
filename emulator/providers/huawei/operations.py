"""Huawei's operations: the table, and above it what the document job does."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from emulator.engine.errors import Refusal
from emulator.engine.evidence import Evidence
from emulator.engine.provider import Alias, Operation
from emulator.engine.reply import JSON, Reply
from emulator.engine.store import Record
from emulator.providers.huawei import iam, models, storage
from emulator.providers.huawei.auth import signed_or_token
from emulator.providers.huawei.lifecycles import FILE_TRANSLATION

if TYPE_CHECKING:
    from emulator.engine.call import Call
    from emulator.engine.jobs import Job

_JOBS = "/v1/{project_id}/machine-translation/file-translation/jobs"
_LINKS = "huawei.link"
_MEDIA = {
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
    def told(self) -> Mapping[str, str]:
        """What conditions of scenarios can ask."""
        return {"file": PurePosixPath(urlsplit(self.url).path).name, "source": self.source, "target": self.target}


async def run_file_translation(call: Call, asked: models.RunFileTranslation) -> models.RunFileTranslationResponse:
    """Start the translation of a document."""
    if asked.source == asked.target:
        hint = f"From `{asked.source}` to itself: only zh to en and en to zh are documented."
        raise Refusal("NLP.0301", hint=hint)
    job_id = call.sandbox.chance.uuid("huawei.job_id")
    facts = FileJob(call.alias(asked.project_id), asked.url, asked.source, asked.target, asked.type)
    await call.start(FILE_TRANSLATION, job_id, facts)
    return {"job_id": job_id}


async def run_get_file_translation_result(
    call: Call, asked: models.RunGetFileTranslationResult
) -> models.RunGetFileTranslationResultResponse:
    """Tell how a document job stands; each answer for a finished one has a link good for ten minutes."""
    job = await call.find(FILE_TRANSLATION, asked.job_id)
    if job is None or job.facts.project_id != call.alias(asked.project_id):
        raise Refusal("NLP.6304", hint=f"Project {asked.project_id[:64]} has no job `{asked.job_id[:100]}` here.")
    position = await call.poll(job)
    if position.gone:
        raise Refusal("NLP.6304", hint="The job's result was kept 24 hours, by the sandbox's clock, and is gone.")
    if position.state == "BGEIN":
        return {"status": call.quirk("huawei.started_status")}
    if position.state == "FINISHED":
        return {"status": "FINISHED", "url": await _link(call, job)}
    if position.state == "ERROR":
        return _failed(call, position.step.error or "NLP.6101")
    return {"status": position.state}


async def _link(call: Call, job: Job[Any]) -> str:
    life = call.sandbox.link_life(FILE_TRANSLATION)
    if call.quirk("huawei.link_renewal") == "fresh":
        return storage.link(call, _bucket(call), _key(job), life)
    given = await call.sandbox.store.get(_LINKS, job.id)
    if given is None or not given.holds(call.now):
        given = Record(storage.link(call, _bucket(call), _key(job), life), call.now + life)
        await call.sandbox.store.put(_LINKS, job.id, given)
    link: str = given.value
    return link


def _failed(call: Call, error: str) -> models.RunGetFileTranslationResultResponse:
    if call.quirk("huawei.failed_job") == "query_error":
        raise Refusal(error, hint=f"The job has failed with {error}.")
    code, message = call.provider.row(call.operation, error).worded(call.quirk, {})
    return {"status": "ERROR", "error_code": code, "error_msg": message}


def _bucket(call: Call) -> str:
    return f"nlp-mt-{call.sandbox.tag}"


def _key(job: Job[Any]) -> str:
    """Return the object's key: the job, and the source's name with the target language behind it."""
    facts: FileJob = job.facts
    name = PurePosixPath(unquote(urlsplit(facts.url).path)).stem or "document"
    return f"{facts.project_id.removeprefix('@')}/{job.id}/{name}_{facts.target}.{facts.type}"


def _job_of(key: str) -> str | None:
    _, _, rest = key.partition("/")
    return rest.partition("/")[0] or None


async def get_object(call: Call, asked: models.GetObject) -> Reply:
    """Return a result by its temporary link."""
    job_id = _job_of(asked.key)
    job = await call.find(FILE_TRANSLATION, job_id) if job_id is not None else None
    there = job is not None and asked.bucket == _bucket(call) and asked.key == _key(job)
    if job is None or not there:
        raise Refusal("NoSuchKey", hint="No object lies there; the links that a finished job gives lead to one.")
    position = await call.stands(job)
    if position.state != "FINISHED" or position.gone:
        raise Refusal("NoSuchKey", hint="The job has no result now: it is kept 24 hours after the job has finished.")
    data = await asyncio.to_thread(_translated, job.facts)
    headers = {
        "Server": "OBS",
        "x-obs-request-id": call.sandbox.chance.draw("huawei.storage").hex().upper(),
        "ETag": f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"',
        "Last-Modified": formatdate(position.since, usegmt=True),
    }
    return Reply(200, data, headers, _MEDIA[job.facts.type])


def _translated(facts: FileJob) -> bytes:
    """Translate the source; links of clients are never fetched, so a sample document stands in for it."""
    from emulator.content import documents, samples

    return documents.translate(samples.document(facts.type, facts.source), facts.type, facts.source, facts.target)


OPERATIONS = (
    Operation(
        name="RunFileTranslation",
        path=_JOBS,
        takes=(JSON,),
        run=run_file_translation,
        parameters=models.RunFileTranslation,
        response=models.RunFileTranslationResponse,
        family="nlp",
        access=signed_or_token,
        lifecycle=FILE_TRANSLATION,
        creates=True,
        source="nlp_03_0073; huaweicloudsdknlp 3.1.219",
    ),
    Operation(
        name="RunGetFileTranslationResult",
        methods=("GET",),
        path=_JOBS + "/{job_id}",
        aliases=(Alias(_JOBS.removesuffix("/jobs") + "/{job_id}", "huawei.sample_path", "accepted"),),
        run=run_get_file_translation_result,
        parameters=models.RunGetFileTranslationResult,
        response=models.RunGetFileTranslationResultResponse,
        family="nlp",
        access=signed_or_token,
        lifecycle=FILE_TRANSLATION,
        names_job=lambda asked: asked.job_id,
        source="seed 003",
    ),
    Operation(
        name="KeystoneCreateUserTokenByPassword",
        path="/v3/auth/tokens",
        takes=(JSON,),
        run=iam.create_token,
        parameters=models.KeystoneCreateUserTokenByPassword,
        response=models.TokenResponse,
        family="iam",
        source="IAM API reference, obtaining a user token by password",
    ),
    Operation(
        name="KeystoneListProjects",
        methods=("GET",),
        path="/v3/projects",
        run=iam.list_projects,
        parameters=models.KeystoneListProjects,
        response=models.ProjectsResponse,
        family="iam",
        access=signed_or_token,
        source="IAM API reference, listing projects; huaweicloudsdkcore 3.1.219",
        evidence=Evidence.SDK,
    ),
    Operation(
        name="GetObject",
        methods=("GET",),
        path="/{bucket}/{key+}",
        when=storage.carries_signature,
        run=get_object,
        parameters=models.GetObject,
        family="storage",
        access=storage.admit,
        lifecycle=FILE_TRANSLATION,
        names_job=lambda asked: _job_of(asked.key),
        source="seed 003 (temporary URL); Object Storage API, signature in a URL",
    ),
)
