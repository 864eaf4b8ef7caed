"""Document translation: the job, from its creation to the link of its result."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.sandboxes.fetching import UnfetchedError
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.huawei import replies, results
from fauxlate.providers.huawei.lifecycles import FILE_TRANSLATION
from fauxlate.providers.huawei.results import FileJob
from fauxlate.providers.huawei.storage import objects

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.engine.timing.jobs import Job
    from fauxlate.providers.huawei import models

MOST_PAGES = 250
"""NLP.6307 in nlp_03_0021; how pages are counted is not documented."""
_LINKS = "huawei.link"
_BROKEN = {"empty": "NLP.6306", "unreadable": "NLP.6305", "unsupported": "NLP.6305", "too_large": "NLP.6307"}
"""By what is wrong with a source. That one which cannot be read is one of another format is an assumption."""


async def run_file_translation(
    call: Call, asked: models.RunFileTranslation
) -> models.RunFileTranslationResponse | Reply:
    """Start the translation of a document. Its source is got and translated now, so that it may change later."""
    if asked.source == asked.target:
        hint = f"From `{asked.source}` to itself: only zh to en and en to zh are documented."
        raise Refusal("NLP.0301", hint=hint)
    result, error, why = await _translated(call, asked)
    course = call.timeline or call.sandbox.timeline(FILE_TRANSLATION)
    if error is not None:
        course = FILE_TRANSLATION.fail_timeline(course, error)
    final = course.steps[-1]
    if final.state == "ERROR" and call.quirk("huawei.failed_job") == "creation_error":
        raise Refusal(final.error or "NLP.6101", hint=why or "The course of this job ends in ERROR.")
    call.timeline = course
    job_id = call.sandbox.chance.uuid("huawei.job_id")
    facts = FileJob(call.alias(asked.project_id), asked.url, asked.source, asked.target, asked.type)
    await call.start(FILE_TRANSLATION, job_id, facts)
    if result is not None:
        await results.keep(call, job_id, result)
    answer: models.RunFileTranslationResponse = {"job_id": job_id}
    if why is None and result is not None:
        return answer
    reply = replies.encode(call, answer)
    reply.hint = _SAMPLE if why is None else f"The job will end in ERROR {error}: {why}"
    return reply


_SAMPLE = (
    "The source is not in the storage here, so a sample stands in for it: put it there first (`PutObject`), or start "
    "the server with --fetch-sources."
)


async def _translated(call: Call, asked: models.RunFileTranslation) -> tuple[bytes | None, str | None, str | None]:
    """Return the translation of a source, or the error that it ends in, and why; three times None for one not got."""
    from fauxlate.content.unreadable import Unreadable

    try:
        data = await objects.source(call, asked.url)
        if data is None and call.sandbox.fetch is not None:
            with call.surviving_reset():
                data = await call.sandbox.fetch(asked.url)
        if data is None:
            return None, None, None
        return await asyncio.to_thread(_translate, data, asked.type, asked.source, asked.target), None, None
    except UnfetchedError as fault:
        return None, "NLP.6303", f"{fault}."
    except Unreadable as fault:
        return None, _BROKEN[fault.kind], f"{fault.reason}."


def _translate(data: bytes, kind: str, source: str, target: str) -> bytes:
    """Return a document translated. Raises `Unreadable`."""
    from fauxlate.content import documents
    from fauxlate.content.unreadable import Unreadable

    if not data:
        raise Unreadable("empty", "the file has no bytes")
    pages = documents.pages(data, kind)
    if pages > MOST_PAGES:
        raise Unreadable("too_large", f"the file has {pages} pages; {MOST_PAGES} is the limit")
    return documents.translate(data, kind, source, target)


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
    life = call.sandbox.link_lifetime(FILE_TRANSLATION)
    if call.quirk("huawei.link_renewal") == "fresh":
        return objects.link(call, results.bucket(call), results.key(job), life)
    given = await call.sandbox.store.get(_LINKS, job.id)
    if given is None or not given.is_valid(call.now):
        given = Record(objects.link(call, results.bucket(call), results.key(job), life), call.now + life)
        await call.sandbox.store.put(_LINKS, job.id, given)
    link: str = given.value
    return link


def _failed(call: Call, error: str) -> models.RunGetFileTranslationResultResponse:
    if call.quirk("huawei.failed_job") == "query_error":
        raise Refusal(error, hint=f"The job has failed with {error}.")
    code, message = call.embedded_error(error).wording(call.quirk, {})
    return {"status": "ERROR", "error_code": code, "error_msg": message}
