"""Waiting: what a connection is kept open for without work, and what ends at once with its client or its server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import Any


class WaitingTasks:
    """The tasks of one connection that do nothing but wait."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def run(self, start: Callable[[], None]) -> None:
        """Call `start`; what waits in the tasks that it starts belongs here."""
        context = copy_context()
        context.run(_CURRENT.set, self)
        context.run(start)

    def add(self, task: asyncio.Task[Any]) -> None:
        """Remember that `task` waits."""
        self._tasks.add(task)

    def remove(self, task: asyncio.Task[Any]) -> None:
        """Forget `task`, which waits no longer."""
        self._tasks.discard(task)

    def cancel(self) -> None:
        """Cancel those tasks; whatever is at work goes on to its end, so that no operation is done by halves."""
        for task in tuple(self._tasks):
            task.cancel()


_CURRENT: ContextVar[WaitingTasks] = ContextVar("waiting_tasks")


@contextmanager
def waiting() -> Iterator[None]:
    """Mark the current task as one that does nothing but wait meanwhile, for a time or for somebody else."""
    tasks, task = _CURRENT.get(None), asyncio.current_task()
    if tasks is None or task is None:  # nobody is connected
        yield
        return
    tasks.add(task)
    try:
        yield
    finally:
        tasks.remove(task)
