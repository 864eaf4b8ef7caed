"""The fixtures of contract tests: the target that the command line chose, and what of the machine they need."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import yaml
from fauxlate.engine.timing.durations import parse_duration

from contract_tests.clients.dingtalk.plain import Wire
from contract_tests.harness.drift.findings import Observation, Observer, compare_records, format_json, format_report
from contract_tests.harness.evidence import GRADES, evidence_errors
from contract_tests.harness.target import EMULATOR, LIVE, Target, open_target

QUICK_SCENARIO = """
about: Every job ends within a tenth of a second of real time.
lifecycles:
  alibaba.async_translate: {ready: 20ms, translating: 40ms}
  alibaba.image_batch: {created: 20ms, running: 40ms}
  huawei.file_translation: {WAITING: 20ms, BGEIN: 40ms}
  dingtalk.file_translation: {"0": 50ms}
"""
ROOT = Path(__file__).parent.parent
OBSERVATIONS = pytest.StashKey[dict[str, Observation]]()
REPORT = pytest.StashKey[str]()
DRIFT = "drift.json"
"""Where a live run leaves its report, if nobody says otherwise."""
EXAMPLES = Path(__file__).parent / "examples"
"""Tests that show how the kit is used, of clients and not of providers; they need no evidence."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("contract tests")
    group.addoption("--target", default=EMULATOR, help="what they run against: `emulator` (default), `live`, or a URL")
    group.addoption("--record", metavar="FILE", help="write down what came back, as JSON")
    group.addoption("--drift", metavar="FILE", help="compare it with an emulator, and write the report there, as JSON")
    group.addoption("--budget", default="1m", help="the longest that a test may really wait, such as 10m (default 1m)")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[OBSERVATIONS] = {}
    for grade, said in GRADES.items():
        config.addinivalue_line("markers", f"{grade}({said}): how the behaviour that a contract test checks is known")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse contract tests that do not say how what they check is known."""
    here = EXAMPLES.parent
    ours = [item for item in items if here in item.path.parents and EXAMPLES not in item.path.parents]
    if wrong := evidence_errors(ours):
        raise pytest.UsageError("\n".join(wrong))
    if ours and ours[0].config.getoption("--target", EMULATOR) == LIVE:
        for item in ours:
            if "target" not in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason="it speaks to no service"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write down what was seen, and after a live run compare it with what an emulator answers."""
    option = session.config.getoption
    seen = {test: asdict(one) for test, one in session.config.stash[OBSERVATIONS].items() if one.exchanges}
    if file := option("--record", None):
        Path(file).write_text(json.dumps(seen, ensure_ascii=False, indent=1) + "\n", "utf-8")
    file = option("--drift", None) or (DRIFT if option("--target", EMULATOR) == LIVE else None)
    if file and seen:
        found = compare_records(seen, record_emulator(list(seen)))
        Path(file).write_text(format_json(found), "utf-8")
        session.config.stash[REPORT] = f"{format_report(found)}\n{len(found)} findings, in {file}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if REPORT in config.stash:
        terminalreporter.section("drift")
        terminalreporter.write_line(config.stash[REPORT])


def record_emulator(tests: list[str]) -> dict[str, Any]:
    """Return what the same tests see at an emulator of their own."""
    with tempfile.TemporaryDirectory() as folder:
        names, file = Path(folder) / "tests", Path(folder) / "record"
        names.write_text("\n".join(tests), "utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--record={file}", f"@{names}"]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if not file.exists():
            raise pytest.UsageError(f"no record of an emulator:\n{ran.stdout}{ran.stderr}")
        record: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return record


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """Whatever `--target` names, as it is."""
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
    """A target on which tests make sandboxes of their own."""
    target.require_admin()
    return target


@pytest.fixture(scope="session")
def emulator(target: Target) -> Target:
    """Any emulator: where it can be scripted it follows nothing but the documents, only faster."""
    if target.is_live:
        pytest.skip("this test speaks of what an emulator alone has, such as credentials that anybody may use")
    if target.has_admin:
        target.call_admin("PUT", "sandboxes/default/scenario", yaml.safe_load(QUICK_SCENARIO))
    return target


@pytest.fixture
def box(server: Target) -> Iterator[Target]:
    """A sandbox of the test's own, whose clock stands; what begins otherwise has a `box` of its own."""
    with server.create_sandbox({"clock": {"mode": "frozen"}}) as target:
        yield target


@pytest.fixture
def wire(box: Target) -> Iterator[Wire]:
    """DingTalk's hosts there, by plain calls."""
    wire = Wire(box.credentials("dingtalk"))
    with wire.session:
        yield wire


@pytest.fixture
def token(wire: Wire) -> str:
    """A token of the third-party app for its corp."""
    return wire.corp_token()


def skip_without(what: str) -> None:
    """Skip for want of a part of the machine; in CI, where all parts have to be there, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI has to have it")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def rpc_python() -> str:
    """The interpreter of the environment that holds the SDK release that signs the old way."""
    python = ROOT / ".venv-rpc" / "bin" / "python"
    if not python.exists():
        skip_without("`.venv-rpc`, which `make test` sets up,")
    return str(python)


def advance(emulator: Target, by: str) -> None:
    """Let time pass."""
    emulator.advance(by)
