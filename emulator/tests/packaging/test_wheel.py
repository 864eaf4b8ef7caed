"""The built wheel holds all that the command needs, and works with the sources out of sight."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    hatch = Path(sys.executable).with_name("hatchling")
    subprocess.run([str(hatch), "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("fauxlate-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def ran(unpacked: Path, *arguments: str) -> str:
    """Run the command out of the wheel; return what it prints."""
    environ = {**os.environ, "PYTHONPATH": str(unpacked)}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "fauxlate", *arguments],
        cwd=unpacked.parent,
        env=environ,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_the_wheel_has_the_shipped_scenarios_and_lists_them_by_name(unpacked: Path) -> None:
    listed = ran(unpacked, "scenarios").splitlines()
    shipped = {
        path.relative_to(ROOT / "scenarios").with_suffix("").as_posix() for path in ROOT.glob("scenarios/*/*.yaml")
    }
    assert {line.split()[0] for line in listed} == shipped
    assert all(len(line.split()) > 3 for line in listed)
    where = subprocess.run(
        [sys.executable, "-P", "-c", "import fauxlate.library as l; print(l.folder())"],
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        cwd=unpacked.parent,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert Path(where.strip()) == unpacked / "fauxlate" / "scenarios"


def test_the_wheel_checks_a_shipped_scenario_by_name(unpacked: Path) -> None:
    name = ran(unpacked, "scenarios").split()[0]
    assert ran(unpacked, "check", name) == f"{name}: ok\n"


def test_the_wheel_leaves_out_tests_and_tools_of_the_repository(unpacked: Path) -> None:
    names = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*")}
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"fauxlate"}  # nothing else is importable
    assert {"fauxlate/providers/huawei/errors.toml", "fauxlate/snippets/huawei.py.txt"} <= names
