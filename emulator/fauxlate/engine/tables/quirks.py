"""Quirks: named switches for every place where the documents contradict themselves or fall silent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fauxlate.engine.suggest import did_you_mean
from fauxlate.engine.tables.evidence import Evidence
from fauxlate.errors import FauxlateError


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
        """The choice that holds where nobody makes another one."""
        return self.choices[0].name


class UnknownQuirkError(FauxlateError, ValueError):
    """A quirk, or a choice of one, that no table has."""


def resolve_choices(table: Iterable[Quirk], choices: Mapping[str, str]) -> dict[str, str]:
    """Return the choice of every quirk of `table`: that of `choices`, else the default. Raises `UnknownQuirkError`."""
    by_name = {quirk.name: quirk for quirk in table}
    result = {name: quirk.default for name, quirk in by_name.items()}
    for name, choice in choices.items():
        if name not in by_name:
            raise UnknownQuirkError(f"`{name}` is not a quirk.{did_you_mean(name, by_name)}")
        names = [known.name for known in by_name[name].choices]
        if choice not in names:
            raise UnknownQuirkError(f"`{choice}` is not a choice of `{name}`; it has {', '.join(names)}.")
        result[name] = choice
    return result
