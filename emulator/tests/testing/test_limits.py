"""What runs too long or asks too often is interrupted, whatever it does meanwhile."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from fauxlate.testing.limits import HangError, enforce_limits

FOR_EVER = 3600


def spin() -> None:
    while True:
        pass


def wait_for_another() -> None:
    threading.Event().wait(FOR_EVER)


def swallow() -> None:
    while True:
        with suppress(BaseException):
            spin()
        return spin()


def await_for_ever() -> None:
    asyncio.run(asyncio.sleep(FOR_EVER))


def spin_in_a_task() -> None:
    async def main() -> None:
        await asyncio.create_task(turn())

    async def turn() -> None:
        while True:  # noqa: ASYNC110  (that is what a careless client does)
            await asyncio.sleep(0)

    asyncio.run(main())


@pytest.mark.parametrize("body", [spin, wait_for_another, swallow, await_for_ever, spin_in_a_task])
def test_a_body_that_goes_on_is_interrupted(body: Callable[[], None]) -> None:
    with pytest.raises(HangError, match=r"it was still going after 0\.05 seconds"), enforce_limits(0.05):
        body()


def test_no_exception_handler_of_a_client_takes_it_for_an_error() -> None:
    assert not issubclass(HangError, Exception)


def test_a_body_that_ends_is_left_alone_and_the_signal_put_back() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with enforce_limits(5):
        pass
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_in_another_thread_too() -> None:
    messages: list[str] = []

    def run() -> None:
        try:
            with enforce_limits(0.05):
                spin()
        except HangError as error:
            messages.append(str(error))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    assert messages == ["it was still going after 0.05 seconds"]


def test_too_many_requests_end_it_before_the_time_is_up() -> None:
    listeners: list[Callable[[], None]] = []

    def subscribe(listener: Callable[[], None]) -> Callable[[], None]:
        listeners.append(listener)
        return listeners.clear

    def make_requests() -> None:
        for _ in range(4):
            threading.Thread(target=listeners[0]).start()
        wait_for_another()

    with pytest.raises(HangError, match="it has made more than 3 requests"), enforce_limits(FOR_EVER, 3, subscribe):
        make_requests()
    assert listeners == []
