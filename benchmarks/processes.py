"""The processes of a run: servers on one core, the load on another; all of them end with the run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measurement import BenchmarkError

ROOT = Path(__file__).parent.parent
EMULATOR = (sys.executable, "-m", "fauxlate")
FAUXLATE = (*EMULATOR, "serve", "--port", "0", "--quiet")
BARE = (sys.executable, "-m", "benchmarks.bare")
_ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith("FAUXLATE_") and name != "PYTHONDONTWRITEBYTECODE"
}
"""The default configuration, with .pyc files kept."""


def _choose_cores() -> tuple[int, int] | None:
    if not hasattr(os, "sched_getaffinity"):
        return None
    cores = sorted(os.sched_getaffinity(0))
    return (cores[0], cores[1]) if len(cores) > 1 else None


CORES = _choose_cores()
"""The core of the servers, and the core of everything else; None where there is only one, or where none can be chosen."""


def move_to_load_core() -> str:
    """Move this process, with every load that it starts, off the servers' core; return a line that says so."""
    if CORES is None:
        return "NOT PINNED: fewer than two cores can be chosen, so server and load share one; mistrust the ratios."
    os.sched_setaffinity(0, {CORES[1]})
    return f"servers on core {CORES[0]}, load on core {CORES[1]}"


def spawn(*command: str) -> subprocess.Popen[str]:
    """Start `command` on the servers' core. A child inherits the core, so it never runs on another."""
    if CORES is not None:
        os.sched_setaffinity(0, {CORES[0]})
    try:
        return subprocess.Popen(command, cwd=ROOT, env=_ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    finally:
        if CORES is not None:
            os.sched_setaffinity(0, {CORES[1]})


def read_url(server: subprocess.Popen[str]) -> str:
    """Return the URL in the line `ready URL`, once the server has printed it. Raises `BenchmarkError` for another line."""
    assert server.stdout is not None
    state, _, url = server.stdout.readline().strip().partition(" ")
    if state != "ready":
        raise BenchmarkError(f"{server.args!r} did not come up; it printed {state!r}")
    return url


@contextmanager
def run_in_background(*command: str) -> Iterator[subprocess.Popen[str]]:
    """Run `command` on the servers' core while the context lasts."""
    with spawn(*command) as process:
        try:
            yield process
        finally:
            process.kill()  # nothing of it is needed now


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, and its URL."""

    url: str
    process: subprocess.Popen[str]

    def read_cpu_seconds(self) -> float:
        """Return its processor time so far, in seconds; on a busy machine it varies less than the time of day."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serve(*command: str) -> Iterator[Server]:
    """Run a server on its core while the context lasts."""
    with run_in_background(*command) as process:
        yield Server(read_url(process), process)


def run(*command: str) -> str:
    """Run `command` on the servers' core to its end, and return its output. Raises `BenchmarkError` if it fails."""
    with run_in_background(*command) as process:
        output, _ = process.communicate()
    if process.returncode:
        raise BenchmarkError(f"{command!r} ended with {process.returncode}")
    return output
