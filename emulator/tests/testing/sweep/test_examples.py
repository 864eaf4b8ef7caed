"""The examples: the sweep finds nothing in the careful client, and in each careless one the fault that it has."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("examples")

ROOT = Path(__file__).parents[4]
EXAMPLES = ROOT / "contract_tests" / "examples"


def run_example(name: str, home: Path, *arguments: str) -> str:
    """Run the tests of an example as a user would, with a configuration of its own; return what is printed."""
    environ = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    process = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", str(EXAMPLES / name), "-c", os.devnull, "--rootdir", str(ROOT)),
            *("--confcutdir", str(EXAMPLES), "--import-mode=importlib", "-p", "no:cacheprovider", "-n2", *arguments),
        ],
        cwd=ROOT,
        env={**environ, "HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert process.returncode in (0, 1), process.stdout + process.stderr
    return process.stdout


def test_nothing_is_found_in_the_careful_client(tmp_path: Path) -> None:
    output = run_example("careful_tests.py", tmp_path, "-k", "translated", "--fauxlate-coverage")
    assert "2 passed" in output
    errors = re.findall(r"^(?:huawei\.Run|alibaba\.).* errors +(\d+)/(\d+)", output, re.MULTILINE)
    assert len(errors) == 4
    assert all(served == rows for served, rows in errors), "the sweep meets every documented error"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The report of the sweep, by careless client."""
    output = run_example("careless_tests.py", tmp_path_factory.mktemp("home"), "-k", "translated")
    parts = re.split(r"^sweep of test_a_\w+_is_translated\[(\w+)\]: ", output, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize(
    ("client", "kind", "variation"),
    [
        (
            "Resubmitting",
            "duplicate submission",
            "huawei.RunFileTranslation: connection reset after the operation, once",
        ),
        ("Endless", "hang", "huawei.RunFileTranslation: the job never leaves WAITING"),
        ("Stale", "wrong result", "huawei.RunFileTranslation: links expire at once"),
        ("Trusting", "wrong result", "alibaba.GetAsyncTranslate answers System.SubNotPermission"),
    ],
)
def test_the_sweep_finds_the_fault_of_each_careless_client(
    reports: dict[str, str], client: str, kind: str, variation: str
) -> None:
    assert set(reports) == {"Resubmitting", "Endless", "Stale", "Trusting"}
    sections = re.split(r"^([a-z ]+) \(\d+\)$", reports[client], flags=re.MULTILINE)
    by_kind = dict(zip(sections[1::2], sections[2::2], strict=True))
    assert variation in [line.strip() for line in by_kind[kind].splitlines()]
