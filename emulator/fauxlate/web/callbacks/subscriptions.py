"""Subscriptions: WebSockets that clients hold open for callbacks; frames go out, answers come back by message id."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from math import inf
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from fauxlate.engine.exchange.reading import parse_json, parse_number
from fauxlate.engine.exchange.reply import Upgrade
from fauxlate.engine.sandboxes.sandbox import Sandbox
from fauxlate.engine.service.events import Message
from fauxlate.errors import FauxlateError
from fauxlate.web.front.waiting import waiting

if TYPE_CHECKING:
    from aiohttp import web

_MAX_FRAME = 1024 * 1024
_MAX_CODE = 2**31 - 1
_CLOSE_SECONDS = 1.0
"""Real time that a client has to acknowledge that a connection is closed."""


class AnswerError(FauxlateError):
    """A client has answered a frame, and cannot have meant it; the message says why."""


class Connection:
    """One client's connection; `is_leaving` once the client knows that it will be closed.

    `ignored` says why the last frame that came is no answer to anything.
    """

    def __init__(self, upgrade: Upgrade, socket: web.WebSocketResponse) -> None:
        self.id = upgrade.id
        self.wants_events = upgrade.events
        self.is_leaving = False
        self.ignored: str | None = None
        self._socket = socket
        self._answers: dict[str, asyncio.Future[tuple[int, bytes]]] = {}

    async def send(self, message: Message) -> tuple[int, bytes]:
        """Send a frame; return the code and the frame of its answer. Raises `ConnectionError` and `AnswerError`."""
        self.ignored = None
        answer = self._answers[message.id] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send_str(message.body.decode())
            if message.closes_after is not None:
                return 0, b""  # nothing more is expected
            code, frame = await answer
            return code, frame
        finally:
            self._answers.pop(message.id, None)

    async def close(self) -> None:
        """Close the connection, as far as it still is open."""
        with suppress(ConnectionError):
            await self._socket.close()

    async def listen(self) -> None:
        """Give the client's answers to whoever waits for them, until it leaves."""
        from aiohttp import WSMsgType

        try:
            async for frame in self._socket:
                if frame.type == WSMsgType.TEXT:
                    self._resolve(frame.data)
        finally:
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(ConnectionResetError("the client has left"))

    def _resolve(self, text: str) -> None:
        """Give an answer to whoever waits for it; note why what came is no answer to anything."""
        try:
            data = parse_json(text)
        except ValueError as fault:
            self.ignored = f"a frame was no JSON: {fault}"
            return
        headers = data.get("headers") if isinstance(data, dict) else None
        message_id = headers.get("messageId") if isinstance(headers, dict) else None
        answer = self._answers.get(message_id) if isinstance(message_id, str) else None
        if answer is None:
            self.ignored = f"a frame had the messageId {message_id!r:.80}, to which nothing was sent"
        elif not answer.done():
            code = _parse_code(data.get("code"))
            if code is None:
                answer.set_exception(AnswerError(f"the answer's code is {data.get('code')!r:.40}, which is no number"))
            else:
                answer.set_result((code, text.encode()))


def _parse_code(code: object) -> int | None:
    """Return the code of an answer, a number or its digits; None for anything else."""
    if isinstance(code, str):
        return parse_number(code, _MAX_CODE)
    if isinstance(code, float) and code.is_integer():
        code = int(code)
    return code if isinstance(code, int) and 0 <= code <= _MAX_CODE else None


_OPEN: WeakKeyDictionary[Sandbox, list[Connection]] = WeakKeyDictionary()


def choose(sandbox: Sandbox) -> Connection | None:
    """Return one of the open connections that want events, by chance where there are several; None where there is none."""
    candidates = [
        connection for connection in _OPEN.get(sandbox, ()) if connection.wants_events and not connection.is_leaving
    ]
    if len(candidates) > 1:
        return candidates[int(sandbox.chance.unit("connection") * len(candidates))]
    return next(iter(candidates), None)


def count(sandbox: Sandbox) -> int:
    """Return how many connections of a sandbox are open."""
    return len(_OPEN.get(sandbox, ()))


async def close(*sandboxes: Sandbox) -> None:
    """Close every connection of sandboxes whose time ends."""
    await asyncio.gather(*(connection.close() for sandbox in sandboxes for connection in _OPEN.get(sandbox, ())))


async def hold(
    raw: web.BaseRequest, sandbox: Sandbox, upgrade: Upgrade, on_open: Callable[[], Awaitable[None]]
) -> web.StreamResponse:
    """Make the connection of `raw` a WebSocket and hold it until either side leaves; call `on_open` once it is open.

    It has an entry in the agenda of its sandbox, at no time ever, so that it is closed when the sandbox's time ends.
    """
    agenda = sandbox.agenda
    socket = _new_socket()
    if not socket.can_prepare(raw):
        return _no_handshake()
    await socket.prepare(raw)
    connections = _OPEN.setdefault(sandbox, [])
    connection = Connection(upgrade, socket)
    if agenda.is_closed:
        await connection.close()
        return socket
    connections.append(connection)
    entry = agenda.add(inf, connection.close)
    try:
        await on_open()
        with waiting():
            await connection.listen()
    finally:
        agenda.remove(entry)
        connections.remove(connection)
    return socket


async def reject(raw: web.BaseRequest) -> web.StreamResponse:
    """Open the WebSocket that a client asks for, and close it at once."""
    socket = _new_socket()
    if not socket.can_prepare(raw):
        return _no_handshake()
    await socket.prepare(raw)
    with suppress(ConnectionError):
        await socket.close()
    return socket


def _new_socket() -> web.WebSocketResponse:
    from aiohttp import web  # most servers never need it

    return web.WebSocketResponse(max_msg_size=_MAX_FRAME, timeout=_CLOSE_SECONDS)


def _no_handshake() -> web.Response:
    from aiohttp import web

    return web.Response(status=HTTPStatus.BAD_REQUEST, text="This is not a WebSocket handshake.")
