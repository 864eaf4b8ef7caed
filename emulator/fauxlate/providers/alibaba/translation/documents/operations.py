"""Documents: a task, how it stands, its callback, and its result."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.sandboxes.callbacks import Receiver
from fauxlate.engine.service.events import Attempt, Event, Form, Message
from fauxlate.engine.tables.errors import Refusal
from fauxlate.engine.timing.jobs import Job
from fauxlate.providers.alibaba.access.auth import RESULTS
from fauxlate.providers.alibaba.lifecycles import DOCUMENT
from fauxlate.providers.alibaba.models import documents as models
from fauxlate.providers.alibaba.replies import request_id
from fauxlate.providers.alibaba.translation import checks

if TYPE_CHECKING:
    from fauxlate.engine.sandboxes.sandbox import Sandbox
    from fauxlate.engine.service.call import Call

_OFFICE = "application/vnd.openxmlformats-officedocument"
_DOCX = f"{_OFFICE}.wordprocessingml.document"
_PPTX = f"{_OFFICE}.presentationml.presentation"
_MEDIA = {
    "docx": _DOCX,
    "pptx": _PPTX,
    "txt": "text/plain;charset=utf-8",
    "html": "text/html;charset=utf-8",
    "xml": "application/xml",
    "json": "application/json",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What comes of a type of document: `made`, as content/ can make it, under the extension `extension`."""

    made: str
    extension: str


KINDS: Mapping[str, Kind] = {
    **{name: Kind("docx", "docx") for name in ("docx", "doc", "pdf", "idml")},
    **{name: Kind("pptx", "pptx") for name in ("pptx", "ppt")},
    **{name: Kind("txt", name) for name in ("txt", "srt", "csv", "md", "markdown")},
    **{name: Kind("txt", "csv") for name in ("xls", "xlsx")},
    **{name: Kind("html", name) for name in ("html", "htm", "xhtml")},
    **{name: Kind("xml", name) for name in ("xml", "dita", "xliff", "tmx")},
    "json": Kind("json", "json"),
}
"""Every type that the pages name. That a pdf becomes a docx is documented; doc, ppt, idml, xls and xlsx become the
nearest type that can be made here, where the service keeps the type."""


@dataclass(frozen=True, slots=True)
class Document:
    """Facts of a document task, as asked."""

    url: str
    source: str
    target: str
    kind: Kind
    callback: str | None = None

    @property
    def attributes(self) -> Mapping[str, str]:
        """The values that conditions of scenarios and the admin API read, by name."""
        return {"file": _name(self.url), "source": self.source, "target": self.target}


def _name(url: str) -> str:
    return PurePosixPath(unquote(urlsplit(url).path)).name


async def create_doc_translate_task(
    call: Call, asked: models.CreateDocTranslateTask
) -> models.CreateDocTranslateTaskResponse:
    """Start the translation of a document."""
    checks.languages(call, asked.source_language, asked.target_language)
    kind = _kind(asked.file_url)
    if asked.callback_url is not None and (not _host(asked.callback_url) or not checks.over_http(asked.callback_url)):
        raise Refusal("10024", hint=f"CallbackUrl is no http or https link; it came as {asked.callback_url!r:.100}.")

    async def start() -> str:
        task_id = call.sandbox.chance.draw("alibaba.document").hex()
        pair = (asked.source_language, asked.target_language)
        await call.start(DOCUMENT, task_id, Document(asked.file_url, *pair, kind, asked.callback_url))
        return task_id

    task_id = await checks.once(call, asked.client_token, start)
    return {"Status": "ready", "RequestId": request_id(call), "TaskId": task_id}


def _kind(url: str) -> Kind:
    host = _host(url)
    if not checks.over_http(url) or not host or any(letter.isspace() for letter in url) or _is_address(host):
        hint = "FileUrl is a public http or https link, its host a domain and no address, without spaces."
        raise Refusal("10022", hint=f"{hint} It came as {url!r:.200}.")
    kind = KINDS.get(PurePosixPath(_name(url)).suffix.removeprefix(".").lower())
    if kind is None:
        raise Refusal("10031", hint=f"`{_name(url)[:100]}` has none of the extensions {', '.join(KINDS)}.")
    return kind


def _host(url: str) -> str | None:
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


def _receiver(_: Sandbox, job: Job[Document] | None) -> Receiver | None:
    url = job.facts.callback if job is not None else None
    return None if url is None else Receiver(CALLBACK_URL.name, url)


def _callback(attempt: Attempt) -> Message | None:
    """Return what the client is told when the task has ended."""
    job = attempt.job
    if job is None:
        return None
    final = job.timeline.steps[-1]
    failed = final.state == "error"
    said = {
        "task_id": job.id,
        "status": final.state,
        "errCode": final.error or ("19999" if failed else "200"),
        "errMsg": "" if final.error is None else _message(attempt, final.error),
        "translateFileUrl": "" if failed else _link(attempt, job, attempt.event_time),
    }
    body = json.dumps(said, ensure_ascii=False).encode()
    return Message(body, body, lambda _status, _body: None, attempt.receiver.url)


