"""Limits: what runs too long, or asks too often, is interrupted where it stands."""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from _pytest.outcomes import OutcomeException

AGAIN = 0.2
"""Seconds after which what has swallowed the interruption is interrupted again."""
Hear = Callable[[Callable[[], None]], Callable[[], None]]


class HangError(OutcomeException):
    """What was run has been interrupted; the message says over which limit it was.

    It is no `Exception`, so that a client that catches all of these does not go on, and yet an outcome to pytest, which
    else could not tear down the fixture that was interrupted.
    """


@contextmanager
def limited(seconds: float, requests: int | None = None, hear: Hear | None = None) -> Iterator[None]:
    """Interrupt the body by a `HangError` after so many seconds of real time, or requests that `hear` tells of.

    A body in the main thread is interrupted by a signal, even while it sleeps or waits for a socket; one in another
    thread when it next runs Python code.
    """
    says = f"it was still going after {seconds:g} seconds"
    by_signal = threading.current_thread() is threading.main_thread() and hasattr(signal, "SIGALRM")
    interrupt = _by_signal if by_signal else _by_exception
    with interrupt(seconds) as (fire, say):
        say(says)
        deaf = None
        if requests is not None and hear is not None:
            count = 0

            def heard() -> None:
                nonlocal count
                count += 1
                if count == requests + 1:
                    say(f"it has made more than {requests} requests")
                    fire()

            deaf = hear(heard)
        try:
            yield
        finally:
            if deaf is not None:
                deaf()


Say = Callable[[str], None]


@contextmanager
def _by_signal(seconds: float) -> Iterator[tuple[Callable[[], None], Say]]:
    armed, words = True, [""]
    thread = threading.get_ident()

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        if armed:
            raise HangError(words[0])

    def fire() -> None:
        if armed:
            signal.pthread_kill(thread, signal.SIGALRM)

    before = signal.signal(signal.SIGALRM, interrupted)
    left = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield fire, lambda said: words.__setitem__(0, said)
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_REAL, *left)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _by_exception(seconds: float) -> Iterator[tuple[Callable[[], None], Say]]:
    ended, now, words = threading.Event(), threading.Event(), [""]
    thread = threading.get_ident()

    def watch() -> None:
        now.wait(seconds)
        while not ended.is_set():
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(HangError))
            ended.wait(AGAIN)

    def end() -> None:
        ended.set()
        now.set()
        watcher.join()

    watcher = threading.Thread(target=watch, name="fauxlate-limit", daemon=True)
    watcher.start()
    try:
        yield now.set, lambda said: words.__setitem__(0, said)
    except HangError:
        end()
        raise HangError(words[0]) from None
    finally:
        end()
