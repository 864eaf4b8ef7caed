"""Spawn-to-ready: from the start of the process to the first answer of its server."""

from __future__ import annotations

import statistics
import time
from http.client import HTTPConnection
from resource import RUSAGE_CHILDREN, getrusage
from typing import NamedTuple

from benchmarks.measurement import BenchmarkError, Measurement
from benchmarks.processes import BARE, FAUXLATE, read_url, run_in_background

TARGET = 1.3
"""At most: the time of the emulator, divided by that of the bare server."""
_READY = "/__fauxlate/ready"
_SIDES = ((*BARE, "GET", _READY, "application/json", '{"ready":true}'), FAUXLATE)


def measure(pairs: int) -> Measurement:
    """Measure in pairs of the bare server and the emulator."""
    for command in _SIDES:
        _time_start(command)  # writes the .pyc files
    results = [[_time_start(command) for command in _SIDES] for _ in range(pairs)]
    ratios = [emulator.wall / bare.wall for bare, emulator in results]
    by_cpu = statistics.median(emulator.cpu / bare.cpu for bare, emulator in results)
    bare, emulator = (statistics.median(start.wall for start in side) for side in zip(*results, strict=True))
    note = f"{by_cpu:.2f} by processor time; {emulator * 1e3:.0f} ms, bare {bare * 1e3:.0f} ms"
    return Measurement("spawn to ready", ratios, TARGET, is_minimum=False, note=note)


class _Start(NamedTuple):
    """Seconds from the start of a server to its first answer, and seconds of processor time that it took."""

    wall: float
    cpu: float


def _time_start(command: tuple[str, ...]) -> _Start:
    """Start a server, ask it once, and stop it. Raises `BenchmarkError` unless it answers 200."""
    before, start = getrusage(RUSAGE_CHILDREN), time.perf_counter()
    with run_in_background(*command) as server:
        connection = HTTPConnection(read_url(server).removeprefix("http://"), timeout=10)
        try:
            connection.request("GET", _READY)
            status = connection.getresponse().status
            wall = time.perf_counter() - start
        finally:
            connection.close()
    if status != 200:  # noqa: PLR2004
        raise BenchmarkError(f"{_READY} of {command!r} was answered {status}")
    after = getrusage(RUSAGE_CHILDREN)
    return _Start(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
