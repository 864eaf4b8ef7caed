"""Totals: how much of what can be served was served and asserted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from fauxlate.testing.coverage.rows import KINDS, Kind, Row

DOCUMENTED_KINDS: tuple[Kind, ...] = ("operation", "error", "state", "expiry")
"""The kinds that the documents have, and that the percentage is of; quirks and faults are ours."""


@dataclass(frozen=True, slots=True)
class Total:
    """How many rows there are that are not excluded, and how many of them were served and asserted."""

    rows: int = 0
    served: int = 0
    asserted: int = 0
    excluded: int = 0

    @property
    def percent(self) -> float:
        """How much was served, 100 where there was nothing to serve."""
        return 100.0 * self.served / self.rows if self.rows else 100.0


def sum_rows(rows: Iterable[Row]) -> Total:
    """Return what `rows` sum up to."""
    total = served = asserted = excluded = 0
    for row in rows:
        if row.excluded is not None:
            excluded += 1
            continue
        total += 1
        served += row.served > 0
        asserted += row.asserted > 0
    return Total(total, served, asserted, excluded)


def sum_documented(rows: Iterable[Row]) -> Total:
    """Return what those of `rows` sum up to that the documents have."""
    return sum_rows(row for row in rows if row.kind in DOCUMENTED_KINDS)


def sum_kinds(rows: Sequence[Row]) -> dict[Kind, Total]:
    """Return by kind what `rows` sum up to."""
    return {kind: sum_rows(row for row in rows if row.kind == kind) for kind in KINDS}


def as_data(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the report as JSON has it: the percentage, the totals by kind, and every row."""
    return {
        "percent": round(sum_documented(rows).percent, 2),
        "summary": {
            kind: {**asdict(total), "percent": round(total.percent, 2)} for kind, total in sum_kinds(rows).items()
        },
        "rows": [asdict(row) for row in rows],
    }
