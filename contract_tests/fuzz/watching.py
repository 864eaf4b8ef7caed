"""What is watched while inputs are tried: the log, and whether anything holds everybody up."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

PATIENCE = 10
"""Seconds that anything may take."""


class HeldUpError(KeyboardInterrupt):
    """The process has done nothing but one thing for too long; an interrupt, as those are not caught on the way."""


class LogWatch(logging.Handler):
    """The errors that have been logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._records: list[str] = []
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record."""
        self._records.append(self.format(record))

    def take(self) -> list[str]:
        """Return what has been logged since the last time."""
        taken, self._records = self._records, []
        return taken


@contextmanager
def watch_log() -> Iterator[LogWatch]:
    """Collect what is logged as an error anywhere, while the context lasts."""
    watch = LogWatch()
    logging.getLogger().addHandler(watch)
    try:
        yield watch
    finally:
        logging.getLogger().removeHandler(watch)


def rearm(seconds: float = PATIENCE) -> None:
    """Raise `HeldUpError` unless this is called again within so many seconds; 0 raises it never."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


@contextmanager
def alarm() -> Iterator[None]:
    """Have `rearm` work while the context lasts, in the main thread."""

    def raise_held_up(_: int, frame: FrameType | None) -> None:
        where = f" in {frame.f_code.co_filename}:{frame.f_lineno}" if frame is not None else ""
        raise HeldUpError(f"everybody was held up for {PATIENCE} s{where}")

    before = signal.signal(signal.SIGALRM, raise_held_up)
    try:
        rearm()
        yield
    finally:
        rearm(0)
        signal.signal(signal.SIGALRM, before)
