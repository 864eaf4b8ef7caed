"""Quirks: named switches for every place where the documents contradict themselves or fall silent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fauxlate.engine.suggest import did_you_mean
from fauxlate.engine.tables.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Choice:
    """One reading of the documents, with the evidence for it."""

    name: str
    source: str
    evidence: Evidence = Evidence.DOCUMENTED


@dataclass(frozen=True, slots=True)
class Quirk:
    """A switch `provider.name`; the first choice is the default."""

    name: str
    about: str
    choices: tuple[Choice, ...]

    @property
    def default(self) -> str:
        """The choice that holds when nobody says otherwise."""
        return self.choices[0].name


class UnknownQuirkError(ValueError):
    """A quirk, or a choice of one, that no table has."""


def resolve(table: Iterable[Quirk], chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the choice of every quirk of `table`, `chosen` over the defaults. Raises `UnknownQuirkError`."""
    by_name = {quirk.name: quirk for quirk in table}
    settled = {name: quirk.default for name, quirk in by_name.items()}
    for name, choice in chosen.items():
        if name not in by_name:
            raise UnknownQuirkError(f"`{name}` is not a quirk.{did_you_mean(name, by_name)}")
        names = [known.name for known in by_name[name].choices]
        if choice not in names:
            raise UnknownQuirkError(f"`{choice}` is not a choice of `{name}`; it has {', '.join(names)}.")
        settled[name] = choice
    return settled
