"""A scenario: what the providers will do wrong, compiled from a file and matched rule by rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from emulator.engine.clock import Clock
from emulator.engine.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Fail:
    """Answer with the documented error `key`, worded as `message` when that is given."""

    key: str
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Delay:
    """Answer so many seconds of real time later."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Course:
    """Give the job that this call creates another timeline."""

    timeline: Timeline


Effect = Fail | Delay | Course


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens on which operations (as `provider.Operation`), and how many times at most.

    `then` holds the effects in order, by operation: one code is another row, and one state another timeline, on
    each.
    """

    index: int
    then: Mapping[str, tuple[Effect, ...]]
    times: int | None = None


class Tally:
    """How often each rule has been used."""

    __slots__ = ("used",)

    def __init__(self) -> None:
        self.used: dict[int, int] = {}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A compiled scenario. The empty one is the documented happy path."""

    about: str = ""
    source: str = ""
    seed: int | None = None
    clock: Callable[[float], Clock] | None = None
    quirks: Mapping[str, str] = field(default_factory=dict)
    timelines: Mapping[str, Timeline] = field(default_factory=dict)
    links: Mapping[str, float] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    written: Mapping[str, object] = field(default_factory=dict)

    def first(self, operation: str, tally: Tally) -> tuple[Effect, ...]:
        """Return the effects of the first rule that matches a call of `operation`, counting its use."""
        for rule in self.rules:
            effects = rule.then.get(operation)
            if effects is None:
                continue
            used = tally.used.get(rule.index, 0)
            if rule.times is not None and used >= rule.times:
                continue
            tally.used[rule.index] = used + 1
            return effects
        return ()
