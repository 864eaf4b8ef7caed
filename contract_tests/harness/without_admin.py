"""The command that runs the contract tests against an emulator in another process, without its admin API.

Usage: python -m contract_tests.harness.without_admin [ARGUMENTS OF PYTEST]

Ends with pytest's code, or with 1 if a test is skipped for another reason than that it has to script its target.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from contract_tests.harness.machine import ROOT

_SKIP = re.compile(r"^SKIPPED \[\d+\] (?P<where>\S+): (?P<why>.*)$", re.MULTILINE)


@contextmanager
def emulator_process(*flags: str) -> Iterator[str]:
    """Run `fauxlate serve` until the end of the context; give its address."""
    command = [sys.executable, "-m", "fauxlate", "serve", "--port", "0", "--quiet", *flags]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield next(line for line in process.stdout if line.startswith("ready ")).split()[1]
        finally:
            process.terminate()


def unexpected_skips(output: str) -> list[str]:
    """Return the lines of pytest's output about tests that are skipped for another reason than the missing admin API."""
    return [skip[0] for skip in _SKIP.finditer(output) if not skip["why"].startswith("scripted: ")]


def run(arguments: Sequence[str]) -> int:
    """Run the tests; return the code to end with."""
    with emulator_process("--admin-token", "nobody-knows") as url:
        command = [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", "--target", url, "--budget", "5s"]
        process = subprocess.run([*command, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    print(process.stdout, end="")
    skips = unexpected_skips(process.stdout)
    if skips:
        print("skipped for another reason than that the target has to be scripted:", *skips, sep="\n")
    return process.returncode or int(bool(skips))


if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:] or ["contract_tests", "-q"]))
