"""A project that has nothing of this repository but the built wheel uses fixtures, coverage, sweep and tester."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SAMPLE = ROOT / "contract_tests" / "sample_project"


def done(*command: str | Path, cwd: Path) -> str:
    """Run a command that has to succeed; return what it prints."""
    environ = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTEST_ADDOPTS")}
    ran = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environ, capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample project, away from here, with an environment into which only the wheel was installed."""
    folder = tmp_path_factory.mktemp("elsewhere")
    done(Path(sys.executable).with_name("hatchling"), "build", "-t", "wheel", "-d", folder / "dist", cwd=ROOT)
    (wheel,) = (folder / "dist").glob("fauxlate-*.whl")
    shutil.copytree(SAMPLE, folder / "project", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    venv.create(folder / "env", with_pip=True)
    pins = ROOT / "requirements.txt"
    done(
        folder / "env" / "bin" / "python",
        *("-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--constraint", pins, f"fauxlate[pytest] @ {wheel.as_uri()}"),
        cwd=folder,
    )
    return folder


def test_its_tests_pass_with_nothing_installed_but_the_wheel_and_what_that_asks_for(project: Path) -> None:
    python = project / "env" / "bin" / "python"
    where = done(python, "-c", "import fauxlate; print(fauxlate.__file__)", cwd=project).strip()
    assert Path(where).is_relative_to(project / "env")
    installed = json.loads(done(python, "-m", "pip", "list", "--format=json", cwd=project))
    assert not {"requests", "huaweicloudsdknlp", "pytest-asyncio"} & {one["name"].lower() for one in installed}
    reports = ("--fauxlate-coverage=term", "--fauxlate-coverage=json:coverage.json", "--fauxlate-fail-under=95")
    said = done(python, "-m", "pytest", "-v", *reports, cwd=project / "project")
    assert "7 passed" in said
    told = json.loads((project / "project" / "coverage.json").read_text("utf-8"))
    assert told["percent"] >= 95
    rows = {(row["of"], row["kind"], row["name"]): row for row in told["rows"]}
    assert rows["huawei.RunFileTranslation", "error", "NLP.0101"]["asserted"] == 1
    assert rows["huawei.RunFileTranslation", "error", "NLP.1201"]["excluded"]
    assert rows["huawei.RunFileTranslation", "fault", "drop reset"]["served"] > 0
    assert rows["huawei.file_translation", "expiry", "(gone)"]["served"] > 0
    assert rows["huawei.started_status", "quirk", "BEGIN"]["served"] > 0
