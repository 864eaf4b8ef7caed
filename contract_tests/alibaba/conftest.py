"""The fixtures of Alibaba's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from contract_tests.alibaba.signed_sandbox import SignedSandbox
from contract_tests.harness.target import Target


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """A session that uses no proxy."""
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def sandbox(server: Target, session: requests.Session) -> SignedSandbox:
    """A sandbox, and signed calls in it."""
    return SignedSandbox(server, session)
