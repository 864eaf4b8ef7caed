"""The inventory: every row of the providers' tables that can be served, and how often it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fauxlate.engine.sandboxes.coverage import Coverage, Kind
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.tables.evidence import Evidence


def documented_items(providers: Iterable[Provider]) -> Iterator[tuple[Kind, str, Evidence, str]]:
    """Give kind, name, evidence and source of every row in the providers' tables that can be served."""
    for provider in providers:
        for operation in provider.operations:
            name = f"{provider.name}.{operation.name}"
            yield "operation", name, operation.evidence, operation.source
            for key, error in provider.error_rows(operation).items():
                yield "error", f"{name} {key}", error.evidence, error.source
        for lifecycle in provider.lifecycles:
            for state in lifecycle.states:
                yield "state", f"{lifecycle.name} {state.name}", state.evidence, state.source
            if lifecycle.retention is not None and lifecycle.expired_state is None:
                yield "state", f"{lifecycle.name} {lifecycle.expiry_name}", Evidence.DOCUMENTED, lifecycle.source
        for quirk in provider.quirks:
            for choice in quirk.choices:
                yield "quirk", f"{quirk.name} {choice.name}", choice.evidence, choice.source


def possible_faults(providers: Iterable[Provider], faults: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give each operation, as `provider.Operation`, with each of `faults` that a client of it can meet."""
    names = tuple(faults)
    for provider in providers:
        for operation in provider.operations:
            event = operation.event
            impossible = {
                "timeline": not operation.creates_job,
                "patch": operation.response is None,
                "callback": event is None,
                "callback missigned": event is None or not any(form.is_signed for form in event.forms),
            }
            for fault in names:
                if not (impossible.get(fault) or impossible.get(fault.partition(" ")[0])):
                    yield f"{provider.name}.{operation.name}", fault


def coverage_rows(providers: Iterable[Provider], coverage: Coverage, faults: Iterable[str]) -> list[dict[str, Any]]:
    """Return a row for everything in the tables, with how often it was served; what they lack comes last."""
    details: dict[tuple[Kind, str], dict[str, Any]] = {}
    for kind, name, evidence, source in documented_items(providers):
        details[kind, name] = {"evidence": evidence, "source": source}
    for name, fault in possible_faults(providers, faults):
        details["fault", f"{name} {fault}"] = {}
    counts = coverage.counts
    for kind, name in counts:
        if (kind, name) not in details:
            details[kind, name] = _general_row(providers, kind, name)
    return [{"kind": key[0], "name": key[1], "served": counts.get(key, 0), **row} for key, row in details.items()]


def _general_row(providers: Iterable[Provider], kind: Kind, name: str) -> dict[str, Any]:
    """Return evidence and source of what no operation's tables have: an error of a provider's general table."""
    operation_name, _, key = name.partition(" ")
    for provider in providers:
        for operation in provider.operations:
            if kind == "error" and f"{provider.name}.{operation.name}" == operation_name:
                row = provider.find_error(operation, key)
                if row is not None:
                    return {"evidence": row.evidence, "source": row.source}
    return {"evidence": "undocumented"}
