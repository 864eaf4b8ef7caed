"""Effects: what a rule of a scenario does to a call. Values only; the web layer carries them out."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from fauxlate.engine.chance import Chance
from fauxlate.engine.exchange.faults import BodyFault, Drop
from fauxlate.engine.tables.errors import ErrorRow
from fauxlate.engine.timing.durations import parse_duration
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
class Distribution:
    """How a length of time is drawn: `fixed(a)`, `uniform(a, b)`, `normal(mean a, deviation b)`, `lognormal(median a, sigma b)`."""

    kind: Literal["fixed", "uniform", "normal", "lognormal"]
    a: float
    b: float = 0.0

    def sample(self, chance: Chance) -> float:
        """Return a length in seconds, never negative."""
        if self.kind == "fixed":
            return self.a
        unit = chance.unit("delay")
        if self.kind == "uniform":
            return self.a + (self.b - self.a) * unit
        standard = math.sqrt(-2 * math.log(1 - unit)) * math.cos(2 * math.pi * chance.unit("delay"))
        if self.kind == "normal":
            return max(0.0, self.a + self.b * standard)
        return self.a * math.exp(min(self.b * standard, 50.0))


@dataclass(frozen=True, slots=True)
class Delay:
    """Go on after a while: of real time, or (`sandbox`) of the sandbox's clock, which may have to be moved."""

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
    """Answer with this and nothing of the documents."""

    status: int
    body: bytes
    media_type: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Throttle:
    """Answer with the throttling error `key` what goes over `limit` calls in a window of the sandbox's clock.

    `window` is its length in seconds; None refuses each call that the rule applies to. A call within the rate does
    not meet the rule, so that later ones may apply to it. `usual` says that the scenario has left it to the provider
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

    `lost` and `missigned` concern its first `times` tries, all without that; `duplicated` sends each try `times`
    times; `late` waits for as long as `delay` draws, by the sandbox's clock; `reordered` holds it back until another
    one of the sandbox has been sent; `early` sends it before the call is answered, and ends the job then.
    """

    how: CallbackKind
    times: int | None = None
    delay: Distribution = Distribution("fixed", 0)


Effect = Fail | Delay | Drop | BodyFault | SetTimeline | Patch | Respond | Throttle | CallbackFault

_DISTRIBUTION = re.compile(r"(uniform|normal|lognormal)\(\s*([^,()]+?)\s*,\s*([^,()]+?)\s*\)")


def parse_distribution(text: str) -> Distribution:
    """Return the distribution that `2s`, `uniform(1s, 3s)`, `normal(200ms, 50ms)` or `lognormal(200ms, 0.6)` describes."""
    found = _DISTRIBUTION.fullmatch(text.strip())
    if found is None:
        try:
            return Distribution("fixed", parse_duration(text))
        except ValueError as refusal:
            raise ValueError(f"{refusal}; or uniform(1s, 3s), normal(200ms, 50ms), lognormal(200ms, 0.6)") from None
    kind, first, second = found[1], parse_duration(found[2]), found[3]
    if kind == "lognormal":
        try:
            sigma = float(second)
        except ValueError:
            sigma = -1.0
        if not 0 <= sigma <= 10:  # noqa: PLR2004  (e to the tenth: beyond that it is no delay)
            raise ValueError(f"sigma {second!r} is no number between 0 and 10; write for example lognormal(200ms, 0.6)")
        return Distribution("lognormal", first, sigma)
    other = parse_duration(second)
    if kind == "uniform":
        if other < first:
            raise ValueError(f"uniform({found[2]}, {found[3]}) ends before it begins")
        return Distribution("uniform", first, other)
    return Distribution("normal", first, other)


_RATE = re.compile(r"(\d{1,9})\s*/\s*(\d*(?:\.\d+)?(?:ms|s|m|h|d))")


def parse_rate(text: str) -> tuple[int, float]:
    """Return how many, and in how many seconds, of `20/s` or `100/5m`."""
    found = _RATE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not a rate; write for example 20/s or 100/5m")
    window = parse_duration(found[2] if found[2][0].isdigit() else f"1{found[2]}")
    if window <= 0:
        raise ValueError(f"{text!r} is not a rate; its window has no length")
    return int(found[1]), window
