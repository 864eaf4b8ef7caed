"""The journal as an HTTP Archive (HAR 1.2), which browsers and other tools open."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from typing_extensions import TypedDict

from fauxlate.engine.sandboxes.journal import MAX_BODY, Entry
from fauxlate.version import __version__
from fauxlate.web.admin.journal.entries import JournalEntry


class HarLog(TypedDict):
    """The content of an HTTP Archive."""

    version: str
    creator: dict[str, str]
    entries: list[dict[str, Any]]


class Har(TypedDict):
    """An HTTP Archive (HAR 1.2); what Fauxlate knows of an exchange stands in each entry under `_fauxlate`."""

    log: HarLog


_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def encode_har(entries: Iterable[tuple[Entry, JournalEntry]], base_url: str) -> Har:
    """Return entries, each with its JSON, as an HTTP Archive (HAR 1.2)."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "fauxlate", "version": __version__},
            "entries": [_encode_entry(entry, data, base_url) for entry, data in entries],
        }
    }


def _encode_entry(entry: Entry, data: JournalEntry, base_url: str) -> dict[str, Any]:
    request, reply = data["request"], data["reply"]
    body = (
        {"postData": {"mimeType": _media_type(request["headers"]), "text": request["body"]}}
        if entry.request.body
        else {}
    )
    query = parse_qsl(request["target"].partition("?")[2], keep_blank_values=True)
    return {
        "startedDateTime": data["at"],
        "time": reply["took_ms"],
        "request": {
            "method": request["method"],
            "url": request["target"] if data["callback"] is not None else base_url + request["target"],
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _name_value_pairs(request["headers"]),
            "queryString": _name_value_pairs(query),
            **body,
            "headersSize": -1,
            "bodySize": _body_size(entry.request.body),
        },
        "response": {
            "status": reply["status"],
            "statusText": _PHRASES.get(reply["status"], ""),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _name_value_pairs(reply["headers"]),
            "content": {
                "size": _body_size(entry.reply.body),
                "mimeType": _media_type(reply["headers"]) or "x-unknown",
                "text": reply["body"],
            },
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": _body_size(entry.reply.body),
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


def _name_value_pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _body_size(body: bytes) -> int:
    return len(body) if len(body) < MAX_BODY else -1  # HAR's way to say unknown: no more has been kept


def _media_type(headers: Iterable[tuple[str, str]]) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")
