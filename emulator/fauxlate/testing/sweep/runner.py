"""The sweep: one test, run under everything that the documents say can happen to it, and what its client made of that."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from fauxlate.engine.suggest import did_you_mean
from fauxlate.engine.timing.durations import parse_duration
from fauxlate.testing import layers
from fauxlate.testing.limits import HangError, limited
from fauxlate.testing.plugin.keys import RUN, SANDBOXES, sandboxes
from fauxlate.testing.sandbox import Exchange, Fauxlate, Job
from fauxlate.testing.sweep.variations import Group, Variation, variations

CRASHES = (TypeError, AttributeError, LookupError, NameError, ArithmeticError, ValueError, RecursionError, EOFError)
"""Exceptions that a program does not mean to raise at its caller."""
OPTIONS = {"raises": (), "limit": "10s", "requests": 200, "errors": True, "faults": True, "courses": True}


@dataclass
class Run:
    """One run of a swept test: what lies over its scenario, and what was seen of it.

    `raised` is what ended it; `jobs`, `journal` and `served` are what its sandbox held at the end of the test.
    """

    name: str
    always: tuple[layers.Told, ...] = ()
    limit: float | None = None
    requests: int | None = None
    raised: BaseException | None = None
    ran: bool = False
    jobs: list[Job] = field(default_factory=list)
    journal: list[Exchange] = field(default_factory=list)
    served: dict[tuple[str, str], int] = field(default_factory=dict)

    def see(self, own: Sequence[Fauxlate]) -> None:
        """Remember how the sandboxes stand."""
        for sandbox in own:
            if sandbox.open and sandbox.used:
                self.jobs += sandbox.jobs
                self.journal += sandbox.journal
                self.served.update(sandbox.coverage)

    @property
    def operations(self) -> list[str]:
        """The operations that the test has called; what its fixture alone has asked for is no doing of the client."""
        others = {one.operation for one in self.journal if not one.of_fixture}
        own = {one.operation for one in self.journal} - others
        return [name for kind, name in self.served if kind == "operation" and name not in own]

    def well(self) -> set[str]:
        """Return the operations that were answered well, at least once."""
        return {one.operation for one in self.journal if one.operation and _well(one)}


def _well(one: Exchange) -> bool:
    return one.callback is None and one.status < 300 and one.error is None and one.rule is None and one.fault is None  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Finding:
    """What a client did wrong under a variation."""

    kind: str
    variation: Variation
    said: str


class _Watch:
    """The hooks that hold while a test is swept."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        with self._limited(item):
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        self.run.ran = True
        try:
            with self._limited(item):
                return (yield)
        finally:
            self.run.see(sandboxes(item))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        if call.excinfo is not None and self.run.raised is None:
            self.run.raised = call.excinfo.value
            if call.when == "setup":
                self.run.see(sandboxes(item))
            elif self.run.always:
                call.excinfo = None  # what it shows of a failure takes ten times as long as the test, for nobody
        return (yield)

    def _limited(self, item: pytest.Item) -> Any:
        from contextlib import nullcontext

        if self.run.limit is None:
            return nullcontext()
        sandbox = next(iter(sandboxes(item)), None)
        return limited(self.run.limit, self.run.requests, sandbox.hear if sandbox is not None else None)


def sweep(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Run a test well, then under every variation of what it called; its report says what was found."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    clean, began = Run("clean"), time.perf_counter()
    reports = _ran(item, clean)
    findings: list[Finding] = []
    count = 0
    if all(report.passed for report in reports):
        try:
            options = _options(item)
            asked = list(_asked(clean, options))
        except ValueError as refusal:
            _fail(reports, f"the mark fauxlate_sweep is refused: {refusal}")
        else:
            count = len(asked)
            for variation in asked:
                run = Run(variation.label, (variation.scenario,), parse_duration(options["limit"]), options["requests"])
                _ran(item, run)
                findings += _found(variation, run, clean, options["raises"])
            if not asked:
                _fail(reports, "there is nothing to sweep: this test has called no documented operation of its sandbox")
    if findings:
        _fail(reports, told(item, findings, count))
    last = pytest.CallInfo.from_call(lambda: item.session._setupstate.teardown_exact(nextitem), "teardown")  # noqa: SLF001
    if last.excinfo is not None:  # a fixture of wider scope could not be torn down
        reports.append(item.ihook.pytest_runtest_makereport(item=item, call=last))
    for report in reports:
        if report.when == "call":
            report.duration = time.perf_counter() - began
            report.sections.append(("fauxlate sweep", f"{count} runs, {len(findings)} findings"))
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)


def _ran(item: pytest.Item, run: Run) -> list[pytest.TestReport]:
    """Run the test once, with fixtures of its own; those of wider scope stay."""
    item.stash[RUN], item.stash[SANDBOXES] = run, []
    watch = _Watch(run)
    item.config.pluginmanager.register(watch)
    try:
        parent: Any = item.parent
        return runtestprotocol(item, log=False, nextitem=parent)
    finally:
        item.config.pluginmanager.unregister(watch)
        del item.stash[RUN]


def _fail(reports: Sequence[pytest.TestReport], said: str) -> None:
    report = next(report for report in reports if report.when == "call")
    report.outcome = "failed"
    report.longrepr = said


