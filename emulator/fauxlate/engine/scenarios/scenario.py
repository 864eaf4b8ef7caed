"""A scenario: what the providers do wrong, compiled from files, and which of its rules a call meets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from fauxlate.engine.chance import Chance
from fauxlate.engine.scenarios.conditions import Subject
from fauxlate.engine.scenarios.contacts import Contacts
from fauxlate.engine.scenarios.effects import Effect
from fauxlate.engine.scenarios.rules import Rule, RuleCounters, mismatch
from fauxlate.engine.timing.clock import Clock
from fauxlate.engine.timing.timeline import Timeline


class Match(NamedTuple):
    """The rule that a call meets, if any, its effects, and why each rule before it does not apply, by its index."""

    rule: Rule | None
    effects: tuple[Effect, ...]
    mismatches: tuple[tuple[int, str], ...]


NO_MATCH = Match(None, (), ())


@dataclass(frozen=True)
class Scenario:
    """A compiled scenario. The empty one is the documented happy path.

    `make_clock` makes the sandbox's clock from the wall time. `timelines` and `link_lifetimes` (in seconds) are by
    lifecycle. `document` is the scenario as one file would say it.
    """

    about: str = ""
    source: str = ""
    seed: int | None = None
    make_clock: Callable[[float], Clock] | None = None
    quirks: Mapping[str, str] = field(default_factory=dict)
    timelines: Mapping[str, Timeline] = field(default_factory=dict)
    link_lifetimes: Mapping[str, float] = field(default_factory=dict)
    contacts: Contacts | None = None
    rules: tuple[Rule, ...] = ()
    document: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def rules_by_operation(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules on each operation, in order, so that the others cost a call nothing."""
        names = {name for rule in self.rules for name in rule.effects}
        return {name: tuple(rule for rule in self.rules if name in rule.effects) for name in names}

    def match(self, operation: str, subject: Subject, counters: RuleCounters, chance: Chance) -> Match:
        """Return the first rule that a call of `operation` meets, and count the call for each rule on the way."""
        rules = self.rules_by_operation.get(operation)
        if rules is None:
            return NO_MATCH
        reasons: list[tuple[int, str]] = []
        for rule in rules:
            reason = mismatch(rule, operation, subject, counters, chance)
            if reason is None:
                return Match(rule, rule.effects[operation], tuple(reasons))
            reasons.append((rule.index, reason))
        return Match(None, (), tuple(reasons))
