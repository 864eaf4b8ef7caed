"""The options and fixtures of contract tests: the target that the command line names, and sandboxes on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
import yaml
from fauxlate.engine.timing.durations import parse_duration

from contract_tests.harness.drift.findings import compare_records
from contract_tests.harness.drift.observer import Observation, Observer
from contract_tests.harness.drift.recording import record_emulator
from contract_tests.harness.drift.report import format_json, format_report
from contract_tests.harness.evidence import GRADES, evidence_errors
from contract_tests.harness.machine import find_rpc_python
from contract_tests.harness.target import EMULATOR, LIVE, QUICK_SCENARIO, Target, open_target

OBSERVATIONS = pytest.StashKey[dict[str, Observation]]()
"""What each test sees of the target, by test id."""
REPORT = pytest.StashKey[str]()
DRIFT_FILE = "drift.json"
"""Where a live run writes its report, unless `--drift` says otherwise."""
FOLDER = Path(__file__).parent
EXAMPLES = FOLDER / "examples"
"""Tests that show how the kit is used. They are of clients and not of providers, and need no evidence."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("contract tests")
    group.addoption("--target", default=EMULATOR, help="`emulator` (default), `application`, `live`, or a URL")
    group.addoption("--record", metavar="FILE", help="write down what came back, as JSON")
    group.addoption("--drift", metavar="FILE", help="compare it with an emulator, and write the report there, as JSON")
    group.addoption("--budget", default="1m", help="the longest that a test may really wait, such as 10m (default 1m)")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[OBSERVATIONS] = {}
    for grade, argument in GRADES.items():
        line = f"{grade}({argument}): how the behaviour that a contract test checks is known"
        config.addinivalue_line("markers", line)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse contract tests without evidence; in a live run, skip those that use no target."""
    contract_tests = [item for item in items if FOLDER in item.path.parents and EXAMPLES not in item.path.parents]
    if errors := evidence_errors(contract_tests):
        raise pytest.UsageError("\n".join(errors))
    if contract_tests and contract_tests[0].config.getoption("--target", EMULATOR) == LIVE:
        for item in contract_tests:
            if "target" not in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason="it speaks to no service"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the record of what tests see; after a live run, compare it with what an emulator answers."""
    option = session.config.getoption
    observations = session.config.stash[OBSERVATIONS]
    record = {test: asdict(observation) for test, observation in observations.items() if observation.exchanges}
    if file := option("--record", None):
        Path(file).write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")
    file = option("--drift", None) or (DRIFT_FILE if option("--target", EMULATOR) == LIVE else None)
    if file and record:
        findings = compare_records(record, record_emulator(list(record)))
        Path(file).write_text(format_json(findings), "utf-8")
        session.config.stash[REPORT] = f"{format_report(findings)}\n{len(findings)} findings, in {file}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if REPORT in config.stash:
        terminalreporter.section("drift")
        terminalreporter.write_line(config.stash[REPORT])


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """The target that `--target` names, as it is."""
    budget = parse_duration(request.config.getoption("--budget", "1m"))
    with open_target(request.config.getoption("--target", EMULATOR), budget) as target:
        yield target


@pytest.fixture
def observer(target: Target, request: pytest.FixtureRequest) -> Observer:
    """Notes what the test sees, for the drift report."""
    observer = Observer(target)
    request.config.stash[OBSERVATIONS][request.node.nodeid] = observer.observation
    return observer


@pytest.fixture(scope="session")
def server(target: Target) -> Target:
    """A target on which tests create sandboxes of their own."""
    target.require_admin()
    return target


@pytest.fixture(scope="session")
def emulator(target: Target) -> Target:
    """Any emulator: one that can be scripted follows nothing but the documents, only faster."""
    if target.is_live:
        pytest.skip("this test speaks of what an emulator alone has, such as credentials that anybody may use")
    if target.has_admin:
        target.call_admin("PUT", "sandboxes/default/scenario", yaml.safe_load(QUICK_SCENARIO))
    return target


@pytest.fixture(scope="session")
def rpc_python() -> str:
    """The interpreter of the environment whose SDK release signs in RPC style."""
    return find_rpc_python()
