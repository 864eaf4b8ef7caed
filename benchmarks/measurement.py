"""A measurement: values of one kind, and the target that their median has to meet."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


class BenchmarkError(Exception):
    """A measurement failed, or would not be of what its name says; the message tells why."""


HEADING = f"{'':<52}{'median':>8}{'min':>8}{'max':>8}  target"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One row of the table.

    `values` has one value for each round; the median is the result. It has to be at least the target where `is_minimum`
    says so, at most otherwise. `note` shows absolute numbers.
    """

    name: str
    values: Sequence[float]
    target: float
    is_minimum: bool
    note: str = ""

    @property
    def median(self) -> float:
        """The median of the values: the result."""
        return statistics.median(self.values)

    @property
    def is_met(self) -> bool:
        """Whether the target is met."""
        return self.median >= self.target if self.is_minimum else self.median <= self.target

    def format_row(self) -> str:
        """Return the line of the table; `HEADING` is above it."""
        places = 0 if self.median >= 100 else 2  # noqa: PLR2004
        numbers = "".join(f"{value:>8.{places}f}" for value in (self.median, min(self.values), max(self.values)))
        target = f"{'≥' if self.is_minimum else '≤'} {self.target:g}"
        return f"{self.name:<52}{numbers}  {target:<7}{'pass' if self.is_met else 'FAIL'}  {self.note}"

    def as_json(self) -> dict[str, object]:
        """Return all values, for a JSON file."""
        return {
            "name": self.name,
            "median": self.median,
            "values": list(self.values),
            "target": self.target,
            "at_least": self.is_minimum,
            "met": self.is_met,
            "note": self.note,
        }
