"""The journal as people and tools read it: JSON, with every secret taken out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from typing_extensions import TypedDict

from fauxlate.engine.exchange.reply import SignatureComparison
from fauxlate.engine.sandboxes.journal import CallbackEntry, Entry, explain
from fauxlate.web.admin.redaction import find_secrets, redact_body, redact_headers, redact_target, remove_secrets
from fauxlate.web.problems import legible
from fauxlate.web.times import iso


class JournalRequest(TypedDict):
    """What came: its headers in order, its body as text, secrets taken out."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: str


class JournalReply(TypedDict):
    """What went out: `error` is the key of the error row, `fault` what the scenario did to it on its way."""

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
    """Why a signature does not match, as far as can be told, and what it was computed over."""

    cause: str
    lines: list[SignatureLine]


class JournalCallback(TypedDict):
    """A callback: its event is the entry's operation, what went out its request, what came back its reply.

    `form` is how it went, `attempt` counts its tries, `said` is what it says before any encryption, `refusal` why the
    answer does not count.
    """

    form: str
    attempt: int
    said: str
    acknowledged: bool
    refusal: str | None


class JournalEntry(TypedDict):
    """One request: which operation and job it was about, which rule applied, and what each rule said to it.

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


def as_data(entry: Entry) -> JournalEntry:
    """Return an entry as data, with what each rule of the scenario said to it."""
    data: JournalEntry = {
        "number": entry.number,
        "at": iso(entry.wall),
        "sandbox_time": iso(entry.now),
        "provider": entry.provider,
        "operation": entry.operation,
        "job": _optional(entry.job),
        "request": {
            "method": entry.request.method,
            "target": redact_target(entry.request.target),
            "headers": redact_headers(entry.request.headers),
            "body": redact_body(entry.request.body, entry.request.headers),
        },
        "reply": {
            "status": entry.reply.status,
            "error": _optional(entry.reply.error),
            "evidence": entry.reply.evidence or None,
            "headers": redact_headers(entry.reply.headers),
            "body": redact_body(entry.reply.body, entry.reply.headers),
            "fault": entry.fault,
            "took_ms": round(entry.duration * 1000, 3),
        },
        "rule": None if entry.rule is None else entry.rule.where,
        "why": [legible(reason) for reason in explain(entry)],
        "hint": _optional(entry.reply.hint),
        "signature": _signature(entry.reply.signature),
        "callback": _callback(entry) if isinstance(entry, CallbackEntry) else None,
    }
    redacted: JournalEntry = remove_secrets(find_secrets(entry), data)
    return redacted


def _callback(entry: CallbackEntry) -> JournalCallback:
    return {
        "form": entry.form,
        "attempt": entry.attempt,
        "said": redact_body(entry.plaintext, {}),
        "acknowledged": entry.refusal is None,
        "refusal": _optional(entry.refusal),
    }


def _signature(comparison: SignatureComparison | None) -> SignatureReport | None:
    if comparison is None:
        return None
    lines: list[SignatureLine] = [
        {"here": legible(here), "client": _optional(client)} for here, client in comparison.lines
    ]
    return {"cause": comparison.cause, "lines": lines}


def select(entries: Iterable[Entry], wanted: Mapping[str, Any]) -> Iterator[Entry]:
    """Give the entries of the wanted `operation` (with or without its provider), `job` and `status`, after `after`."""
    for entry in entries:
        operation = entry.operation or ""
        if wanted.get("operation") not in (None, operation, operation.partition(".")[2]):
            continue
        if wanted.get("job") not in (None, entry.job) or wanted.get("status") not in (None, entry.reply.status):
            continue
        if entry.number > (wanted.get("after") or 0):
            yield entry


def as_event(entry: Entry) -> bytes:
    """Return an entry as a server-sent event."""
    kind = "callback" if isinstance(entry, CallbackEntry) else "request"
    return f"id: {entry.number}\nevent: {kind}\ndata: {json.dumps(as_data(entry), ensure_ascii=False)}\n\n".encode()


def _optional(text: str | None) -> str | None:
    return None if text is None else legible(text)
