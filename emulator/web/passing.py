"""The passing of a sandbox's time: what waits for it, and what a jump of the clock sets off on its way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from weakref import WeakKeyDictionary

from emulator.engine.agenda import Agenda
from emulator.engine.call import Call
from emulator.engine.clock import Clock
from emulator.engine.sandbox import Sandbox

_SETTLING_SECONDS = 5.0
"""Real time that a jump of the clock gives a call that it woke to be answered, before it goes on without it."""


async def move(sandbox: Sandbox, change: Callable[[Clock, float], Clock]) -> None:
    """Change the clock; run what falls due on the way, in order and each at its own time, before returning.

    Two changes at once happen one after the other; one that a reset of the sandbox overtakes ends there. Raises
    `ValueError`, with nothing changed, when `change` refuses.
    """
    agenda = sandbox.agenda
    async with _MOVING.setdefault(agenda, asyncio.Lock()):
        if sandbox.agenda is not agenda:
            return
        target = change(sandbox.clock, sandbox.wall)
        while (item := agenda.next_due(target.now(sandbox.wall))) is not None:
            due, action = item
            wall = sandbox.wall
            sandbox.clock = Clock(at=max(due, sandbox.clock.now(wall)), since=wall, rate=0)
            await action()
            if sandbox.agenda is not agenda:
                return
        sandbox.clock = target
        for look_again in tuple(agenda.stirred):
            look_again()  # the clock may run at another rate now


_MOVING: WeakKeyDictionary[Agenda, asyncio.Lock] = WeakKeyDictionary()


async def release(sandbox: Sandbox) -> None:
    """Let go whatever waits for the sandbox's time, because that time ends."""
    while (item := sandbox.agenda.next_due(float("inf"))) is not None:
        await item[1]()


async def wait(call: Call, due: float) -> None:
    """Wait until the sandbox's clock shows `due`: by itself, or because somebody moves it there."""
    settled = asyncio.Event()
    if call.settled is not None:
        call.settled()
    call.settled = settled.set
    await _until(call.sandbox, due, settled)


async def then(sandbox: Sandbox, due: float, action: Callable[[], Awaitable[None]]) -> None:
    """Do `action` when the sandbox's clock shows `due`, and never where that time ends before."""
    settled = asyncio.Event()
    agenda = sandbox.agenda
    try:
        await _until(sandbox, due, settled)
        if sandbox.now() >= due and sandbox.agenda is agenda:
            await action()
    finally:
        settled.set()


async def _until(sandbox: Sandbox, due: float, settled: asyncio.Event) -> None:
    """Wait until the clock shows `due`; a jump of the clock that gets there waits for `settled`."""
    agenda, woken = sandbox.agenda, asyncio.Event()

    async def resume() -> None:
        woken.set()
        try:
            await asyncio.wait_for(settled.wait(), _SETTLING_SECONDS)
        except TimeoutError:
            return

    entry = agenda.enter(due, resume)
    stirred = asyncio.Event()
    agenda.stirred.add(stirred.set)
    try:
        while sandbox.now() < due and not woken.is_set():
            rate = sandbox.clock.rate
            left = (due - sandbox.now()) / rate if rate else None
            waits = [asyncio.ensure_future(woken.wait()), asyncio.ensure_future(stirred.wait())]
            try:
                await asyncio.wait(waits, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in waits:
                    one.cancel()
            stirred.clear()
    finally:
        agenda.strike(entry)
        agenda.stirred.discard(stirred.set)
