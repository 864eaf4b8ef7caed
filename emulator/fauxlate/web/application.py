"""The whole emulator as an application of aiohttp, for those who have a server of aiohttp already.

It sends what the front sends: the same answers to the same requests, with the same heads.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

from aiohttp import HttpVersion11, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler
from multidict import CIMultiDict

from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.exchange.request import Request
from fauxlate.engine.service.problems import Problem, ProblemKind
from fauxlate.engine.world import World
from fauxlate.web.callbacks import delivery, subscriptions
from fauxlate.web.front import limits, sending
from fauxlate.web.front.shared import Answer
from fauxlate.web.front.waiting import end_waiting
from fauxlate.web.front.writing import has_body, header_lines, reason

Result = TypeVar("Result")
_MAX_BODY = limits.DEFAULT.body


def new_application(world: World, answer: Answer) -> web.Application:
    """Return `world` as an application, to be run, mounted or tested as any other of aiohttp."""

    @web.middleware
    async def handle(request: web.Request, handler: Handler) -> web.StreamResponse:
        del handler  # to which nothing goes
        prefix = _find_prefix(request)
        if not world.base_url:
            world.base_url = f"{request.scheme}://{request.host}{prefix}"
        return await _handle(request, prefix, world, answer)

    async def close(_: web.Application) -> AsyncIterator[None]:
        yield
        await subscriptions.close(*world.sandboxes)

    application = web.Application(client_max_size=_MAX_BODY, middlewares=[handle])
    application.router.add_route("*", "/{path:.*}", _never)  # all of it goes to the middleware, what has no route too
    application.cleanup_ctx.append(close)
    return application


async def _never(_: web.Request) -> web.StreamResponse:
    raise AssertionError("the middleware answers everything")


def _find_prefix(raw: web.Request) -> str:
    """Return the path under which this application is mounted, without the slash behind it."""
    resource = raw.match_info.route.resource
    return "" if resource is None else resource.canonical.removesuffix("/{path}")


async def _handle(raw: web.Request, prefix: str, world: World, answer: Answer) -> web.StreamResponse:
    body, problem = await _read_body(raw)
    target = raw.raw_path.removeprefix(prefix)
    request = Request(raw.method, target or "/", raw.headers, body)
    reply = await _outlive(asyncio.create_task(answer(request, problem)))
    if reply.upgrade is not None and reply.fault is None:
        return await delivery.hold_connection(world, raw, reply.upgrade)
    if sending.is_plain(reply):
        response: web.StreamResponse = _new_response(reply, raw.method)
    else:
        wire = _Wire(raw)
        await _outlive(asyncio.create_task(sending.send(wire, reply)))
        response = wire.response
    if problem is not None:
        response.force_close()
    return response


async def _outlive(task: asyncio.Task[Result]) -> Result:
    """Return what comes of `task`, which goes on where the client has left and aiohttp cancels whoever answers it."""
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        end_waiting(task)
        raise


async def _read_body(raw: web.Request) -> tuple[bytes, Problem | None]:
    try:
        return (await raw.read() if raw.body_exists else b""), None
    except web.HTTPRequestEntityTooLarge:
        return b"", Problem(ProblemKind.TOO_LARGE, f"The body is over the limit of {_MAX_BODY} bytes.")
    except (web.RequestPayloadError, HttpProcessingError) as fault:
        return b"", Problem(ProblemKind.MALFORMED, f"The body cannot be read: {fault}.")


def _new_response(reply: Reply, method: str) -> web.Response:
    headers = _headers(reply, len(reply.body))
    body = reply.body if has_body(reply.status, method) else None
    return web.Response(status=reply.status, reason=reason(reply.status), headers=headers, body=body)


def _headers(reply: Reply, length: int | None) -> CIMultiDict[str]:
    lines = (line.partition(": ") for line in header_lines(reply, length).split("\r\n") if line)
    return CIMultiDict([(name, value) for name, _, value in lines])


class _Wire:
    """An answer in pieces, as aiohttp sends one."""

    def __init__(self, raw: web.Request) -> None:
        self._raw = raw
        self._writes_body = False
        self.response = web.StreamResponse()

    async def start(self, reply: Reply, length: int | None) -> None:
        self._writes_body = has_body(reply.status, self._raw.method)
        headers = _headers(reply, length)
        self.response = web.StreamResponse(status=reply.status, reason=reason(reply.status), headers=headers)
        if length is None and self._raw.version != HttpVersion11:
            self.response.force_close()  # that is its end
        await self.response.prepare(self._raw)

    async def write(self, data: bytes) -> None:
        if data and self._writes_body:
            await self.response.write(data)

    def close(self) -> None:
        if self._raw.transport is not None:
            self._raw.transport.close()

    def reset(self) -> None:
        if self._raw.transport is not None:
            sending.reset(self._raw.transport)
