"""The scheduler: what waits for a sandbox's clock, and what a jump of the clock sets off on its way."""

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

_SETTLE_SECONDS = 5.0
"""Real time that a jump of the clock waits for the answer to a call that it has woken, before it goes on without it."""


async def change_clock(sandbox: Sandbox, change: Callable[[Clock, float], Clock]) -> None:
    """Change the clock; run what falls due on the way, in order and each at its own time, before returning.

    Two changes at once happen one after the other; one that a reset of the sandbox overtakes ends there. Raises
    `ValueError`, with nothing changed, when `change` refuses.
    """
    agenda = sandbox.agenda
    async with _CLOCK_LOCKS.setdefault(agenda, asyncio.Lock()):
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
        for notify in tuple(agenda.clock_listeners):
            notify()  # the clock may run at another rate now


_CLOCK_LOCKS: WeakKeyDictionary[Agenda, asyncio.Lock] = WeakKeyDictionary()


async def release(sandbox: Sandbox) -> None:
    """End whatever waits for the sandbox's clock, and its connections, because the sandbox's time ends."""
    agenda = sandbox.agenda
    agenda.is_closed = True
    while items := tuple(iter(partial(agenda.pop_due, inf), None)):
        connections = [action() for due, action in items if due == inf]
        await asyncio.gather(*connections)  # each takes a while to close
        for due, action in items:
            if due != inf:
                await action()


async def wait(call: Call, due: float) -> None:
    """Wait until the sandbox's clock shows `due`: by itself, or because somebody moves it there."""
    settled = asyncio.Event()
    if call.on_done is not None:
        call.on_done()
    call.on_done = settled.set
    entry = _AgendaEntry(call.sandbox, due, settled)
    try:
        await entry.wait()
    finally:
        entry.remove()


def schedule(sandbox: Sandbox, due: float, action: Callable[[], Awaitable[None]]) -> None:
    """Run `action` when the sandbox's clock shows `due`, and never where the sandbox's time ends before.

    Whoever moves the clock there waits for it, even where an action that the same move set off has scheduled it.
    """
    settled = asyncio.Event()
    entry = _AgendaEntry(sandbox, due, settled)
    agenda = sandbox.agenda

    async def run() -> None:
        try:
            await entry.wait()
            if sandbox.now() >= due and not agenda.is_closed:
                await action()
        finally:
            entry.remove()  # only now, so that a jump of the clock waits for what is under way
            settled.set()

    task = asyncio.ensure_future(run())
    _TASKS.add(task)
    task.add_done_callback(_TASKS.discard)


_TASKS: set[asyncio.Task[None]] = set()
"""What is scheduled; the event loop itself holds tasks only weakly."""


class _AgendaEntry:
    """An entry of the agenda from the moment it is made; a jump of the clock that gets there waits for `settled`."""

    def __init__(self, sandbox: Sandbox, due: float, settled: asyncio.Event) -> None:
        self._sandbox, self._due, self._settled = sandbox, due, settled
        self._woken, self._agenda = asyncio.Event(), sandbox.agenda
        self._number = self._agenda.add(due, self._resume)

    async def _resume(self) -> None:
        self._woken.set()
        try:
            async with asyncio.timeout(_SETTLE_SECONDS):
                await self._settled.wait()
        except TimeoutError:
            return

    async def wait(self) -> None:
        """Return when the clock shows the time, or somebody has moved it there."""
        sandbox, changed = self._sandbox, asyncio.Event()
        self._agenda.clock_listeners.add(changed.set)
        try:
            while sandbox.now() < self._due and not self._woken.is_set() and not self._agenda.is_closed:
                rate = sandbox.clock.rate
                seconds = (self._due - sandbox.now()) / rate if rate else None
                events = [asyncio.ensure_future(self._woken.wait()), asyncio.ensure_future(changed.wait())]
                try:
                    await asyncio.wait(events, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for event in events:
                        event.cancel()
                changed.clear()
        finally:
            self._agenda.clock_listeners.discard(changed.set)

    def remove(self) -> None:
        """Leave the agenda."""
        self._agenda.remove(self._number)
