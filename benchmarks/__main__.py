"""`python -m benchmarks`: every measurement, a table, and exit code 1 if a target is missed, 2 if none was possible."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from benchmarks import fixture, memory, startup, throughput
from benchmarks.measurement import HEADING, BenchmarkError, Measurement
from benchmarks.processes import move_to_load_core


def main() -> int:
    """Measure, print the table, and return the exit code."""
    parser = argparse.ArgumentParser("python -m benchmarks", description="Measure the emulator against bare aiohttp.")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds, in about a minute")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the measurements there, too")
    arguments = parser.parse_args()
    if throughput.WRK is None:
        print("benchmarks: wrk is missing; `apt-get install wrk` has it", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that every server is stopped
    print(move_to_load_core())
    print(HEADING)
    measurements: list[Measurement] = []
    try:
        with closing(_measure(quick=arguments.quick)) as generator:  # however this ends, its servers are stopped
            for measurement in generator:
                measurements.append(measurement)
                print(measurement.format_row(), flush=True)
    except BenchmarkError as fault:
        print(f"benchmarks: {fault}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    if arguments.json is not None:
        rows = [measurement.as_json() for measurement in measurements]
        arguments.json.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return 0 if all(measurement.is_met for measurement in measurements) else 1


def _measure(*, quick: bool) -> Generator[Measurement, None, None]:
    yield from throughput.measure(rounds=3 if quick else 9, seconds=1 if quick else 2)
    yield startup.measure(pairs=5 if quick else 20)
    yield from fixture.measure(rounds=3 if quick else 9)
    for provider in memory.REQUESTS:
        yield memory.measure(provider, jobs=20_000 if quick else 100_000)


if __name__ == "__main__":
    sys.exit(main())
