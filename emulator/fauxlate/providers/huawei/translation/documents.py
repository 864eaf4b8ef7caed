"""Document translation: the job, from its creation to the link of its result."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.sandboxes.fetching import FetchError
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.huawei import replies
from fauxlate.providers.huawei.access.storage_auth import create_link, get_results_bucket
from fauxlate.providers.huawei.lifecycles import FILE_TRANSLATION
from fauxlate.providers.huawei.storage.results import FileJob, build_key, store_result
from fauxlate.providers.huawei.storage.sources import read_source

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.engine.timing.jobs import Job
    from fauxlate.providers.huawei.models import translation as models

MAX_PAGES = 250
"""NLP.6307 in nlp_03_0021; how pages are counted is not documented."""
_LINKS = "huawei.link"
"""The kind of record under which the store keeps the last link to each result, by the id of its job."""
_SOURCE_ERRORS = {"empty": "NLP.6306", "unreadable": "NLP.6305", "unsupported": "NLP.6305", "too_large": "NLP.6307"}
"""The errors of a job by what is wrong with its source; that of an unreadable one is an assumption."""


async def run_file_translation(
    call: Call, parameters: models.RunFileTranslation
) -> models.RunFileTranslationResponse | Reply:
    """Create a job. Its source is read and translated at once, so that it may change later."""
    if parameters.source == parameters.target:
        hint = f"From `{parameters.source}` to itself: only zh to en and en to zh are documented."
        raise Refusal("NLP.0301", hint=hint)
    result, error, reason = await _translate_source(call, parameters)
    course = call.timeline or call.sandbox.timeline(FILE_TRANSLATION)
    if error is not None:
        course = FILE_TRANSLATION.fail_timeline(course, error)
    final = course.steps[-1]
    if final.state == "ERROR" and call.quirk("huawei.failed_job") == "creation_error":
        raise Refusal(final.error or "NLP.6101", hint=reason or "The course of this job ends in ERROR.")
    call.timeline = course
    job_id = call.sandbox.chance.uuid("huawei.job_id")
    facts = FileJob(
        call.alias(parameters.project_id), parameters.url, parameters.source, parameters.target, parameters.type
    )
    await call.start_job(FILE_TRANSLATION, job_id, facts)
    if result is not None:
        await store_result(call, job_id, result)
    answer: models.RunFileTranslationResponse = {"job_id": job_id}
    if reason is None and result is not None:
        return answer
    reply = replies.encode(call, answer)
    reply.hint = _SAMPLE if reason is None else f"The job will end in ERROR {error}: {reason}"
    return reply


_SAMPLE = (
    "The source is not in the storage here, so a sample stands in for it: put it there first (`PutObject`), or start "
    "the server with --fetch-sources."
)


async def _translate_source(
    call: Call, parameters: models.RunFileTranslation
) -> tuple[bytes | None, str | None, str | None]:
    """Return a source's translation; else the error that its job ends in, and the reason; None for a source not available."""
    from fauxlate.content.errors import ContentError

    try:
        data = await read_source(call, parameters.url)
        if data is None and call.sandbox.fetch is not None:
            with call.outlive_reset():
                data = await call.sandbox.fetch(parameters.url)
        if data is None:
            return None, None, None
        return (
            await asyncio.to_thread(_translate_document, data, parameters.type, parameters.source, parameters.target),
            None,
            None,
        )
    except FetchError as fault:
        return None, "NLP.6303", f"{fault}."
    except ContentError as fault:
        return None, _SOURCE_ERRORS[fault.kind], f"{fault.reason}."


def _translate_document(data: bytes, kind: str, source: str, target: str) -> bytes:
    """Return the translation of a document. Raises `ContentError`."""
    from fauxlate.content import documents
    from fauxlate.content.errors import ContentError

    if not data:
        raise ContentError("empty", "the file has no bytes")
    pages = documents.count_pages(data, kind)
    if pages > MAX_PAGES:
        raise ContentError("too_large", f"the file has {pages} pages; {MAX_PAGES} is the limit")
    return documents.translate(data, kind, source, target)


async def run_get_file_translation_result(
    call: Call, parameters: models.RunGetFileTranslationResult
) -> models.RunGetFileTranslationResultResponse:
    """Return the status of a job; the answer for a finished one has a link that is valid for ten minutes."""
    job = await call.find_job(FILE_TRANSLATION, parameters.job_id)
    if job is None or job.facts.project_id != call.alias(parameters.project_id):
        raise Refusal(
            "NLP.6304", hint=f"Project {parameters.project_id[:64]} has no job `{parameters.job_id[:100]}` here."
        )
    position = await call.poll_job(job)
    if position.is_expired:
        raise Refusal("NLP.6304", hint="The job's result was kept 24 hours, by the sandbox's clock, and is gone.")
    if position.state == "BGEIN":
        return {"status": call.quirk("huawei.started_status")}
    if position.state == "FINISHED":
        return {"status": "FINISHED", "url": await _find_link(call, job)}
    if position.state == "ERROR":
        return _describe_failure(call, position.step.error or "NLP.6101")
    return {"status": position.state}


async def _find_link(call: Call, job: Job[Any]) -> str:
    """Return a link to a job's result: a new one, or the last one while it is valid, as the quirk has it."""
    lifetime = call.sandbox.link_lifetime(FILE_TRANSLATION)
    if call.quirk("huawei.link_renewal") == "fresh":
        return create_link(call, get_results_bucket(call), build_key(job), lifetime)
    record = await call.sandbox.store.get(_LINKS, job.id)
    if record is None or not record.is_valid(call.now):
        record = Record(create_link(call, get_results_bucket(call), build_key(job), lifetime), call.now + lifetime)
        await call.sandbox.store.put(_LINKS, job.id, record)
    link: str = record.value
    return link


def _describe_failure(call: Call, error: str) -> models.RunGetFileTranslationResultResponse:
    """Return the answer for a failed job. Raises `Refusal` instead where the quirk has it."""
    if call.quirk("huawei.failed_job") == "query_error":
        raise Refusal(error, hint=f"The job has failed with {error}.")
    code, message = call.embedded_error(error).format(call.quirk, {})
    return {"status": "ERROR", "error_code": code, "error_msg": message}
