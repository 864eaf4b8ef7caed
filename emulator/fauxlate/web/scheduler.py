"""What waits for the time of a sandbox, and what a jump of its clock sets off on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from math import inf
from weakref import WeakKeyDictionary

from fauxlate.engine.sandboxes.sandbox import Sandbox
from fauxlate.engine.service.call import Call
from fauxlate.engine.timing.agenda import Agenda
from fauxlate.engine.timing.clock import Clock

_SETTLING_SECONDS = 5.0
"""Real time that a jump of the clock gives a call that it woke to be answered, before it goes on without it."""


async def change_clock(sandbox: Sandbox, change: Callable[[Clock, float], Clock]) -> None:
    """Change the clock; run what falls due on the way, in order and each at its own time, before returning.

    Two changes at once happen one after the other; one that a reset of the sandbox overtakes ends there. Raises
    `ValueError`, with nothing changed, when `change` refuses.
    """
    agenda = sandbox.agenda
    async with _MOVING.setdefault(agenda, asyncio.Lock()):
        if sandbox.agenda is not agenda:
            return
        target = change(sandbox.clock, sandbox.wall)
        while (item := agenda.pop_due(target.now(sandbox.wall))) is not None:
            due, action = item
            wall = sandbox.wall
            sandbox.clock = Clock(at=max(due, sandbox.clock.now(wall)), since=wall, rate=0)
            await action()
            if sandbox.agenda is not agenda:
                return
        sandbox.clock = target
        for look_again in tuple(agenda.clock_listeners):
            look_again()  # the clock may run at another rate now


_MOVING: WeakKeyDictionary[Agenda, asyncio.Lock] = WeakKeyDictionary()


async def release(sandbox: Sandbox) -> None:
    """Let go whatever waits for the sandbox's time, and whoever waits to be told, because that time ends."""
    agenda = sandbox.agenda
    agenda.is_closed = True
    while items := tuple(iter(partial(agenda.pop_due, inf), None)):
        await asyncio.gather(
            *(action() for due, action in items if due == inf)
        )  # connections, of which each takes a while
        for due, action in items:
            if due != inf:
                await action()


async def wait(call: Call, due: float) -> None:
    """Wait until the sandbox's clock shows `due`: by itself, or because somebody moves it there."""
    settled = asyncio.Event()
    if call.on_done is not None:
        call.on_done()
    call.on_done = settled.set
    entered = _Wait(call.sandbox, due, settled)
    try:
        await entered.over()
    finally:
        entered.strike()


def schedule(sandbox: Sandbox, due: float, action: Callable[[], Awaitable[None]]) -> None:
    """Have `action` done when the sandbox's clock shows `due`, and never where that time ends before.

    Whoever moves the clock there waits for it, even when it was entered by an action that the same move set off.
    """
    settled = asyncio.Event()
    entered = _Wait(sandbox, due, settled)
    agenda = sandbox.agenda

    async def act() -> None:
        try:
            await entered.over()
            if sandbox.now() >= due and not agenda.is_closed:
                await action()
        finally:
            entered.strike()  # only now, so that a jump of the clock waits for what is under way
            settled.set()

    task = asyncio.ensure_future(act())
    _waiting.add(task)
    task.add_done_callback(_waiting.discard)


_waiting: set[asyncio.Task[None]] = set()
"""The event loop itself holds tasks only weakly."""


class _Wait:
    """Stands in the agenda from the moment it is made; a jump of the clock that gets there waits for `settled`."""

    def __init__(self, sandbox: Sandbox, due: float, settled: asyncio.Event) -> None:
        self._sandbox, self._due, self._settled = sandbox, due, settled
        self._woken, self._agenda = asyncio.Event(), sandbox.agenda
        self._entry = self._agenda.add(due, self._resume)

    async def _resume(self) -> None:
        self._woken.set()
        try:
            await asyncio.wait_for(self._settled.wait(), _SETTLING_SECONDS)
        except TimeoutError:
            return

    async def over(self) -> None:
        """Return when the clock shows the time, or somebody has moved it there."""
        sandbox, stirred = self._sandbox, asyncio.Event()
        self._agenda.clock_listeners.add(stirred.set)
        try:
            while sandbox.now() < self._due and not self._woken.is_set() and not self._agenda.is_closed:
                rate = sandbox.clock.rate
                left = (self._due - sandbox.now()) / rate if rate else None
                waits = [asyncio.ensure_future(self._woken.wait()), asyncio.ensure_future(stirred.wait())]
                try:
                    await asyncio.wait(waits, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for one in waits:
                        one.cancel()
                stirred.clear()
        finally:
            self._agenda.clock_listeners.discard(stirred.set)

    def strike(self) -> None:
        """Leave the agenda."""
        self._agenda.remove(self._entry)
