"""The catalog: every table of the providers as plain data, for people, tests and documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fauxlate.engine.service.events import Event
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.tables.errors import ErrorRow
from fauxlate.engine.tables.lifecycles import Lifecycle
from fauxlate.engine.tables.parameters import describe_parameters
from fauxlate.engine.tables.quirks import Quirk
from fauxlate.engine.tables.shapes import field_paths


def build_catalog(providers: Iterable[Provider]) -> dict[str, Any]:
    """Return by provider its operations, events, lifecycles and quirks, and the errors of no operation in particular."""
    return {
        provider.name: {
            "title": provider.title,
            "operations": [_operation(provider, operation) for operation in provider.operations],
            "events": [_event(event) for event in provider.events],
            "lifecycles": [_lifecycle(lifecycle) for lifecycle in provider.lifecycles],
            "quirks": [_quirk(quirk) for quirk in provider.quirks],
            "errors": [_error(row) for row in provider.general_errors],
        }
        for provider in providers
    }


def shared_errors(operations: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return by group of errors the keys that are common to all operations with that group.

    Groups of one operation, and of one common key, are left out.
    """
    keys: dict[str, list[list[str]]] = {}
    for operation in operations:
        by_group: dict[str, list[str]] = {}
        for error in operation["errors"]:
            by_group.setdefault(error["group"], []).append(error["key"])
        for group, group_keys in by_group.items():
            keys.setdefault(group, []).append(group_keys)
    shared = {
        group: [key for key in by_operation[0] if all(key in others for others in by_operation)]
        for group, by_operation in keys.items()
        if len(by_operation) > 1
    }
    return {group: group_keys for group, group_keys in shared.items() if len(group_keys) > 1}


def _operation(provider: Provider, operation: Operation) -> dict[str, Any]:
    lifecycle = operation.lifecycle
    return {
        "name": operation.name,
        "method": operation.methods[0],
        "methods": list(operation.methods),
        "path": operation.path,
        "action": operation.action,
        "evidence": operation.evidence,
        "source": operation.source,
        "parameters": describe_parameters(operation.parameters),
        "response": [] if operation.response is None else field_paths(operation.response),
        "lifecycle": None if lifecycle is None else lifecycle.name,
        "states": [] if lifecycle is None else [state.name for state in lifecycle.states],
        "event": None if operation.event is None else operation.event.name,
        "errors": [_error(row) for row in provider.error_rows(operation).values()],
        **({"note": operation.note} if operation.note else {}),
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "name": event.name,
        "about": event.about,
        "evidence": event.evidence,
        "source": event.source,
        "forms": [
            {
                "name": form.name,
                "about": form.about,
                "by_url": form.has_url,
                "signed": form.is_signed,
                "again": list(form.retry_delays),
                "evidence": form.evidence,
                "source": form.source,
            }
            for form in event.forms
        ],
    }


def _error(row: ErrorRow) -> dict[str, Any]:
    optional = {"note": row.note, "meaning": row.meaning, "texts": dict(row.texts), "quirk": row.quirk}
    return {
        "code": row.code,
        "listed": row.listed_status,
        "status": row.status,
        "message": row.message,
        "group": row.group,
        "key": row.key,
        "evidence": row.evidence,
        "source": row.source,
        **{name: value for name, value in optional.items() if value},
    }


def _lifecycle(lifecycle: Lifecycle) -> dict[str, Any]:
    return {
        "name": lifecycle.name,
        "source": lifecycle.source,
        "kept": lifecycle.retention,
        "link": lifecycle.link_lifetime,
        "states": [
            {
                "name": state.name,
                "also": list(state.spellings),
                "lasts": state.duration or None,
                "about": state.about,
                "evidence": state.evidence,
                "source": state.source,
            }
            for state in lifecycle.states
        ],
    }


def _quirk(quirk: Quirk) -> dict[str, Any]:
    return {
        "name": quirk.name,
        "about": quirk.about,
        "choices": [choice.name for choice in quirk.choices],
        "default": quirk.default,
        "source": "; ".join(f"{choice.name}: {choice.source}" for choice in quirk.choices),
        "evidence": {choice.name: choice.evidence for choice in quirk.choices},
    }
