"""A project that calls something `emulator` is not disturbed: the wheel makes `fauxlate` importable and nothing else."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from tests.packaging.conftest import run

pytestmark = pytest.mark.xdist_group("wheel")

FIXTURE_TEST = "def test_of_the_fixture(fauxlate): assert fauxlate.huawei.project_id\n"


def check_that_pytest_passes(python: Path, project: Path) -> None:
    command = Path(python).with_name("pytest")
    for start in ((command,), (python, "-m", "pytest")):
        assert "2 passed" in run(*start, "-q", "-p", "no:cacheprovider", cwd=project)
    run(*(command, "-q", "-p", "no:cacheprovider", "-p", "no:fauxlate", "test_own.py"), cwd=project)


def test_a_project_with_a_package_emulator_of_its_own_runs_pytest(installed_python: Path, tmp_path: Path) -> None:
    (tmp_path / "emulator").mkdir()
    (tmp_path / "emulator" / "__init__.py").write_text('VERSION = "my own"\n')
    (tmp_path / "test_own.py").write_text("from emulator import VERSION\ndef test_own(): assert VERSION == 'my own'\n")
    (tmp_path / "test_fixture.py").write_text(FIXTURE_TEST)
    check_that_pytest_passes(installed_python, tmp_path)
    command = Path(installed_python).with_name("fauxlate")
    assert run(command, "--version", cwd=tmp_path).startswith("fauxlate ")
    assert run(installed_python, "-m", "fauxlate", "--version", cwd=tmp_path).startswith("fauxlate ")


def test_a_project_that_installs_the_package_emulator_of_pypi_runs_pytest(
    installed_python: Path, tmp_path: Path
) -> None:
    shutil.copytree(installed_python.parents[1], tmp_path / "env", symlinks=True)
    python = tmp_path / "env" / "bin" / "python"
    install = ("-m", "pip", "--python", python, "install", "--quiet", "--disable-pip-version-check", "--no-deps")
    run(sys.executable, *install, "emulator==1.8.7", cwd=tmp_path)  # an emulator of IoT devices
    project = tmp_path / "project"
    project.mkdir()
    (project / "test_own.py").write_text(
        "from importlib.metadata import version\nimport emulator\n"
        "def test_own(): assert version('emulator') == '1.8.7' and 'fauxlate' not in str(emulator.__path__)\n"
    )
    (project / "test_fixture.py").write_text(FIXTURE_TEST)
    for arguments in (("-q",), ("-q", "-p", "no:fauxlate", "test_own.py")):
        assert " passed" in run(python, "-m", "pytest", *arguments, "-p", "no:cacheprovider", cwd=project)


def test_nothing_but_fauxlate_becomes_importable(installed_python: Path, tmp_path: Path) -> None:
    program = (
        "import importlib.util as u; print([name for name in ('fauxlate', 'emulator', 'tests', 'contract_tests', "
        "'benchmarks', 'docs', 'scenarios') if u.find_spec(name)])"
    )
    assert run(installed_python, "-c", program, cwd=tmp_path).strip() == "['fauxlate']"
