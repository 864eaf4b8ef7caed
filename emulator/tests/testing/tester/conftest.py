"""Settings and fixtures for tests of the tester."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fauxlate.testing.session import Session
from fauxlate.testing.tester.tester import TESTER_SETTINGS
from hypothesis import Phase, settings

REPRODUCIBLE = settings(TESTER_SETTINGS, derandomize=True, database=None)
BRIEF = settings(REPRODUCIBLE, max_examples=15)
THOROUGH = settings(REPRODUCIBLE, max_examples=200, phases=[Phase.generate])
"""So many that a mistake is not missed by chance; the search ends where one is found, and makes it no smaller."""


@pytest.fixture(scope="package")
def session() -> Iterator[Session]:
    session = Session()
    yield session
    session.stop()


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A vendor's SDK writes an application id there."""
    monkeypatch.setenv("HOME", str(tmp_path))
