"""The clock of a sandbox in the admin API."""

from __future__ import annotations

from fauxlate.engine.sandboxes.sandbox import Sandbox
from fauxlate.engine.timing.clock import Clock
from fauxlate.web import scheduler
from fauxlate.web.admin.route import SANDBOX, AdminError, AdminRequest, Route
from fauxlate.web.admin.shapes.fields import MAX_MOMENT
from fauxlate.web.admin.shapes.requests import ClockChange
from fauxlate.web.admin.shapes.responses import ClockState
from fauxlate.web.admin.times import format_time


def clock_state(sandbox: Sandbox) -> ClockState:
    """Return how a sandbox's clock stands."""
    now = sandbox.now()
    return {"mode": sandbox.clock.mode, "rate": sandbox.clock.rate, "now": format_time(now), "epoch": now}


async def get_clock(request: AdminRequest) -> ClockState:
    """Tell how the clock stands."""
    return clock_state(request.sandbox)


async def change_clock(request: AdminRequest) -> ClockState:
    """Change the clock, and run what falls due."""
    sandbox, change = request.sandbox, request.parse_body(ClockChange)
    if change.mode is not None and change.rate is not None:
        raise AdminError(400, "The clock stays as it was: `mode` and `rate` say different things; name one of them.")
    rate = {"real": 1.0, "frozen": 0.0, None: change.rate}[change.mode]

    def apply(clock: Clock, wall: float) -> Clock:
        if rate is not None:
            clock = clock.run(wall, rate)
        if change.at is not None:
            clock = clock.set_to(wall, change.at.timestamp())
        if change.advance is not None:
            clock = clock.advance(wall, float(change.advance))
        if change.advance is not None and clock.at > MAX_MOMENT.timestamp():
            raise ValueError(f"it would be past {MAX_MOMENT:%Y-%m-%d}, where clocks end")
        return clock

    try:
        await scheduler.change_clock(sandbox, apply)
    except ValueError as refusal:
        raise AdminError(409, f"The clock stays as it was: {refusal}.") from None
    return clock_state(sandbox)


ROUTES = (
    Route("GET", f"{SANDBOX}/clock", get_clock, "The clock of a sandbox.", ClockState),
    Route(
        "PATCH",
        f"{SANDBOX}/clock",
        change_clock,
        "Change the clock; what falls due runs.",
        ClockState,
        body=ClockChange,
        error_statuses=(409,),
    ),
)
