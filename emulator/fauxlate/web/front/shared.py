"""What the connections of one server share: who answers, what bounds them, and what they send together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from fauxlate.engine.exchange.reply import Reply, Upgrade
from fauxlate.engine.exchange.request import Request
from fauxlate.engine.service.problems import Problem
from fauxlate.web.front.limits import Limits
from fauxlate.web.front.working import Worker

_MAX_BATCH = 256 * 1024
"""Bytes of answers that are sent together."""

Answer = Callable[[Request, Problem | None], Coroutine[Any, Any, Reply]]
"""What answers a request; the problem is what could not be read of it."""


class HandOver(Protocol):
    """Takes connections that speak something else than HTTP from some point on."""

    def __call__(self, transport: asyncio.Transport, request: Request, rest: bytes, upgrade: Upgrade) -> None:
        """Take a connection behind `request`, of whose bytes `rest` has been read."""

    async def close(self, seconds: float) -> None:
        """End all of them, within so many seconds."""


class Link(Protocol):
    """A connection, as its server sees it."""

    transport: asyncio.Transport | None
    task: asyncio.Task[None] | None

    def check_patience(self, now: float) -> None:
        """Leave a client that has taken longer than it may."""

    def close(self) -> None:
        """Close the connection behind what is ready to be sent."""


class Shared:
    """What the connections of one server share; `links` are those that are open."""

    def __init__(self, answer: Answer, hand_over: HandOver, limits: Limits) -> None:
        self.answer = answer
        self.hand_over = hand_over
        self.limits = limits
        self.loop = asyncio.get_running_loop()
        self.links: set[Link] = set()
        self.worker = Worker()
        self._ready: list[tuple[Link, bytes]] = []
        self._ready_bytes = 0

    def send(self, link: Link, data: bytes) -> None:
        """Send `data` once the requests that have come by now are answered, together with the answers to those.

        Sent one by one, with the work for the next in between, each would wake a process that has gone to sleep over
        it, which under load took a seventh to a third of all time (measured on a virtual machine).
        """
        if not self._ready:
            self.loop.call_soon(self.send_ready)
        self._ready.append((link, data))
        self._ready_bytes += len(data)
        if self._ready_bytes >= _MAX_BATCH:  # so that a client that does not read cannot make it pile up here
            self.send_ready()

    def send_ready(self) -> None:
        """Send what is ready now: before anything is written to a connection by another way, too."""
        ready, self._ready, self._ready_bytes = self._ready, [], 0
        for link, data in ready:
            transport = link.transport
            if transport is not None and not transport.is_closing():
                transport.write(data)
