"""Set-up and tear-down of a test's sandbox, beside the fixture of pytest-httpserver in the same run of pytest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measurement import BenchmarkError, Measurement

MOST = 1.1
"""Times what its peer's costs around a test: no more, with a tenth for chance."""
MOST_WITH_USE = 1.5
"""The same with the test itself, in which the sandbox is made when it is first used; the peer's server is there."""
TEST = '''
"""Tests of four kinds in turn; where each ends, its cost is told."""
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

def test_told(capsys):
    costs = {kind: statistics.median(own.values()) for kind, own in COSTS.items()}
    with capsys.disabled():
        print("COSTS", json.dumps(costs))
'''


def read(said: str) -> dict[str, float]:
    """Return by kind of test the median seconds of set-up and tear-down, from what pytest printed."""
    line = next((line for line in said.splitlines() if "COSTS {" in line), None)
    if line is None:
        raise BenchmarkError(f"pytest has not told what its tests cost:\n{said}")
    costs: dict[str, float] = json.loads(line.partition("COSTS ")[2])
    return costs


def measure(rounds: int) -> Iterator[Measurement]:
    """Measure in rounds of 300 tests of each kind."""
    turns = [_run() for _ in range(rounds)]
    last = {kind: f"{seconds * 1e6:.0f} µs" for kind, seconds in turns[-1].items()}
    for name, more, most in (
        ("set-up and tear-down of a sandbox", "", MOST),
        ("a test that uses a sandbox, in all", " in all", MOST_WITH_USE),
    ):
        ratios = [turn[f"used{more}"] / turn[f"httpserver{more}"] for turn in turns]
        used, peer, plain = (last[kind + more] for kind in ("used", "httpserver", "plain"))
        note = f"{used}, pytest-httpserver {peer}, no fixture {plain}"
        yield Measurement(name, ratios, most, at_least=False, note=note)


def _run() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_costs.py").write_text(TEST, "utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "test_costs.py"]
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        return read(ran.stdout)
