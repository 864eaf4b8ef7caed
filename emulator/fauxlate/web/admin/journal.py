"""The journal as people and tools read it: JSON, or a HAR file, with every secret taken out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode

from typing_extensions import TypedDict

from fauxlate import __version__
from fauxlate.engine.exchange.reply import Compared
from fauxlate.engine.sandboxes.journal import LONGEST_BODY, Noted, Sent, why
from fauxlate.engine.scenarios.scenario import LONGEST_TOLD

REDACTED = "<redacted>"
_SECRET = re.compile(
    r"(?i)(.*(secret|password|passwd|signature|ticket)$|(proxy-)?authorization|x-auth-token|x-subject-token"
    r"|cookie|set-cookie|(.*[-_])?access[-_]?token|.*security-?token|refresh_?token|suite_?access_?token"
    r"|.*bearer[-_]?token)"
)
_SHORTEST_SECRET = 4
"""Characters; taking out shorter ones would leave nothing legible."""
_IN_TEXT = re.compile(
    r'(?i)("(?:\w*(?:secret|password|ticket)|\w*access_?token|refresh_?token|signature)"\s*:\s*")((?:[^"\\]|\\.)*)'
)
_IN_LINK = re.compile(r"(?i)((?:[?&]|\\u0026)(?:signature|access_token|x-obs-security-token)=)[^&\"'\s\\<]+")
_IN_LINK_WITHIN = re.compile(r"(?i)(?:signature|auth_?code|access_token)(?:=|%3D)([^&\"'\s\\<>%;,]+)")
"""In a link, even one that is itself a parameter of another."""


class RequestTold(TypedDict):
    """What came: its headers in order, its body as text, secrets taken out."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: str


class ReplyTold(TypedDict):
    """What went out: `error` is the key of the error row, `fault` what the scenario did to it on its way."""

    status: int
    error: str | None
    evidence: str | None
    headers: list[tuple[str, str]]
    body: str
    fault: str | None
    took_ms: float


class LineTold(TypedDict):
    """One line of what is signed, here and by the client: null where nothing tells."""

    here: str
    client: str | None


class SignatureTold(TypedDict):
    """Why a signature does not match, as far as can be told, and what it was computed over."""

    cause: str
    lines: list[LineTold]


class CallbackTold(TypedDict):
    """A callback: its event is the entry's operation, what went out its request, what came back its reply.

    `form` is how it went, `attempt` counts its tries, `said` is what it says before any encryption, `refusal` why the
    answer does not count.
    """

    form: str
    attempt: int
    said: str
    acknowledged: bool
    refusal: str | None


class EntryTold(TypedDict):
    """One request: which operation and job it was about, which rule applied, and what each rule said to it.

    With a `callback` it is the other way round: sent from here, answered by a client, with status 0 where it was not.
    """

    number: int
    at: str
    sandbox_time: str
    provider: str
    operation: str | None
    job: str | None
    request: RequestTold
    reply: ReplyTold
    rule: str | None
    why: list[str]
    hint: str | None
    signature: SignatureTold | None
    callback: CallbackTold | None


class HarLog(TypedDict):
    """What an HTTP Archive holds."""

    version: str
    creator: dict[str, str]
    entries: list[dict[str, Any]]


class Har(TypedDict):
    """An HTTP Archive (HAR 1.2); our own findings stand in each entry under `_fauxlate`."""

    log: HarLog


def legible(text: str) -> str:
    """Return `text` with a question mark for each byte that was no UTF-8 when it came, so that it can be said back."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def _legible(text: str | None) -> str | None:
    return None if text is None else legible(text)


def redacted_headers(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return headers in order, the values of secret ones replaced."""
    return [(legible(name), REDACTED if _SECRET.fullmatch(name) else legible(value)) for name, value in headers.items()]


