"""Limits: what runs too long, or makes too many requests, is interrupted where it stands."""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from _pytest.outcomes import OutcomeException

RETRY_INTERVAL = 0.2
"""Seconds after which a body that has swallowed the interruption is interrupted again."""
Subscribe = Callable[[Callable[[], None]], Callable[[], None]]
"""Takes a listener to call after each request, and returns what ends that."""
Interruption = Iterator[tuple[Callable[[], None], Callable[[str], None]]]
"""What interrupts the body at once, and what sets the message of the interruption."""


class HangError(OutcomeException):
    """A body was interrupted; the message says over which limit it was.

    It is no `Exception` (and so no `FauxlateError`), so that a client that catches all of these does not go on. It is
    an outcome to pytest, which could not tear down an interrupted fixture otherwise.
    """


@contextmanager
def enforce_limits(seconds: float, requests: int | None = None, subscribe: Subscribe | None = None) -> Iterator[None]:
    """Interrupt the body by a `HangError` after so many seconds of real time, or requests that `subscribe` announces.

    A body in the main thread is interrupted by a signal, even while it sleeps or waits for a socket; one in another
    thread when it next runs Python code.
    """
    has_signals = threading.current_thread() is threading.main_thread() and hasattr(signal, "SIGALRM")
    interrupting = _interrupting_by_signal if has_signals else _interrupting_by_exception
    with interrupting(seconds) as (interrupt, set_message):
        set_message(f"it was still going after {seconds:g} seconds")
        unsubscribe = None
        if requests is not None and subscribe is not None:
            count = 0

            def count_request() -> None:
                nonlocal count
                count += 1
                if count == requests + 1:
                    set_message(f"it has made more than {requests} requests")
                    interrupt()

            unsubscribe = subscribe(count_request)
        try:
            yield
        finally:
            if unsubscribe is not None:
                unsubscribe()


@contextmanager
def _interrupting_by_signal(seconds: float) -> Interruption:
    is_armed, message = True, ""
    thread = threading.get_ident()

    def handle(_number: int, _frame: FrameType | None) -> None:
        if is_armed:
            raise HangError(message)

    def interrupt() -> None:
        if is_armed:
            signal.pthread_kill(thread, signal.SIGALRM)

    def set_message(text: str) -> None:
        nonlocal message
        message = text

    handler = signal.signal(signal.SIGALRM, handle)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds, RETRY_INTERVAL)
    try:
        yield interrupt, set_message
    finally:
        is_armed = False
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, handler)


@contextmanager
def _interrupting_by_exception(seconds: float) -> Interruption:
    end, now, message = threading.Event(), threading.Event(), ""
    thread = threading.get_ident()

    def watch() -> None:
        now.wait(seconds)
        while not end.is_set():
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(HangError))
            end.wait(RETRY_INTERVAL)

    def stop() -> None:
        end.set()
        now.set()
        watcher.join()

    def set_message(text: str) -> None:
        nonlocal message
        message = text

    watcher = threading.Thread(target=watch, name="fauxlate-limit", daemon=True)
    watcher.start()
    try:
        yield now.set, set_message
    except HangError:
        stop()
        raise HangError(message) from None
    finally:
        stop()
