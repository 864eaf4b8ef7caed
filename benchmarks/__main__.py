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
from benchmarks.processes import take_own_core


def main() -> int:
    parser = argparse.ArgumentParser("python -m benchmarks", description="Measure the emulator against bare aiohttp.")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds, in about a minute")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the measurements there, too")
    asked = parser.parse_args()
    if throughput.WRK is None:
        print("benchmarks: wrk is missing; `apt-get install wrk` has it", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    print(take_own_core())
    print(HEADING)
    done: list[Measurement] = []
    try:
        with closing(_measured(quick=asked.quick)) as measured:  # however this ends, its servers are ended
            for measurement in measured:
                done.append(measurement)
                print(measurement.row(), flush=True)
    except BenchmarkError as fault:
        print(f"benchmarks: {fault}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    if asked.json is not None:
        asked.json.write_text(json.dumps([one.as_json() for one in done], ensure_ascii=False, indent=2) + "\n", "utf-8")
    return 0 if all(one.met for one in done) else 1


def _measured(*, quick: bool) -> Generator[Measurement, None, None]:
    yield from throughput.measure(rounds=3 if quick else 9, seconds=1 if quick else 2)
    yield startup.measure(pairs=5 if quick else 20)
    yield from fixture.measure(rounds=3 if quick else 9)
    for provider in memory.CREATED:
        yield memory.measure(provider, jobs=20_000 if quick else 100_000)


if __name__ == "__main__":
    sys.exit(main())
