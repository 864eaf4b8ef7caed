"""The server: who comes to a listening address is connected, and left when it is slow or when the server ends."""

from __future__ import annotations

import asyncio
import socket
from typing import Self

from fauxlate.web.front import limits
from fauxlate.web.front.connection import Connection
from fauxlate.web.front.limits import Limits
from fauxlate.web.front.listening import Listener, open_sockets
from fauxlate.web.front.shared import Answer, HandOver, Shared
from fauxlate.web.front.waiting import end_waiting

_BACKLOG = 1024
_CHECKS = 10
"""How often within the least patience slow clients are looked for."""


class Server:
    """Answers the requests of whoever connects, by `answer`."""

    def __init__(self, answer: Answer, hand_over: HandOver, bounds: Limits = limits.DEFAULT) -> None:
        self.shared = Shared(answer, hand_over, bounds)
        self.port = 0
        self._loop = asyncio.get_running_loop()
        self._listener: Listener | None = None
        self._checking: asyncio.TimerHandle | None = None
        self._admissions: set[asyncio.Task[object]] = set()

    async def listen(self, host: str, port: int) -> Self:
        """Begin to listen; `port` 0 takes any free one, and `self.port` tells which. Raises `OSError`."""
        sockets = await open_sockets(host, port, _BACKLOG)
        self.port = sockets[0].getsockname()[1]
        self._listener = Listener(sockets, self._admit)
        self._check()
        return self

    def _admit(self, client: socket.socket) -> None:
        task = self._loop.create_task(self._connect(client))
        self._admissions.add(task)
        task.add_done_callback(self._admissions.discard)

    async def _connect(self, client: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(lambda: Connection(self.shared), client)
        except OSError:
            client.close()

    def _check(self) -> None:
        now, bounds = self._loop.time(), self.shared.limits
        self._checking = self._loop.call_later(min(1.0, bounds.patience / _CHECKS, bounds.idle / _CHECKS), self._check)
        for link in tuple(self.shared.links):
            link.check_patience(now)
        if self._listener is not None:
            self._listener.leave_silent(now - bounds.idle)

    async def close(self, seconds: float = 1.0) -> None:
        """Listen no more; end what only waits, let what is at work come to its end for so long, and leave everybody."""
        if self._checking is not None:
            self._checking.cancel()
        if self._listener is not None:
            self._listener.close()
        if self._admissions:
            await asyncio.wait(self._admissions)
        tasks = {link.task for link in self.shared.links if link.task is not None}
        for task in tasks:
            end_waiting(task)
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        for link in tuple(self.shared.links):
            link.close()
        await self.shared.hand_over.close(seconds)
        self.shared.worker.close()
        await asyncio.sleep(0)  # so that what was closed is told so
        for link in tuple(self.shared.links):
            if link.transport is not None:
                link.transport.abort()
        await asyncio.sleep(0)
