"""The evidence of contract tests: one mark a test says how what it checks is known, in the words of the tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import pytest
from fauxlate.engine.tables.evidence import Evidence

GRADES = {
    Evidence.DOCUMENTED: "source",
    Evidence.SDK: "source",
    Evidence.REPORTED: "source",
    Evidence.ASSUMED: "why",
}
"""The marks, and what the argument of each is."""


class Row(Protocol):
    """A row of a table, which has its evidence."""

    @property
    def evidence(self) -> Evidence: ...

    @property
    def source(self) -> str: ...


def mark(evidence: Evidence | str, argument: str) -> pytest.MarkDecorator:
    """Return the mark of a grade."""
    decorator: pytest.MarkDecorator = getattr(pytest.mark, Evidence(evidence).value)  # xdist sends its name as a str
    return decorator(argument)


def row_mark(row: Row) -> pytest.MarkDecorator:
    """Return the mark of a test that checks a row of a table."""
    why = str(getattr(row, "note", "")) or row.source
    return mark(row.evidence, why if row.evidence is Evidence.ASSUMED else row.source)


def case(row: Row, *values: Any, id: str | None = None) -> Any:  # noqa: A002  (pytest's own name)
    """Return the parameters of one case of a test, which has the evidence of `row`."""
    return pytest.param(*values, id=id, marks=row_mark(row))


def evidence_errors(items: Iterable[pytest.Item]) -> list[str]:
    """Return a line for each test that does not have exactly one mark with an argument.

    Only the nearest marks count: those of the test itself, otherwise those of its module.
    """
    lines: dict[str, None] = {}
    for item in items:
        marks = [(node, mark) for node, mark in item.iter_markers_with_node() if mark.name in GRADES]
        nearest = [mark for node, mark in marks if node is marks[0][0]]
        name = item.nodeid.partition("[")[0]
        if len(nearest) != 1:
            names = ", ".join(mark.name for mark in nearest) or "none"
            lines[
                f"{name}: a contract test has exactly one of the marks {', '.join(GRADES)}, which says how what it "
                f"checks is known; it has {names}"
            ] = None
        elif not (nearest[0].args and str(nearest[0].args[0]).strip()):
            lines[f"{name}: `{nearest[0].name}` wants its {GRADES[Evidence(nearest[0].name)]} as an argument"] = None
    return list(lines)
