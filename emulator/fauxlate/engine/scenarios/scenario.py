"""A scenario: what the providers will do wrong, compiled from a file and matched rule by rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from fauxlate.engine.chance import Chance
from fauxlate.engine.scenarios.conditions import Condition, Subject
from fauxlate.engine.scenarios.contacts import Contacts
from fauxlate.engine.scenarios.effects import Effect, Throttle
from fauxlate.engine.timing.clock import Clock
from fauxlate.engine.timing.timeline import Timeline

MAX_QUOTED = 60
"""Characters of a value that a reason repeats."""
Per = Literal["sandbox", "job", "request"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens on which operations (as `provider.Operation`), under which conditions, and how often.

    `then` holds the effects in order, by operation: one code is another row, and one state another timeline, on
    each. Of the calls that meet the conditions the first `skip` go by; of the rest every `every`-th counts, with
    the probability `chance`, `times` at most. They are counted in the whole sandbox, `per` job, or `per` request:
    calls that ask the same of the same operation, so that a retry is not taken for the next call.
    """

    index: int
    then: Mapping[str, tuple[Effect, ...]]
    when: tuple[Condition, ...] = ()
    times: int | None = None
    skip: int = 0
    every: int = 1
    chance: float = 1.0
    per: Per = "sandbox"
    where: str = ""

    @property
    def needs_job(self) -> bool:
        """Whether it has to be known which job a call names."""
        return self.per == "job" or any(condition.part == "job" for condition in self.when)


@dataclass(slots=True)
class _Count:
    seen: int = 0
    used: int = 0


class RuleCounters:
    """How often each rule has been met and used, and how many calls fell into a throttle's present window."""

    __slots__ = ("counts", "windows")

    def __init__(self) -> None:
        self.counts: dict[tuple[int, str], _Count] = {}
        self.windows: dict[tuple[int, str], tuple[int, int]] = {}

    def copy(self) -> RuleCounters:
        """Return a tally that goes on from here by itself."""
        other = RuleCounters()
        other.counts = {key: _Count(count.seen, count.used) for key, count in self.counts.items()}
        other.windows = dict(self.windows)
        return other

    def used(self, rule: Rule) -> int:
        """Return how often `rule` has been used, over everything it counts by."""
        return sum(count.used for (index, _), count in self.counts.items() if index == rule.index)

    def count(self, window: float, key: tuple[int, str], now: float) -> int:
        """Return how many calls have been let into the window of time that `now` falls into."""
        present = int(now // window)
        then, count = self.windows.get(key, (present, 0))
        return count if then == present else 0

    def let_in(self, window: float, key: tuple[int, str], now: float) -> None:
        """Count a call let in at `now`."""
        self.windows[key] = (int(now // window), self.count(window, key, now) + 1)


class Match(NamedTuple):
    """The rule that a call met, if any, what it does, and why each rule before it did not apply."""

    rule: Rule | None
    effects: tuple[Effect, ...]
    mismatches: tuple[tuple[int, str], ...]


NO_MATCH = Match(None, (), ())


@dataclass(frozen=True)
class Scenario:
    """A compiled scenario. The empty one is the documented happy path."""

    about: str = ""
    source: str = ""
    seed: int | None = None
    clock: Callable[[float], Clock] | None = None
    quirks: Mapping[str, str] = field(default_factory=dict)
    timelines: Mapping[str, Timeline] = field(default_factory=dict)
    links: Mapping[str, float] = field(default_factory=dict)
    contacts: Contacts | None = None
    rules: tuple[Rule, ...] = ()
    document: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def by_operation(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules on each operation, in order, so that the others cost a call nothing."""
        names = {name for rule in self.rules for name in rule.then}
        return {name: tuple(rule for rule in self.rules if name in rule.then) for name in names}

    def match(self, operation: str, look: Subject, tally: RuleCounters, chance: Chance) -> Match:
        """Return the first rule that a call of `operation` meets, counting what it meets on the way."""
        rules = self.by_operation.get(operation)
        if rules is None:
            return NO_MATCH
        reasons: list[tuple[int, str]] = []
        for rule in rules:
            reason = (
                _condition_mismatch(rule, look)
                or _rate_mismatch(rule, operation, look, tally)
                or _count_mismatch(rule, operation, look, tally, chance)
            )
            if reason is None:
                return Match(rule, rule.then[operation], tuple(reasons))
            reasons.append((rule.index, reason))
        return Match(None, (), tuple(reasons))


def _condition_mismatch(rule: Rule, look: Subject) -> str | None:
    for condition in rule.when:
        values = look.values(condition.part, condition.name)
        if not condition.matches(values):
            came = " or ".join(f"`{value[:MAX_QUOTED]}`" for value in values[:3]) if values else "nothing"
            return f"{condition.field} is {came}, not {condition.description}"
    return None


def _rate_mismatch(rule: Rule, operation: str, look: Subject, tally: RuleCounters) -> str | None:
    """Say that a call is within the rates of the rule's throttles, which then has nothing to do with it."""
    rates = [(effect.limit, effect.window) for effect in rule.then[operation] if isinstance(effect, Throttle)]
    windows = [
        (limit, window, (rule.index, f"{n} {operation} {look.owner}"))
        for n, (limit, window) in enumerate(rates)
        if window
    ]
    if not windows or any(tally.count(window, key, look.now) >= limit for limit, window, key in windows):
        return None
    for _, window, key in windows:
        tally.let_in(window, key, look.now)
    return f"the call is within {windows[0][0]} in {windows[0][1]:g} s"


def counter_key(rule: Rule, operation: str, look: Subject) -> str:
    """Return what the uses of `rule` are counted by: the whole sandbox, the job named, or what is asked."""
    if rule.per == "sandbox":
        return ""
    if rule.per == "job" and look.job is not None:
        return look.job.id
    return f"{operation} {look.fingerprint}"


def _count_mismatch(rule: Rule, operation: str, look: Subject, tally: RuleCounters, chance: Chance) -> str | None:
    key = (rule.index, counter_key(rule, operation, look))
    count = tally.counts.get(key)
    if count is None:
        count = tally.counts[key] = _Count()
    if rule.times is not None and count.used >= rule.times:
        return f"it has been used {count.used} times, which is all"
    count.seen += 1
    if count.seen <= rule.skip:
        return f"it skips {rule.skip}, and this is number {count.seen}"
    if (count.seen - rule.skip) % rule.every:
        return f"it applies to every {rule.every}th, and this is number {count.seen - rule.skip}"
    if rule.chance < 1 and chance.unit(f"rule.{rule.index}") >= rule.chance:
        return f"its chance of {rule.chance:g} did not come up"
    count.used += 1
    return None
