"""Set-up and tear-down of a test's sandbox, compared with the fixture of pytest-httpserver in the same run of pytest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measurement import BenchmarkError, Measurement

MAX_RATIO = 1.1
"""At most: the time of set-up and tear-down, divided by the peer's; a tenth is for chance."""
MAX_RATIO_WITH_USE = 1.5
"""The same with the test itself, which creates the sandbox by its first use; the peer's server exists before the test."""
TEST = '''
"""Tests of four kinds in turn; the last one prints the median cost of each kind."""
import collections, json, statistics

COSTS = collections.defaultdict(lambda: collections.defaultdict(float))

class Watch:
    def pytest_runtest_logreport(self, report):
        kind = report.nodeid.partition("::test_")[2].partition("_")[0]
        COSTS[kind + " in all"][report.nodeid] += report.duration
        if report.when != "call":
            COSTS[kind][report.nodeid] += report.duration

def test_plain_0(request):
    request.config.pluginmanager.register(Watch())

def make(number):
    def plain(): pass
    def httpserver(httpserver): httpserver.url_for("/")
    def fauxlate(fauxlate): pass
    def used(fauxlate): assert fauxlate.huawei.access_key
    for test in (plain, httpserver, fauxlate, used):
        globals()[f"test_{test.__name__}_{number}"] = test

for number in range(1, 301):
    make(number)

def test_costs(capsys):
    costs = {kind: statistics.median(seconds.values()) for kind, seconds in COSTS.items()}
    with capsys.disabled():
        print("COSTS", json.dumps(costs))
'''


def parse_costs(output: str) -> dict[str, float]:
    """Return by kind of test the median seconds, from the output of pytest. Raises `BenchmarkError` where it has none.

    A kind alone stands for set-up and tear-down, `{kind} in all` for the whole test.
    """
    line = next((line for line in output.splitlines() if "COSTS {" in line), None)
    if line is None:
        raise BenchmarkError(f"pytest has not printed the costs of its tests:\n{output}")
    costs: dict[str, float] = json.loads(line.partition("COSTS ")[2])
    return costs


def measure(rounds: int) -> Iterator[Measurement]:
    """Measure in rounds of 300 tests of each kind."""
    results = [_run() for _ in range(rounds)]
    last = {kind: f"{seconds * 1e6:.0f} µs" for kind, seconds in results[-1].items()}
    for name, suffix, target in (
        ("set-up and tear-down of a sandbox", "", MAX_RATIO),
        ("a test that uses a sandbox, in all", " in all", MAX_RATIO_WITH_USE),
    ):
        ratios = [costs[f"used{suffix}"] / costs[f"httpserver{suffix}"] for costs in results]
        used, peer, plain = (last[kind + suffix] for kind in ("used", "httpserver", "plain"))
        note = f"{used}, pytest-httpserver {peer}, no fixture {plain}"
        yield Measurement(name, ratios, target, is_minimum=False, note=note)


def _run() -> dict[str, float]:
    """Run the tests once, and return their costs."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_costs.py").write_text(TEST, "utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "test_costs.py"]
        process = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        return parse_costs(process.stdout)
