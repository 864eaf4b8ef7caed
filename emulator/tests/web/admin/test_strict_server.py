"""A strict server: unknown credentials are refused, in each provider's words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fauxlate.serving.background import BackgroundServer
from fauxlate.settings import Settings
from tests.web.admin.conftest import Admin
from tests.web.clients import CLIENTS


@pytest.fixture(scope="module")
def strict() -> Iterator[Admin]:
    with BackgroundServer(Settings(port=0, strict=True)) as emulator:
        admin = Admin(emulator.url)
        yield admin
        admin.close()


def _stranger(admin: Admin, provider: str) -> Any:
    kind = next(kind for kind in CLIENTS if kind.name == provider)
    told = admin.told("sandboxes/default")["credentials"][provider]
    made_up = {name: value if name.endswith("endpoint") else f"unknown-{name}" for name, value in told.items()}
    return kind(made_up)


def test_a_strict_server_refuses_unknown_credentials_in_each_providers_words(strict: Admin) -> None:
    alibaba, huawei, dingtalk = (_stranger(strict, name) for name in ("alibaba", "huawei", "dingtalk"))
    answer = alibaba.create()
    assert (answer.status_code, answer.json()["Code"]) == (404, "InvalidAccessKeyId.NotFound")
    assert answer.json()["Message"] == "Specified access key is not found."
    answer = huawei.session.post(f"{huawei.told['iam_endpoint']}/v3/auth/tokens", json=huawei.token_body(), timeout=20)
    error = {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}
    assert (answer.status_code, answer.json()) == (401, {"error": error})
    signed = "SDK-HMAC-SHA256 Access=UNKNOWN, SignedHeaders=host, Signature=00"
    answer = huawei.session.get(f"{huawei.jobs}/x", headers={"Authorization": signed}, timeout=20)
    assert (answer.status_code, answer.json()["error_code"]) == (401, "APIG.0301")
    keys = {"suiteKey": "unknown", "suiteSecret": "x", "authCorpId": "y", "suiteTicket": "z"}
    answer = dingtalk.session.post(f"{dingtalk.url}/v1.0/oauth2/corpAccessToken", json=keys, timeout=20)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalidSuiteKey")
    keys = {"appKey": "unknown", "appSecret": "x"}
    answer = dingtalk.session.post(f"{dingtalk.url}/v1.0/oauth2/accessToken", json=keys, timeout=20)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalidClientIdOrSecret")


def test_a_strict_server_lets_in_those_whom_it_knows(strict: Admin) -> None:
    box = strict.sandbox()
    for client in (box.alibaba, box.huawei, box.dingtalk):
        assert client.made()


def test_a_server_that_is_not_strict_puts_strangers_into_the_default_sandbox(admin: Admin) -> None:
    before = len(admin.told("sandboxes/default/journal")["entries"])
    _stranger(admin, "huawei").made()
    assert len(admin.told("sandboxes/default/journal")["entries"]) == before + 2
