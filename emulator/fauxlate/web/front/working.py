"""Working: what has come is answered by one task after the other, and whoever has to wait does not hold up the rest.

A task of its own for each request costs a twentieth of a request (measured).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine

from fauxlate.web.front.waiting import has_left


class Worker:
    """Does jobs in the order in which they come, in one task as long as none of them is suspended.

    A task whose job is suspended is left alone with it, and another one goes on with the next.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._jobs: deque[Coroutine[None, None, None]] = deque()
        self.task: asyncio.Task[None] | None = None
        """The task that does the job which is being done now."""
        self._idle: asyncio.Future[None] | None = None

    def add(self, job: Coroutine[None, None, None]) -> None:
        """Do `job`, behind those that have been added before."""
        self._jobs.append(job)
        if self._idle is not None:
            self._idle.set_result(None)
            self._idle = None
            self._loop.call_soon(self._go_on)
        elif self.task is None:
            self._start()

    def _start(self) -> None:
        self.task = self._loop.create_task(self._work())
        self._loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        """Leave a task alone that has not come back from its job by now."""
        if self._idle is None:
            self.task = None
            if self._jobs:
                self._start()

    async def _work(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        while True:
            while self._jobs:
                await self._jobs.popleft()
                if self.task is not task or has_left(task):
                    return
            self._idle = self._loop.create_future()
            await self._idle

    def close(self) -> None:
        """End the task that has nothing to do."""
        if self._idle is not None and self.task is not None:
            self.task.cancel()
