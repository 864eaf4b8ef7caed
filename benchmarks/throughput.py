"""Status queries a second: 64 connections of wrk on one core against a server on another, in alternating rounds."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import statistics
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.measurement import BenchmarkError, Measurement
from benchmarks.processes import BARE, FAUXLATE, Server, serve
from benchmarks.queries import Query, finish_jobs, send

CONNECTIONS = 64
WRK = shutil.which("wrk")

_UNUSED_OPERATIONS = (
    "alibaba.TranslateImageBatch",
    "alibaba.GetTranslateImageBatchResult",
    "huawei.KeystoneListProjects",
    "dingtalk.GetAccessToken",
)
"""Operations that no measured run calls, for rules that never match."""
_SCENARIO = {
    "about": "Twenty rules on operations that nobody calls.",
    "rules": [
        {"on": operation, "times": times, "then": {"delay": "1s"}}
        for times in range(1, 6)
        for operation in _UNUSED_OPERATIONS
    ],
}
_LUA = """
local requests, n, at = {}, 0, 0
for request in string.gmatch(io.open("%s", "rb"):read("*a"), "([^\\1]+)\\1") do
  n = n + 1
  requests[n] = request
end
request = function()
  at = at %% n + 1
  return requests[at]
end
done = function(summary, _, _)
  local e = summary.errors
  print(string.format("COUNTS %%d %%d %%d", summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""
"""The script by which wrk sends the requests of a file in turn, and prints its counts."""
_EXPECTED_RATE = 20_000
"""Requests a second that a server is expected to answer, before the first round has measured it."""
_COUNTS = re.compile(r"^COUNTS (\d+) (\d+) (\d+)$", re.MULTILINE)


def measure(rounds: int, seconds: int) -> Iterator[Measurement]:
    """Measure every query, without a scenario and under one of twenty rules that do not match."""
    with TemporaryDirectory() as folder_name, ExitStack() as stack:
        folder = Path(folder_name)
        scenario = folder / "twenty-rules.json"
        scenario.write_text(json.dumps(_SCENARIO), "utf-8")
        plain = stack.enter_context(serve(*FAUXLATE))
        with_rules = stack.enter_context(serve(*FAUXLATE, "--scenario", str(scenario)))
        for query, same_query in zip(
            *(asyncio.run(finish_jobs(server.url)) for server in (plain, with_rules)), strict=True
        ):
            request = query.build()
            answer = asyncio.run(send(plain.url, request))
            path = request.target.partition("?")[0]
            with serve(*BARE, request.method, path, answer.content_type, answer.body.decode()) as bare:
                sides = (
                    _Side(bare, query, folder / "plain"),
                    _Side(plain, query, folder / "plain", signs=True),
                    _Side(with_rules, same_query, folder / "ruled", signs=True),
                )
                bare_rates, *emulator_rates = _measure_rates(sides, rounds, seconds)
            for name, rates in zip((query.name, f"{query.name}, 20 rules"), emulator_rates, strict=True):
                yield _compare(name, query.target, rates, bare_rates)


@dataclass(slots=True)
class _Side:
    """A server, its query, and the file of requests to send: written by itself (`signs`), or by another side."""

    server: Server
    query: Query
    file: Path
    signs: bool = False
    max_rate: float = _EXPECTED_RATE

    def prepare(self, seconds: int) -> None:
        """Write twice as many requests as the server can answer in so many seconds; one where it may be sent again."""
        if self.signs:
            host = self.server.url.removeprefix("http://")
            count = int(2 * self.max_rate * seconds) if self.query.is_single_use else 1
            self.file.write_bytes(b"".join([self.query.build().encode(host) + b"\1" for _ in range(count)]))


class _Rate(NamedTuple):
    """Requests in a second, and in a second of the server's processor time."""

    wall: float
    cpu: float


def _measure_rates(sides: Sequence[_Side], rounds: int, seconds: int) -> list[list[_Rate]]:
    """Return for each side its rates, round by round; the sides take turns."""
    _check_answers(sides)
    _run_round(sides, 1)  # after it, no module remains to be imported
    results = [_run_round(sides, seconds) for _ in range(rounds)]
    _check_answers(sides)
    return [list(rates) for rates in zip(*results, strict=True)]


def _run_round(sides: Sequence[_Side], seconds: int) -> list[_Rate]:
    """Return the rate of each side, measured one after another."""
    for side in sides:
        side.prepare(seconds)
    return [_measure_rate(side, seconds) for side in sides]


def _check_answers(sides: Sequence[_Side]) -> None:
    """Raise `BenchmarkError` unless all sides give the same answer, but for ids, signatures and their addresses."""
    answers = [asyncio.run(send(side.server.url, side.query.build())) for side in sides]
    shapes = {(answer.content_type, len(answer.get_constant_part())) for answer in answers}
    if len(shapes) > 1:
        raise BenchmarkError(f"these answers are not the same: {[answer.body for answer in answers]}")


def _measure_rate(side: _Side, seconds: int) -> _Rate:
    """Return the rate of a server under load. Raises `BenchmarkError` if a request fails."""
    assert WRK is not None
    script = side.file.with_suffix(".lua")
    script.write_text(_LUA % side.file, "utf-8")
    command = [WRK, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), side.server.url]
    before = side.server.read_cpu_seconds()
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    cpu = side.server.read_cpu_seconds() - before
    counts = _COUNTS.search(process.stdout)
    if process.returncode != 0 or counts is None or int(counts[3]) or "Non-2xx" in process.stdout:
        state = "still runs" if side.server.process.poll() is None else f"ended with {side.server.process.returncode}"
        raise BenchmarkError(
            f"wrk was not answered well by {side.server.process.args!r}, which {state}:\n{process.stdout}{process.stderr}"
        )
    rate = _Rate(int(counts[1]) / (int(counts[2]) / 1e6), int(counts[1]) / cpu)
    side.max_rate = max(side.max_rate, rate.wall)
    return rate


def _compare(name: str, target: float, emulator: Sequence[_Rate], bare: Sequence[_Rate]) -> Measurement:
    """Return the ratios of the emulator's rates to those of the bare server, round by round."""
    ratios = [rate.wall / bare_rate.wall for rate, bare_rate in zip(emulator, bare, strict=True)]
    by_cpu = statistics.median(rate.cpu / bare_rate.cpu for rate, bare_rate in zip(emulator, bare, strict=True))
    rates = [statistics.median(rate.wall for rate in side) for side in (emulator, bare)]
    note = f"{by_cpu:.2f} by processor time; {rates[0]:,.0f}/s, bare {rates[1]:,.0f}/s"
    return Measurement(name, ratios, target, is_minimum=True, note=note)
