"""Waiting: what goes on without work, and ends at once where the client that it is for has gone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_WAITING: set[asyncio.Task[Any]] = set()
_LEFT: set[asyncio.Task[Any]] = set()
"""Tasks that answer clients who have gone meanwhile: they go on to their end, but wait for nothing any more."""


def end_waiting(task: asyncio.Task[Any]) -> None:
    """Cancel `task` where it does nothing but wait, now or later.

    Whatever is at work goes on to its end, so that no operation is done by halves.
    """
    if task not in _LEFT:
        _LEFT.add(task)
        task.add_done_callback(_LEFT.discard)
    if task in _WAITING:
        task.cancel()


def has_left(task: asyncio.Task[Any]) -> bool:
    """Return whether `task` answers a client who has gone."""
    return task in _LEFT


@contextmanager
def waiting() -> Iterator[None]:
    """Mark the current task as one that does nothing but wait meanwhile, for a time or for somebody else.

    Raises `CancelledError` where nobody is there any more to wait for it.
    """
    task = asyncio.current_task()
    if task is None:
        yield
        return
    if task in _LEFT:
        raise asyncio.CancelledError
    _WAITING.add(task)
    try:
        yield
    finally:
        _WAITING.discard(task)
