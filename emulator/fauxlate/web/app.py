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
from fauxlate.web.admin.handlers import probes
from fauxlate.web.admin.route import PREFIX, Route
from fauxlate.web.callbacks import delivery
from fauxlate.web.front.connection import MAX_BODY, MAX_LINE, Server
from fauxlate.web.front.sending import send


def new_server(world: World, settings: door.Settings) -> web.Server:
    """Return the aiohttp server of `world`. It has no router and no middleware: dispatch is the providers' tables."""

    def answer(request: Request, problem: Problem | None = None) -> Awaitable[Reply]:
        if request.raw_path.startswith(PREFIX):
            return door.answer(_load_routes(request), world, settings, request, problem)
        return endpoint.answer(world, request, problem)

    async def handle(raw: web.BaseRequest) -> web.StreamResponse:
        problem = None
        try:
            if raw.headers.get("Expect", "").lower() == "100-continue":
                await _continue(raw)
            body = await raw.read() if raw.body_exists else b""
        except web.HTTPRequestEntityTooLarge:
            detail = f"The body is over the limit of {MAX_BODY} bytes."
            body, problem = b"", Problem(ProblemKind.TOO_LARGE, detail)
        except (web.RequestPayloadError, HttpProcessingError) as fault:
            body, problem = b"", Problem(ProblemKind.MALFORMED, f"The body cannot be read: {fault}.")
        reply = await answer(Request(raw.method, raw.raw_path, raw.headers, body), problem)
        if reply.upgrade is not None and reply.fault is None:
            return await delivery.hold_connection(world, raw, reply.upgrade)
        response = await send(raw, reply)
        if problem is not None:
            response.force_close()
        return response

    return Server(
        answer,
        handle,
        access_log=None,
        max_line_size=MAX_LINE,
        max_field_size=256 * 1024,
        logger=logging.getLogger("fauxlate.http"),
    )


def _load_routes(request: Request) -> tuple[Route, ...]:
    if any(request.raw_path == PREFIX + route.path for route in probes.ROUTES):
        return probes.ROUTES
    from fauxlate.web.admin.routes import ROUTES  # the models of the whole API cost a start too much

    return ROUTES


async def _continue(raw: web.BaseRequest) -> None:
    """Tell a client that asks first (`Expect: 100-continue`) to send its body."""
    writer = raw.writer
    assert isinstance(writer, StreamWriter)
    await writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    writer.output_size = 0  # what follows is the real answer
