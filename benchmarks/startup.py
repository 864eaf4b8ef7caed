"""Spawn-to-ready: from the start of the process to the first answer of its server."""

from __future__ import annotations

import statistics
import time
from http.client import HTTPConnection
from resource import RUSAGE_CHILDREN, getrusage
from typing import NamedTuple

from benchmarks.measurement import BenchmarkError, Measurement
from benchmarks.processes import BARE, FAUXLATE, running, url_of

TARGET = 1.3
_READY = "/__fauxlate/ready"
_SIDES = ((*BARE, "GET", _READY, "application/json", '{"ready":true}'), FAUXLATE)


def measure(pairs: int) -> Measurement:
    """Measure in pairs of the bare server and the emulator."""
    for command in _SIDES:
        _started(command)  # leaves its .pyc files
    turns = [[_started(command) for command in _SIDES] for _ in range(pairs)]
    ratios = [own.wall / bare.wall for bare, own in turns]
    by_cpu = statistics.median(own.cpu / bare.cpu for bare, own in turns)
    bare, own = (statistics.median(start.wall for start in side) for side in zip(*turns, strict=True))
    note = f"{by_cpu:.2f} by processor time; {own * 1e3:.0f} ms, bare {bare * 1e3:.0f} ms"
    return Measurement("spawn to ready", ratios, TARGET, at_least=False, note=note)


class _Start(NamedTuple):
    """Seconds from the start of a server to its first answer, and seconds of processor time that it took."""

    wall: float
    cpu: float


def _started(command: tuple[str, ...]) -> _Start:
    before, begun = getrusage(RUSAGE_CHILDREN), time.perf_counter()
    with running(*command) as server:
        connection = HTTPConnection(url_of(server).removeprefix("http://"), timeout=10)
        try:
            connection.request("GET", _READY)
            status = connection.getresponse().status
            took = time.perf_counter() - begun
        finally:
            connection.close()
    if status != 200:  # noqa: PLR2004
        raise BenchmarkError(f"{_READY} of {command!r} was answered {status}")
    after = getrusage(RUSAGE_CHILDREN)
    return _Start(took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
