"""Sending of a reply that is more than bytes: without an end, spoilt on the way, or not at all."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from typing import Protocol

from fauxlate.engine.exchange.faults import BodyFault, Drop
from fauxlate.engine.exchange.reply import Reply
from fauxlate.web.front.waiting import waiting

_DRIBBLE_CHUNKS = 8


class Wire(Protocol):
    """What a reply is sent over in pieces: the front's own connection, or aiohttp's."""

    async def start(self, reply: Reply, length: int | None) -> None:
        """Send the head; `length` is the body's, None where it has no end. Raises `ConnectionError`."""

    async def write(self, data: bytes) -> None:
        """Send a piece of the body, as soon as the client reads. Raises `ConnectionError`."""

    def close(self) -> None:
        """Close the connection behind what was sent."""

    def reset(self) -> None:
        """Break the connection: what was sent may be lost, and the client meets a RST."""


def is_plain(reply: Reply) -> bool:
    """Return whether a reply is sent as it is, in one piece."""
    return reply.fault is None and reply.stream is None


async def send(wire: Wire, reply: Reply) -> None:
    """Send a reply that is not plain over `wire`. Raises `ConnectionError` where the client has left."""
    fault = reply.fault
    if isinstance(fault, Drop):
        await _DROPS[fault.kind](wire, fault)
    elif fault is not None:
        await _BODIES[fault.kind](wire, reply, fault)
    else:
        await _stream(wire, reply)


def reset(transport: asyncio.BaseTransport) -> None:
    """Break the connection under `transport`: with nothing to linger for, the kernel sends a RST."""
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert isinstance(transport, asyncio.WriteTransport)
    transport.abort()


async def _stream(wire: Wire, reply: Reply) -> None:
    assert reply.stream is not None
    async with aclosing(reply.stream) as chunks:
        with waiting(), suppress(ConnectionError):  # the listener has left
            await wire.start(reply, None)
            async for chunk in chunks:
                await wire.write(chunk)


async def _reset(wire: Wire, _: Drop) -> None:
    wire.reset()


async def _empty(wire: Wire, _: Drop) -> None:
    wire.close()


async def _stall(wire: Wire, drop: Drop) -> None:
    with waiting():
        await asyncio.sleep(drop.seconds)
    wire.close()


_DROPS: Mapping[str, Callable[[Wire, Drop], Awaitable[None]]] = {"reset": _reset, "empty": _empty, "stall": _stall}


async def _truncated(wire: Wire, reply: Reply, _: BodyFault) -> None:
    await wire.start(reply, len(reply.body))
    await wire.write(reply.body[: len(reply.body) // 2])
    wire.close()


async def _dribble(wire: Wire, reply: Reply, fault: BodyFault) -> None:
    await wire.start(reply, len(reply.body))
    size = max(1, -(-len(reply.body) // _DRIBBLE_CHUNKS))
    for start in range(0, len(reply.body), size):
        with waiting():
            await asyncio.sleep(fault.seconds / _DRIBBLE_CHUNKS)
        await wire.write(reply.body[start : start + size])


_BODIES: Mapping[str, Callable[[Wire, Reply, BodyFault], Awaitable[None]]] = {
    "truncated": _truncated,
    "dribble": _dribble,
}
