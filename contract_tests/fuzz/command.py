"""The command of the fuzzers.

Usage: python -m contract_tests.fuzz [--seed N] [--minutes M] [--target bytes|requests|scenarios] [--requests COUNT]
       python -m contract_tests.fuzz --replay FILE

An emulator is served in this process. `bytes` are sent as they are; `requests` are valid requests of every operation and
of the admin API, altered in some places, some of them signed anew; `scenarios` are altered scenario files. It fails on a
crash, on an error in the log, on what is no answer of HTTP, on HTML, on a body that is not what its content type says,
on a 5xx that is in no table, and on what takes 10 seconds. The input is kept in a file for `--replay`. With `--requests`
a target ends after so many of them, however long that takes.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from contract_tests.fuzz.running import TARGETS, Run, replay


def main() -> int:
    """Fuzz; return the exit code."""
    parser = argparse.ArgumentParser(description="Send what nobody would send, and look at what comes back.")
    parser.add_argument("--seed", type=int, default=0, help="what the inputs are drawn from")
    parser.add_argument("--minutes", type=float, default=1.0, help="for each target (default 1)")
    parser.add_argument("--requests", type=int, help="for each target, instead of minutes")
    parser.add_argument("--target", choices=TARGETS, action="append", help="only this one; may come several times")
    parser.add_argument("--replay", type=Path, help="try the input in this file again")
    arguments = parser.parse_args()
    if arguments.replay is not None:
        return int(len(replay(arguments.replay)) > 0)
    failures = 0
    for target in arguments.target or TARGETS:
        seconds = arguments.minutes * 60 if arguments.requests is None else float("inf")
        run = Run(target, arguments.seed, seconds, arguments.requests or float("inf"))
        start = time.monotonic()
        run.go()
        passed = time.monotonic() - start
        print(f"{target}: {run.done} tried in {passed:.0f} s ({run.done / passed:.0f} a second), seed {run.seed}")
        if run.statuses:
            print("  answers: " + ", ".join(f"{count} of {status}" for status, count in sorted(run.statuses.items())))
        for kind, count in run.findings.counts.most_common():
            print(f"  {count} times: {kind}")
        failures += len(run.findings)
    return int(failures > 0)
