"""What DingTalk tells an app: `transfer_contact_id_job_result` in its three forms, and the events that check a URL.

"After this API is called, if the file is translated successfully, an asynchronous job callback notification is
triggered." (seed 001)
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from fauxlate.engine.chance import BASE62
from fauxlate.engine.sandboxes.callbacks import Receiver
from fauxlate.engine.service.events import Attempt, Console, Event, Form, Message
from fauxlate.providers.dingtalk.callbacks import envelope, frames

if TYPE_CHECKING:
    from fauxlate.engine.sandboxes.sandbox import Sandbox
    from fauxlate.engine.timing.jobs import Job

_PAGE = 'page "transfer_contact_id_job_result" (Chinese, 2025-08-28)'
_FAILED_PUSHES = 'page "obtain-the-event-list-of-failed-push-messages" (Chinese, 2026-05-08)'
STREAM = Form(
    "stream",
    "An EVENT frame over the connection that the app's Stream client holds open.",
    f"{_PAGE}; open-dingtalk developerpedia, Stream protocol; sent again within 60 s (dingtalk-stream 2.1.5), twice assumed",
    by_url=False,
    retry_delays=(60.0, 60.0),
)
SYNC_HTTP = Form(
    "sync_http",
    "An encrypted and signed POST of SYNC_HTTP_PUSH_MEDIUM, biz_type 139.",
    f'{_PAGE}; page "configure-synchttp-push"; sent again after 10 s and 30 s ({_FAILED_PUSHES})',
    signed=True,
    retry_delays=(10.0, 30.0),
)
HTTP = Form(
    "http",
    "The archived form: an encrypted and signed POST of the event alone, its status a number.",
    f"archived page of the event; sent again after 10 s and 30 s ({_FAILED_PUSHES})",
    signed=True,
    retry_delays=(10.0, 30.0),
)
_BY_URL = (SYNC_HTTP, HTTP)
_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
"""「必须为英文或数字，长度为3~32个字符」 (configure-synchttp-push)"""
_NONCE_LETTERS = 16


def _drawn(of: str, *words: str) -> str:
    """Return 32 hexadecimal digits that depend on nothing but these words, so that each try has the same."""
    return blake2b("\0".join((of, *words)).encode(), digest_size=16).hexdigest()


def _number(of: str, *words: str) -> int:
    return 10**3 + int(_drawn(of, *words)[:6], 16)


def _compact(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _corp(attempt: Attempt, job: Job[Any]) -> str:
    own = attempt.sandbox.credentials["dingtalk"]
    return own.get(job.owner.removeprefix("@"), job.owner)  # as `Call.alias` remembers it


def _receiver(sandbox: Sandbox, _job: Job[Any] | None) -> Receiver | None:
    return sandbox.receivers.get("dingtalk")


def _job_result(attempt: Attempt) -> Message | None:
    """Tell that a job has ended, in the form that the app has chosen."""
    job = attempt.job
    if job is None:
        return None
    status = job.timeline.steps[-1].state
    if status != "1" and attempt.quirk("dingtalk.callback_when") == "successful":
        return None
    return _FORMS[attempt.receiver.form](attempt, job, status)


def _streamed(attempt: Attempt, job: Job[Any], status: str) -> Message:
    born = int(attempt.event_time * 1000)
    headers = {
        "eventType": TRANSFER_CONTACT_ID_JOB_RESULT.name,
        "eventBornTime": str(born),
        "eventId": _drawn("event", job.id),
        "eventCorpId": _corp(attempt, job),
        "eventUnifiedAppId": _unified_app(attempt),
        "appId": _unified_app(attempt),
    }
    return frames.event(attempt, _drawn("message", job.id), headers, {"jobId": job.id, "status": status})


def _unified_app(attempt: Attempt) -> str:
    return re.sub(r"(.{8})(.{4})(.{4})(.{4})(.{12})", r"\1-\2-\3-\4-\5", _drawn("app", attempt.sandbox.tag))


def _sync_http(attempt: Attempt, job: Job[Any], status: str) -> Message:
    born = int(attempt.event_time * 1000)
    data = {
        "syncAction": TRANSFER_CONTACT_ID_JOB_RESULT.name,
        "jobId": job.id,
        "status": status,
        "eventId": _drawn("event", job.id),
    }
    row = {
        "gmt_create": born,
        "biz_type": 139,
        "open_cursor": 0,
        "subscribe_id": f"{_number('suite', attempt.sandbox.tag)}_0",
        "id": _number("row", job.id),
        "gmt_modified": born,
        "biz_id": job.id,
        "biz_data": _compact(data).decode(),
        "corp_id": _corp(attempt, job),
        "status": 0,
    }
    return posted(attempt, _compact({"EventType": "SYNC_HTTP_PUSH_MEDIUM", "bizData": [row]}))


def _http(attempt: Attempt, job: Job[Any], status: str) -> Message:
    said = {
        "EventType": TRANSFER_CONTACT_ID_JOB_RESULT.name,
        "EventTime": int(attempt.event_time * 1000),
        "CorpId": _corp(attempt, job),
        "BizId": job.id,
        "jobId": job.id,
        "status": int(status),
    }
    return posted(attempt, _compact(said))


_FORMS: Mapping[str, Callable[[Attempt, Any, str], Message]] = {
    STREAM.name: _streamed,
    SYNC_HTTP.name: _sync_http,
    HTTP.name: _http,
}


def posted(attempt: Attempt, said: bytes) -> Message:
    """Seal and sign `said`. Some samples read `msg_signature`, others `signature`, so both are sent."""
    chance, receiver = attempt.chance, _keyed(attempt.sandbox.credentials["dingtalk"], attempt.receiver)
    timestamp, nonce = str(int(attempt.now * 1000)), chance.text("dingtalk.nonce", _NONCE_LETTERS)
    random = chance.text("dingtalk.envelope", envelope.RANDOM).encode()
    encrypted = envelope.sealed(said, receiver.aes_key, _owner(attempt), random)
    token = f"not-{receiver.token}" if attempt.missigned else receiver.token
    signature = envelope.signature(token, timestamp, nonce, encrypted)
    asked = {"signature": signature, "msg_signature": signature, "timestamp": timestamp, "nonce": nonce}
    return Message(
        body=_compact({"encrypt": encrypted}),
        plaintext=said,
        refusal=partial(_refusal, receiver, _owner(attempt)),
        url=_with_query(receiver.url, asked),
    )


def _keyed(own: Mapping[str, str], receiver: Receiver) -> Receiver:
    """Return a receiver with token and key: those that were set, else the sandbox's own, which a fork has others of."""
    if receiver.form == STREAM.name:
        return receiver
    token, aes_key = receiver.token or own["callback_token"], receiver.aes_key or own["callback_aes_key"]
    return replace(receiver, token=token, aes_key=aes_key)


