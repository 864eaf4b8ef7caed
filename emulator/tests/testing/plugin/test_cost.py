"""What the plugin costs: a test with the fixture, beside pytest-httpserver in the same run, and a run without it."""

from __future__ import annotations

import re

from tests.testing.conftest import RunPytest

from benchmarks.fixture import MAX_RATIO_WITH_USE, TEST, parse_costs

MAX_RATIO = 1.2
"""Times what the peer's fixture costs around a test; on a quiet machine it is 1.0."""


def test_a_sandbox_costs_a_test_what_a_fixture_of_pytest_httpserver_does(run_pytest: RunPytest) -> None:
    for _ in range(3):  # on a machine that others use, the best of three
        result = run_pytest(TEST, "-q", in_subprocess=True)
        costs = parse_costs(result.stdout.str())
        around = costs["used"] / costs["httpserver"]
        in_all = costs["used in all"] / costs["httpserver in all"]
        if around <= MAX_RATIO and in_all <= MAX_RATIO_WITH_USE:
            break
    assert re.search(r"\d+ passed", result.stdout.str())
    assert around <= MAX_RATIO, costs
    assert in_all <= MAX_RATIO_WITH_USE, costs  # the sandbox is made in the test, when it is first used


def test_a_run_that_does_not_use_the_plugin_loads_nothing_of_the_emulator(run_pytest: RunPytest) -> None:
    result = run_pytest(
        """
import sys

def test_it():
    modules = [name for name in sys.modules if name.partition(".")[0] == "fauxlate"]
    assert sorted(modules) == [
        "fauxlate",
        "fauxlate.lazy",
        "fauxlate.pytest_plugin",
        "fauxlate.testing",
        "fauxlate.testing.plugin",
        "fauxlate.testing.plugin.keys",
        "fauxlate.version",
    ]
""",
        "-p",
        "no:schemathesis",
        in_subprocess=True,
    )
    result.assert_outcomes(passed=1)
