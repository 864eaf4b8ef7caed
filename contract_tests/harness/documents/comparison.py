"""The comparison of the emulator's tables with their fixtures: which rows a fixture lacks, and which contradict it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.tables.errors import ErrorRow
from fauxlate.engine.tables.parameters import describe_parameters
from fauxlate.engine.tables.quirks import resolve_choices

from contract_tests.harness.documents.tables import Json, tables

_TEXT_MEMBERS = ("title", "detail")
"""What an error row has besides code and message that goes over the wire word by word."""


def missing_rows(provider: Provider) -> Json:
    """Return what the tables of a provider have and its fixture does not, in the form of the fixture."""
    fixture = tables(provider.name)
    return {
        "errors": _missing_errors(provider, fixture),
        "parameters": _missing_parameters(provider, fixture),
        "lifecycles": _missing_lifecycles(provider, fixture),
    }


def _missing_errors(provider: Provider, fixture: Json) -> list[Json]:
    known = {(row["operation"], row["key"]) for row in fixture["errors"]}
    choices = resolve_choices(provider.quirks, {})
    rows: list[Json] = []
    for row, operations in _errors_with_operations(provider):
        if any((operation, row.key) in known for operation in operations):
            continue
        code, message = row.format(choices.__getitem__, {})
        extra_texts = sorted(_texts([row.extra.get(name) for name in _TEXT_MEMBERS]))
        rows.append(
            {
                "operation": operations[0],
                "key": row.key,
                "code": code,
                "message": message,
                "http": row.status,
                "listed": row.listed_status,
                "source": row.source,
                "evidence": str(row.evidence),
                **({"also": extra_texts} if extra_texts else {}),
            }
        )
    return rows


def _errors_with_operations(provider: Provider) -> list[tuple[ErrorRow, list[str]]]:
    """Return every error row that an operation can be answered with, and the names of those operations."""
    rows: dict[int, tuple[ErrorRow, list[str]]] = {}
    for operation in provider.operations:
        for row in provider.error_rows(operation).values():
            rows.setdefault(id(row), (row, []))[1].append(operation.name)
    return list(rows.values())


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _texts(member)


def _parameter_rows(operation: Operation) -> dict[str, Json]:
    return {
        str(parameter["name"]): {"in": parameter["in"], "required": parameter["required"]}
        for parameter in describe_parameters(operation.parameters)
    }


def _missing_parameters(provider: Provider, fixture: Json) -> Json:
    missing: Json = {}
    for operation in provider.operations:
        known = fixture["parameters"].get(operation.name, {})
        rows = {name: row for name, row in _parameter_rows(operation).items() if name not in known}
        if rows:
            missing[operation.name] = rows
    return missing


def _missing_lifecycles(provider: Provider, fixture: Json) -> Json:
    return {
        lifecycle.name: {
            "states": [[step.state, step.dwell.amount or None] for step in lifecycle.default_timeline().steps],
            "failed": None if lifecycle.failed_state is None else lifecycle.failed_state.name,
            "kept": lifecycle.retention,
            "link": lifecycle.link_lifetime,
            "source": lifecycle.source,
        }
        for lifecycle in provider.lifecycles
        if lifecycle.name not in fixture["lifecycles"]
    }


def differences(provider: Provider) -> list[str]:
    """Return a line for each error and parameter of a fixture that the tables do not have, or have otherwise.

    Texts of errors, and lifecycles, are not compared here: tests compare them over the wire.
    """
    fixture = tables(provider.name)
    operations = {operation.name: operation for operation in provider.operations}
    lines = [
        f"{row['operation']} has no error {row['key']}"
        for row in fixture["errors"]
        if row["key"] not in provider.error_rows(operations[row["operation"]])
    ]
    for name, parameters in fixture["parameters"].items():
        rows = _parameter_rows(operations[name])
        lines += [
            f"{name}: {parameter} is {rows.get(parameter)}"
            for parameter, row in parameters.items()
            if rows.get(parameter) != row
        ]
    return lines


def merge(fixture: Mapping[str, Any], rows: Mapping[str, Any]) -> Json:
    """Return a fixture of tables with further rows."""
    parameters = {
        name: {**fixture["parameters"].get(name, {}), **new_rows} for name, new_rows in rows["parameters"].items()
    }
    return {
        "errors": [*fixture["errors"], *rows["errors"]],
        "parameters": {**fixture["parameters"], **parameters},
        "lifecycles": {**fixture["lifecycles"], **rows["lifecycles"]},
    }


def format_tables(fixture: Mapping[str, Any]) -> str:
    """Return the text of a fixture of tables: one line a row."""

    def line(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)

    def block(rows: Mapping[str, Any]) -> str:
        return ",\n".join(f"    {line(name)}: {line(value)}" for name, value in sorted(rows.items()))

    errors = ",\n".join(f"    {line(row)}" for row in fixture["errors"])
    return (
        f'{{\n  "errors": [\n{errors}\n  ],\n  "parameters": {{\n{block(fixture["parameters"])}\n  }},\n'
        f'  "lifecycles": {{\n{block(fixture["lifecycles"])}\n  }}\n}}\n'
    )
