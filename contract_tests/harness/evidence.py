"""How what a contract test checks is known: one mark a test, in the words with which the tables grade their rows."""

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
"""The marks, and what the argument of each says."""


class Row(Protocol):
    """A row of a table, which says how well it is known."""

    @property
    def evidence(self) -> Evidence: ...

    @property
    def source(self) -> str: ...


def mark(row: Row) -> pytest.MarkDecorator:
    """Return the mark of a test that takes its evidence from a row."""
    why = str(getattr(row, "note", "")) or row.source
    return graded(row.evidence, why if row.evidence is Evidence.ASSUMED else row.source)


def graded(evidence: Evidence | str, said: str) -> pytest.MarkDecorator:
    """Return the mark of that grade."""
    decorator: pytest.MarkDecorator = getattr(pytest.mark, Evidence(evidence).value)  # xdist sends its name as a str
    return decorator(said)


def case(row: Row, *values: Any, id: str | None = None) -> Any:  # noqa: A002  (pytest's own name)
    """Return the parameters of one case, which is known as well as `row` is."""
    return pytest.param(*values, id=id, marks=mark(row))


def ungraded(items: Iterable[pytest.Item]) -> list[str]:
    """Return a line for each test that has not exactly one mark; what stands nearest to it counts."""
    wrong: dict[str, None] = {}
    for item in items:
        found = [(node, one) for node, one in item.iter_markers_with_node() if one.name in GRADES]
        nearest = [one for node, one in found if node is found[0][0]]
        name = item.nodeid.partition("[")[0]
        if len(nearest) != 1:
            many = ", ".join(one.name for one in nearest) or "none"
            wrong[
                f"{name}: a contract test has exactly one of the marks {', '.join(GRADES)}, which says how what it "
                f"checks is known; it has {many}"
            ] = None
        elif not (nearest[0].args and str(nearest[0].args[0]).strip()):
            wrong[f"{name}: `{nearest[0].name}` wants its {GRADES[Evidence(nearest[0].name)]} as an argument"] = None
    return list(wrong)
