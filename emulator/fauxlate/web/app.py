"""The whole server on one screen: bytes in, one `Request`; one `Reply`, bytes out."""

from __future__ import annotations

import logging
from collections.abc import Awaitable

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.http_writer import StreamWriter

from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.exchange.request import Request
from fauxlate.engine.service.problems import Problem, ProblemKind
from fauxlate.engine.world import World
from fauxlate.web import endpoint
from fauxlate.web.admin import door
from fauxlate.web.admin.probes import PROBES
from fauxlate.web.callbacks import delivery
from fauxlate.web.front.connection import LARGEST_BODY, LONGEST_LINE, Server
from fauxlate.web.front.sending import send


def server(world: World, settings: door.Settings) -> web.Server:
    """Return the aiohttp server of `world`. It has no router and no middleware: dispatch is the providers' tables."""

    def answer(request: Request, broken: Problem | None = None) -> Awaitable[Reply]:
        if request.raw_path.startswith(door.PREFIX):
            return door.answer(_routes(request), world, settings, request, broken)
        return endpoint.answer(world, request, broken)

    async def handle(raw: web.BaseRequest) -> web.StreamResponse:
        broken = None
        try:
            if raw.headers.get("Expect", "").lower() == "100-continue":
                await _go_on(raw)
            body = await raw.read() if raw.body_exists else b""
        except web.HTTPRequestEntityTooLarge:
            detail = f"The body is over the limit of {LARGEST_BODY} bytes."
            body, broken = b"", Problem(ProblemKind.TOO_LARGE, detail)
        except (web.RequestPayloadError, HttpProcessingError) as fault:
            body, broken = b"", Problem(ProblemKind.MALFORMED, f"The body cannot be read: {fault}.")
        reply = await answer(Request(raw.method, raw.raw_path, raw.headers, body), broken)
        if reply.upgrade is not None and reply.fault is None:
            return await delivery.hold_connection(world, raw, reply.upgrade)
        response = await send(raw, reply)
        if broken is not None:
            response.force_close()
        return response

    return Server(
        answer,
        handle,
        access_log=None,
        max_line_size=LONGEST_LINE,
        max_field_size=256 * 1024,
        logger=logging.getLogger("fauxlate.http"),
    )


def _routes(request: Request) -> tuple[door.Route, ...]:
    if any(request.raw_path == door.PREFIX + route.path for route in PROBES):
        return PROBES
    from fauxlate.web.admin.routes import ROUTES  # the models of the whole API cost a start too much

    return ROUTES


async def _go_on(raw: web.BaseRequest) -> None:
    """Tell a client that asks first (`Expect: 100-continue`) to send its body."""
    writer = raw.writer
    assert isinstance(writer, StreamWriter)
    await writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    writer.output_size = 0  # what follows is the real answer
