"""Coverage: how often each documented operation, error, state, choice of a quirk, and each fault has been served."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Kind = Literal["operation", "error", "state", "quirk", "fault"]


class Coverage:
    """Counts by kind and name: `provider.Operation error`, and so for faults; `lifecycle state`, `quirk choice`."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[tuple[Kind, str, str], int] = {}

    def count(self, kind: Kind, name: str, detail: str = "") -> None:
        """Count one more; `detail` is the second word of its name, a parameter of its own because every call counts a few."""
        key = (kind, name, detail)
        try:
            self._counts[key] += 1
        except KeyError:
            self._counts[key] = 1

    @property
    def counts(self) -> Mapping[tuple[Kind, str], int]:
        """How often each was served, by kind and name."""
        return {(kind, f"{name} {detail}" if detail else name): n for (kind, name, detail), n in self._counts.items()}

    def add(self, other: Coverage) -> None:
        """Add what another has counted."""
        for key, count in other._counts.items():
            self._counts[key] = self._counts.get(key, 0) + count

    def copy(self) -> Coverage:
        """Return a copy that goes on counting independently."""
        other = Coverage()
        other.add(self)
        return other
