"""Rules of a scenario: on which calls each one applies, how often, and why not where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from fauxlate.engine.chance import Chance
from fauxlate.engine.scenarios.conditions import Condition, Subject
from fauxlate.engine.scenarios.effects import Effect, Throttle

MAX_QUOTED = 60
"""Characters of a value that a reason repeats."""
Per = Literal["sandbox", "job", "request"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens on which operations (as `provider.Operation`), under which conditions, and how often.

    `effects` are in order, by operation: one code is another row, and one state another timeline, on each. Of the calls that meet the conditions the first `skip` go by; of the rest every `every`-th counts, with
    the probability `chance`, `times` at most. They are counted in the whole sandbox, `per` job, or `per` request:
    calls with the same parameters of the same operation, so that a retry does not count as the next call.
    `location` is the rule's place, as `name:line`.
    """

    index: int
    effects: Mapping[str, tuple[Effect, ...]]
    conditions: tuple[Condition, ...] = ()
    times: int | None = None
    skip: int = 0
    every: int = 1
    chance: float = 1.0
    per: Per = "sandbox"
    location: str = ""

    @property
    def needs_job(self) -> bool:
        """Whether the rule depends on the job that a call names."""
        return self.per == "job" or any(condition.part == "job" for condition in self.conditions)


@dataclass(slots=True)
class RuleCount:
    """How many calls have met a rule's conditions, and how often it has been used."""

    matches: int = 0
    uses: int = 0


class RuleCounters:
    """How often each rule has matched and been used, and how many calls a throttle has let into its present window."""

    __slots__ = ("_counts", "_windows")

    def __init__(self) -> None:
        self._counts: dict[tuple[int, str], RuleCount] = {}
        self._windows: dict[tuple[int, str], tuple[int, int]] = {}

    def copy(self) -> RuleCounters:
        """Return counters that start where these stand and go on independently."""
        other = RuleCounters()
        other._counts = {key: RuleCount(count.matches, count.uses) for key, count in self._counts.items()}
        other._windows = dict(self._windows)
        return other

    def get(self, key: tuple[int, str]) -> RuleCount:
        """Return the count under `key`, the rule's index and what `counter_key` gives; a new one where there is none."""
        count = self._counts.get(key)
        if count is None:
            count = self._counts[key] = RuleCount()
        return count

    def uses(self, rule: Rule) -> int:
        """Return how often `rule` has been used, over everything it counts by."""
        return sum(count.uses for (index, _), count in self._counts.items() if index == rule.index)

    def calls_in_window(self, window: float, key: tuple[int, str], now: float) -> int:
        """Return how many calls have been let into the window, `window` seconds long, that `now` falls into."""
        present = int(now // window)
        number, calls = self._windows.get(key, (present, 0))
        return calls if number == present else 0

    def add_to_window(self, window: float, key: tuple[int, str], now: float) -> None:
        """Count a call that is let in at `now`."""
        self._windows[key] = (int(now // window), self.calls_in_window(window, key, now) + 1)


def counter_key(rule: Rule, operation: str, subject: Subject) -> str:
    """Return what the uses of `rule` are counted by: the whole sandbox, the job that is named, or the request."""
    if rule.per == "sandbox":
        return ""
    if rule.per == "job" and subject.job is not None:
        return subject.job.id
    return f"{operation} {subject.fingerprint}"


def mismatch(rule: Rule, operation: str, subject: Subject, counters: RuleCounters, chance: Chance) -> str | None:
    """Return why `rule` does not apply to a call of `operation`, None where it does; count the call for the rule."""
    return (
        _condition_mismatch(rule, subject)
        or _rate_mismatch(rule, operation, subject, counters)
        or _count_mismatch(rule, operation, subject, counters, chance)
    )


def _condition_mismatch(rule: Rule, subject: Subject) -> str | None:
    for condition in rule.conditions:
        values = subject.values(condition.part, condition.name)
        if not condition.matches(values):
            actual = " or ".join(f"`{value[:MAX_QUOTED]}`" for value in values[:3]) if values else "nothing"
            return f"{condition.field} is {actual}, not {condition.description}"
    return None


def _rate_mismatch(rule: Rule, operation: str, subject: Subject, counters: RuleCounters) -> str | None:
    """Return why the throttles of the rule do not concern a call: it is within their rates."""
    rates = [(effect.limit, effect.window) for effect in rule.effects[operation] if isinstance(effect, Throttle)]
    windows = [
        (limit, window, (rule.index, f"{number} {operation} {subject.owner}"))
        for number, (limit, window) in enumerate(rates)
        if window
    ]
    if not windows:
        return None
    if any(counters.calls_in_window(window, key, subject.now) >= limit for limit, window, key in windows):
        return None
    for _, window, key in windows:
        counters.add_to_window(window, key, subject.now)
    return f"the call is within {windows[0][0]} in {windows[0][1]:g} s"


def _count_mismatch(rule: Rule, operation: str, subject: Subject, counters: RuleCounters, chance: Chance) -> str | None:
    count = counters.get((rule.index, counter_key(rule, operation, subject)))
    if rule.times is not None and count.uses >= rule.times:
        return f"it has been used {count.uses} times, which is all"
    count.matches += 1
    if count.matches <= rule.skip:
        return f"it skips {rule.skip}, and this is number {count.matches}"
    if (count.matches - rule.skip) % rule.every:
        return f"it applies to every {rule.every}th, and this is number {count.matches - rule.skip}"
    if rule.chance < 1 and chance.unit(f"rule.{rule.index}") >= rule.chance:
        return f"its chance of {rule.chance:g} did not come up"
    count.uses += 1
    return None
