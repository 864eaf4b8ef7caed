"""The fixtures of the tests of DingTalk's callbacks: a sandbox, and an app that listens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contract_tests.clients.callback_apps import DingTalkApp, serve_app
from contract_tests.dingtalk.callbacks.callback_sandbox import CallbackSandbox
from contract_tests.harness.target import Target


@pytest.fixture
def sandbox(server: Target) -> Iterator[CallbackSandbox]:
    """A sandbox whose clock stands still."""
    sandbox = CallbackSandbox(server)
    with sandbox.session:
        yield sandbox


@pytest.fixture
def app(sandbox: CallbackSandbox) -> Iterator[DingTalkApp]:
    """An app that listens, with the sandbox's keys."""
    with serve_app(DingTalkApp(sandbox.credentials)) as app:
        yield app
