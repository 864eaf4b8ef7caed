"""The fixtures of the command's tests."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.serving import WRONG_SCENARIO


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take settings away that this process has from outside."""
    for name in [name for name in os.environ if name.startswith("FAUXLATE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def wrong_file(tmp_path: Path) -> Path:
    """The file of a scenario that is refused."""
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG_SCENARIO, "utf-8")
    return path


@pytest.fixture
def used_port() -> Iterator[int]:
    """A port that someone listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]