def redacted_target(target: str) -> str:
    """Return a request target with secret query parameters replaced."""
    path, mark, query = legible(target).partition("?")
    if not mark:
        return path
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    hidden = [(name, REDACTED if _SECRET.fullmatch(name) else value) for name, value in pairs]
    return f"{path}?{urlencode(hidden, safe='<>:/,')}"


def redacted_body(body: bytes, headers: Mapping[str, str]) -> str:
    """Return a body as text, secrets replaced; bytes that are no text as a note of their number."""
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    try:
        text = body.decode()
    except UnicodeDecodeError as fault:
        if fault.start < len(body) - 4:  # not just a character cut in two at the end of what is kept
            return f"<{len(body)} bytes of {kind or 'no type'}>"
        text = body.decode(errors="ignore")
    if kind.startswith("application/x-www-form-urlencoded"):
        return redacted_target(f"?{text}")[1:]
    if kind.startswith("multipart/"):
        return f"<{len(body)} bytes of {kind.partition(';')[0]}>"
    return _IN_LINK.sub(rf"\g<1>{REDACTED}", _IN_TEXT.sub(rf"\g<1>{REDACTED}", text))


def _secrets(entry: Noted) -> list[str]:
    """Return the secrets of the entry's sandbox, and what was sent under the name of one; the longest first."""
    found = {
        value
        for credentials in entry.sandbox.credentials.values()
        for name, value in credentials.items()
        if _SECRET.fullmatch(name)
    }
    request, reply = entry.request, entry.reply
    pairs = [*request.headers.items(), *reply.headers.items()]
    for text in (request.target.partition("?")[2], request.body.decode(errors="replace")):
        pairs += parse_qsl(text, keep_blank_values=True, errors="replace")
    found |= {value for name, value in pairs if _SECRET.fullmatch(name)}
    for text in (request.target, *reply.headers.values(), reply.body.decode(errors="replace")):
        found |= set(_IN_LINK_WITHIN.findall(text))
    for body in (request.body, reply.body):
        with suppress(ValueError, RecursionError):
            found |= set(_leaves(json.loads(body), secret=False))
    told = {part for value in found for part in (value, value[:LONGEST_TOLD]) if len(part) >= _SHORTEST_SECRET}
    return sorted(told, key=len, reverse=True)


def _leaves(value: Any, *, secret: bool) -> Iterator[str]:
    """Give every value, as text, that stands somewhere under the name of a secret."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, secret=secret or _SECRET.fullmatch(name) is not None)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, secret=secret)
    elif secret and value is not None and not isinstance(value, bool):
        yield str(value)


def _without(secrets: list[str], told: Any) -> Any:
    """Return `told` with each of `secrets` taken out, wherever it stands."""
    if isinstance(told, str):
        for secret in secrets:
            told = told.replace(secret, REDACTED)
        return told
    if isinstance(told, dict):
        return {name: _without(secrets, inner) for name, inner in told.items()}
    if isinstance(told, list | tuple):
        return [_without(secrets, inner) for inner in told]
    return told


def as_data(entry: Noted) -> EntryTold:
    """Return an entry as data, with what each rule of the scenario said to it."""
    told: EntryTold = {
        "number": entry.number,
        "at": iso(entry.wall),
        "sandbox_time": iso(entry.now),
        "provider": entry.provider,
        "operation": entry.operation,
        "job": _legible(entry.job),
        "request": {
            "method": entry.request.method,
            "target": redacted_target(entry.request.target),
            "headers": redacted_headers(entry.request.headers),
            "body": redacted_body(entry.request.body, entry.request.headers),
        },
        "reply": {
            "status": entry.reply.status,
            "error": _legible(entry.reply.error),
            "evidence": entry.reply.evidence or None,
            "headers": redacted_headers(entry.reply.headers),
            "body": redacted_body(entry.reply.body, entry.reply.headers),
            "fault": entry.fault,
            "took_ms": round(entry.took * 1000, 3),
        },
        "rule": None if entry.rule is None else entry.rule.where,
        "why": [legible(said) for said in why(entry)],
        "hint": _legible(entry.reply.hint),
        "signature": _signature(entry.reply.compared),
        "callback": _callback(entry) if isinstance(entry, Sent) else None,
    }
    without: EntryTold = _without(_secrets(entry), told)
    return without


def _callback(sent: Sent) -> CallbackTold:
    return {
        "form": sent.form,
        "attempt": sent.attempt,
        "said": redacted_body(sent.said, {}),
        "acknowledged": sent.refusal is None,
        "refusal": _legible(sent.refusal),
    }


def _signature(compared: Compared | None) -> SignatureTold | None:
    if compared is None:
        return None
    lines: list[LineTold] = [{"here": legible(here), "client": _legible(client)} for here, client in compared.lines]
    return {"cause": compared.cause, "lines": lines}


def chosen(entries: Iterable[Noted], wanted: Mapping[str, Any]) -> Iterator[Noted]:
    """Give the entries of the wanted `operation` (with or without its provider), `job` and `status`, after `after`."""
    for entry in entries:
        operation = entry.operation or ""
        if wanted.get("operation") not in (None, operation, operation.partition(".")[2]):
            continue
        if wanted.get("job") not in (None, entry.job) or wanted.get("status") not in (None, entry.reply.status):
            continue
        if entry.number > (wanted.get("after") or 0):
            yield entry


_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def as_har(entries: Iterable[Noted], base_url: str) -> Har:
    """Return entries as an HTTP Archive (HAR 1.2)."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "fauxlate", "version": __version__},
            "entries": [_har_entry(entry, base_url) for entry in entries],
        }
    }


