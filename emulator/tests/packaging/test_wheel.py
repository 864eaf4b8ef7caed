"""The built wheel holds all that the command needs, and works with the sources out of sight."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from tests.packaging.conftest import ROOT

pytestmark = pytest.mark.xdist_group("wheel")


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(unpacked: Path, *arguments: str) -> str:
    """Run Python with nothing but the unpacked wheel and its dependencies; return what it prints."""
    environ = {**os.environ, "PYTHONPATH": str(unpacked)}
    command = [sys.executable, "-P", *arguments]
    return subprocess.run(command, cwd=unpacked.parent, env=environ, check=True, capture_output=True, text=True).stdout


def test_the_wheel_has_the_shipped_scenarios_and_lists_them_by_name(unpacked: Path) -> None:
    lines = run(unpacked, "-m", "fauxlate", "scenarios").splitlines()
    shipped = {
        path.relative_to(ROOT / "scenarios").with_suffix("").as_posix() for path in ROOT.glob("scenarios/*/*.yaml")
    }
    assert {line.split()[0] for line in lines} == shipped
    assert all(len(line.split()) > 3 for line in lines)
    folder = run(unpacked, "-c", "import fauxlate.library as l; print(l.folder())")
    assert Path(folder.strip()) == unpacked / "fauxlate" / "scenarios"


def test_the_wheel_checks_a_shipped_scenario_by_name(unpacked: Path) -> None:
    name = min(ROOT.glob("scenarios/*/*.yaml")).relative_to(ROOT / "scenarios").with_suffix("").as_posix()
    assert run(unpacked, "-m", "fauxlate", "check", name) == f"{name}: ok\n"


def test_the_wheel_leaves_out_tests_and_tools_of_the_repository(unpacked: Path) -> None:
    names = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*")}
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"fauxlate"}  # nothing else is importable
    assert {"fauxlate/providers/huawei/errors.toml", "fauxlate/snippets/huawei.py.txt"} <= names


def test_the_wheel_says_where_the_project_lives_and_which_version_it_is(unpacked: Path) -> None:
    (metadata,) = unpacked.glob("*.dist-info/METADATA")
    text = metadata.read_text("utf-8")
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["urls"]
    assert all(f"Project-URL: {name}, {url}" in text for name, url in urls.items())
    version = re.search(r"^Version: (\S+)$", text, re.MULTILINE)
    assert version is not None
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    released = re.findall(r"^## \[?(\d[^\]\s]*)", changelog, re.MULTILINE)
    assert released[0] == version[1], "version and changelog agree"
