"""The built wheel, and an environment into which it was installed with what it asks for, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command that has to succeed; return what it prints."""
    environ = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTEST_ADDOPTS")}
    completed = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environ, capture_output=True, text=True, timeout=300, check=False
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
    return completed.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    run(Path(sys.executable).with_name("hatchling"), "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (built,) = folder.glob("fauxlate-*.whl")
    return built


@pytest.fixture(scope="session")
def installed_python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that has the wheel with its extra `pytest`, at the versions that are pinned here."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "env")
    python = folder / "env" / "bin" / "python"
    constraints = [part for file in ("requirements.txt", "requirements-dev.txt") for part in ("-c", pins(file, folder))]
    install = ("-m", "pip", "--python", python, "install", "--quiet", "--disable-pip-version-check", "--no-compile")
    run(sys.executable, *install, *constraints, f"fauxlate[pytest] @ {wheel.as_uri()}", cwd=folder)
    return python


def pins(file: str, folder: Path) -> Path:
    """Write the pins of a requirements file, without what it includes, and return where."""
    lines = (ROOT / file).read_text("utf-8").splitlines()
    path = folder / file
    path.write_text("\n".join(line for line in lines if not line.startswith("-")), "utf-8")
    return path
