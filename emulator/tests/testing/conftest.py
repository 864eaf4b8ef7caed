"""What tests of the test kit run: small test files, in a pytest of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

INI = """
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
addopts = -p no:cacheprovider --strict-markers
"""
Play = Callable[..., pytest.RunResult]


@pytest.fixture
def play(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Run the text of a test file in this process, with arguments of the command line; return what came of it."""
    monkeypatch.setenv("HOME", str(pytester.path))  # a vendor's SDK writes an application id there
    pytester.makeini(INI)

    def run(text: str, *arguments: str, apart: bool = False) -> pytest.RunResult:
        pytester.makepyfile(text)
        return pytester.runpytest_subprocess(*arguments) if apart else pytester.runpytest_inprocess(*arguments)

    return run
