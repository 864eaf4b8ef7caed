"""The protocol of a swept test: pytest runs it once clean, then under every variation of what it called."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from fnmatch import fnmatchcase
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from fauxlate.engine.suggest import did_you_mean
from fauxlate.engine.timing.durations import parse_duration
from fauxlate.testing.limits import enforce_limits
from fauxlate.testing.plugin.keys import RUN, SANDBOXES, sandboxes_of
from fauxlate.testing.sweep.findings import Finding, find_mistakes, format_findings
from fauxlate.testing.sweep.run import Run
from fauxlate.testing.sweep.variations import Group, Variation, generate_variations

DEFAULT_OPTIONS = {"raises": (), "limit": "10s", "requests": 200, "errors": True, "faults": True, "courses": True}
"""The options of the mark `fauxlate_sweep`."""


def sweep(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Run a test clean, then under every variation of what it called; its report says what the client did wrong."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    clean, start = Run("clean"), time.perf_counter()
    reports = _run_test(item, clean)
    findings: list[Finding] = []
    count = 0
    if all(report.passed for report in reports):
        try:
            options = _read_options(item)
            variations = list(_select_variations(clean, options))
        except ValueError as refusal:
            _fail(reports, f"the mark fauxlate_sweep is refused: {refusal}")
        else:
            count = len(variations)
            for variation in variations:
                run = Run(variation.label, (variation.scenario,), parse_duration(options["limit"]), options["requests"])
                _run_test(item, run)
                findings += find_mistakes(variation, run, clean, options["raises"])
            if not variations:
                _fail(reports, "there is nothing to sweep: this test has called no documented operation of its sandbox")
    if findings:
        _fail(reports, format_findings(item.name, findings, count))
    teardown = pytest.CallInfo.from_call(lambda: item.session._setupstate.teardown_exact(nextitem), "teardown")  # noqa: SLF001
    if teardown.excinfo is not None:  # a fixture of wider scope could not be torn down
        reports.append(item.ihook.pytest_runtest_makereport(item=item, call=teardown))
    for report in reports:
        if report.when == "call":
            report.duration = time.perf_counter() - start
            report.sections.append(("fauxlate sweep", f"{count} runs, {len(findings)} findings"))
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)


def _run_test(item: pytest.Item, run: Run) -> list[pytest.TestReport]:
    """Run the test once, with fixtures of its own; those of wider scope stay."""
    item.stash[RUN], item.stash[SANDBOXES] = run, []
    hooks = _RunHooks(run)
    item.config.pluginmanager.register(hooks)
    try:
        parent: Any = item.parent
        return runtestprotocol(item, log=False, nextitem=parent)
    finally:
        item.config.pluginmanager.unregister(hooks)
        del item.stash[RUN]


class _RunHooks:
    """The hooks that hold during a run: they enforce its limits, and record what came of it."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        with self._limits(item):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        try:
            with self._limits(item):
                return (yield)
        finally:
            self.run.record(sandboxes_of(item))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        if call.excinfo is not None and self.run.error is None:
            self.run.error = call.excinfo.value
            if call.when == "setup":
                self.run.record(sandboxes_of(item))
            elif self.run.overlays:
                call.excinfo = None  # a report of a failure takes ten times as long as the test, and nobody reads it
        return (yield)

    def _limits(self, item: pytest.Item) -> AbstractContextManager[None]:
        if self.run.limit is None:
            return nullcontext()
        sandbox = next(iter(sandboxes_of(item)), None)
        return enforce_limits(self.run.limit, self.run.requests, sandbox.subscribe if sandbox is not None else None)


def _fail(reports: Sequence[pytest.TestReport], message: str) -> None:
    report = next(report for report in reports if report.when == "call")
    report.outcome = "failed"
    report.longrepr = message


def _read_options(item: pytest.Item) -> dict[str, Any]:
    """Return the options of the mark, and its `patterns`. Raises `ValueError` for one that there is not."""
    mark = item.get_closest_marker("fauxlate_sweep")
    assert mark is not None
    for name in mark.kwargs:
        if name not in DEFAULT_OPTIONS:
            names = ", ".join(DEFAULT_OPTIONS)
            raise ValueError(f"it has no `{name}`; it has {names}.{did_you_mean(name, DEFAULT_OPTIONS)}")
    options = {**DEFAULT_OPTIONS, **mark.kwargs, "patterns": mark.args}
    raises = options["raises"]
    options["raises"] = tuple(raises) if isinstance(raises, list | tuple) else (raises,)
    return options


def _select_variations(clean: Run, options: dict[str, Any]) -> Iterator[Variation]:
    patterns = options["patterns"] or ("*",)
    names = [name for name in clean.operations if any(fnmatchcase(name, pattern) for pattern in patterns)]
    groups: list[Group] = [group for group in ("error", "fault", "course") if options[f"{group}s"]]
    return generate_variations(names, groups)
