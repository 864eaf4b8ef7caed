"""Effects of a scenario on a call, carried out before the operation runs or after it: one small function an effect."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from fauxlate.engine.exchange.faults import BodyFault, Drop
from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.scenarios.effects import CallbackFault, Delay, Effect, Fail, Patch, Respond, SetTimeline, Throttle
from fauxlate.engine.service.call import Call
from fauxlate.engine.tables.errors import Refusal
from fauxlate.engine.timing.timeline import with_progress
from fauxlate.web import scheduler
from fauxlate.web.front.waiting import waiting

HINT = "A rule of the scenario did this."
FAULT_KINDS = (
    "fail",
    "delay",
    "timeline",
    "patch",
    "respond",
    "throttle",
    *(f"drop {how}" for how in ("reset", "empty", "stall")),
    *(f"body {how}" for how in ("truncated", "garbage", "malformed", "html", "dribble")),
    *(f"callback {how}" for how in ("lost", "late", "duplicated", "reordered", "early", "missigned")),
)
"""Every fault, as coverage names them."""


async def _fail(_call: Call, effect: Fail) -> None:
    raise Refusal(effect.key, message=effect.message, row=effect.row, hint=HINT)


async def _delay(call: Call, effect: Delay) -> None:
    length = effect.duration.sample(call.sandbox.chance)
    with call.outlive_reset(), waiting():
        if effect.clock == "sandbox":
            await scheduler.wait(call, call.now + length)
        else:
            await asyncio.sleep(length)
    call.now = call.sandbox.now()


async def _set_timeline(call: Call, effect: SetTimeline) -> None:
    call.timeline = effect.timeline


def _end_at_once(call: Call, effect: CallbackFault) -> None:
    """End the job with the call that creates it, where its callback is to come before the answer."""
    lifecycle = call.operation.lifecycle if call.operation is not None else None
    if effect.kind == "early" and lifecycle is not None:
        call.timeline = with_progress(call.timeline or call.sandbox.timeline(lifecycle), "immediate")


async def _throttle(call: Call, effect: Throttle) -> None:
    window = effect.window or 1.0
    seconds = window - call.now % window
    headers = {name: str(max(1, math.ceil(seconds * units))) for name, units in call.provider.retry_after.items()}
    if effect.is_default:
        raise Refusal(call.provider.choose_throttling_error(call, effect.key), hint=HINT, headers=headers)
    raise Refusal(effect.key, row=effect.row, hint=HINT, headers=headers)


async def _respond(_call: Call, effect: Respond) -> Reply:
    return Reply(effect.status, effect.body, dict(effect.headers), effect.media_type, hint=HINT)


async def _drop(_call: Call, effect: Drop) -> Reply:
    return Reply(200, b"", fault=effect, hint=HINT)


_BEFORE: Mapping[type[Effect], tuple[str, Callable[[Call, Any], Awaitable[Reply | None]]]] = {
    Fail: ("fail", _fail),
    Delay: ("delay", _delay),
    SetTimeline: ("timeline", _set_timeline),
    Throttle: ("throttle", _throttle),
    Respond: ("respond", _respond),
    Drop: ("drop", _drop),
}


async def apply_before(call: Call, effects: Iterable[Effect]) -> Reply | None:
    """Carry out, in order, what comes before the operation; a reply ends the call, and so does a `Refusal`."""
    for effect in effects:
        if isinstance(effect, CallbackFault):
            _end_at_once(call, effect)  # the rest is done to the callback, and counted, when that is sent
            continue
        if type(effect) not in _BEFORE or (isinstance(effect, Drop) and effect.after):
            continue
        kind, carry_out = _BEFORE[type(effect)]
        name = f"drop {effect.kind}" if isinstance(effect, Drop) else kind
        if kind != "timeline":  # that is served with the job, see below
            _count(call, name)  # a client that leaves during a delay has met it too
        reply = await carry_out(call, effect)
        if reply is not None:
            return reply
    return None


def apply_after(call: Call, reply: Reply, effects: Iterable[Effect]) -> Reply:
    """Do to the answer, in order, what comes after the operation; what has no effect is not served."""
    served: list[str] = []
    for effect in effects:
        if isinstance(reply.fault, Drop) and not isinstance(effect, SetTimeline):
            continue  # a connection that is broken stays so, and carries nothing
        if isinstance(effect, Patch):
            if reply.error is None and _apply_patch(reply, effect):  # the documented answer is patched, not an error
                served.append("patch")
        elif isinstance(effect, BodyFault):
            _BODY_FAULTS[effect.kind](call, reply, effect)
            served = [kind for kind in served if kind not in _SUPERSEDED.get(effect.kind, ())]
            served.append(f"body {effect.kind}")
        elif isinstance(effect, Drop) and effect.after:
            reply.fault = effect
            served = [kind for kind in served if kind not in _SUPERSEDED["dribble"]]
            served.append(f"drop {effect.kind}")
        elif isinstance(effect, SetTimeline) and call.job is not None and reply.error is None:
            served.append("timeline")
    for kind in served:
        reply.hint = reply.hint or HINT
        _count(call, kind)
    return reply


def _count(call: Call, fault: str) -> None:
    call.sandbox.coverage.count("fault", call.name, fault)


_SUPERSEDED = {
    "truncated": ("body truncated", "body dribble"),
    "dribble": ("body truncated", "body dribble"),
    "garbage": ("patch", "body garbage", "body malformed", "body html"),
    "html": ("patch", "body garbage", "body malformed", "body html"),
}
"""What of earlier verbs nothing is left of, by the body that comes after them."""


def _apply_patch(reply: Reply, effect: Patch) -> bool:
    """Merge into the body; return whether there was one to merge into."""
    import orjson

    try:
        body = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return False  # spoilt or replaced by an earlier verb
    reply.body = orjson.dumps(merge_patch(body, effect.merge))
    return True


def merge_patch(target: Any, patch: Any) -> Any:
    """Return `target` with `patch` merged into it (RFC 7396)."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge_patch(result.get(name), value)
    return result


def _leave_to_front(_call: Call, reply: Reply, effect: BodyFault) -> None:
    reply.fault = effect


def _garbage(call: Call, reply: Reply, _: BodyFault) -> None:
    drawn = (call.sandbox.chance.draw("garbage", 64) for _ in range(max(1, len(reply.body) // 64)))
    reply.body = b"".join(drawn)


def _malformed(_call: Call, reply: Reply, _: BodyFault) -> None:
    reply.body = reply.body[: max(1, len(reply.body) - 3)]


_BAD_GATEWAY_PAGE = b"""<html>
<head><title>502 Bad Gateway</title></head>
<body>
<center><h1>502 Bad Gateway</h1></center>
<hr><center>nginx</center>
</body>
</html>
"""


def _html(_call: Call, reply: Reply, _: BodyFault) -> None:
    reply.status, reply.body, reply.media_type, reply.headers = 502, _BAD_GATEWAY_PAGE, "text/html", {}


_BODY_FAULTS: Mapping[str, Callable[[Call, Reply, BodyFault], None]] = {
    "truncated": _leave_to_front,
    "dribble": _leave_to_front,
    "garbage": _garbage,
    "malformed": _malformed,
    "html": _html,
}
