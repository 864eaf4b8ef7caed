"""Journal entries as JSON, with every secret taken out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from typing_extensions import TypedDict

from fauxlate.engine.exchange.headers import header_value
from fauxlate.engine.exchange.reply import SignatureComparison
from fauxlate.engine.sandboxes.journal import CallbackEntry, Entry, explain
from fauxlate.web.admin.journal.redaction import (
    find_secrets,
    hide_texts,
    redact_body,
    redact_headers,
    redact_target,
    remove_secrets,
)
from fauxlate.web.admin.times import format_time
from fauxlate.web.problems import printable


class JournalRequest(TypedDict):
    """The request: its headers in order, its body as text, secrets taken out."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: str


class JournalReply(TypedDict):
    """The reply: `error` is the key of the error row, `fault` what the scenario did to it on its way."""

    status: int
    error: str | None
    evidence: str | None
    headers: list[tuple[str, str]]
    body: str
    fault: str | None
    took_ms: float


class SignatureLine(TypedDict):
    """One line of what is signed, here and by the client: null where nothing tells."""

    here: str
    client: str | None


class SignatureReport(TypedDict):
    """The likely cause why a signature does not match, and what it was computed over."""

    cause: str
    lines: list[SignatureLine]


class JournalCallback(TypedDict):
    """A callback: its event is the entry's operation, what went out its request, what came back its reply.

    `form` is the form in which it went, `attempt` its number from 1, `said` its content before any encryption, `refusal`
    why the answer does not count, null where it does.
    """

    form: str
    attempt: int
    said: str
    acknowledged: bool
    refusal: str | None


class JournalEntry(TypedDict):
    """One request: its operation and job, the rule that applied, and in `why` the reason of each rule.

    With a `callback` it is the other way round: sent from here, answered by a client, with status 0 where it was not.
    """

    number: int
    at: str
    sandbox_time: str
    provider: str
    operation: str | None
    job: str | None
    request: JournalRequest
    reply: JournalReply
    rule: str | None
    why: list[str]
    hint: str | None
    signature: SignatureReport | None
    callback: JournalCallback | None


def encode_entry(entry: Entry) -> JournalEntry:
    """Return an entry as JSON data, with the reason why each rule of the scenario did or did not apply."""
    data: JournalEntry = {
        "number": entry.number,
        "at": format_time(entry.wall),
        "sandbox_time": format_time(entry.now),
        "provider": entry.provider,
        "operation": entry.operation,
        "job": _optional_text(entry.job),
        "request": {
            "method": entry.request.method,
            "target": redact_target(entry.request.target),
            "headers": redact_headers(entry.request.headers),
            "body": redact_body(entry.request.body, entry.request.headers),
        },
        "reply": {
            "status": entry.reply.status,
            "error": _optional_text(entry.reply.error),
            "evidence": entry.reply.evidence or None,
            "headers": redact_headers({name: header_value(value) for name, value in entry.reply.headers.items()}),
            "body": redact_body(entry.reply.body, entry.reply.headers),
            "fault": entry.fault,
            "took_ms": round(entry.duration * 1000, 3),
        },
        "rule": None if entry.rule is None else entry.rule.location,
        "why": [printable(reason) for reason in explain(entry)],
        "hint": _optional_text(entry.reply.hint),
        "signature": _signature_report(entry.reply.signature),
        "callback": _callback_data(entry) if isinstance(entry, CallbackEntry) else None,
    }
    secrets = find_secrets(entry)
    if secrets is None:
        return _hide(data)
    redacted: JournalEntry = remove_secrets(secrets, data)
    return redacted


_OPEN_FIELDS: Mapping[str, tuple[str, ...]] = {"request": ("method",), "reply": ("error", "evidence", "fault")}
"""Texts of our own in what came and what went out."""


def _hide(data: JournalEntry) -> JournalEntry:
    """Return an entry without the texts that came, and without those that may repeat them."""
    hidden: dict[str, Any] = {}
    for name in ("request", "reply", "job", "why", "hint", "signature", "callback"):
        hidden[name] = hide_texts(data[name])
    for name, fields in _OPEN_FIELDS.items():
        hidden[name] |= {field: data[name][field] for field in fields}  # type: ignore[literal-required]
    result: JournalEntry = {**data, **hidden}  # type: ignore[typeddict-item]
    return result


def _callback_data(entry: CallbackEntry) -> JournalCallback:
    return {
        "form": entry.form,
        "attempt": entry.attempt,
        "said": redact_body(entry.plaintext, {}),
        "acknowledged": entry.refusal is None,
        "refusal": _optional_text(entry.refusal),
    }


def _signature_report(comparison: SignatureComparison | None) -> SignatureReport | None:
    if comparison is None:
        return None
    lines: list[SignatureLine] = [
        {"here": printable(here), "client": _optional_text(client)} for here, client in comparison.lines
    ]
    return {"cause": comparison.cause, "lines": lines}


def filter_entries(entries: Iterable[Entry], criteria: Mapping[str, Any]) -> Iterator[Entry]:
    """Give the entries of one `operation` (with or without its provider), `job` and `status`, numbered above `after`.

    A criterion that is missing or None lets every entry pass.
    """
    for entry in entries:
        operation = entry.operation or ""
        if criteria.get("operation") not in (None, operation, operation.partition(".")[2]):
            continue
        if criteria.get("job") not in (None, entry.job) or criteria.get("status") not in (None, entry.reply.status):
            continue
        if entry.number > (criteria.get("after") or 0):
            yield entry


def encode_event(entry: Entry) -> bytes:
    """Return an entry as a server-sent event."""
    kind = "callback" if isinstance(entry, CallbackEntry) else "request"
    return (
        f"id: {entry.number}\nevent: {kind}\ndata: {json.dumps(encode_entry(entry), ensure_ascii=False)}\n\n".encode()
    )


def _optional_text(text: str | None) -> str | None:
    return None if text is None else printable(text)
