"""Connections that clients hold open to be told: WebSockets; frames go out, and answers come back by message id."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from math import inf
from weakref import WeakKeyDictionary

from aiohttp import WSMsgType, web

from fauxlate.engine.sandboxes.sandbox import Sandbox
from fauxlate.engine.service.events import Message, Subscription
from fauxlate.web.front.waiting import waiting

_LARGEST_FRAME = 1024 * 1024
_FAREWELL_SECONDS = 1.0
"""Real time that a client has to answer that a connection is closed."""


class Connection:
    """One client's connection; `leaving` when it has been told that it will be closed."""

    def __init__(self, subscription: Subscription, socket: web.WebSocketResponse) -> None:
        self.id = subscription.id
        self.events = subscription.events
        self.leaving = False
        self._socket = socket
        self._waiting: dict[str, asyncio.Future[tuple[int, bytes]]] = {}

    async def tell(self, message: Message) -> tuple[int, bytes]:
        """Send a frame; return the code and the frame of its answer. Raises `ConnectionError`."""
        answered = self._waiting[message.id] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send_str(message.body.decode())
            if message.last is not None:
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
                    self._heard(frame.data)
        finally:
            for answered in self._waiting.values():
                if not answered.done():
                    answered.set_exception(ConnectionResetError("the client has left"))

    def _heard(self, text: str) -> None:
        with suppress(ValueError, TypeError, AttributeError, KeyError):  # no answer to anything
            said = json.loads(text)
            answered = self._waiting.get(said["headers"]["messageId"])
            if answered is not None and not answered.done():
                answered.set_result((int(said["code"]), text.encode()))


_OPEN: WeakKeyDictionary[Sandbox, list[Connection]] = WeakKeyDictionary()


def drawn(sandbox: Sandbox) -> Connection | None:
    """Return one of the open connections that want events, by chance where there are several."""
    there = [one for one in _OPEN.get(sandbox, ()) if one.events and not one.leaving]
    return there[int(sandbox.chance.unit("connection") * len(there))] if len(there) > 1 else next(iter(there), None)


def count(sandbox: Sandbox) -> int:
    """Return how many connections of a sandbox are open."""
    return len(_OPEN.get(sandbox, ()))


async def close(*sandboxes: Sandbox) -> None:
    """Close every connection of sandboxes whose time ends."""
    await asyncio.gather(*(connection.close() for one in sandboxes for connection in _OPEN.get(one, ())))


async def held(
    raw: web.BaseRequest, subscription: Subscription, opened: Callable[[], Awaitable[None]]
) -> web.StreamResponse:
    """Make the connection of `raw` a WebSocket and hold it until either side leaves; call `opened` when it stands.

    It stands in the agenda of its sandbox, at no time ever, so that it is closed when that time ends.
    """
    agenda = subscription.sandbox.agenda
    socket = web.WebSocketResponse(max_msg_size=_LARGEST_FRAME, timeout=_FAREWELL_SECONDS)
    if not socket.can_prepare(raw):
        return web.Response(status=HTTPStatus.BAD_REQUEST, text="This is not a WebSocket handshake.")
    await socket.prepare(raw)
    there = _OPEN.setdefault(subscription.sandbox, [])
    connection = Connection(subscription, socket)
    if agenda.over:  # while the call waited to be answered
        await connection.close()
        return socket
    there.append(connection)
    entry = agenda.enter(inf, connection.close)
    try:
        await opened()
        with waiting():
            await connection.listen()
    finally:
        agenda.strike(entry)
        there.remove(connection)
    return socket
