"""Clients that leave at a random byte, in a random way, leave nothing behind.

`FAUXLATE_LONG=1` has twenty thousand of them, and looks at the memory of a process that does nothing else.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.web.front.leaving import ROUNDS, Report, run
from tests.web.long_runs import IS_LONG

ROOT = Path(__file__).parents[4]
MORE = 0.05
"""The share of what the first round has left that all others may add."""
KEPT = 64 * 1024
"""Bytes that may come and go: the event loop keeps up to a hundred timers that were cancelled. A client has 1 KB at least."""


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


def check(report: Report) -> None:
    assert report.logged == []
    nothing = [0] * ROUNDS
    assert (report.tasks, report.descriptors, report.connections) == (nothing, nothing, nothing)


@pytest.mark.usefixtures("traced")
async def test_clients_that_leave_at_any_byte_leave_no_task_no_connection_no_memory_and_no_word() -> None:
    report = await run(100, 1)
    check(report)
    first, second, *_, last = report.traced
    assert max(report.traced) - first < max(KEPT, MORE * first), report.traced
    assert last - second < KEPT, report.traced


@pytest.mark.skipif(not IS_LONG, reason="takes minutes: FAUXLATE_LONG=1")
def test_a_process_does_not_grow_by_twenty_thousand_clients_that_leave() -> None:
    program = [sys.executable, "-m", "tests.web.front.leaving", str(20_000 // ROUNDS), "10"]
    path = f"{ROOT / 'emulator'}:{ROOT}"
    ran = subprocess.run(program, capture_output=True, text=True, env={"PYTHONPATH": path}, timeout=3600, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    report = Report(**json.loads(ran.stdout))
    check(report)
    assert max(report.resident) - report.resident[0] < MORE * report.resident[0], report.resident
