"""The frames of Stream mode: those that go over a client's WebSocket, and which answers to them count."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, Final

from fauxlate.engine.exchange.reading import parse_json
from fauxlate.engine.service.events import Attempt, Message

OK: Final = 200
"""The code of an answer that counts."""
SILENCE_SECONDS: Final = 10.0
"""「服务端在静默10s之后会主动断开 tcp 连接」 (Stream protocol, disconnect)"""


def build_event(attempt: Attempt, message_id: str, headers: Mapping[str, str], data: Mapping[str, Any]) -> Message:
    """Return an EVENT frame. Its topic is `*`, all events that the console lists, to which clients subscribe."""
    return _build_frame(attempt, "EVENT", message_id, {"topic": "*", **headers}, data, _find_event_fault)


def build_ping(attempt: Attempt) -> Message:
    """Return a ping; its answer carries the same `opaque`."""
    opaque = attempt.chance.uuid("dingtalk.opaque")
    find_fault = partial(_find_ping_fault, opaque)
    return _build_frame(attempt, "SYSTEM", _draw_id(attempt), {"topic": "ping"}, {"opaque": opaque}, find_fault)


def build_disconnect(attempt: Attempt) -> Message:
    """Return the frame that announces the end of the connection. No answer is wanted."""
    data = {"reason": "connection is expired"}
    message = _build_frame(
        attempt, "SYSTEM", _draw_id(attempt), {"topic": "disconnect"}, data, lambda _code, _frame: None
    )
    return replace(message, closes_after=SILENCE_SECONDS)


def _draw_id(attempt: Attempt) -> str:
    return attempt.chance.draw("dingtalk.message").hex()


def _build_frame(
    attempt: Attempt,
    frame_type: str,
    message_id: str,
    headers: Mapping[str, str],
    data: Mapping[str, Any],
    find_fault: Callable[[int, bytes], str | None],
) -> Message:
    """Return a frame; `find_fault` says of an answer, by its code and frame, why it does not count."""
    common_headers = {
        "connectionId": attempt.connection,
        "contentType": "application/json",
        "messageId": message_id,
        "time": str(int(attempt.now * 1000)),
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    frame = {"specVersion": "1.0", "type": frame_type, "headers": {**headers, **common_headers}, "data": text}
    return Message(json.dumps(frame, ensure_ascii=False).encode(), text.encode(), find_fault, id=message_id)


def _parse_data(frame: bytes) -> dict[str, Any]:
    """Return the `data` of an answer: JSON as text by the protocol, an object from some clients."""
    data = parse_json(frame).get("data")
    if isinstance(data, str):
        with suppress(ValueError):
            data = parse_json(data)
    return data if isinstance(data, dict) else {}


def _find_event_fault(code: int, frame: bytes) -> str | None:
    """Return why an event does not count as consumed: another code than 200, or the status LATER (消费失败)."""
    if code != OK:
        return f"it was answered with code {code}, 200 is wanted"
    if _parse_data(frame).get("status") == "LATER":
        return "the client wants it later: its answer has the status LATER"
    return None


def _find_ping_fault(expected: str, code: int, frame: bytes) -> str | None:
    """Return why the answer to a ping does not count: another code than 200, or another `opaque` than `expected`."""
    if code != OK:
        return f"the ping was answered with code {code}, 200 is wanted"
    opaque = _parse_data(frame).get("opaque")
    return None if opaque == expected else f"the ping's opaque {expected} did not come back; {opaque!r:.80} did"
