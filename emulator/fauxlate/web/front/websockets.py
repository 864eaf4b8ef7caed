"""WebSockets: connections that aiohttp takes over, by its public means, once a handshake has been answered for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

    from fauxlate.engine.exchange.reply import Upgrade
    from fauxlate.engine.exchange.request import Request


class WebSockets:
    """The connections that became WebSockets, each held by `hold` until either side leaves."""

    def __init__(self, hold: Callable[[web.BaseRequest, Upgrade], Awaitable[web.StreamResponse]]) -> None:
        self._hold = hold
        self._server: web.Server | None = None
        self._upgrades: dict[object, Upgrade] = {}

    def __call__(self, transport: asyncio.Transport, request: Request, rest: bytes, upgrade: Upgrade) -> None:
        """Take a connection behind the handshake `request`, of whose bytes `rest` has been read."""
        from aiohttp import web  # most servers never need it

        if self._server is None:
            self._server = web.Server(self._handle, access_log=None)
        handler = self._server()
        self._upgrades[handler] = upgrade
        transport.set_protocol(handler)
        handler.connection_made(transport)
        lines = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
        head = f"{request.method} {request.target} HTTP/1.1\r\n{lines}\r\n"
        handler.data_received(head.encode("utf-8", "surrogateescape") + rest)

    async def _handle(self, raw: web.BaseRequest) -> web.StreamResponse:
        response = await self._hold(raw, self._upgrades.pop(raw.protocol))
        response.force_close()
        return response

    async def close(self, seconds: float) -> None:
        """Leave everybody, within so many seconds."""
        if self._server is not None:
            self._server.pre_shutdown()
            await self._server.shutdown(seconds)
