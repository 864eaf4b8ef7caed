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

BUSY = 'rules: [{on: "huawei.*", then: {fail: APIG.0308}}]'


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Path, Callable[[], dict[str, Any]], Callable[[], str]]]:
    """A server that watches a file; the file, the scenario in force, and the next thing it says of it."""
    path = tmp_path / "scenario.yaml"
    path.write_text("about: first")
    command = [sys.executable, "-m", "fauxlate", "serve", "--port", "0", "--quiet", "--reload", "--scenario", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stderr is not None
            url = server.stdout.readline().removeprefix("ready ").strip()

            def in_force() -> dict[str, Any]:
                with urlopen(f"{url}/__fauxlate/sandboxes/default/scenario") as answer:
                    told: dict[str, Any] = json.load(answer)
                return told

            yield path, in_force, server.stderr.readline
        finally:
            server.terminate()


def test_a_changed_file_is_followed_and_a_wrong_one_refused_with_its_place(
    watched: tuple[Path, Callable[[], dict[str, Any]], Callable[[], str]],
) -> None:
    path, in_force, said = watched
    assert in_force() == {"about": "first"}
    path.write_text(f"about: second\n{BUSY}")
    assert "is followed from now on" in said()
    assert in_force()["about"] == "second"
    path.write_text("about: third\nruls: []")
    assert "the last good one stays" in said()
    assert f"{path}:2:1: `ruls` is not a key here" in said()
    assert in_force()["about"] == "second"
    path.write_text("about: fourth")
    assert "is followed from now on" in said()
    assert in_force() == {"about": "fourth"}
