"""How a reply is written to its connection: whole, spoilt on the way, or not at all."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from urllib.parse import quote

from aiohttp import web

from fauxlate.engine.exchange.faults import BodyFault, Drop
from fauxlate.engine.exchange.reply import Reply
from fauxlate.web.front.waiting import waiting

HINT = "X-Fauxlate-Hint"
_PIECES = 8


async def send(raw: web.BaseRequest, reply: Reply) -> web.StreamResponse:
    """Write `reply`, or break the connection as its fault says."""
    fault = reply.fault
    if fault is None:
        return written(reply) if reply.stream is None else await _streamed(raw, reply)
    return await (_DROPS[fault.kind](raw, fault) if isinstance(fault, Drop) else _BODIES[fault.kind](raw, reply, fault))


def headers_of(reply: Reply) -> dict[str, str]:
    """Return the headers that a reply is sent with."""
    headers = {"Content-Type": reply.media_type, **reply.headers}
    if reply.hint is not None:
        headers[HINT] = hint_of(reply.hint)
    return headers


def hint_of(hint: str) -> str:
    """Return a hint as a header may have it."""
    return quote(hint[:2000], safe=" !\"#$%&'()*+,/:;<=>?@[\\]^`{|}~", errors="replace")


def written(reply: Reply) -> web.Response:
    """Return a whole answer."""
    return web.Response(status=reply.status, body=reply.body, headers=headers_of(reply))


async def _streamed(raw: web.BaseRequest, reply: Reply) -> web.StreamResponse:
    assert reply.stream is not None
    response = web.StreamResponse(status=reply.status, headers=headers_of(reply))
    async with aclosing(reply.stream) as pieces:
        with waiting(), suppress(ConnectionResetError):  # the listener has left
            await response.prepare(raw)
            async for piece in pieces:
                await response.write(piece)
    return response


async def _reset(raw: web.BaseRequest, _: Drop) -> web.StreamResponse:
    transport = raw.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()  # with nothing to linger for, the kernel sends a RST
    return web.Response()  # there is nothing left to write it to


async def _empty(raw: web.BaseRequest, _: Drop) -> web.StreamResponse:
    if raw.transport is not None:
        raw.transport.close()
    return web.Response()


async def _stall(raw: web.BaseRequest, drop: Drop) -> web.StreamResponse:
    with waiting():
        await asyncio.sleep(drop.seconds)
    return await _empty(raw, drop)


_DROPS: Mapping[str, Callable[[web.BaseRequest, Drop], Awaitable[web.StreamResponse]]] = {
    "reset": _reset,
    "empty": _empty,
    "stall": _stall,
}


async def _begun(raw: web.BaseRequest, reply: Reply) -> web.StreamResponse:
    response = web.StreamResponse(status=reply.status, headers=headers_of(reply))
    response.content_length = len(reply.body)
    await response.prepare(raw)
    return response


async def _truncated(raw: web.BaseRequest, reply: Reply, _: BodyFault) -> web.StreamResponse:
    response = await _begun(raw, reply)
    await response.write(reply.body[: len(reply.body) // 2])
    if raw.transport is not None:
        raw.transport.close()  # what has been written still goes out
    return response


async def _dribble(raw: web.BaseRequest, reply: Reply, body: BodyFault) -> web.StreamResponse:
    response = await _begun(raw, reply)
    size = max(1, -(-len(reply.body) // _PIECES))
    for at in range(0, len(reply.body), size):
        with waiting():
            await asyncio.sleep(body.seconds / _PIECES)
        await response.write(reply.body[at : at + size])
    return response


_BODIES: Mapping[str, Callable[[web.BaseRequest, Reply, BodyFault], Awaitable[web.StreamResponse]]] = {
    "truncated": _truncated,
    "dribble": _dribble,
}