def _owner(attempt: Attempt) -> str:
    """Return whose the envelope is: the suite's, for an app of a third party."""
    return attempt.sandbox.credentials["dingtalk"]["suite_key"]


def _with_query(url: str, asked: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, urlencode(asked))))))


def _refusal(receiver: Receiver, owner: str, status: int, body: bytes) -> str | None:
    """Say why an answer is not the encrypted `success` that is wanted, within HTTP 200."""
    if status != 200:  # noqa: PLR2004
        return f"HTTP {status} came, 200 is wanted"
    try:
        said = json.loads(body)
        encrypted, nonce = str(said["encrypt"]), str(said["nonce"])
        timestamp = str(said["timeStamp"] if "timeStamp" in said else said["timestamp"])  # samples print both
        signature = str(said["msg_signature"])
    except (ValueError, TypeError, KeyError) as fault:
        return f"the answer is no JSON with msg_signature, timeStamp, nonce and encrypt: {fault!r:.80}"
    if not envelope.signed(receiver.token, timestamp, nonce, encrypted, signature):
        return "the answer's msg_signature is not that of token, timeStamp, nonce and encrypt"
    try:
        text, whose = envelope.opened(encrypted, receiver.aes_key)
    except envelope.EnvelopeError as fault:
        return f"the answer's encrypt is refused: {fault}"
    if text != b"success":
        return f"the answer says {text[:60]!r}, success is wanted"
    return None if whose == owner else f"the answer was encrypted for {whose!r:.60}, not for the suite key {owner}"


