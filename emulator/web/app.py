"""The whole server on one screen: bytes in, one `Request`; one `Reply`, bytes out."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.http_parser import RawRequestMessage
from aiohttp.http_writer import StreamWriter
from aiohttp.web_protocol import RequestHandler

from emulator.engine.provider import Problem, Trouble
from emulator.engine.request import Request
from emulator.engine.world import World
from emulator.web import admin, endpoint
from emulator.web.probes import PROBES
from emulator.web.sending import send, written
from emulator.web.waiting import Waits

LARGEST_BODY = 48 * 1024 * 1024
"""A million characters of text, each up to nine bytes in a form, or ten MB of image in Base64, fit with room."""
LONGEST_LINE = 4 * 1024 * 1024
"""One SDK sends whole texts in the request line."""


def server(world: World, settings: admin.Settings) -> web.Server:
    """Return the aiohttp server of `world`. It has no router and no middleware: dispatch is the providers' tables."""

    async def handle(raw: web.BaseRequest) -> web.StreamResponse:
        broken = None
        try:
            if raw.headers.get("Expect", "").lower() == "100-continue":
                await _go_on(raw)
            body = await raw.read() if raw.body_exists else b""
        except web.HTTPRequestEntityTooLarge:
            detail = f"The body is over the limit of {LARGEST_BODY} bytes."
            body, broken = b"", Problem(Trouble.TOO_LARGE, detail)
        except (web.RequestPayloadError, HttpProcessingError) as fault:
            body, broken = b"", Problem(Trouble.MALFORMED, f"The body cannot be read: {fault}.")
        request = Request(raw.method, raw.raw_path, raw.headers, body)
        if request.raw_path.startswith(admin.PREFIX):
            reply = await admin.answer(_routes(request), world, settings, request, broken)
        else:
            reply = await endpoint.answer(world, request, broken)
        response = await send(raw, reply)
        if broken is not None:
            response.force_close()
        return response

    def read(
        message: RawRequestMessage, payload: Any, protocol: RequestHandler, writer: Any, task: asyncio.Task[None]
    ) -> web.BaseRequest:
        loop = task.get_loop()
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=LARGEST_BODY)

    return _Server(
        handle,
        request_factory=read,
        access_log=None,
        max_line_size=LONGEST_LINE,
        max_field_size=256 * 1024,
        logger=logging.getLogger("fauxlate.http"),
    )


def _routes(request: Request) -> tuple[admin.Route, ...]:
    if any(request.raw_path == admin.PREFIX + route.path for route in PROBES):
        return PROBES
    from emulator.web.admin_routes import ROUTES  # the models of the whole API cost a start too much

    return ROUTES


class _Server(web.Server):
    """aiohttp's low-level server with our words for what is not HTTP."""

    def __call__(self) -> RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)

    def pre_shutdown(self) -> None:
        super().pre_shutdown()
        for connection in self.connections:
            assert isinstance(connection, _Connection)
            connection.waits.end()


class _Connection(RequestHandler):
    def __init__(self, *settings: Any, **more: Any) -> None:
        super().__init__(*settings, **more)
        self.waits = Waits()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        begin = super().connection_made
        self.waits.of(lambda: begin(transport))

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self.waits.end()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what could not even be read as a request, so that no provider can be told from its path."""
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            super().handle_error(request, status, exc, message)
        response = written(admin.problem(status, f"This is not a request that can be read: {message or exc}"))
        response.force_close()
        return response


async def _go_on(raw: web.BaseRequest) -> None:
    """Tell a client that asks first (`Expect: 100-continue`) to send its body."""
    writer = raw.writer
    assert isinstance(writer, StreamWriter)
    await writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    writer.output_size = 0  # what follows is the real answer
