"""The printed tables: error rows, parameters and lifecycles, as their fixtures hold them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fauxlate.engine.tables.evidence import Evidence
from fauxlate.serving.composition import PROVIDERS

from contract_tests.harness.machine import ROOT

Json = dict[str, Any]


@dataclass(frozen=True)
class PrintedError:
    """An error row as a client meets it.

    `status` is the HTTP status that is sent, `listed_status` the one that the page prints, and `extra_texts` are the
    texts in the body besides code and message.
    """

    provider: str
    operation: str
    key: str
    code: str
    message: str
    status: int
    listed_status: int | None
    source: str
    evidence: Evidence
    extra_texts: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id of its test."""
        return f"{self.provider}.{self.operation}-{self.key}"


def table_file(provider: str) -> Path:
    """Return the fixture of a provider's tables."""
    return ROOT / "fixtures" / "tables" / f"{provider}.json"


@cache
def tables(provider: str) -> Json:
    """Return the printed tables of a provider: `errors`, a list; `parameters` by operation; `lifecycles` by name."""
    file = table_file(provider)
    document: Json = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return {"errors": [], "parameters": {}, "lifecycles": {}, **document}


def printed_errors() -> list[PrintedError]:
    """Return every printed error row."""
    return [
        PrintedError(
            provider.name,
            row["operation"],
            row["key"],
            row["code"],
            row["message"],
            row["http"],
            row["listed"],
            row["source"],
            Evidence(row["evidence"]),
            tuple(row.get("also", ())),
        )
        for provider in PROVIDERS
        for row in tables(provider.name)["errors"]
    ]


def printed_parameters() -> Iterator[tuple[str, str, Json]]:
    """Give every printed parameter: `provider.Operation`, name, and its `in` (the place) and `required` (a flag)."""
    for provider in PROVIDERS:
        for operation, parameters in tables(provider.name)["parameters"].items():
            for name, row in parameters.items():
                yield f"{provider.name}.{operation}", name, row


def printed_lifecycles() -> dict[str, Json]:
    """Return what is printed of each kind of job, by lifecycle."""
    return {name: row for provider in PROVIDERS for name, row in tables(provider.name)["lifecycles"].items()}
