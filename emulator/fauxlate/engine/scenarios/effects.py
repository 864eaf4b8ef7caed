"""Effects: what a rule of a scenario does to a call. Values only; the web layer carries them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from fauxlate.engine.exchange.faults import BodyFault, Drop
from fauxlate.engine.scenarios.distributions import NO_TIME, Distribution
from fauxlate.engine.tables.errors import ErrorRow
from fauxlate.engine.timing.timeline import Timeline

CallbackKind = Literal["lost", "late", "duplicated", "reordered", "early", "missigned"]


@dataclass(frozen=True, slots=True)
class Fail:
    """Answer with the documented error `key`; `message` stands for its own wording.

    `row` is an error of no operation in particular, or one that no document has, for a scenario that says it knows so.
    """

    key: str
    message: str | None = None
    row: ErrorRow | None = None


@dataclass(frozen=True, slots=True)
class Delay:
    """Wait first: by real time, or by the `sandbox`'s clock, which may have to be moved."""

    duration: Distribution
    clock: Literal["real", "sandbox"] = "real"


@dataclass(frozen=True, slots=True)
class SetTimeline:
    """Give the job that this call creates another timeline."""

    timeline: Timeline


@dataclass(frozen=True, slots=True)
class Patch:
    """Merge into the JSON body of the documented answer (RFC 7396: null takes a member out)."""

    merge: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Respond:
    """Answer with this, which no document has."""

    status: int
    body: bytes
    media_type: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Throttle:
    """Answer with the throttling error `key` what goes over `limit` calls in a window of the sandbox's clock.

    `window` is its length in seconds; None refuses each call that the rule applies to. A call within the rate does
    not meet the rule, so that later ones may apply to it. `is_default` says that the scenario leaves it to the provider
    which error that is. `row` is as with `Fail`.
    """

    key: str
    limit: int = 0
    window: float | None = None
    is_default: bool = False
    row: ErrorRow | None = None


@dataclass(frozen=True, slots=True)
class CallbackFault:
    """Do something to the callback that tells of the job's end.

    `lost` and `missigned` concern its first `times` attempts, all where that is None; `duplicated` sends each attempt
    `times` times; `late` waits for a sample of `delay`, by the sandbox's clock; `reordered` waits until another one of
    the sandbox has been sent; `early` sends it before the call is answered, and ends the job then.
    """

    kind: CallbackKind
    times: int | None = None
    delay: Distribution = NO_TIME


Effect = Fail | Delay | Drop | BodyFault | SetTimeline | Patch | Respond | Throttle | CallbackFault
