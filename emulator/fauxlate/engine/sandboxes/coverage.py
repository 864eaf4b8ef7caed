"""Coverage: which documented operations, errors, states, quirks and faults have been served, and how often."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from fauxlate.engine.service.provider import Provider
from fauxlate.engine.tables.evidence import Evidence

Kind = Literal["operation", "error", "state", "quirk", "fault"]


class Coverage:
    """Counts by kind and name: `provider.Operation error`, and so for faults; `lifecycle state`, `quirk choice`."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[tuple[Kind, str, str], int] = {}

    def served(self, kind: Kind, name: str, what: str = "") -> None:
        """Count one more of it; `what` is the second word of its name, apart because every call counts a few."""
        key = (kind, name, what)
        try:
            self._counts[key] += 1
        except KeyError:
            self._counts[key] = 1

    @property
    def counts(self) -> Mapping[tuple[Kind, str], int]:
        """How often each was served, by kind and name."""
        return {(kind, f"{name} {what}" if what else name): n for (kind, name, what), n in self._counts.items()}

    def add(self, other: Coverage) -> None:
        """Add what another has counted."""
        for key, count in other._counts.items():
            self._counts[key] = self._counts.get(key, 0) + count

    def copy(self) -> Coverage:
        """Return one that goes on counting from here by itself."""
        other = Coverage()
        other.add(self)
        return other


def documented(providers: Iterable[Provider]) -> Iterator[tuple[Kind, str, Evidence, str]]:
    """Give kind, name, evidence and source of everything in the providers' tables that can be served."""
    for provider in providers:
        for operation in provider.operations:
            name = f"{provider.name}.{operation.name}"
            yield "operation", name, operation.evidence, operation.source
            for key, error in provider.rows(operation).items():
                yield "error", f"{name} {key}", error.evidence, error.source
        for lifecycle in provider.lifecycles:
            for state in lifecycle.states:
                yield "state", f"{lifecycle.name} {state.name}", state.evidence, state.source
            if lifecycle.kept is not None and lifecycle.gone is None:
                yield "state", f"{lifecycle.name} {lifecycle.expiry}", Evidence.DOCUMENTED, lifecycle.source
        for quirk in provider.quirks:
            for choice in quirk.choices:
                yield "quirk", f"{quirk.name} {choice.name}", choice.evidence, choice.source


def meetable(providers: Iterable[Provider], faults: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give each operation, as `provider.Operation`, with each of `faults` that a client of it can meet."""
    every = tuple(faults)
    for provider in providers:
        for operation in provider.operations:
            event = operation.event
            without = {
                "timeline": not operation.creates,
                "patch": operation.response is None,
                "callback": event is None,
                "callback missigned": event is None or not any(form.signed for form in event.forms),
            }
            for fault in every:
                if not (without.get(fault) or without.get(fault.partition(" ")[0])):
                    yield f"{provider.name}.{operation.name}", fault


def rows(providers: Iterable[Provider], coverage: Coverage, faults: Iterable[str]) -> list[dict[str, Any]]:
    """Return a row for everything that the tables have, with how often it was served; what they lack comes last."""
    told: dict[tuple[Kind, str], dict[str, Any]] = {}
    for kind, name, evidence, source in documented(providers):
        told[kind, name] = {"evidence": evidence, "source": source}
    for name, fault in meetable(providers, faults):
        told["fault", f"{name} {fault}"] = {}
    counts = coverage.counts
    for kind, name in counts:
        if (kind, name) not in told:
            told[kind, name] = _of_none_in_particular(providers, kind, name)
    return [{"kind": key[0], "name": key[1], "served": counts.get(key, 0), **more} for key, more in told.items()]


def _of_none_in_particular(providers: Iterable[Provider], kind: Kind, name: str) -> dict[str, Any]:
    """Return how well something is known that no operation's tables have: an error of a provider's general table."""
    where, _, key = name.partition(" ")
    for provider in providers:
        for operation in provider.operations:
            if kind == "error" and f"{provider.name}.{operation.name}" == where:
                row = provider.named(operation, key)
                if row is not None:
                    return {"evidence": row.evidence, "source": row.source}
    return {"evidence": "undocumented"}
