"""The trial of mutants: each on a copy of the package, in a process that runs the tests that have to do with it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from contract_tests.harness.machine import ROOT
from contract_tests.mutants.mutant import Mutant
from contract_tests.mutants.related_tests import related

_REPORT_INTERVAL = 25
TIMEOUT = 120
"""Seconds for the tests of one mutant: one that makes them hang is noticed, too."""


class BrokenError(Exception):
    """Tests that fail without any mutant, so that nothing can be told by them."""


class Copy:
    """A copy of the package in which one file at a time is altered."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "emulator" / "fauxlate", folder / "emulator" / "fauxlate", ignore=ignored)
        (folder / "scenarios").symlink_to(ROOT / "scenarios")
        self._sound: set[tuple[str, ...]] = set()

    @contextlib.contextmanager
    def altered(self, mutant: Mutant) -> Iterator[None]:
        path = self.folder / mutant.file
        text = path.read_text("utf-8")
        assert text[mutant.start : mutant.end] == mutant.old
        path.write_text(text[: mutant.start] + mutant.new + text[mutant.end :], "utf-8")
        try:
            yield
        finally:
            path.write_text(text, "utf-8")

    def passes(self, arguments: Sequence[str]) -> bool:
        """Whether tests pass here, in a process of their own."""
        child = os.fork()
        if child == 0:
            os._exit(self._run(arguments))
        ends = time.monotonic() + TIMEOUT
        while True:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status) == 0
            if time.monotonic() > ends:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return False
            time.sleep(0.02)

    def _run(self, arguments: Sequence[str]) -> int:
        import pytest

        os.chdir(ROOT)
        copy = str(self.folder / "emulator")
        sys.path.insert(0, copy)
        sys.dont_write_bytecode = True
        os.environ.update(PYTHONPATH=copy, PYTHONDONTWRITEBYTECODE="1")
        void = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(void, stream)
        plain = [
            "-q",
            "-x",
            "-p",
            "no:cacheprovider",
            "--hypothesis-seed=0",
            "--no-header",
            "--tb=no",
            "-o",
            f"pythonpath=. {copy}",
        ]
        plain += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
        try:
            return int(pytest.main([*plain, *arguments]))
        except BaseException:  # noqa: BLE001  (whatever it is, the mutant was noticed)
            return 1

    def survives(self, mutant: Mutant) -> bool:
        """Whether no related test notices the mutant. Raises `BrokenError` where they fail without it."""
        with self.altered(mutant):
            noticed = next((arguments for arguments in related(mutant) if not self.passes(arguments)), None)
        if noticed is None:
            return True
        if tuple(noticed) not in self._sound and not self.passes(noticed):
            raise BrokenError(" ".join(noticed))
        self._sound.add(tuple(noticed))
        return False


def find_survivors(mutants: Sequence[Mutant], jobs: int, tell: Callable[[str], None]) -> list[Mutant]:
    """Return the survivors, in their order. Each of `jobs` processes has its own copy, and every jobs-th mutant."""
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
                        _worker(Copy(Path(folder) / str(number)), mutants, range(number, len(mutants), jobs), out)
                except Exception:  # noqa: BLE001  (the parent sees that mutants were not tried)
                    traceback.print_exc()
                finally:
                    os._exit(0)  # whatever came, so that nothing of the parent's is done twice
            os.close(writer)
            readers.append(reader)
            workers.append(worker)
        try:
            return _read_results(mutants, readers, tell)
        finally:
            for worker in workers:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(worker, signal.SIGTERM)  # whoever is still at it, with the tests that it runs
                os.waitpid(worker, 0)


def _worker(copy: Copy, mutants: Sequence[Mutant], indices: Iterable[int], out: TextIO) -> None:
    for index in indices:
        try:
            out.write(f"{index} {int(copy.survives(mutants[index]))}\n")
        except BrokenError as broken:
            out.write(f"broken {broken}\n")
            return
        out.flush()


def _read_results(mutants: Sequence[Mutant], readers: list[int], tell: Callable[[str], None]) -> list[Mutant]:
    import selectors

    found: list[int] = []
    done = 0
    with selectors.DefaultSelector() as waiting:
        for reader in readers:
            waiting.register(os.fdopen(reader), selectors.EVENT_READ)
        while waiting.get_map():
            for key, _ in waiting.select():
                line = key.fileobj.readline()  # type: ignore[union-attr]
                if not line:
                    waiting.unregister(key.fileobj)
                    key.fileobj.close()  # type: ignore[union-attr]
                    continue
                if line.startswith("broken "):
                    raise BrokenError(line.removeprefix("broken ").strip())
                index, survived = (int(part) for part in line.split())
                done += 1
                if survived:
                    found.append(index)
                    tell(f"survives: {mutants[index]}")
                if done % _REPORT_INTERVAL == 0:
                    tell(f"{done} of {len(mutants)} tried, {len(found)} survive")
    assert done == len(mutants), f"{len(mutants) - done} mutants were not tried"
    return [mutants[index] for index in sorted(found)]
