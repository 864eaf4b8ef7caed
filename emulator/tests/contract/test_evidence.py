"""Each contract test has exactly one mark that says how what it checks is known."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from contract_tests.harness.evidence import GRADES, evidence_errors


class Item:
    """A test, as far as its marks are read: those of each of its nodes, from the nearest on."""

    nodeid = "contract_tests/test_x.py::test_y[z]"

    def __init__(self, *nodes: list[Any]) -> None:
        self.nodes = nodes

    def iter_markers_with_node(self) -> Iterator[tuple[object, Any]]:
        for number, marks in enumerate(self.nodes):
            for mark in marks:
                yield number, mark


def mark(name: str, *arguments: str) -> Any:
    return SimpleNamespace(name=name, args=arguments)


def test_a_test_has_exactly_one_mark_and_the_nearest_counts() -> None:
    good = [Item([mark(name, "seed 003")]) for name in GRADES]
    good.append(Item([mark("parametrize"), mark("sdk", "x 1.0.0")], [mark("documented", "seed 003")]))
    assert evidence_errors(good) == []  # type: ignore[arg-type]
    none, two, empty = Item([mark("parametrize")]), Item([mark("sdk", "x"), mark("assumed", "y")]), Item([mark("sdk")])
    for item, text in ((none, "it has none"), (two, "it has sdk, assumed"), (empty, "`sdk` wants its source")):
        (line,) = evidence_errors([item])  # type: ignore[list-item]
        assert line.startswith("contract_tests/test_x.py::test_y: ")
        assert text in line