TRANSFER_CONTACT_ID_JOB_RESULT = Event(
    name="transfer_contact_id_job_result",
    about="A translation job has ended (异步转译通讯录id任务完成通知).",
    source=_PAGE,
    message=_job_result,
    receiver=_receiver,
    forms=(STREAM, SYNC_HTTP, HTTP),
)


def _check(name: str, attempt: Attempt) -> Message:
    said: dict[str, str] = {"EventType": name}
    if name != "check_url":
        said["Random"] = attempt.chance.text("dingtalk.check", 8, BASE62)
    if name == "check_update_suite_url":
        said["TestSuiteKey"] = _owner(attempt)
    return posted(attempt, _compact(said))


def _suite_ticket(attempt: Attempt) -> Message:
    ticket = attempt.chance.text("dingtalk.suite_ticket", 64)
    now = int(attempt.now * 1000)
    if attempt.receiver.form == HTTP.name:
        own = attempt.sandbox.credentials["dingtalk"]
        said = {"EventType": "suite_ticket", "SuiteKey": own["suite_key"], "SuiteTicket": ticket, "TimeStamp": now}
        return posted(attempt, _compact(said))
    suite = _number("suite", attempt.sandbox.tag)
    data = {"syncAction": "suite_ticket", "suiteTicket": ticket, "syncSeq": _drawn("seq", ticket)[:26].upper()}
    row = {
        "gmt_create": now,
        "biz_type": 2,
        "open_cursor": 0,
        "subscribe_id": f"{suite}_0",
        "id": _number("row", ticket),
        "gmt_modified": now,
        "biz_id": str(suite),
        "biz_data": _compact(data).decode(),
        "corp_id": attempt.sandbox.credentials["dingtalk"]["corp_id"],
        "status": 0,
    }
    return posted(attempt, _compact({"EventType": "SYNC_HTTP_PUSH_HIGH", "bizData": [row]}))


def _console_event(
    name: str, about: str, source: str, message: Callable[[Attempt], Message | None], forms: tuple[Form, ...] = _BY_URL
) -> Event:
    return Event(name=name, about=about, source=source, message=message, receiver=_receiver, forms=forms)


_SYNC_PAGE = 'page "configure-synchttp-push" (Chinese, 2026-01-22)'
_STREAM_PAGE = "open-dingtalk developerpedia, Stream protocol"


def _taken(form: str, url: str, token: str, aes_key: str) -> Receiver:
    """Return what the console would set; without token and key, the sandbox's own are meant."""
    if form == STREAM.name:
        if url:
            raise ValueError("Stream takes no url: the client opens the connection")
        return Receiver(STREAM.name)
    if token and not _TOKEN.fullmatch(token):
        raise ValueError(f"the token has 3 to 32 letters and digits; it came as {token!r:.60}")
    if aes_key:
        envelope.key_of(aes_key)
    return Receiver(form, url, token, aes_key)


CONSOLE = Console(
    forms=(SYNC_HTTP, HTTP, STREAM),
    events=(
        _console_event("check_url", "Tests a callback URL.", _SYNC_PAGE, partial(_check, "check_url")),
        _console_event(
            "check_create_suite_url", "Checks the first URL.", _SYNC_PAGE, partial(_check, "check_create_suite_url")
        ),
        _console_event(
            "check_update_suite_url", "Checks another URL.", _SYNC_PAGE, partial(_check, "check_update_suite_url")
        ),
        _console_event(
            "suite_ticket", "The suite's ticket, pushed again when the console is asked to.", _SYNC_PAGE, _suite_ticket
        ),
        _console_event("ping", "Asks whether a connection lives.", _STREAM_PAGE, frames.ping, (STREAM,)),
        _console_event(
            "disconnect",
            "Tells a client that its connection will be closed, ten seconds later.",
            _STREAM_PAGE,
            frames.disconnect,
            (STREAM,),
        ),
    ),
    receiver=_taken,
    with_credentials=_keyed,
    verification_event=lambda before: "check_create_suite_url" if before is None else "check_update_suite_url",
)
