"""The fixtures of DingTalk's tests: a sandbox whose clock stands still, a client in it, and a token."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contract_tests.clients.dingtalk.plain import DingTalkClient
from contract_tests.harness.target import Target


@pytest.fixture
def sandbox(server: Target) -> Iterator[Target]:
    """A sandbox of the test's own, whose clock stands still."""
    with server.create_sandbox({"clock": {"mode": "frozen"}}) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Target) -> Iterator[DingTalkClient]:
    """A client in the sandbox."""
    client = DingTalkClient(sandbox.credentials("dingtalk"))
    with client.session:
        yield client


@pytest.fixture
def token(client: DingTalkClient) -> str:
    """A token of the third-party app for its corp."""
    return client.corp_token()
