"""The trial of a mutant: on a copy of the package, in a process that runs the tests that have to do with it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from contract_tests.harness.machine import ROOT
from contract_tests.mutants.mutant import Mutant
from contract_tests.mutants.related_tests import related_tests

TIMEOUT = 120
"""Seconds for a round of tests: a mutant that makes them hang is caught, too."""


class BrokenError(Exception):
    """Tests fail without any mutant, so that they prove nothing."""


class PackageCopy:
    """A copy of the package, in which one file at a time is altered."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "emulator" / "fauxlate", folder / "emulator" / "fauxlate", ignore=ignored)
        (folder / "scenarios").symlink_to(ROOT / "scenarios")
        self._passing: set[tuple[str, ...]] = set()

    @contextlib.contextmanager
    def apply(self, mutant: Mutant) -> Iterator[None]:
        """Apply a mutant until the end of the context."""
        path = self.folder / mutant.file
        text = path.read_text("utf-8")
        assert text[mutant.start : mutant.end] == mutant.old
        path.write_text(text[: mutant.start] + mutant.new + text[mutant.end :], "utf-8")
        try:
            yield
        finally:
            path.write_text(text, "utf-8")

    def passes(self, arguments: Sequence[str]) -> bool:
        """Return whether tests pass on this copy, in a process of their own."""
        child = os.fork()
        if child == 0:
            os._exit(self._run(arguments))
        deadline = time.monotonic() + TIMEOUT
        while True:
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status) == 0
            if time.monotonic() > deadline:
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
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        options = ["-q", "-x", "-p", "no:cacheprovider", "--hypothesis-seed=0", "--no-header", "--tb=no"]
        options += ["-o", f"pythonpath=. {copy}", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
        try:
            return int(pytest.main([*options, *arguments]))
        except BaseException:  # noqa: BLE001  (whatever it is, the mutant is caught)
            return 1

    def survives(self, mutant: Mutant) -> bool:
        """Return whether no related test fails under a mutant. Raises `BrokenError` if one fails without it, too."""
        with self.apply(mutant):
            failing = next((arguments for arguments in related_tests(mutant) if not self.passes(arguments)), None)
        if failing is None:
            return True
        if tuple(failing) not in self._passing and not self.passes(failing):
            raise BrokenError(" ".join(failing))
        self._passing.add(tuple(failing))
        return False