CALLBACK_URL = Form(
    "CallbackUrl",
    "A POST of JSON to the CallbackUrl of the task; any answer counts, and nothing is sent twice.",
    "api-alimt-2018-10-12-createdoctranslatetask; that it is not repeated is assumed",
)
TASK_ENDED = Event(
    name="CallbackUrl",
    about="A document task has ended, well or not.",
    source="api-alimt-2018-10-12-createdoctranslatetask",
    message=_callback,
    receiver=_receiver,
    forms=(CALLBACK_URL,),
)


def _message(attempt: Attempt, error: str) -> str:
    return attempt.error_row(error).wording(attempt.quirk, {})[1]


async def get_doc_translate_task(call: Call, asked: models.GetDocTranslateTask) -> models.GetDocTranslateTaskResponse:
    """Tell how a document task stands; each answer for a translated one has a link good for an hour."""
    job = await call.find(DOCUMENT, asked.task_id)
    if job is None:
        raise Refusal("10025", hint=f"There is no document task `{asked.task_id[:100]}` here.")
    position = await call.poll(job)
    answer: models.GetDocTranslateTaskResponse = {
        "Status": position.state,
        "RequestId": request_id(call),
        "TaskId": job.id,
    }
    if position.state == "translated":
        answer["PageCount"] = await asyncio.to_thread(_pages, job.facts)
        answer["TranslateFileUrl"] = _link(call, job, call.now)
    elif position.state == "error":
        error = position.step.error or "19999"
        answer["TranslateErrorCode"] = error
        answer["TranslateErrorMessage"] = call.embedded_error(error).wording(call.quirk, {})[1]
    return answer


def _link(call: Call | Attempt, job: Job[Document], now: float) -> str:
    name = PurePosixPath(_name(job.facts.url)).stem or "document"
    path = f"{RESULTS}{call.sandbox.tag}/{job.id}/{quote(f'{name}_{job.facts.target}.{job.facts.kind.extension}', safe='')}"
    expires = str(int(now + call.sandbox.link_lifetime(DOCUMENT)))
    return f"{call.base_url}{path}?Expires={expires}&Signature={_signature(call, job.id, expires)}"


def _signature(call: Call | Attempt, task_id: str, expires: str) -> str:
    secret = call.sandbox.credentials["alibaba"]["access_key_secret"]
    return hmac.digest(secret.encode(), f"{task_id}\n{expires}".encode(), "sha256").hex()


async def document_result(call: Call, asked: models.DocumentResult) -> Reply:
    """Return a translated document by its link."""
    job = await call.find(DOCUMENT, asked.task_id)
    if job is None or (await call.position(job)).state != "translated":
        raise Refusal("NoSuchKey", hint="There is no such document; the link of a translated task leads to one.")
    expires, signature = asked.expires or "", asked.signature or ""
    if not expires.isdecimal() or not hmac.compare_digest(
        signature.encode(errors="replace"), _signature(call, job.id, expires).encode()
    ):
        raise Refusal("AccessDenied", hint="The link was altered: its signature does not fit.")
    if call.now >= int(expires):
        raise Refusal("AccessDenied", hint="The link was good for an hour; GetDocTranslateTask gives a new one.")
    data = await asyncio.to_thread(_translated, job.facts)
    return Reply(200, data, media_type=_MEDIA[job.facts.kind.made])


def _source(document: Document) -> bytes:
    """Return a sample to stand in for the source; links of clients are never fetched."""
    from fauxlate.content import samples

    made = document.kind.made
    return samples.document(made if made in ("docx", "pptx") else "txt", document.source)


def _pages(document: Document) -> int:
    from fauxlate.content import documents

    made = document.kind.made
    return documents.pages(_source(document), made if made in ("docx", "pptx") else "txt")


def _translated(document: Document) -> bytes:
    from fauxlate.content import documents, pseudo

    made, pair = document.kind.made, (document.source, document.target)
    data = _source(document)
    if made in ("docx", "pptx", "txt"):
        return documents.translate(data, made, *pair)
    lines = data.decode().split("\n")
    return _MARKED[made]([pseudo.translate(line, *pair) for line in lines if line.strip()]).encode()


def _html(lines: list[str]) -> str:
    return f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"/></head><body>{_paragraphs(lines)}</body></html>\n'


def _xml(lines: list[str]) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<document>{_paragraphs(lines)}</document>\n'


def _paragraphs(lines: list[str]) -> str:
    from xml.sax.saxutils import escape

    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def _json(lines: list[str]) -> str:
    return json.dumps({"text": lines}, ensure_ascii=False)


_MARKED: Mapping[str, Callable[[list[str]], str]] = {"html": _html, "xml": _xml, "json": _json}
