"""The frames of Stream mode: what goes over a client's WebSocket, and what its answers mean."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, Final

from fauxlate.engine.service.events import Attempt, Message

OK: Final = 200
SILENCE_SECONDS: Final = 10.0
"""「服务端在静默10s之后会主动断开 tcp 连接」 (Stream protocol, disconnect)"""


def event(attempt: Attempt, message_id: str, headers: Mapping[str, str], data: Mapping[str, Any]) -> Message:
    """Return an EVENT frame; clients subscribe to `*`, all events that the console lists, so that is its topic."""
    return _frame(attempt, "EVENT", message_id, {"topic": "*", **headers}, data, _event_refusal)


def ping(attempt: Attempt) -> Message:
    """Return a ping; its answer carries the same `opaque`."""
    opaque = attempt.chance.uuid("dingtalk.opaque")
    return _frame(attempt, "SYSTEM", _drawn(attempt), {"topic": "ping"}, {"opaque": opaque}, partial(_pong, opaque))


def disconnect(attempt: Attempt) -> Message:
    """Return what announces that the connection is closed. No answer is wanted."""
    data = {"reason": "connection is expired"}
    sent = _frame(attempt, "SYSTEM", _drawn(attempt), {"topic": "disconnect"}, data, lambda _code, _frame: None)
    return replace(sent, closes_after=SILENCE_SECONDS)


def _drawn(attempt: Attempt) -> str:
    return attempt.chance.draw("dingtalk.message").hex()


def _frame(
    attempt: Attempt,
    kind: str,
    message_id: str,
    headers: Mapping[str, str],
    data: Mapping[str, Any],
    refusal: Callable[[int, bytes], str | None],
) -> Message:
    every = {
        "connectionId": attempt.connection,
        "contentType": "application/json",
        "messageId": message_id,
        "time": str(int(attempt.now * 1000)),
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    frame = {"specVersion": "1.0", "type": kind, "headers": {**headers, **every}, "data": text}
    return Message(json.dumps(frame, ensure_ascii=False).encode(), text.encode(), refusal, id=message_id)


def _data(frame: bytes) -> dict[str, Any]:
    """Return what the `data` of an answer says: JSON as text by the protocol, an object from some clients."""
    data = json.loads(frame).get("data")
    with suppress(ValueError, TypeError):
        data = json.loads(data)
    return data if isinstance(data, dict) else {}


def _event_refusal(code: int, frame: bytes) -> str | None:
    """Say why an event does not count as consumed: another code than 200, or the status LATER (消费失败)."""
    if code != OK:
        return f"it was answered with code {code}, 200 is wanted"
    return (
        "the client wants it later: its answer has the status LATER" if _data(frame).get("status") == "LATER" else None
    )


def _pong(opaque: str, code: int, frame: bytes) -> str | None:
    if code != OK:
        return f"the ping was answered with code {code}, 200 is wanted"
    came = _data(frame).get("opaque")
    return None if came == opaque else f"the ping's opaque {opaque} did not come back; {came!r:.80} did"
