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
        self.tasks: set[asyncio.Task[Any]] = set()

    def run(self, begin: Callable[[], None]) -> None:
        """Call `begin`; whatever waits in the tasks that it starts, waits here."""
        context = copy_context()
        context.run(_WAITING_TASKS.set, self)
        context.run(begin)

    def cancel(self) -> None:
        """End those tasks; whatever is at work goes on to its end, so that no operation is done by halves."""
        for task in tuple(self.tasks):
            task.cancel()


_WAITING_TASKS: ContextVar[WaitingTasks] = ContextVar("waiting_tasks")


@contextmanager
def waiting() -> Iterator[None]:
    """Say that this task does nothing but wait meanwhile, for a time or for somebody else."""
    waits, task = _WAITING_TASKS.get(None), asyncio.current_task()
    if waits is None or task is None:  # nobody is connected
        yield
        return
    waits.tasks.add(task)
    try:
        yield
    finally:
        waits.tasks.discard(task)
