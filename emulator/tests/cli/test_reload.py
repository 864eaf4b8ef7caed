"""With --reload a server follows its scenario's file as it changes, and keeps the last good one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

BUSY_RULE = 'rules: [{on: "huawei.*", then: {fail: APIG.0308}}]'


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Path, Callable[[], dict[str, Any]], Callable[[], str]]]:
    """A server that follows a file: the file, a function that reads its scenario, and one that reads its next message."""
    path = tmp_path / "scenario.yaml"
    path.write_text("about: first")
    command = [sys.executable, "-m", "fauxlate", "serve", "--port", "0", "--quiet", "--reload", "--scenario", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            url = process.stdout.readline().removeprefix("ready ").strip()

            def read_scenario() -> dict[str, Any]:
                with urlopen(f"{url}/__fauxlate/sandboxes/default/scenario") as response:
                    scenario: dict[str, Any] = json.load(response)
                return scenario

            yield path, read_scenario, process.stderr.readline
        finally:
            process.terminate()


def test_a_changed_file_is_followed_and_a_wrong_one_refused_with_its_place(
    server: tuple[Path, Callable[[], dict[str, Any]], Callable[[], str]],
) -> None:
    path, read_scenario, next_message = server
    assert read_scenario() == {"about": "first"}
    path.write_text(f"about: second\n{BUSY_RULE}")
    assert "is followed from now on" in next_message()
    assert read_scenario()["about"] == "second"
    path.write_text("about: third\nruls: []")
    assert "the last good one stays" in next_message()
    assert f"{path}:2:1: `ruls` is not a key here" in next_message()
    assert read_scenario()["about"] == "second"
    path.write_text("about: fourth")
    assert "is followed from now on" in next_message()
    assert read_scenario() == {"about": "fourth"}
