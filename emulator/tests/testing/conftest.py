"""A fixture that runs a small test file in a pytest of its own."""

from __future__ import annotations

from typing import Protocol

import pytest

INI = """
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
addopts = -p no:cacheprovider --strict-markers
"""


class RunPytest(Protocol):
    """Runs the text of a test file, with arguments of the command line, in this process or in one of its own."""

    def __call__(self, text: str, *arguments: str, in_subprocess: bool = False) -> pytest.RunResult: ...


@pytest.fixture
def run_pytest(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> RunPytest:
    monkeypatch.setenv("HOME", str(pytester.path))  # a vendor's SDK writes an application id there
    pytester.makeini(INI)

    def run(text: str, *arguments: str, in_subprocess: bool = False) -> pytest.RunResult:
        pytester.makepyfile(text)
        return pytester.runpytest_subprocess(*arguments) if in_subprocess else pytester.runpytest_inprocess(*arguments)

    return run
