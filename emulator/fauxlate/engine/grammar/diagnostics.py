"""Diagnostics: what is wrong with a scenario file, and at which line and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fauxlate.errors import FauxlateError

Location = tuple[str | int, ...]
"""Keys and indices that lead to a part of a scenario, from the outside in."""
Positions = Mapping[Location, tuple[int, int]]
"""Line and column, from 1, of each part of a scenario."""
_LIST_KEYS = ("on", "then", "extends")
"""Keys whose list of one may be written as its only item."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong with a scenario; line and column count from 1, and are 0 where there is none."""

    message: str
    line: int = 0
    column: int = 0

    def format(self, name: str) -> str:
        """Return `name:line:column: message`."""
        return f"{name}:{self.line}:{self.column}: {self.message}" if self.line else f"{name}: {self.message}"


class ScenarioError(FauxlateError, ValueError):
    """A scenario is refused as a whole; `diagnostics` say why, and `lines` are the same as text."""

    def __init__(self, diagnostics: list[Diagnostic], name: str) -> None:
        self.diagnostics = diagnostics
        self.lines = [diagnostic.format(name) for diagnostic in diagnostics]
        super().__init__("\n".join(self.lines))


def position(positions: Positions, location: Location) -> tuple[int, int]:
    """Return line and column of the part at `location`, or of the nearest part around it; zeros where there is none."""
    while location and location not in positions:
        location = location[:-1]
    return positions.get(location, (0, 0))


class Diagnostics:
    """Collects what is wrong with the scenario called `name`, whose parts are at `positions`."""

    def __init__(self, positions: Positions, name: str) -> None:
        self._positions = positions
        self._name = name
        self._items: list[Diagnostic] = []

    def diagnose(self, location: Location, message: str) -> Diagnostic:
        """Return a diagnostic of the part at `location`, without collecting it."""
        if location not in self._positions:
            location = tuple(
                part for index, part in enumerate(location) if part != 0 or location[index - 1] not in _LIST_KEYS
            )
        return Diagnostic(message, *position(self._positions, location))

    def add(self, location: Location, message: str) -> None:
        """Collect that the part at `location` is wrong."""
        self._items.append(self.diagnose(location, message))

    def add_once(self, diagnostics: list[Diagnostic]) -> None:
        """Collect those of `diagnostics` that are not there yet."""
        known = set(self._items)
        self._items += [diagnostic for diagnostic in diagnostics if diagnostic not in known]

    def label(self, location: Location) -> str:
        """Return `name:line` of the part at `location`, or the name alone where there is no line."""
        line = self.diagnose(location, "").line
        return f"{self._name}:{line}" if line else self._name

    def error(self) -> ScenarioError:
        """Return the error that refuses the scenario for what has been collected, in order of lines."""
        ordered = sorted(self._items, key=lambda diagnostic: (diagnostic.line, diagnostic.column))
        return ScenarioError(ordered, self._name)

    def raise_any(self) -> None:
        """Raise `ScenarioError` where anything has been collected."""
        if self._items:
            raise self.error()
