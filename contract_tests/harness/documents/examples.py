"""The printed examples: a request and its response each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fauxlate.engine.tables.evidence import Evidence

from contract_tests.harness.machine import ROOT

_FOLDER = ROOT / "fixtures" / "documented"


@dataclass(frozen=True)
class Example:
    """A printed example. `name` is `provider.Operation.case`, `document` what its fixture holds."""

    name: str
    document: dict[str, Any]

    @property
    def evidence(self) -> Evidence:
        """How well it is known."""
        return Evidence(self.document["evidence"])

    @property
    def source(self) -> str:
        """Which page prints it."""
        return str(self.document["source"])

    @property
    def provider(self) -> str:
        """The provider's name."""
        return self.name.partition(".")[0]

    @property
    def operation(self) -> str:
        """`provider.Operation`."""
        return ".".join(self.name.split(".")[:2])

    @property
    def request(self) -> dict[str, Any]:
        """The printed request."""
        request: dict[str, Any] = self.document["request"]
        return request

    @property
    def response(self) -> dict[str, Any]:
        """The printed response: `status`, `body`, and patterns of some `headers`."""
        response: dict[str, Any] = self.document["response"]
        return response


def printed_examples() -> list[Example]:
    """Return every printed example."""
    return [
        Example(f"{file.parent.name}.{file.stem}", json.loads(file.read_text("utf-8")))
        for file in sorted(_FOLDER.glob("*/*.json"))
    ]
