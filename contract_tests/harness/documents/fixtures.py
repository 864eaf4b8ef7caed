"""What the documents print, written down a second time, as a client meets it: `fixtures/`.

`fixtures/documented/<provider>/<Operation>.<case>.json` holds one printed example each: a request, and the answer to it.
`fixtures/tables/<provider>.json` holds what the printed tables say: each error row as it goes over the wire, each
operation's parameters, each kind of job's states, how long they last, how long a result is kept and its link good.

Tests compare a target with these and not with the emulator's own tables, so that a slip there is seen.

Usage: python -m contract_tests.documented --add

Adds what the tables of the emulator have and the fixtures lack; compare it with the page before it is committed. What
stands in a fixture is never changed by it: a row that is altered has to be altered in both places, by hand.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fauxlate.engine.service.provider import Provider
from fauxlate.engine.tables.errors import ErrorRow
from fauxlate.engine.tables.evidence import Evidence
from fauxlate.engine.tables.parameters import describe
from fauxlate.engine.tables.quirks import resolve
from fauxlate.server import PROVIDERS

ROOT = Path(__file__).parent.parent / "fixtures"
Json = dict[str, Any]


@dataclass(frozen=True)
class Printed:
    """An error row as a client meets it.

    `http` is the status that is sent, `listed` the one that the page prints; `also` is what stands in the body besides.
    """

    provider: str
    operation: str
    key: str
    code: str
    message: str
    http: int
    listed: int | None
    source: str
    evidence: Evidence
    also: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """What its test is called."""
        return f"{self.provider}.{self.operation}-{self.key}"


@dataclass(frozen=True)
class Example:
    """A printed example, `name` being provider, operation and case."""

    name: str
    told: Json

    @property
    def evidence(self) -> Evidence:
        """How well it is known."""
        return Evidence(self.told["evidence"])

    @property
    def source(self) -> str:
        """Which page prints it."""
        return str(self.told["source"])

    @property
    def operation(self) -> str:
        """`provider.Operation`."""
        return ".".join(self.name.split(".")[:2])


def examples() -> list[Example]:
    """Return every printed example."""
    files = sorted(ROOT.glob("documented/*/*.json"))
    return [
        Example(f"{file.parent.name}.{file.name.removesuffix('.json')}", json.loads(file.read_text("utf-8")))
        for file in files
    ]


@cache
def tables(provider: str) -> Json:
    """Return what the printed tables of a provider say."""
    file = ROOT / "tables" / f"{provider}.json"
    told: Json = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return {"errors": [], "parameters": {}, "lifecycles": {}, **told}


def errors() -> list[Printed]:
    """Return every printed error row."""
    return [
        Printed(
            **{
                "provider": one.name,
                **row,
                "evidence": Evidence(row["evidence"]),
                "also": tuple(row.get("also", ())),
            }
        )
        for one in PROVIDERS
        for row in tables(one.name)["errors"]
    ]


def parameters() -> Iterator[tuple[str, str, Json]]:
    """Give operation (`provider.Operation`), name, and place and required flag of every printed parameter."""
    for one in PROVIDERS:
        for operation, rows in tables(one.name)["parameters"].items():
            for name, told in rows.items():
                yield f"{one.name}.{operation}", name, told


def lifecycles() -> dict[str, Json]:
    """Return by name what is printed of each kind of job."""
    return {name: told for one in PROVIDERS for name, told in tables(one.name)["lifecycles"].items()}


def answering(provider: Provider) -> list[tuple[ErrorRow, list[str]]]:
    """Return every error row that an operation can be answered with, and which operations those are."""
    found: dict[int, tuple[ErrorRow, list[str]]] = {}
    for operation in provider.operations:
        for row in provider.rows(operation).values():
            found.setdefault(id(row), (row, []))[1].append(operation.name)
    return list(found.values())


def lacking(provider: Provider) -> Json:
    """Return what the tables of a provider have and its fixture does not, in the form of the fixture."""
    told = tables(provider.name)
    known = {(row["operation"], row["key"]) for row in told["errors"]}
    found: Json = {"errors": [], "parameters": {}, "lifecycles": {}}
    choices = resolve(provider.quirks, {})
    for row, operations in answering(provider):
        if any((operation, row.key) in known for operation in operations):
            continue
        code, message = row.wording(choices.__getitem__, {})
        found["errors"].append(
            {
                "operation": operations[0],
                "key": row.key,
                "code": code,
                "message": message,
                "http": row.status,
                "listed": row.listed,
                "source": row.source,
                "evidence": str(row.evidence),
                **({"also": also} if (also := sorted(_texts([row.extra.get(name) for name in _SHOWN]))) else {}),
            }
        )
    for operation in provider.operations:
        there = told["parameters"].get(operation.name, {})
        more = {
            str(one["name"]): {"in": one["in"], "required": one["required"]}
            for one in describe(operation.parameters)
            if one["name"] not in there
        }
        if more:
            found["parameters"][operation.name] = more
    for lifecycle in provider.lifecycles:
        if lifecycle.name not in told["lifecycles"]:
            timeline = lifecycle.default_timeline()
            found["lifecycles"][lifecycle.name] = {
                "states": [[step.state, step.dwell.amount or None] for step in timeline.steps],
                "failed": None if lifecycle.failed is None else lifecycle.failed.name,
                "kept": lifecycle.kept,
                "link": lifecycle.link_lifetime,
                "source": lifecycle.source,
            }
    return found


def astray(provider: Provider) -> list[str]:
    """Return what the fixture of a provider has otherwise than its tables, save for what tests send over the wire."""
    told = tables(provider.name)
    operations = {operation.name: operation for operation in provider.operations}
    found = [
        f"{row['operation']} has no error {row['key']}"
        for row in told["errors"]
        if row["key"] not in provider.rows(operations[row["operation"]])
    ]
    for name, printed in told["parameters"].items():
        here = {
            str(one["name"]): {"in": one["in"], "required": one["required"]}
            for one in describe(operations[name].parameters)
        }
        found += [
            f"{name}: {parameter} is {here.get(parameter)}"
            for parameter, one in printed.items()
            if here.get(parameter) != one
        ]
    return found


_SHOWN = ("title", "detail")
"""What a row has besides code and message that goes over the wire word by word."""


def _texts(value: object) -> Iterator[str]:
    """Give every text in what a row has besides code and message."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def added(told: Mapping[str, Any], more: Mapping[str, Any]) -> Json:
    """Return a fixture with what it lacked."""
    merged = {name: {**told["parameters"].get(name, {}), **rows} for name, rows in more["parameters"].items()}
    return {
        "errors": [*told["errors"], *more["errors"]],
        "parameters": {**told["parameters"], **merged},
        "lifecycles": {**told["lifecycles"], **more["lifecycles"]},
    }


def written(told: Mapping[str, Any]) -> str:
    """Return the text of a fixture of tables: one line a row."""

    def line(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)

    def block(rows: Mapping[str, Any]) -> str:
        return ",\n".join(f"    {line(name)}: {line(value)}" for name, value in sorted(rows.items()))

    rows = ",\n".join(f"    {line(row)}" for row in told["errors"])
    return (
        f'{{\n  "errors": [\n{rows}\n  ],\n  "parameters": {{\n{block(told["parameters"])}\n  }},\n'
        f'  "lifecycles": {{\n{block(told["lifecycles"])}\n  }}\n}}\n'
    )


def main() -> None:
    """Add what is lacking."""
    for provider in PROVIDERS:
        more = lacking(provider)
        count = sum(len(part) for part in more.values())
        print(f"{provider.name}: {count} to add")
        if count and "--add" in sys.argv:
            (ROOT / "tables" / f"{provider.name}.json").write_text(written(added(tables(provider.name), more)), "utf-8")


if __name__ == "__main__":
    main()
