"""Coverage reports of a run: the options that ask for them, counts of workers, files, and the table in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from fauxlate.testing.coverage.counts import Counts, encode_counts, sum_counts
from fauxlate.testing.coverage.rows import Exclusion, ExclusionError, Row, select_rows
from fauxlate.testing.coverage.totals import sum_documented
from fauxlate.testing.session import Session

_ROWS = pytest.StashKey[Sequence[Row]]()
"""The rows to report on."""


def check_options(config: pytest.Config) -> None:
    """Refuse options and configuration of reports that could not be written. Raises `pytest.UsageError`."""
    for report in config.option.fauxlate_coverage:
        kind, colon, path = report.partition(":")
        if not (kind in ("json", "html") and path) and not (kind in ("term", "missing") and not colon):
            raise pytest.UsageError(
                f"--fauxlate-coverage={report} is no report; there are term, missing, json:FILE and html:FILE"
            )
    try:
        _select_rows(config, {}, {})
    except ExclusionError as refusal:
        raise pytest.UsageError(f"fauxlate_exclude: {refusal}") from None


def _select_rows(config: pytest.Config, served: Counts, asserted: Counts) -> Sequence[Row]:
    patterns = [*config.getoption("fauxlate_coverage_of"), *config.getini("fauxlate_coverage_of")]
    exclusions = [Exclusion.parse(line) for line in config.getini("fauxlate_exclude")]
    return select_rows(served, asserted, patterns, exclusions)


def encode_session_counts(session: Session) -> dict[str, Any]:
    """Return what was counted in this process, as pytest-xdist can send it."""
    return {"served": encode_counts(session.served), "asserted": encode_counts(session.asserted)}


def write_reports(session: pytest.Session, server: Session | None, worker_counts: list[dict[str, Any]]) -> None:
    """Collect the rows, write the files, and fail the session if too little was served."""
    config = session.config
    counts = [*worker_counts, *([encode_session_counts(server)] if server is not None else [])]
    served = sum_counts(part["served"] for part in counts)
    asserted = sum_counts(part["asserted"] for part in counts)
    rows = config.stash[_ROWS] = _select_rows(config, served, asserted)
    for report in config.option.fauxlate_coverage:
        kind, _, path = report.partition(":")
        if path:
            _write_file(kind, Path(path), rows)
    minimum = config.option.fauxlate_fail_under
    is_good = session.exitstatus == pytest.ExitCode.OK
    if minimum is not None and is_good and sum_documented(rows).percent < minimum:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _write_file(kind: str, path: Path, rows: Sequence[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "html":
        from fauxlate.testing.coverage.page import render_page

        text = render_page(rows)
    else:
        import json

        from fauxlate.testing.coverage.totals import as_data

        text = json.dumps(as_data(rows), ensure_ascii=False, indent=1)
    path.write_text(text, "utf-8")


def print_summary(terminal: Any, config: pytest.Config) -> None:
    """Print the table, the names of files that were written, and whether enough was served."""
    rows = config.stash.get(_ROWS, None)
    if rows is None:
        return
    reports = config.option.fauxlate_coverage
    if "term" in reports or "missing" in reports:
        from fauxlate.testing.coverage.terminal import table_lines

        terminal.section("coverage of documented behaviour")
        for line in table_lines(rows, missing="missing" in reports):
            terminal.write_line(line)
    for report in reports:
        if ":" in report:
            terminal.write_line(f"coverage of documented behaviour written to {report.partition(':')[2]}")
    minimum = config.option.fauxlate_fail_under
    if minimum is not None:
        percent = sum_documented(rows).percent
        verdict = "reached" if percent >= minimum else "missed"
        line = f"{percent:.1f} % of what is documented was served; --fauxlate-fail-under {minimum:g} is {verdict}"
        terminal.write_line(line, red=percent < minimum, green=percent >= minimum)
