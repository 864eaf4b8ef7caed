"""What the marks and options of pytest mean: from them to sandboxes, checks and reports."""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fauxlate.engine.suggest import did_you_mean
from fauxlate.testing import layers
from fauxlate.testing.coverage import table
from fauxlate.testing.sandbox import Fauxlate, Journal
from fauxlate.testing.session import Session

if TYPE_CHECKING:
    from fauxlate.testing.sweep.runner import Run

_SAYS = ("quirks", "clock", "seed", "undocumented")


def started(request: pytest.FixtureRequest) -> Session:
    """Return the session's server, started here or found at --fauxlate-url."""
    url = request.config.getoption("fauxlate_url")
    if url is None:
        return Session(settings=request.getfixturevalue("fauxlate_settings"))
    return Session(url, request.config.getoption("fauxlate_admin_token") or os.environ.get("FAUXLATE_ADMIN_TOKEN"))


def opened(item: pytest.Item, session: Session, quirks: Mapping[str, str] | None, run: Run | None) -> Fauxlate:
    """Return the sandbox that the marks of a test describe; the mark nearest to the test wins."""
    session.forget()
    name = item.nodeid
    marks = list(item.iter_markers("fauxlate"))
    if not marks and quirks is None and run is None:
        return session.sandbox(name=name, folder=item.path.parent)
    said: dict[str, Any] = {}
    scenarios: list[layers.Told] = []
    chosen: dict[str, str] = {}
    for mark in reversed(marks):
        if unknown := [key for key in mark.kwargs if key not in _SAYS]:
            known = ", ".join(_SAYS)
            near = did_you_mean(unknown[0], _SAYS)
            pytest.fail(f"the mark fauxlate has no `{unknown[0]}`; it has {known}.{near}", pytrace=False)
        scenarios += mark.args
        chosen |= mark.kwargs.get("quirks") or {}
        said |= mark.kwargs
    asked = {key: said[key] for key in ("clock", "seed") if key in said}
    try:
        return session.sandbox(
            *scenarios,
            name=f"{name} {run.name}" if run else name,
            quirks=chosen | dict(quirks or {}),
            always=run.always if run else (),
            folder=item.path.parent,
            **asked,
        )
    except ValueError as refusal:
        pytest.fail(f"the scenario of this test is refused:\n{refusal}", pytrace=False)


def matrix(definition: Any) -> tuple[list[dict[str, str]], list[str]]:
    """Return the arguments and ids with which a test runs once a choice of the quirks it is marked with."""
    marks = list(definition.iter_markers("fauxlate_quirks"))
    try:
        sides = [layers.choices(mark.args) for mark in marks]
    except ValueError as refusal:
        raise pytest.UsageError(f"{definition.nodeid}: {refusal}") from None
    rows = [dict(row) for row in itertools.product(*reversed(sides))]
    return rows, [" ".join(f"{name}={choice}" for name, choice in row.items()) for row in rows]


def _allowed(item: pytest.Item) -> bool:
    return any(mark.kwargs.get("undocumented") for mark in item.iter_markers("fauxlate"))


def check(item: pytest.Item, sandbox: Fauxlate) -> None:
    """Fail the test if one of its requests was answered by nothing documented."""
    if not sandbox.open or _allowed(item):
        return
    own, others = sandbox.strays()
    if own or others:
        pytest.fail(_explained(own, others), pytrace=False)


def _explained(own: Journal, others: Journal) -> str:
    said = [f"No documented operation answers what this test has sent ({len(own) + len(others)}):", ""]
    for one in (*own, *others):
        said.append(f"  {one.method} {one.target:.200}  →  {one.status} {one.error or ''}".rstrip())
        said += [f"      {one.hint}"] if one.hint else []
    if others:
        said += ["", "It came without credentials of this test; `fauxlate.environment` holds those that lead here."]
    said += ["", "A test that means it so is marked @pytest.mark.fauxlate(undocumented=True)."]
    return "\n".join(said)


