"""The contract tests run against a server without its admin API, and skip what they cannot script."""

from __future__ import annotations

import pytest

from contract_tests.harness import without_admin


def test_only_scripted_tests_are_skipped_where_there_is_no_admin_access(capfd: pytest.CaptureFixture[str]) -> None:
    tests = [
        "contract_tests/all_providers/test_signatures.py",
        "contract_tests/all_providers/test_examples.py::test_an_example_is_answered_as_printed[dingtalk.TranslateFile.busy]",
    ]
    assert without_admin.run(["-q", *tests, "-k", "not link"]) == 0
    assert "scripted: the target answers no admin API" in capfd.readouterr().out


def test_a_test_that_is_skipped_for_another_reason_is_told() -> None:
    scripted = "SKIPPED [1] contract_tests/harness/target.py:1: scripted: the target answers no admin API"
    other = "SKIPPED [2] contract_tests/conftest.py:9: node is missing"
    assert without_admin.unexpected_skips(f"{scripted}\n{other}\n12 passed, 3 skipped") == [other]
