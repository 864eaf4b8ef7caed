"""The coverage report as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from fauxlate.testing.coverage.rows import KINDS, Kind, Row
from fauxlate.testing.coverage.totals import sum_documented, sum_rows

_HEADINGS = ("", "what", "served", "asserted", "%")
_LABELS: dict[Kind, str] = {
    "operation": "called",
    "error": "errors",
    "state": "states",
    "expiry": "expiry",
    "quirk": "choices",
    "fault": "faults",
}
"""What stands in the second column, by kind."""


def table_lines(rows: Sequence[Row], *, missing: bool = False) -> list[str]:
    """Return the lines of the table: by operation, lifecycle and quirk how much was served and asserted.

    With `missing`, what was not served is named below each.
    """
    if not rows:
        return ["no documented operation was called"]
    cells: list[tuple[str, ...]] = [_HEADINGS]
    notes: dict[int, str] = {}
    for subject, kind, group in _groups(rows):
        total = sum_rows(group)
        served = f"{total.served}/{total.rows}" + (f" (-{total.excluded})" if total.excluded else "")
        cells.append((subject, _LABELS[kind], served, str(total.asserted), f"{total.percent:.0f}"))
        names = [_name(row) for row in group if not row.served and row.excluded is None]
        if missing and names and kind != "operation":
            notes[len(cells) - 1] = "      not served: " + ", ".join(names)
    total = sum_documented(rows)
    cells.append(("documented", "", f"{total.served}/{total.rows}", str(total.asserted), f"{total.percent:.1f}"))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines: list[str] = []
    for index, line in enumerate(cells):
        lines.append(_align(line, widths).rstrip())
        if index in notes:
            lines.append(notes[index])
    return lines


def _groups(rows: Sequence[Row]) -> list[tuple[str, Kind, list[Row]]]:
    """Return the rows by operation, lifecycle or provider's quirks, and by kind, in the order of the table."""
    groups: dict[tuple[str, Kind], list[Row]] = {}
    for row in rows:
        subject = row.of if row.kind != "quirk" else f"{row.provider} quirks"
        groups.setdefault((subject, row.kind), []).append(row)
    keys = sorted(groups, key=lambda key: (key[0], KINDS.index(key[1])))
    return [(subject, kind, groups[subject, kind]) for subject, kind in keys]


def _name(row: Row) -> str:
    return row.name if row.kind != "quirk" else f"{row.of.partition('.')[2]}={row.name}"


def _align(line: Sequence[str], widths: Sequence[int]) -> str:
    """Return a line of the table: words to the left, numbers to the right."""
    words, numbers = line[:2], line[2:]
    cells = [word.ljust(width) for word, width in zip(words, widths, strict=False)]
    return "  ".join([*cells, *(number.rjust(width) for number, width in zip(numbers, widths[2:], strict=True))])
