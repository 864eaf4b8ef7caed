"""What was measured: values of one kind, and the target that their median has to meet."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


class BenchmarkError(Exception):
    """A measurement would not have been one of what it says; the message tells why."""


HEADING = f"{'':<52}{'median':>8}{'min':>8}{'max':>8}  target"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One row of the table. `values` are one per round; the median is the result. `note` shows absolute numbers."""

    name: str
    values: Sequence[float]
    target: float
    at_least: bool
    note: str = ""

    @property
    def median(self) -> float:
        """The result."""
        return statistics.median(self.values)

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        return self.median >= self.target if self.at_least else self.median <= self.target

    def row(self) -> str:
        """Return the line of the table."""
        places = 0 if self.median >= 100 else 2  # noqa: PLR2004
        shown = "".join(f"{value:>8.{places}f}" for value in (self.median, min(self.values), max(self.values)))
        target = f"{'≥' if self.at_least else '≤'} {self.target:g}"
        return f"{self.name:<52}{shown}  {target:<7}{'pass' if self.met else 'FAIL'}  {self.note}"

    def as_json(self) -> dict[str, object]:
        """Return everything, for a file."""
        return {
            "name": self.name,
            "median": self.median,
            "values": list(self.values),
            "target": self.target,
            "at_least": self.at_least,
            "met": self.met,
            "note": self.note,
        }
