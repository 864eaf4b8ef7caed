"""The fixtures of Huawei's tests."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Another home folder: the SDK writes an application id there."""
    monkeypatch.setenv("HOME", str(tmp_path))
