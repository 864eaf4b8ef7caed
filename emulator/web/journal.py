"""The journal as people and tools read it: JSON, or a HAR file, with every secret taken out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode

from emulator import __version__
from emulator.engine.journal import Entry, why

REDACTED = "<redacted>"
_SECRET = re.compile(
    r"(?i)(.*(secret|password|passwd|signature|ticket)$|authorization|x-auth-token|x-subject-token|cookie|set-cookie"
    r"|(.*[-_])?access[-_]?token|.*security-?token|refresh_?token|suite_?access_?token|x-acs-bearer-token)"
)
_IN_TEXT = re.compile(
    r'(?i)("(?:\w*(?:secret|password|ticket)|\w*access_?token|refresh_?token|signature)"\s*:\s*")((?:[^"\\]|\\.)*)'
)
_IN_LINK = re.compile(r"(?i)((?:[?&]|\\u0026)(?:signature|access_token|x-obs-security-token)=)[^&\"'\s\\<]+")


def redacted_headers(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return headers in order, the values of secret ones replaced."""
    return [(name, REDACTED if _SECRET.fullmatch(name) else value) for name, value in headers.items()]


def redacted_target(target: str) -> str:
    """Return a request target with secret query parameters replaced."""
    path, mark, query = target.partition("?")
    if not mark:
        return target
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


def as_data(entry: Entry) -> dict[str, Any]:
    """Return an entry as data, with what each rule of the scenario said to it."""
    return {
        "number": entry.number,
        "at": _iso(entry.wall),
        "sandbox_time": _iso(entry.now),
        "provider": entry.provider,
        "operation": entry.operation,
        "job": entry.job,
        "request": {
            "method": entry.method,
            "target": redacted_target(entry.target),
            "headers": redacted_headers(entry.request_headers),
            "body": redacted_body(entry.request_body, entry.request_headers),
        },
        "reply": {
            "status": entry.status,
            "error": entry.error,
            "evidence": entry.evidence or None,
            "headers": redacted_headers(entry.reply_headers),
            "body": redacted_body(entry.reply_body, entry.reply_headers),
            "fault": entry.fault,
            "took_ms": round(entry.took * 1000, 3),
        },
        "rule": None if entry.rule is None else entry.rule.where,
        "why": list(why(entry)),
        "hint": entry.hint,
    }


def chosen(entries: Iterable[Entry], wanted: Mapping[str, Any]) -> Iterator[Entry]:
    """Give the entries of the wanted `operation` (with or without its provider), `job` and `status`, after `after`."""
    for entry in entries:
        operation = entry.operation or ""
        if wanted.get("operation") not in (None, operation, operation.partition(".")[2]):
            continue
        if wanted.get("job") not in (None, entry.job) or wanted.get("status") not in (None, entry.status):
            continue
        if entry.number > (wanted.get("after") or 0):
            yield entry


def as_har(entries: Iterable[Entry], base_url: str) -> dict[str, Any]:
    """Return entries as an HTTP Archive (HAR 1.2)."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "fauxlate", "version": __version__},
            "entries": [_har_entry(entry, base_url) for entry in entries],
        }
    }


def _har_entry(entry: Entry, base_url: str) -> dict[str, Any]:
    data = as_data(entry)
    request, reply = data["request"], data["reply"]
    kinds = {name.lower(): value for name, value in request["headers"]}
    query = parse_qsl(request["target"].partition("?")[2], keep_blank_values=True)
    return {
        "startedDateTime": data["at"],
        "time": reply["took_ms"],
        "request": {
            "method": request["method"],
            "url": base_url + request["target"],
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [{"name": name, "value": value} for name, value in request["headers"]],
            "queryString": [{"name": name, "value": value} for name, value in query],
            "postData": {"mimeType": kinds.get("content-type", ""), "text": request["body"]},
            "headersSize": -1,
            "bodySize": len(entry.request_body),
        },
        "response": {
            "status": reply["status"],
            "statusText": HTTPStatus(reply["status"]).phrase if reply["status"] in HTTPStatus else "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [{"name": name, "value": value} for name, value in reply["headers"]],
            "content": {"size": len(entry.reply_body), "mimeType": "", "text": reply["body"]},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": len(entry.reply_body),
        },
        "cache": {},
        "timings": {"send": 0, "wait": reply["took_ms"], "receive": 0},
        "_fauxlate": {name: data[name] for name in ("number", "operation", "job", "rule", "why", "hint")},
    }


def as_event(entry: Entry) -> bytes:
    """Return an entry as a server-sent event."""
    return f"id: {entry.number}\nevent: request\ndata: {json.dumps(as_data(entry), ensure_ascii=False)}\n\n".encode()


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
