"""The command `fauxlate serve` in a process of its own, and a scenario that it refuses."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("FAUXLATE_")}
"""The environment without settings of the command."""
WRONG_SCENARIO = """\
about: A code that no page prints.
rules:
  - on: alibaba.GetAsyncTranslate
    then: {fail: System.Eror}
"""
WRONG_MESSAGE = (
    ":4:12: `System.Eror` is not a documented error of alibaba.GetAsyncTranslate. Did you mean `System.Error`?"
)
"""What is said of `WRONG_SCENARIO`, after the name of its file."""


@contextmanager
def serve_process(*flags: str, **variables: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run `fauxlate serve` until the end of the context; give the process, ready or ended, and the lines that it printed."""
    command = [sys.executable, "-m", "fauxlate", "serve", *flags]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=ENVIRONMENT | variables,
    ) as process:
        timer = threading.Timer(60, process.kill)
        timer.start()
        try:
            assert process.stdout is not None
            lines: list[str] = []
            for line in process.stdout:
                lines.append(line.rstrip("\n"))
                if line.startswith("ready "):
                    break
            yield process, lines
        finally:
            process.terminate()
            process.wait()
            timer.cancel()


def refusal_of_serve(*flags: str, **variables: str) -> str:
    """Run `fauxlate serve`, which has to end by itself with 2 and announce nothing; return what it prints to stderr."""
    with serve_process(*flags, **variables) as (process, lines):
        output = process.stderr.read() if process.stderr is not None else ""
        assert (process.wait(), lines) == (2, []), output
    assert "Traceback" not in output
    return output
