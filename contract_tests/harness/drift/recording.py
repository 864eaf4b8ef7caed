"""The recording of tests at an emulator of their own, with which a live record is compared."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from contract_tests.harness.machine import ROOT


def record_emulator(tests: Sequence[str]) -> dict[str, Any]:
    """Run tests by their ids at an emulator of their own; return the record. Raises `pytest.UsageError` without one."""
    with tempfile.TemporaryDirectory() as folder:
        names, file = Path(folder) / "tests", Path(folder) / "record"
        names.write_text("\n".join(tests), "utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--record={file}", f"@{names}"]
        process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if not file.exists():
            raise pytest.UsageError(f"no record of an emulator:\n{process.stdout}{process.stderr}")
        record: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return record
