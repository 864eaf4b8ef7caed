"""Sending of a reply: written to its connection whole, spoilt on the way, or not at all."""

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
"""The header in which a hint is sent."""
_DRIBBLE_CHUNKS = 8


async def send(raw: web.BaseRequest, reply: Reply) -> web.StreamResponse:
    """Write `reply`, or break the connection as its fault says."""
    fault = reply.fault
    if fault is None:
        return new_response(reply) if reply.stream is None else await _stream(raw, reply)
    return await (_DROPS[fault.kind](raw, fault) if isinstance(fault, Drop) else _BODIES[fault.kind](raw, reply, fault))


def all_headers(reply: Reply) -> dict[str, str]:
    """Return every header of a reply, content type and hint included."""
    headers = {"Content-Type": reply.media_type, **reply.headers}
    if reply.hint is not None:
        headers[HINT] = encode_hint(reply.hint)
    return headers


def encode_hint(hint: str) -> str:
    """Return a hint as a header may have it: percent-encoded where it has to be, 2000 characters at most."""
    return quote(hint[:2000], safe=" !\"#$%&'()*+,/:;<=>?@[\\]^`{|}~", errors="replace")


def new_response(reply: Reply) -> web.Response:
    """Return `reply` as a response of aiohttp."""
    return web.Response(status=reply.status, body=reply.body, headers=all_headers(reply))


async def _stream(raw: web.BaseRequest, reply: Reply) -> web.StreamResponse:
    assert reply.stream is not None
    response = web.StreamResponse(status=reply.status, headers=all_headers(reply))
    async with aclosing(reply.stream) as chunks:
        with waiting(), suppress(ConnectionResetError):  # the listener has left
            await response.prepare(raw)
            async for chunk in chunks:
                await response.write(chunk)
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


async def _start_response(raw: web.BaseRequest, reply: Reply) -> web.StreamResponse:
    response = web.StreamResponse(status=reply.status, headers=all_headers(reply))
    response.content_length = len(reply.body)
    await response.prepare(raw)
    return response


async def _truncated(raw: web.BaseRequest, reply: Reply, _: BodyFault) -> web.StreamResponse:
    response = await _start_response(raw, reply)
    await response.write(reply.body[: len(reply.body) // 2])
    if raw.transport is not None:
        raw.transport.close()  # what has been written still goes out
    return response


async def _dribble(raw: web.BaseRequest, reply: Reply, fault: BodyFault) -> web.StreamResponse:
    response = await _start_response(raw, reply)
    size = max(1, -(-len(reply.body) // _DRIBBLE_CHUNKS))
    for start in range(0, len(reply.body), size):
        with waiting():
            await asyncio.sleep(fault.seconds / _DRIBBLE_CHUNKS)
        await response.write(reply.body[start : start + size])
    return response


_BODIES: Mapping[str, Callable[[web.BaseRequest, Reply, BodyFault], Awaitable[web.StreamResponse]]] = {
    "truncated": _truncated,
    "dribble": _dribble,
}
