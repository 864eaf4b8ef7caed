"""The operations of document tasks: creation, query, and the download of a result."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.alibaba.lifecycles import DOCUMENT
from fauxlate.providers.alibaba.models import documents as models
from fauxlate.providers.alibaba.replies import new_request_id
from fauxlate.providers.alibaba.translation import validation
from fauxlate.providers.alibaba.translation.deduplication import start_once
from fauxlate.providers.alibaba.translation.documents.facts import (
    DOCUMENT_TYPES,
    DocumentTask,
    DocumentType,
    get_file_name,
)
from fauxlate.providers.alibaba.translation.documents.links import build_link, check_link
from fauxlate.providers.alibaba.translation.documents.rendering import MEDIA_TYPES, count_pages, render

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call


async def create_doc_translate_task(
    call: Call, parameters: models.CreateDocTranslateTask
) -> models.CreateDocTranslateTaskResponse:
    """Start the translation of a document."""
    validation.check_languages(call, parameters.source_language, parameters.target_language)
    document_type = _find_type(parameters.file_url)
    callback_url = parameters.callback_url
    if callback_url is not None and (not _find_host(callback_url) or not validation.is_http_link(callback_url)):
        raise Refusal("10024", hint=f"CallbackUrl is no http or https link; it came as {callback_url!r:.100}.")

    async def start() -> str:
        task_id = call.sandbox.chance.draw("alibaba.document").hex()
        languages = (parameters.source_language, parameters.target_language)
        await call.start_job(
            DOCUMENT, task_id, DocumentTask(parameters.file_url, *languages, document_type, callback_url)
        )
        return task_id

    task_id = await start_once(call, parameters.client_token, start)
    return {"Status": "ready", "RequestId": new_request_id(call), "TaskId": task_id}


def _find_type(url: str) -> DocumentType:
    """Return the type of the document that `url` leads to. Raises `Refusal` for a link or a type that is not taken."""
    host = _find_host(url)
    if not validation.is_http_link(url) or not host or any(letter.isspace() for letter in url) or _is_address(host):
        hint = "FileUrl is a public http or https link, its host a domain and no address, without spaces."
        raise Refusal("10022", hint=f"{hint} It came as {url!r:.200}.")
    name = get_file_name(url)
    document_type = DOCUMENT_TYPES.get(PurePosixPath(name).suffix.removeprefix(".").lower())
    if document_type is None:
        raise Refusal("10031", hint=f"`{name[:100]}` has none of the extensions {', '.join(DOCUMENT_TYPES)}.")
    return document_type


def _find_host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


async def get_doc_translate_task(
    call: Call, parameters: models.GetDocTranslateTask
) -> models.GetDocTranslateTaskResponse:
    """Return the state of a document task; each answer for a translated one has a link good for an hour."""
    job = await call.find_job(DOCUMENT, parameters.task_id)
    if job is None:
        raise Refusal("10025", hint=f"There is no document task `{parameters.task_id[:100]}` here.")
    position = await call.poll_job(job)
    answer: models.GetDocTranslateTaskResponse = {
        "Status": position.state,
        "RequestId": new_request_id(call),
        "TaskId": job.id,
    }
    if position.state == "translated":
        answer["PageCount"] = await asyncio.to_thread(count_pages, job.facts)
        answer["TranslateFileUrl"] = build_link(call, job, call.now)
    elif position.state == "error":
        error = position.step.error or "19999"
        answer["TranslateErrorCode"] = error
        answer["TranslateErrorMessage"] = call.embedded_error(error).format(call.quirk, {})[1]
    return answer


async def get_document_result(call: Call, parameters: models.DocumentResult) -> Reply:
    """Return a translated document by its link."""
    job = await call.find_job(DOCUMENT, parameters.task_id)
    if job is None or (await call.job_position(job)).state != "translated":
        raise Refusal("NoSuchKey", hint="There is no such document; the link of a translated task leads to one.")
    check_link(call, job, parameters)
    data = await asyncio.to_thread(render, job.facts)
    return Reply(200, data, media_type=MEDIA_TYPES[job.facts.type.format])
