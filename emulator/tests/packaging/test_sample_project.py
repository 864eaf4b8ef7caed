"""A project that has nothing of this repository but the built wheel uses fixtures, coverage, sweep and tester."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
from tests.packaging.conftest import ROOT, run

pytestmark = pytest.mark.xdist_group("wheel")

SAMPLE = ROOT / "contract_tests" / "sample_project"


def test_its_tests_pass_with_nothing_installed_but_the_wheel_and_what_that_asks_for(
    installed_python: Path, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    shutil.copytree(SAMPLE, project, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    where = run(installed_python, "-c", "import fauxlate; print(fauxlate.__file__)", cwd=project).strip()
    assert Path(where).is_relative_to(installed_python.parents[1])
    installed = json.loads(
        run(sys.executable, "-m", "pip", "--python", installed_python, "list", "--format=json", cwd=project)
    )
    names = {package["name"].lower() for package in installed}
    assert not {"requests", "huaweicloudsdknlp", "pytest-asyncio"} & names
    reports = ("--fauxlate-coverage=term", "--fauxlate-coverage=json:coverage.json", "--fauxlate-fail-under=95")
    assert "7 passed" in run(installed_python, "-m", "pytest", "-v", *reports, cwd=project)
    report = json.loads((project / "coverage.json").read_text("utf-8"))
    assert report["percent"] >= 95
    rows = {(row["of"], row["kind"], row["name"]): row for row in report["rows"]}
    assert rows["huawei.RunFileTranslation", "error", "NLP.0101"]["asserted"] == 1
    assert rows["huawei.RunFileTranslation", "error", "NLP.1201"]["excluded"]
    assert rows["huawei.RunFileTranslation", "fault", "drop reset"]["served"] > 0
    assert rows["huawei.file_translation", "expiry", "(gone)"]["served"] > 0
    assert rows["huawei.started_status", "quirk", "BEGIN"]["served"] > 0
