"""The clock of a test's sandbox, and sleeps that move it instead of waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any


class Clock:
    """The clock of a sandbox. It runs with the wall clock until it is set otherwise, and only moves forward."""

    def __init__(self, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        self._change = change

    @property
    def now(self) -> datetime:
        """The sandbox's time."""
        return datetime.fromtimestamp(self.time(), UTC)

    def time(self) -> float:
        """Return the sandbox's time as `time.time` does, for a client that takes a clock."""
        return float(self._change({})["epoch"])

    def advance(self, by: str | float) -> None:
        """Jump forward by `10m`, `1h30m` or so many seconds; what falls due on the way has run when this returns."""
        self._change({"advance": by})

    def sleep(self, seconds: float) -> None:
        """Stand in for `time.sleep` in a client: the sandbox's time moves instead of the test's."""
        self._change({"advance": max(0.0, float(seconds))})

    async def asleep(self, seconds: float) -> None:
        """Stand in for `asyncio.sleep` in a client."""
        self.sleep(seconds)
        await asyncio.sleep(0)

    def freeze(self) -> None:
        """Stand still until it is moved."""
        self._change({"mode": "frozen"})

    def run(self, rate: float = 1.0) -> None:
        """Run on by itself, `rate` seconds a second."""
        self._change({"rate": rate})

    def set(self, at: datetime | str) -> None:
        """Show this time (ISO 8601 as a text), which may not lie in the sandbox's past."""
        self._change({"at": at.isoformat() if isinstance(at, datetime) else at})
