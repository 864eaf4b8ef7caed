"""`fauxlate check`: a scenario's file is right, or each fault is told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from fauxlate.cli import main
from tests.cli.serving import WRONG_MESSAGE


def test_check_says_ok_of_a_file_that_is_right(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "right.yaml"
    path.write_text("rules: [{on: alibaba.GetAsyncTranslate, then: {fail: System.Error}}]\n", "utf-8")
    assert main(["check", str(path)]) == 0
    assert capfd.readouterr() == (f"{path}: ok\n", "")


def test_check_reads_json_too(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "wrong.json"
    path.write_text('{\n  "quirks": {"alibaba.code_type": "float"}\n}\n', "utf-8")
    assert main(["check", str(path)]) == 2
    assert f"{path}:2:14: `float` is not a choice of `alibaba.code_type`" in capfd.readouterr().err


def test_check_tells_each_fault_with_file_line_and_column_and_goes_on(
    wrong_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    right_file, missing_file = tmp_path / "right.yaml", tmp_path / "nowhere.yaml"
    right_file.write_text("about: Nothing.\n", "utf-8")
    assert main(["check", str(wrong_file), str(missing_file), str(right_file)]) == 2
    output = capfd.readouterr()
    assert output.out == f"{right_file}: ok\n"
    first, second = output.err.splitlines()
    assert first.startswith(f"{wrong_file}{WRONG_MESSAGE}")
    assert second.startswith(f"{missing_file}: No such file or directory")
