"""Connections that clients hold open for their callbacks: WebSockets; frames go out, answers come back by message id."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from math import inf
from weakref import WeakKeyDictionary

from aiohttp import WSMsgType, web

from fauxlate.engine.exchange.reply import Upgrade
from fauxlate.engine.sandboxes.sandbox import Sandbox
from fauxlate.engine.service.events import Message
from fauxlate.web.front.waiting import waiting

_MAX_FRAME = 1024 * 1024
_CLOSE_SECONDS = 1.0
"""Real time that a client has to answer that a connection is closed."""


class Connection:
    """One client's connection; `leaving` when it has been told that it will be closed."""

    def __init__(self, upgrade: Upgrade, socket: web.WebSocketResponse) -> None:
        self.id = upgrade.id
        self.events = upgrade.events
        self.leaving = False
        self._socket = socket
        self._waiting: dict[str, asyncio.Future[tuple[int, bytes]]] = {}

    async def send(self, message: Message) -> tuple[int, bytes]:
        """Send a frame; return the code and the frame of its answer. Raises `ConnectionError`."""
        answered = self._waiting[message.id] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send_str(message.body.decode())
            if message.closes_after is not None:
                return 0, b""  # nothing more is expected
            code, frame = await answered
            return code, frame
        finally:
            self._waiting.pop(message.id, None)

    async def close(self) -> None:
        """Close the connection, as far as it still is open."""
        with suppress(ConnectionError):
            await self._socket.close()

    async def listen(self) -> None:
        """Hand what the client says to whoever waits for it, until it leaves."""
        try:
            async for frame in self._socket:
                if frame.type == WSMsgType.TEXT:
                    self._resolve(frame.data)
        finally:
            for answered in self._waiting.values():
                if not answered.done():
                    answered.set_exception(ConnectionResetError("the client has left"))

    def _resolve(self, text: str) -> None:
        with suppress(ValueError, TypeError, AttributeError, KeyError):  # no answer to anything
            answer = json.loads(text)
            answered = self._waiting.get(answer["headers"]["messageId"])
            if answered is not None and not answered.done():
                answered.set_result((int(answer["code"]), text.encode()))


_OPEN: WeakKeyDictionary[Sandbox, list[Connection]] = WeakKeyDictionary()


def choose(sandbox: Sandbox) -> Connection | None:
    """Return one of the open connections that want events, by chance where there are several."""
    wanting = [one for one in _OPEN.get(sandbox, ()) if one.events and not one.leaving]
    return (
        wanting[int(sandbox.chance.unit("connection") * len(wanting))]
        if len(wanting) > 1
        else next(iter(wanting), None)
    )


def count(sandbox: Sandbox) -> int:
    """Return how many connections of a sandbox are open."""
    return len(_OPEN.get(sandbox, ()))


async def close(*sandboxes: Sandbox) -> None:
    """Close every connection of sandboxes whose time ends."""
    await asyncio.gather(*(connection.close() for one in sandboxes for connection in _OPEN.get(one, ())))


async def hold(
    raw: web.BaseRequest, sandbox: Sandbox, upgrade: Upgrade, on_open: Callable[[], Awaitable[None]]
) -> web.StreamResponse:
    """Make the connection of `raw` a WebSocket and hold it until either side leaves; call `on_open` when it stands.

    It stands in the agenda of its sandbox, at no time ever, so that it is closed when that time ends.
    """
    agenda = sandbox.agenda
    socket = _new_socket()
    if not socket.can_prepare(raw):
        return _no_handshake()
    await socket.prepare(raw)
    open_here = _OPEN.setdefault(sandbox, [])
    connection = Connection(upgrade, socket)
    if agenda.is_closed:
        await connection.close()
        return socket
    open_here.append(connection)
    entry = agenda.add(inf, connection.close)
    try:
        await on_open()
        with waiting():
            await connection.listen()
    finally:
        agenda.remove(entry)
        open_here.remove(connection)
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
    return web.WebSocketResponse(max_msg_size=_MAX_FRAME, timeout=_CLOSE_SECONDS)


def _no_handshake() -> web.Response:
    return web.Response(status=HTTPStatus.BAD_REQUEST, text="This is not a WebSocket handshake.")