def sections(sandboxes: Iterable[Fauxlate]) -> list[tuple[str, str]]:
    """Return what the report of a failed test shows of its sandboxes."""
    shown: list[tuple[str, str]] = []
    for sandbox in sandboxes:
        if sandbox.open and sandbox.used:
            told = [str(sandbox.journal)]
            told += [f"job {job.id}  {job.lifecycle} {job.state} {job.error or ''}".rstrip() for job in sandbox.jobs]
            shown.append(("fauxlate journal", "\n".join(told)))
    return shown


# coverage


ROWS = pytest.StashKey[Sequence[table.Row]]()


def counted(session: Session) -> dict[str, Any]:
    """Return what was counted in this process, as pytest-xdist can send it."""
    return {
        name: [[*key, count] for key, count in counts.items()]
        for name, counts in (("served", session.served), ("asserted", session.asserted))
    }


def _added(every: Iterable[Mapping[str, Any]], name: str) -> Counter[tuple[str, str]]:
    whole: Counter[tuple[str, str]] = Counter()
    for counts in every:
        for kind, what, count in counts[name]:
            whole[kind, what] += count
    return whole


def checked(config: pytest.Config) -> None:
    """Refuse what the options and the configuration say of reports, if they could not be made."""
    for report in config.option.fauxlate_coverage:
        kind, colon, path = report.partition(":")
        if not (kind in ("json", "html") and path) and not (kind in ("term", "missing") and not colon):
            raise pytest.UsageError(
                f"--fauxlate-coverage={report} is no report; there are term, missing, json:FILE and html:FILE"
            )
    try:
        _rows(config, {}, {})
    except table.ExclusionError as refusal:
        raise pytest.UsageError(f"fauxlate_exclude: {refusal}") from None


def _rows(config: pytest.Config, served: table.Counts, asserted: table.Counts) -> Sequence[table.Row]:
    patterns = [*config.getoption("fauxlate_coverage_of"), *config.getini("fauxlate_coverage_of")]
    exclusions = [table.Exclusion.read(line) for line in config.getini("fauxlate_exclude")]
    return table.table(served, asserted, patterns, exclusions)


def reported(session: pytest.Session, here: Session | None, workers: list[dict[str, Any]]) -> None:
    """Work out the rows, write the files, and fail the session if too little was served."""
    config = session.config
    every = [*workers, *([counted(here)] if here is not None else [])]
    served, asserted = _added(every, "served"), _added(every, "asserted")
    rows = config.stash[ROWS] = _rows(config, served, asserted)
    for report in config.option.fauxlate_coverage:
        kind, _, path = report.partition(":")
        if path:
            _written(kind, Path(path), rows)
    least = config.option.fauxlate_fail_under
    if least is not None and table.percentage(rows) < least and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _written(kind: str, path: Path, rows: Sequence[table.Row]) -> None:
    import json

    path.parent.mkdir(parents=True, exist_ok=True)
    text = table.html(rows) if kind == "html" else json.dumps(table.as_json(rows), ensure_ascii=False, indent=1)
    path.write_text(text, "utf-8")


def summary(terminal: Any, config: pytest.Config) -> None:
    """Print what was asked for."""
    rows = config.stash.get(ROWS, None)
    if rows is None:
        return
    reports = config.option.fauxlate_coverage
    if "term" in reports or "missing" in reports:
        terminal.section("coverage of documented behaviour")
        for line in table.terminal(rows, missing="missing" in reports):
            terminal.write_line(line)
    for report in reports:
        if ":" in report:
            terminal.write_line(f"coverage of documented behaviour written to {report.partition(':')[2]}")
    least = config.option.fauxlate_fail_under
    if least is not None:
        percent = table.percentage(rows)
        word = "reached" if percent >= least else "missed"
        line = f"{percent:.1f} % of what is documented was served; --fauxlate-fail-under {least:g} is {word}"
        terminal.write_line(line, red=percent < least, green=percent >= least)