def _options(item: pytest.Item) -> dict[str, Any]:
    """Return what the mark says. Raises `ValueError`."""
    mark = item.get_closest_marker("fauxlate_sweep")
    assert mark is not None
    for name in mark.kwargs:
        if name not in OPTIONS:
            raise ValueError(f"it has no `{name}`; it has {', '.join(OPTIONS)}.{did_you_mean(name, OPTIONS)}")
    options = {**OPTIONS, **mark.kwargs, "patterns": mark.args}
    raises = options["raises"]
    options["raises"] = tuple(raises) if isinstance(raises, list | tuple) else (raises,)
    return options


def _asked(clean: Run, options: dict[str, Any]) -> Iterator[Variation]:
    patterns = options["patterns"] or ("*",)
    names = [name for name in clean.operations if any(fnmatchcase(name, pattern) for pattern in patterns)]
    groups: list[Group] = [group for group in ("error", "fault", "course") if options[f"{group}s"]]
    return variations(names, groups)


def _found(variation: Variation, run: Run, clean: Run, raises: tuple[type[BaseException], ...]) -> Iterator[Finding]:
    """Say what the client did wrong."""
    fault = run.raised
    told_so = fault is None or isinstance(fault, (*raises, pytest.skip.Exception))
    if fault is not None and not told_so:
        yield Finding(_kind(fault), variation, _line(fault))
    made, usual = _made(run), _made(clean)
    for lifecycle in made:
        if made[lifecycle] > usual[lifecycle]:
            said = f"{made[lifecycle]} jobs of {lifecycle} where the clean run made {usual[lifecycle]}"
            yield Finding("duplicate submission", variation, said)
    if variation.passing and told_so and fault is not None and (lost := _lost(run, clean)):
        yield Finding("lost job", variation, lost)
    if variation.expired and told_so and (unasked := _unasked(run)):
        yield Finding("expired link", variation, unasked)


def _kind(fault: BaseException) -> str:
    if isinstance(fault, HangError):
        return "hang"
    if isinstance(fault, AssertionError):
        return "wrong result"
    if isinstance(fault, pytest.fail.Exception):
        return "failure"
    crash = isinstance(fault, CRASHES) and not isinstance(fault, OSError)
    return "crash" if crash or not isinstance(fault, Exception) else "unhandled exception"


def _line(fault: BaseException) -> str:
    if isinstance(fault, HangError):
        return str(fault)
    said = str(fault).strip().splitlines()
    kind = type(fault)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    return f"{name}: {said[0]:.160}" if said else name


def _made(run: Run) -> Counter[str]:
    """Count the jobs by lifecycle, but for those that have failed or are gone: another after these is no duplicate."""
    return Counter(job.lifecycle for job in run.jobs if not job.failed and not job.gone)


def _lost(run: Run, clean: Run) -> str | None:
    """Say which job the client was told of, and then gave up though it was doing well."""
    for job in run.jobs:
        told_of = any(one.job == job.id and _well(one) for one in run.journal)
        if not told_of:
            continue
        if not job.last and all(other.last for other in clean.jobs):
            return f"the job {job.id} was given up in {job.state}"
        if unfetched := clean.well() - run.well():
            return f"the job {job.id} was given up: {', '.join(sorted(unfetched))} never answered well"
    return None


def _unasked(run: Run) -> str | None:
    """Say which expired link the client did not ask for again."""
    refused = [one for one in run.journal if one.error is not None and one.operation in _downloads()]
    for one in refused[:1]:
        later = [other.operation for other in run.journal if other.number > one.number]
        if not any(name in _queries() for name in later):
            return f"{one.operation} answered {one.error}, and the job was not asked for a new link"
    return None


def _downloads() -> set[str]:
    from fauxlate.server import PROVIDERS

    return {
        f"{provider.name}.{one.name}"
        for provider in PROVIDERS
        for one in provider.operations
        if one.lifecycle is not None and one.response is None
    }


def _queries() -> set[str]:
    from fauxlate.server import PROVIDERS

    return {
        f"{provider.name}.{one.name}"
        for provider in PROVIDERS
        for one in provider.operations
        if one.lifecycle is not None and one.response is not None and not one.creates_job
    }


def told(item: pytest.Item, findings: Sequence[Finding], count: int) -> str:
    """Return the report: findings by kind, each kind with the scenario that brings the first of it about again."""
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        kinds.setdefault(finding.kind, []).append(finding)
    lines = [f"sweep of {item.name}: {len(findings)} findings in {count} runs"]
    for kind, own in kinds.items():
        lines += ["", f"{kind} ({len(own)})"]
        lines += [f"  {one.variation.label}\n      {one.said}" for one in own]
        first = own[0].variation
        lines += ["  the first again, with `fauxlate serve --scenario` or @pytest.mark.fauxlate({…}):"]
        lines += [f"      {line}" for line in written(first.scenario, f"{kind}: {first.label}").splitlines()]
    return "\n".join(lines)


def written(scenario: Any, about: str) -> str:
    """Return a scenario as a file: YAML whose values are JSON, which YAML includes."""
    lines = [f"about: {json.dumps(about, ensure_ascii=False)}"]
    for key, value in scenario.items():
        if key == "rules":
            lines += ["rules:", *(f"  - {json.dumps(rule, ensure_ascii=False)}" for rule in value)]
        else:
            lines.append(f"{key}: {json.dumps(value, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"
