"""Run the contract tests against an emulator in a process of its own that grants no admin access.

Usage: python -m contract_tests.apart [ARGUMENTS OF PYTEST]

Ends with pytest's code, or with 1 where a test was skipped for any other reason than that it has to script its target.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
_SKIPPED = re.compile(r"^SKIPPED \[\d+\] (?P<where>\S+): (?P<why>.*)$", re.MULTILINE)


@contextmanager
def serving(*flags: str) -> Iterator[str]:
    """Give the address of `fauxlate serve`, which ends with the context."""
    command = [sys.executable, "-m", "fauxlate", "serve", "--port", "0", "--quiet", *flags]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield next(line for line in process.stdout if line.startswith("ready ")).split()[1]
        finally:
            process.terminate()


def unexpected(printed: str) -> list[str]:
    """Return the skips, of those that pytest printed, that have another reason than a target without admin access."""
    return [found[0] for found in _SKIPPED.finditer(printed) if not found["why"].startswith("scripted: ")]


def run(arguments: Sequence[str]) -> int:
    """Run the tests; return the code to end with."""
    with serving("--admin-token", "nobody-knows") as url:
        command = [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", "--target", url, "--budget", "5s"]
        ran = subprocess.run([*command, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    print(ran.stdout, end="")
    others = unexpected(ran.stdout)
    if others:
        print("skipped for another reason than that the target has to be scripted:", *others, sep="\n")
    return ran.returncode or int(bool(others))


if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:] or ["contract_tests", "-q"]))
