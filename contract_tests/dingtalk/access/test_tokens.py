"""Access tokens of apps, suites and users: over both hosts, how long they last, and what renews them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from contract_tests.clients.dingtalk.plain import DingTalkClient, log_in
from contract_tests.dingtalk.access.tokens import (
    SCENARIO,
    request_legacy_token,
    request_signed_corp_token,
    request_suite_token,
    request_token_by_path,
    result_code,
)
from contract_tests.harness.target import Target

pytestmark = pytest.mark.documented("the page of the token, named in the catalog as the source of its operation")


@pytest.fixture
def sandbox(server: Target) -> Iterator[Target]:
    with server.create_sandbox(SCENARIO) as target:
        yield target


RENEWED_TOKENS: dict[str, Callable[[DingTalkClient], str]] = {
    "accessToken": DingTalkClient.app_token,
    "gettoken": request_legacy_token,
    "{corpId}/token of an app": lambda client: str(request_token_by_path(client, "app")[1]["access_token"]),
}


NEW_TOKENS: dict[str, Callable[[DingTalkClient], str]] = {
    "corpAccessToken": DingTalkClient.corp_token,
    "get_corp_token": lambda client: str(request_signed_corp_token(client)["access_token"]),
    "{corpId}/token of a suite": lambda client: str(request_token_by_path(client, "suite")[1]["access_token"]),
}


@pytest.mark.parametrize(
    "request_token",
    [pytest.param(request_token, id=name) for name, request_token in (RENEWED_TOKENS | NEW_TOKENS).items()],
)
def test_a_token_is_good_for_two_hours(
    sandbox: Target, client: DingTalkClient, request_token: Callable[[DingTalkClient], str]
) -> None:
    token = request_token(client)
    sandbox.advance(7199)
    assert result_code(client, token) == "param.invalid"
    sandbox.advance(1)
    assert result_code(client, token) == "InvalidAuthentication"


@pytest.mark.parametrize(
    "request_token", [pytest.param(request_token, id=name) for name, request_token in RENEWED_TOKENS.items()]
)
def test_an_app_is_given_the_same_token_again_its_time_begun_anew(
    sandbox: Target, client: DingTalkClient, request_token: Callable[[DingTalkClient], str]
) -> None:
    first = request_token(client)
    sandbox.advance(7000)
    assert request_token(client) == first
    sandbox.advance(7000)
    assert result_code(client, first) == "param.invalid"
    sandbox.advance(200)
    assert request_token(client) != first


def test_both_hosts_give_an_app_one_token(client: DingTalkClient) -> None:
    assert client.app_token() == request_legacy_token(client) == request_token_by_path(client, "app")[1]["access_token"]


@pytest.mark.parametrize(
    "request_token", [lambda client: client.corp_token(), request_suite_token, NEW_TOKENS["{corpId}/token of a suite"]]
)
def test_a_suite_is_given_a_new_token_each_time(
    client: DingTalkClient, request_token: Callable[[DingTalkClient], str]
) -> None:
    assert len({request_token(client) for _ in range(3)}) == 3


def test_get_corp_token_gives_a_new_token_each_time(client: DingTalkClient) -> None:
    assert len({request_signed_corp_token(client)["access_token"] for _ in range(3)}) == 3


@pytest.mark.sdk("alibabacloud_dingtalk 2.2.65: GetTokenResponseBody; page api-gettoken")
@pytest.mark.parametrize("kind", ["app", "suite"])
def test_the_token_of_a_corps_path_comes_in_snake_case(client: DingTalkClient, kind: str) -> None:
    status, body = request_token_by_path(client, kind)
    assert (status, body.keys(), body["expires_in"]) == (200, {"access_token", "expires_in"}, 7200)


def test_a_user_is_given_the_same_token_again_and_a_refresh_token_for_thirty_days(
    sandbox: Target, client: DingTalkClient
) -> None:
    credentials = client.credentials
    keys = {"clientId": credentials["suite_key"], "clientSecret": credentials["suite_secret"]}

    def request_token(**members: str) -> Any:
        return client.api("POST", "/v1.0/oauth2/userAccessToken", {**keys, **members})[1]

    first = request_token(grantType="authorization_code", code=log_in(credentials)["authCode"])
    assert first.keys() == {"accessToken", "refreshToken", "expireIn"}
    assert first["expireIn"] == 7200
    sandbox.advance(7000)
    second = request_token(grantType="refresh_token", refreshToken=first["refreshToken"])
    assert second["accessToken"] == first["accessToken"]
    sandbox.advance(7200)
    assert client.api("GET", "/v1.0/contact/users/me", None, first["accessToken"])[1]["code"] == "InvalidAuthentication"
    third = request_token(grantType="refresh_token", refreshToken=second["refreshToken"])
    assert third["accessToken"] != first["accessToken"]
    assert client.api("GET", "/v1.0/contact/users/me", None, third["accessToken"])[0] == 200
    sandbox.advance("30d")
    assert request_token(grantType="refresh_token", refreshToken=third["refreshToken"])["code"] == "accesstoken.expired"
    assert request_token(grantType="refresh_token", refreshToken="made up")["code"] == "accesstoken.expired"
