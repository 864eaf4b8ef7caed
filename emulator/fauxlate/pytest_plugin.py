"""The pytest plugin: fixtures, marks, options and what stands in reports; it loads the emulator when a test wants it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from fauxlate.testing.plugin.keys import RUN, SANDBOXES, SESSION, WORKER_COUNTS, sandboxes_of

if TYPE_CHECKING:
    from fauxlate.settings import Settings
    from fauxlate.testing.sandbox import Sandbox
    from fauxlate.testing.session import Session

_MARKS = {
    "fauxlate(*scenarios, quirks=None, clock=None, seed=None, undocumented=False)": (
        "what the sandbox of the test begins with: scenarios by name, file, YAML text or mapping; choices of quirks; a "
        "clock that stands (`frozen`, or a time); a seed. With `undocumented=True` requests may come that no documented "
        "operation answers."
    ),
    "fauxlate_quirks(*names)": (
        "run the test once for each choice of each of these quirks, or patterns such as `huawei.*`; several marks make "
        "every combination."
    ),
    "fauxlate_sweep(*patterns, raises=(), limit='10s', requests=200, errors=True, faults=True, courses=True)": (
        "run the test once well, then once for each documented error of each operation that it called, for each "
        "transport fault, and for each way in which a job goes wrong; it fails with what its client made of them. "
        "`raises` are the exceptions by which the client says that it has failed."
    ),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("fauxlate", "Fauxlate: emulated translation providers")
    group.addoption("--fauxlate-url", metavar="URL", help="use the server there instead of starting one")
    group.addoption(
        "--fauxlate-admin-token", metavar="TOKEN", help="the admin token of that server (or FAUXLATE_ADMIN_TOKEN)"
    )
    group.addoption(
        "--fauxlate-coverage",
        action="append",
        metavar="REPORT",
        nargs="?",
        const="term",
        default=[],
        help="report which documented errors, states and expiries the tests were served: `term`, `missing` (which names "
        "what was not), `json:FILE` or `html:FILE`; may be given again",
    )
    group.addoption(
        "--fauxlate-coverage-of",
        action="append",
        metavar="PATTERN",
        default=[],
        help="report on these operations, such as `huawei.*`; without it, on those that were called",
    )
    group.addoption(
        "--fauxlate-fail-under",
        type=float,
        metavar="PERCENT",
        help="fail if less than this of what is documented was served",
    )
    parser.addini("fauxlate_coverage_of", "operations to report on, as for --fauxlate-coverage-of", "args", [])
    parser.addini(
        "fauxlate_exclude",
        "what coverage does not ask for, a line each: `huawei.RunFileTranslation NLP.0301: the reason`",
        "linelist",
        [],
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks, and refuse options of reports that cannot be written."""
    for mark, meaning in _MARKS.items():
        config.addinivalue_line("markers", f"{mark}: {meaning}")
    if _has_reports(config) and not hasattr(config, "workerinput"):
        from fauxlate.testing.plugin.coverage import check_options

        check_options(config)


def _has_reports(config: pytest.Config) -> bool:
    return bool(config.option.fauxlate_coverage) or config.option.fauxlate_fail_under is not None


# fixtures


@pytest.fixture(scope="session")
def fauxlate_settings() -> Settings:
    """Return the settings of the session's server; override it to have others, for example `strict`."""
    from fauxlate.settings import Settings

    return Settings(port=0)


@pytest.fixture(scope="session")
def fauxlate_server(request: pytest.FixtureRequest) -> Iterator[Session]:
    """Give the server that all tests of this process share: `.url`, and `.sandbox()` for further sandboxes."""
    from fauxlate.testing.plugin.marks import start_session

    session = start_session(request)
    request.config.stash[SESSION] = session
    yield session
    session.stop()


_requests: list[pytest.FixtureRequest] = []
"""The request for the fixture that is being set up. As its argument it would cost a third of what the fixture does."""


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> None:
    """Keep the request for the fixture of a sandbox."""
    if fixturedef.argname == "fauxlate":
        _requests[:] = (request,)


@pytest.fixture
def fauxlate() -> Sandbox:
    """Return a fresh sandbox: credentials and clients of each provider, clock, scenario, jobs and journal of its own."""
    from fauxlate.testing.plugin.marks import open_sandbox

    request = _requests.pop()
    item = request.node
    session = item.config.stash.get(SESSION, None) or request.getfixturevalue("fauxlate_server")
    sandbox = open_sandbox(item, session, getattr(request, "param", None), item.stash.get(RUN, None))
    sandbox.on_create = lambda: request.addfinalizer(sandbox.close)
    item.stash[SANDBOXES] = [sandbox]
    return sandbox


@pytest.fixture
def fauxlate_tester(request: pytest.FixtureRequest, fauxlate_server: Session) -> Callable[..., None]:
    """Play provider and clock against a client: `fauxlate_tester(Adapter, "huawei.file_translation")`."""
    try:
        from fauxlate.testing.tester.tester import Tester
    except ModuleNotFoundError as error:
        pytest.fail(f'{error}; the tester of clients needs `pip install "fauxlate[pytest]"`', pytrace=False)

    return Tester(fauxlate_server, request.node.nodeid)


# hooks


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test marked `fauxlate_quirks` once for each combination of choices."""
    if "fauxlate" in metafunc.fixturenames and metafunc.definition.get_closest_marker("fauxlate_quirks"):
        from fauxlate.testing.plugin.quirks import quirk_matrix

        quirks, ids = quirk_matrix(metafunc.definition)
        metafunc.parametrize("fauxlate", quirks, indirect=True, ids=ids)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a test marked `fauxlate_sweep` under every variation."""
    if item.get_closest_marker("fauxlate_sweep") is None:
        return None
    from fauxlate.testing.plugin.sweeping import sweep

    sweep(item, nextitem)
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test that passes though no documented operation answers one of its requests."""
    result = yield
    for sandbox in sandboxes_of(item):
        from fauxlate.testing.plugin.checks import check_requests

        check_requests(item, sandbox)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the journal of a test that fails."""
    report = yield
    if report.failed and call.when != "teardown":
        from fauxlate.testing.plugin.checks import report_sections

        report.sections += report_sections(sandboxes_of(item))
    elif report.passed and call.when == "call" and not (RUN in item.stash and item.stash[RUN].overlays):
        for sandbox in sandboxes_of(item):
            sandbox.has_passed = True
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take the counts of a worker of pytest-xdist."""
    if counts := getattr(node, "workeroutput", {}).get("fauxlate"):
        node.config.stash.setdefault(WORKER_COUNTS, []).append(counts)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what was served to the controller of pytest-xdist, or write the reports."""
    config = session.config
    server = config.stash.get(SESSION, None)
    if hasattr(config, "workeroutput"):
        if server is not None:
            from fauxlate.testing.plugin.coverage import encode_session_counts

            config.workeroutput["fauxlate"] = encode_session_counts(server)
    elif _has_reports(config):
        from fauxlate.testing.plugin.coverage import write_reports

        write_reports(session, server, config.stash.get(WORKER_COUNTS, []))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the coverage report."""
    if _has_reports(config):
        from fauxlate.testing.plugin.coverage import print_summary

        print_summary(terminalreporter, config)
