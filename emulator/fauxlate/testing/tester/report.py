"""The report of a broken invariant: the scenario file in which the provider does the same again, and the last requests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from fauxlate.testing.records import Exchange
from fauxlate.testing.scenarios import format_scenario

MAX_EXCHANGES = 12
"""Exchanges that a report shows, the last ones."""


def format_violation(
    violation: str, scenario: dict[str, Any], steps: Iterable[str], journal: Sequence[Exchange]
) -> str:
    """Return the report: what was broken, the scenario file with the steps that led there, and the last exchanges."""
    file = [f"# {', '.join(_merge_repeats(steps))}", *format_scenario(scenario, violation).splitlines()]
    exchanges = [str(exchange).partition("\n")[0] for exchange in journal[-MAX_EXCHANGES:]]
    return "\n".join(
        [
            violation,
            "",
            "The provider does so again with `fauxlate serve --scenario` and this file:",
            "",
            *(f"    {line}" for line in file),
            "",
            f"The last {len(exchanges)} of {len(journal)} requests:",
            *exchanges,
        ]
    )


def _merge_repeats(steps: Iterable[str]) -> list[str]:
    """Return the steps, equal ones in a row as one: `poll() 3 times`."""
    groups = [(step, len(list(repeats))) for step, repeats in groupby(steps)]
    return [step if count == 1 else f"{step} {count} times" for step, count in groups]
