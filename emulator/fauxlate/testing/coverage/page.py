"""The coverage report as one HTML page that needs nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from fauxlate.testing.coverage.rows import KINDS, Row
from fauxlate.testing.coverage.totals import sum_documented, sum_kinds, sum_rows

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Fauxlate: coverage of documented behaviour</title><style>
body {{ font: 14px/1.5 system-ui, sans-serif; margin: 2rem; color: #1b1f24; }}
table {{ border-collapse: collapse; margin: 0 0 1.5rem; }}
th, td {{ text-align: left; padding: .15rem .8rem; border-bottom: 1px solid #e3e6ea; vertical-align: top; }}
td.n, th.n {{ text-align: right; font-variant-numeric: tabular-nums; }}
tr.missed {{ background: #fdecea; }} tr.served {{ background: #fff8e1; }} tr.asserted {{ background: #e8f5e9; }}
tr.excluded {{ color: #7a828c; }} details {{ margin: .3rem 0; }} summary {{ cursor: pointer; }}
code {{ font-size: 13px; }}
</style></head><body>
<h1>Coverage of documented behaviour: {percent}</h1>
<p>Red: no test was served this. Yellow: served, asserted by none. Green: served and asserted. Grey: left out.</p>
{summary}
{groups}
</body></html>
"""


def render_page(rows: Sequence[Row]) -> str:
    """Return the page."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.of, []).append(row)
    headings = "".join(f"<th class=n>{heading}" for heading in ("rows", "served", "asserted", "left out", ""))
    return _PAGE.format(
        percent=f"{sum_documented(rows).percent:.1f} %",
        summary=f"<table><tr><th>kind{headings}</tr>{_render_totals(rows)}</table>",
        groups="\n".join(_render_group(of, group) for of, group in sorted(groups.items())),
    )


def _render_totals(rows: Sequence[Row]) -> str:
    lines: list[str] = []
    for kind, total in sum_kinds(rows).items():
        numbers = (total.rows, total.served, total.asserted, total.excluded)
        cells = "".join(f"<td class=n>{number}</td>" for number in numbers)
        lines.append(f"<tr><td>{kind}</td>{cells}<td class=n>{total.percent:.0f} %</td></tr>")
    return "".join(lines)


def _render_group(of: str, rows: Sequence[Row]) -> str:
    total = sum_rows(rows)
    body = "".join(_render_row(row) for row in sorted(rows, key=lambda row: KINDS.index(row.kind)))
    summary = f"<b>{_escape(of)}</b> {total.served} of {total.rows} served, {total.asserted} asserted"
    headings = "<tr><th>kind<th>name<th class=n>served<th class=n>asserted<th>evidence<th>source</tr>"
    opening = "<details open>" if total.served else "<details>"
    return f"{opening}<summary>{summary}</summary><table>{headings}{body}</table></details>"


def _render_row(row: Row) -> str:
    state = "excluded" if row.excluded else "asserted" if row.asserted else "served" if row.served else "missed"
    source = _escape(row.source if row.excluded is None else f"left out: {row.excluded}")
    return (
        f"<tr class={state}><td>{row.kind}<td><code>{_escape(row.name)}</code><td class=n>{row.served}"
        f"<td class=n>{row.asserted}<td>{_escape(row.evidence)}<td>{source}</tr>"
    )


def _escape(text: str) -> str:
    return escape(re.sub(r"\s+", " ", text))
