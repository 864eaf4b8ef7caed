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
from benchmarks.processes import BARE, FAUXLATE, Server, serving
from benchmarks.queries import Query, finished, send

CONNECTIONS = 64
WRK = shutil.which("wrk")

_UNTOUCHED = (
    "alibaba.TranslateImageBatch",
    "alibaba.GetTranslateImageBatchResult",
    "huawei.KeystoneListProjects",
    "dingtalk.GetAccessToken",
)
"""Operations that no measured run calls, for rules that never match."""
_SCENARIO = {
    "about": "Twenty rules on operations that nobody calls.",
    "rules": [
        {"on": operation, "times": times, "then": {"delay": "1s"}} for times in range(1, 6) for operation in _UNTOUCHED
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
  print(string.format("COUNTED %%d %%d %%d", summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""
"""What makes wrk send the requests of a file in turn, and say what came of it."""
_FASTEST = 20_000
"""Requests that a server is expected to answer in a second, before it has shown what it can do."""
_COUNTED = re.compile(r"^COUNTED (\d+) (\d+) (\d+)$", re.MULTILINE)


def measure(rounds: int, seconds: int) -> Iterator[Measurement]:
    """Measure every query, without a scenario and under one of twenty rules that do not match."""
    with TemporaryDirectory() as folder_name, ExitStack() as ended:
        folder = Path(folder_name)
        scenario = folder / "twenty-rules.json"
        scenario.write_text(json.dumps(_SCENARIO), "utf-8")
        plain = ended.enter_context(serving(*FAUXLATE))
        ruled = ended.enter_context(serving(*FAUXLATE, "--scenario", str(scenario)))
        for query, same_query in zip(*(asyncio.run(finished(server.url)) for server in (plain, ruled)), strict=True):
            request = query.make()
            answer = asyncio.run(send(plain.url, request))
            path = request.target.partition("?")[0]
            with serving(*BARE, request.method, path, answer.content_type, answer.body.decode()) as bare:
                sides = (
                    _Side(bare, query, folder / "plain"),
                    _Side(plain, query, folder / "plain", signs=True),
                    _Side(ruled, same_query, folder / "ruled", signs=True),
                )
                yardstick, *own = _rates(sides, rounds, seconds)
            for name, rates in zip((query.name, f"{query.name}, 20 rules"), own, strict=True):
                yield _compared(name, query.target, rates, yardstick)


@dataclass(slots=True)
class _Side:
    """A server, what it is asked, and the file of ready requests: its own (`signs`), or those signed for another."""

    server: Server
    query: Query
    file: Path
    signs: bool = False
    fastest: float = _FASTEST

    def prepare(self, seconds: int) -> None:
        """Write as many requests as can be answered in so many seconds."""
        if self.signs:
            host = self.server.url.removeprefix("http://")
            most = int(2 * self.fastest * seconds) if self.query.once else 1
            self.file.write_bytes(b"".join([self.query.make().on_the_wire(host) + b"\1" for _ in range(most)]))


class _Rate(NamedTuple):
    """Requests answered in a second, and in a second of the server's processor time."""

    wall: float
    cpu: float


def _rates(sides: Sequence[_Side], rounds: int, seconds: int) -> list[list[_Rate]]:
    """Return for each side its rates, round by round; the sides take turns."""
    _check_same(sides)
    _round(sides, 1)  # what is imported when first needed is there by now
    turns = [_round(sides, seconds) for _ in range(rounds)]
    _check_same(sides)
    return [list(rates) for rates in zip(*turns, strict=True)]


def _round(sides: Sequence[_Side], seconds: int) -> list[_Rate]:
    for side in sides:
        side.prepare(seconds)
    return [_load(side, seconds) for side in sides]


def _check_same(sides: Sequence[_Side]) -> None:
    """Raise `BenchmarkError` unless all sides answer the same, save for ids, signatures and their own address."""
    answers = [asyncio.run(send(side.server.url, side.query.make())) for side in sides]
    shapes = {(answer.content_type, len(answer.lasting())) for answer in answers}
    if len(shapes) > 1:
        raise BenchmarkError(f"these answers are not the same: {[answer.body for answer in answers]}")


def _load(side: _Side, seconds: int) -> _Rate:
    """Return how fast the server answered. Raises `BenchmarkError` if one request was not answered well."""
    assert WRK is not None
    script = side.file.with_suffix(".lua")
    script.write_text(_LUA % side.file, "utf-8")
    command = [WRK, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), side.server.url]
    before = side.server.cpu_seconds()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    spent = side.server.cpu_seconds() - before
    counted = _COUNTED.search(done.stdout)
    if done.returncode != 0 or counted is None or int(counted[3]) or "Non-2xx" in done.stdout:
        state = "still runs" if side.server.process.poll() is None else f"ended with {side.server.process.returncode}"
        raise BenchmarkError(
            f"wrk was not answered well by {side.server.process.args!r}, which {state}:\n{done.stdout}{done.stderr}"
        )
    rate = _Rate(int(counted[1]) / (int(counted[2]) / 1e6), int(counted[1]) / spent)
    side.fastest = max(side.fastest, rate.wall)
    return rate


def _compared(name: str, target: float, own: Sequence[_Rate], bare: Sequence[_Rate]) -> Measurement:
    ratios = [rate.wall / yardstick.wall for rate, yardstick in zip(own, bare, strict=True)]
    by_cpu = statistics.median(rate.cpu / yardstick.cpu for rate, yardstick in zip(own, bare, strict=True))
    rates = [statistics.median(rate.wall for rate in side) for side in (own, bare)]
    note = f"{by_cpu:.2f} by processor time; {rates[0]:,.0f}/s, bare {rates[1]:,.0f}/s"
    return Measurement(name, ratios, target, at_least=True, note=note)
