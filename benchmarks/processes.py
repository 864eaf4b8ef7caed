"""The processes of a run: servers on one core, whatever loads them on another, and all of them ended at its end."""

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
"""The usual configuration, and .pyc files that stay."""


def _cores() -> tuple[int, int] | None:
    if not hasattr(os, "sched_getaffinity"):
        return None
    cores = sorted(os.sched_getaffinity(0))
    return (cores[0], cores[1]) if len(cores) > 1 else None


CORES = _cores()
"""The core of the servers and the core of everything else; None where there is but one, or none can be chosen."""


def take_own_core() -> str:
    """Move this process, and with it whatever loads a server, off the servers' core; returns what to tell of that."""
    if CORES is None:
        return "NOT PINNED: fewer than two cores can be chosen, so server and load share one; mistrust the ratios."
    os.sched_setaffinity(0, {CORES[1]})
    return f"servers on core {CORES[0]}, load on core {CORES[1]}"


def spawn(*command: str) -> subprocess.Popen[str]:
    """Start `command` on the servers' core; a child inherits the core, so there is no moment when it has another."""
    if CORES is not None:
        os.sched_setaffinity(0, {CORES[0]})
    try:
        return subprocess.Popen(command, cwd=ROOT, env=_ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    finally:
        if CORES is not None:
            os.sched_setaffinity(0, {CORES[1]})


def url_of(server: subprocess.Popen[str]) -> str:
    """Return the URL on the line `ready URL`, once the server has printed it."""
    assert server.stdout is not None
    word, _, url = server.stdout.readline().strip().partition(" ")
    if word != "ready":
        raise BenchmarkError(f"{server.args!r} did not come up; it said {word!r}")
    return url


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[str]]:
    """Run `command` on the servers' core while the context lasts."""
    with spawn(*command) as process:
        try:
            yield process
        finally:
            process.kill()  # nothing of it is needed any more


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs, and where it listens."""

    url: str
    process: subprocess.Popen[str]

    def cpu_seconds(self) -> float:
        """Return the processor time it has used so far; on a busy machine a steadier measure than the time of day."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(*command: str) -> Iterator[Server]:
    """Run a server on its core while the context lasts."""
    with running(*command) as process:
        yield Server(url_of(process), process)


def said_by(*command: str) -> str:
    """Run `command` on the servers' core to its end; return what it printed. Raises `BenchmarkError` if it failed."""
    with running(*command) as process:
        said, _ = process.communicate()
    if process.returncode:
        raise BenchmarkError(f"{command!r} ended with {process.returncode}")
    return said
