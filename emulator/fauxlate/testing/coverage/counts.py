"""Counts: how often what was served, by kind and name, in one process or in several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

Key = tuple[str, str]
"""A kind and a name, as `fauxlate.engine.sandboxes.coverage` counts them."""
Counts = Mapping[Key, int]


def encode_counts(counts: Counts) -> list[list[Any]]:
    """Return counts as plain lists, which pytest-xdist can send: kind, name and number of each."""
    return [[*key, count] for key, count in counts.items()]


def sum_counts(lists: Iterable[Iterable[tuple[str, str, int]]]) -> Counter[Key]:
    """Return the sum of counts that `encode_counts` has encoded."""
    total: Counter[Key] = Counter()
    for counts in lists:
        for kind, name, count in counts:
            total[kind, name] += count
    return total
