"""AWS signature 4, as the official client of storage signs with `signature="v4"`."""

from __future__ import annotations

from typing import Any

import pytest
from obs import (
    ObsClient,
)

from contract_tests.huawei.storage.storage_sandbox import StorageSandbox

pytestmark = pytest.mark.sdk("esdk-obs-python 3.26.6, signature v4")


def open_client(storage: StorageSandbox, **keys: str) -> Any:
    both = {**storage.credentials, **keys}
    return ObsClient(
        access_key_id=both["access_key"],
        secret_access_key=both["secret_key"],
        server=both["endpoint"],
        path_style=True,
        signature="v4",
    )


@pytest.mark.parametrize("key", ["a.txt", "a b/你好+~.txt", "media/%2F"])
def test_an_object_is_put_and_got(storage: StorageSandbox, key: str) -> None:
    client = open_client(storage)
    assert client.createBucket("media").status == 200
    assert client.putContent("media", key, "hello").status == 200
    assert client.getObject("media", key, loadStreamInMemory=True).body.buffer == b"hello"
    assert storage.obs.getObject("media", key, loadStreamInMemory=True).body.buffer == b"hello"
    assert client.deleteObject("media", key).status == 204


def test_a_wrong_secret_and_an_unknown_key_are_refused(storage: StorageSandbox) -> None:
    answer = open_client(storage, secret_key="wrong").putContent("media", "a.txt", "x")
    assert (answer.status, answer.errorCode) == (403, "SignatureDoesNotMatch")
    answer = storage.obs.getObject("media", "a.txt")
    assert answer.errorCode == "NoSuchBucket"
