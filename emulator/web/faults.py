"""What a scenario does to a call, carried out: one small function an effect."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from emulator.engine.call import Call
from emulator.engine.errors import Refusal
from emulator.engine.scenario import Course, Delay, Effect, Fail


async def _fail(_call: Call, effect: Fail) -> None:
    raise Refusal(effect.key, message=effect.message, hint="A rule of the scenario made this call fail.")


async def _delay(_call: Call, effect: Delay) -> None:
    await asyncio.sleep(effect.seconds)


async def _course(call: Call, effect: Course) -> None:
    call.timeline = effect.timeline


_CARRIED_OUT: dict[type[Effect], Callable[[Call, Any], Awaitable[None]]] = {
    Fail: _fail,
    Delay: _delay,
    Course: _course,
}


async def apply(call: Call, effects: Iterable[Effect]) -> None:
    """Carry out `effects` in order; one that answers the call raises and ends them."""
    for effect in effects:
        await _CARRIED_OUT[type(effect)](call, effect)
