"""The fixtures of the tests of Huawei's storage."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contract_tests.clients.huawei.raw import call_admin
from contract_tests.harness.target import Target
from contract_tests.huawei.storage.storage_sandbox import StorageSandbox


@pytest.fixture
def storage(server: Target) -> Iterator[StorageSandbox]:
    """A sandbox with clients of storage and of NLP in it."""
    storage = StorageSandbox(server.url)
    yield storage
    call_admin(server.url, "DELETE", f"/sandboxes/{storage.credentials['id']}")
