"""The fixtures of the tests of alimt's operations."""

from __future__ import annotations

import pytest
import requests

from contract_tests.alibaba.operations.alimt_sandbox import AlimtSandbox
from contract_tests.harness.target import Target


@pytest.fixture
def sandbox(server: Target, session: requests.Session) -> AlimtSandbox:
    """A sandbox that ignores signatures."""
    return AlimtSandbox(server, session)
