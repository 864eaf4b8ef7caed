"""Tokens for what people use beside a password: an access key, another token, a passcode; and the check of a token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from contract_tests.clients.huawei.raw import RawRequest, call_admin, create_sandbox, request_token, send
from contract_tests.harness.exchange import JSON, Response
from contract_tests.harness.target import Target

pytestmark = pytest.mark.reported("clients of IAM that ask so; the members are those of its API reference")

PROJECT = {"project": {"name": "cn-north-4"}}


@pytest.fixture
def credentials(server: Target) -> Iterator[dict[str, Any]]:
    credentials = create_sandbox(server.url, strict=True)
    yield credentials
    call_admin(server.url, "DELETE", f"/sandboxes/{credentials['id']}")


def ask(credentials: dict[str, Any], identity: dict[str, Any], **headers: str) -> Response:
    body = json.dumps({"auth": {"identity": identity, "scope": PROJECT}}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return send(credentials["endpoint"], RawRequest("POST", "/v3/auth/tokens", {"Content-Type": JSON, **named}, body))


def is_good(credentials: dict[str, Any], response: Response) -> bool:
    """Whether a token was issued, and is good for a call of NLP."""
    assert response.status == 201, response.body
    path = f"/v1/{credentials['project_id']}/machine-translation/file-translation/jobs/x"
    headers = {"X-Auth-Token": response.headers["X-Subject-Token"]}
    return bool(send(credentials["endpoint"], RawRequest("GET", path, headers)).json["error_code"] == "NLP.6304")


def key(credentials: dict[str, Any], **other: str) -> dict[str, Any]:
    both = {**credentials, **other}
    access, secret = {"key": both["access_key"]}, {"key": both["secret_key"]}
    return {"methods": ["hw_ak_sk"], "hw_ak_sk": {"access": access, "secret": secret}}


def password(credentials: dict[str, Any], passcode: str, **other: str) -> dict[str, Any]:
    user = {"name": credentials["user"], "password": credentials["password"], **other}
    totp = {"user": {"id": "x", "passcode": passcode}}
    return {"methods": ["password", "totp"], "password": {"user": user}, "totp": totp}


def test_an_access_key_stands_for_its_user(credentials: dict[str, Any]) -> None:
    response = ask(credentials, key(credentials))
    assert is_good(credentials, response)
    assert response.json["token"]["user"]["name"] == credentials["user"]
    assert response.json["token"]["methods"] == ["hw_ak_sk"]
    assert ask(credentials, key(credentials, secret_key="wrong")).status == 401


def test_a_token_stands_for_its_user(credentials: dict[str, Any]) -> None:
    token, _ = request_token(credentials, None)
    assert is_good(credentials, ask(credentials, {"methods": ["token"], "token": {"id": token}}))
    assert is_good(credentials, ask(credentials, {"methods": ["token"]}, X_Auth_Token=token))
    assert ask(credentials, {"methods": ["token"], "token": {"id": f"{token[:-1]}!"}}).status == 401
    call_admin(credentials["endpoint"], "PATCH", f"/sandboxes/{credentials['id']}/clock", {"advance": "24h"})
    assert ask(credentials, {"methods": ["token"], "token": {"id": token}}).status == 401


def test_a_passcode_stands_beside_a_password(credentials: dict[str, Any]) -> None:
    assert is_good(credentials, ask(credentials, password(credentials, "123456")))
    assert ask(credentials, password(credentials, "12345")).status == 401
    assert ask(credentials, password(credentials, "123456", password="wrong")).status == 401
    alone = password(credentials, "123456") | {"methods": ["totp"]}
    assert ask(credentials, alone).status == 400


@pytest.mark.parametrize("method", ["password", "hw_ak_sk", "totp", "saml"])
def test_a_method_without_its_member_is_refused(credentials: dict[str, Any], method: str) -> None:
    assert ask(credentials, {"methods": [method]}).status == 400


def test_a_token_is_checked_by_head(credentials: dict[str, Any]) -> None:
    token, _ = request_token(credentials, PROJECT)

    def check(subject: str) -> Response:
        headers = {"X-Auth-Token": token, "X-Subject-Token": subject}
        return send(credentials["endpoint"], RawRequest("HEAD", "/v3/auth/tokens", headers))

    assert (check(token).status, check(token).body) == (200, b"")
    assert check("MIIF").status == 404
