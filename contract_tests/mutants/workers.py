"""The processes that try mutants: each has its own copy of the package, and every n-th mutant."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import tempfile
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TextIO

from contract_tests.mutants.mutant import Mutant
from contract_tests.mutants.trial import BrokenError, PackageCopy

_REPORT_INTERVAL = 25
"""After so many mutants a line says how it goes."""


def find_survivors(mutants: Sequence[Mutant], jobs: int, report: Callable[[str], None]) -> list[Mutant]:
    """Try mutants in so many processes; return the survivors, in order. `report` takes a line about what happens."""
    readers: list[int] = []
    workers: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(jobs):
            reader, writer = os.pipe()
            worker = os.fork()
            if worker == 0:
                try:
                    os.setpgid(0, 0)
                    with os.fdopen(writer, "w") as out:
                        _try_mutants(
                            PackageCopy(Path(folder) / str(number)), mutants, range(number, len(mutants), jobs), out
                        )
                except Exception:  # noqa: BLE001  (the parent notices that mutants are not tried)
                    traceback.print_exc()
                finally:
                    os._exit(0)  # in any case, so that nothing of the parent's is done twice
            os.close(writer)
            readers.append(reader)
            workers.append(worker)
        try:
            return _read_survivors(mutants, readers, report)
        finally:
            for worker in workers:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(worker, signal.SIGTERM)  # a worker that is not done, with the tests that it runs
                os.waitpid(worker, 0)


def _try_mutants(copy: PackageCopy, mutants: Sequence[Mutant], indices: Iterable[int], out: TextIO) -> None:
    """Write a line for each mutant: its index, and 1 if it survives."""
    for index in indices:
        try:
            out.write(f"{index} {int(copy.survives(mutants[index]))}\n")
        except BrokenError as broken:
            out.write(f"broken {broken}\n")
            return
        out.flush()


def _read_survivors(mutants: Sequence[Mutant], readers: Sequence[int], report: Callable[[str], None]) -> list[Mutant]:
    survivors: list[int] = []
    count = 0
    with selectors.DefaultSelector() as selector:
        for reader in readers:
            selector.register(os.fdopen(reader), selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                line = key.fileobj.readline()  # type: ignore[union-attr]
                if not line:
                    selector.unregister(key.fileobj)
                    key.fileobj.close()  # type: ignore[union-attr]
                    continue
                if line.startswith("broken "):
                    raise BrokenError(line.removeprefix("broken ").strip())
                index, survives = (int(part) for part in line.split())
                count += 1
                if survives:
                    survivors.append(index)
                    report(f"survives: {mutants[index]}")
                if count % _REPORT_INTERVAL == 0:
                    report(f"{count} of {len(mutants)} tried, {len(survivors)} survive")
    assert count == len(mutants), f"{len(mutants) - count} mutants were not tried"
    return [mutants[index] for index in sorted(survivors)]