def _har_entry(entry: Noted, base_url: str) -> dict[str, Any]:
    data = as_data(entry)
    request, reply = data["request"], data["reply"]
    body = {"postData": {"mimeType": _kind(request["headers"]), "text": request["body"]}} if entry.request.body else {}
    query = parse_qsl(request["target"].partition("?")[2], keep_blank_values=True)
    return {
        "startedDateTime": data["at"],
        "time": reply["took_ms"],
        "request": {
            "method": request["method"],
            "url": request["target"] if data["callback"] is not None else base_url + request["target"],
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _named(request["headers"]),
            "queryString": _named(query),
            **body,
            "headersSize": -1,
            "bodySize": _size(entry.request.body),
        },
        "response": {
            "status": reply["status"],
            "statusText": _PHRASES.get(reply["status"], ""),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _named(reply["headers"]),
            "content": {
                "size": _size(entry.reply.body),
                "mimeType": _kind(reply["headers"]) or "x-unknown",
                "text": reply["body"],
            },
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": _size(entry.reply.body),
        },
        "cache": {},
        "timings": {"send": 0, "wait": reply["took_ms"], "receive": 0},
        "_fauxlate": {
            "number": data["number"],
            "operation": data["operation"],
            "job": data["job"],
            "rule": data["rule"],
            "why": data["why"],
            "hint": data["hint"],
            "callback": data["callback"],
        },
    }


def _named(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _size(body: bytes) -> int:
    return len(body) if len(body) < LONGEST_BODY else -1  # HAR's way to say unknown: no more has been kept


def _kind(headers: Iterable[tuple[str, str]]) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def as_event(entry: Noted) -> bytes:
    """Return an entry as a server-sent event."""
    kind = "callback" if isinstance(entry, Sent) else "request"
    return f"id: {entry.number}\nevent: {kind}\ndata: {json.dumps(as_data(entry), ensure_ascii=False)}\n\n".encode()


_FIRST = datetime.min.replace(tzinfo=UTC).timestamp()
_LAST = datetime.max.replace(microsecond=0, tzinfo=UTC).timestamp()


def iso(at: float) -> str:
    """Return seconds since the epoch as a date and time, one outside the calendar as its nearest end."""
    return datetime.fromtimestamp(min(max(at, _FIRST), _LAST), UTC).isoformat().replace("+00:00", "Z")
