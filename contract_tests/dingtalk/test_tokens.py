"""Access tokens of apps, suites and users: over both hosts, how long they last, what renews them, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from fauxlate.providers.dingtalk.access.legacy_tokens import sign

from contract_tests.clients.dingtalk.plain import DingTalkClient, log_in, request_user_token
from contract_tests.harness.target import Target

pytestmark = pytest.mark.documented("the page of the token, named in the catalog as the source of its operation")

NOW = 1_767_268_800  # 2026-01-01T12:00:00Z
SCENARIO = {"clock": {"mode": "frozen", "at": "2026-01-01T12:00:00Z"}}
DENIED_CODE = "Forbidden.AccessDenied.AccessTokenPermissionDenied"


@pytest.fixture
def sandbox(server: Target) -> Iterator[Target]:
    with server.create_sandbox(SCENARIO) as target:
        yield target


def request_suite_token(client: DingTalkClient) -> str:
    return str(client.api("POST", "/v1.0/oauth2/suiteAccessToken", client.suite_keys)[1]["accessToken"])


def request_token_by_path(
    client: DingTalkClient, kind: str, corp_id: str | None = None, **members: str
) -> tuple[int, Any]:
    body = {
        "client_id": client.credentials[f"{kind}_key"],
        "client_secret": client.credentials[f"{kind}_secret"],
        "grant_type": "client_credentials",
        **members,
    }
    return client.api("POST", f"/v1.0/oauth2/{corp_id or client.credentials['corp_id']}/token", body)


def request_legacy_token(client: DingTalkClient) -> str:
    query = {"appkey": client.credentials["app_key"], "appsecret": client.credentials["app_secret"]}
    answer = client.legacy("GET", "/gettoken", params=query)
    assert {**answer, "access_token": ""} == {"errcode": 0, "access_token": "", "errmsg": "ok", "expires_in": 7200}
    return str(answer["access_token"])


def sign_query(client: DingTalkClient, **parameters: str) -> str:
    """Return the query of a signed call, encoded as on the page."""
    query = {
        "accessKey": client.credentials["suite_key"],
        "timestamp": str(NOW * 1000),
        "suiteTicket": "Test",
        **parameters,
    }
    query.setdefault("signature", sign(query["timestamp"], query["suiteTicket"], client.credentials["suite_secret"]))
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())


def request_signed_corp_token(client: DingTalkClient, **parameters: str) -> Any:
    body = json.dumps({"auth_corpid": parameters.pop("corp", client.credentials["corp_id"])}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}  # as the page's curl sends JSON
    return client.legacy(
        "POST", f"/service/get_corp_token?{sign_query(client, **parameters)}", data=body, headers=headers
    )


def result_code(client: DingTalkClient, token: str) -> str:
    """Return the code with which a token's query for a job is refused; the job is unknown, if the token is accepted."""
    return str(client.job_result(token, "nowhere")[1]["code"])


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


@pytest.mark.parametrize(
    ("kind", "corp_id", "members", "expected"),
    [
        ("suite", None, {"client_secret": "wrong"}, (400, "invalid.client")),
        ("app", None, {"client_secret": "wrong"}, (400, "invalid.client")),
        ("suite", None, {"grant_type": "authorization_code"}, (400, "unsupported.grant.type")),
        ("suite", "dingelsewhere", {}, (401, "unauthorized.client")),
        ("app", "dingelsewhere", {}, (401, "unauthorized.client")),
    ],
)
def test_what_is_wrong_with_a_corps_path_is_told_by_its_page(
    client: DingTalkClient, kind: str, corp_id: str | None, members: dict[str, str], expected: tuple[int, str]
) -> None:
    status, body = request_token_by_path(client, kind, corp_id, **members)
    assert (status, body["code"]) == expected


@pytest.mark.parametrize(
    ("path", "change", "code"),
    [
        ("accessToken", {"appSecret": "wrong"}, "invalidClientIdOrSecret"),
        ("corpAccessToken", {"suiteSecret": "wrong"}, "invalidSuiteKey"),
        ("corpAccessToken", {"authCorpId": "dingelsewhere"}, "invalidAuthInfo"),
        ("suiteAccessToken", {"suiteSecret": "wrong"}, "invalidClientIdOrSecret"),
        ("userAccessToken", {"clientSecret": "wrong"}, "invalidClientIdOrSecret"),
        ("userAccessToken", {"code": "never given"}, "invalidCode"),
        ("userAccessToken", {"code": None}, "param.invalid"),
        ("userAccessToken", {"grantType": "password"}, "param.invalid"),
        ("userAccessToken", {"grantType": None}, "param.invalid"),
        ("userAccessToken", {"clientId": None}, "param.invalid"),
        ("userAccessToken", {"clientSecret": None}, "param.invalid"),
    ],
)
def test_what_is_wrong_with_a_request_for_a_token_is_told(
    client: DingTalkClient, path: str, change: dict[str, Any], code: str
) -> None:
    credentials = client.credentials
    valid_body: dict[str, Any] = {
        "accessToken": {"appKey": credentials["app_key"], "appSecret": credentials["app_secret"]},
        "corpAccessToken": {**client.suite_keys, "authCorpId": credentials["corp_id"]},
        "suiteAccessToken": client.suite_keys,
        "userAccessToken": {
            "clientId": credentials["suite_key"],
            "clientSecret": credentials["suite_secret"],
            "grantType": "authorization_code",
            "code": "x",
        },
    }[path]
    status, body = client.api("POST", f"/v1.0/oauth2/{path}", valid_body | change)
    assert (status, body["code"]) == (400, code)


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"timestamp": "yesterday"}, 853001),
        ({"timestamp": str(NOW)}, 853001),
        ({"timestamp": str((NOW + 61) * 1000)}, 853002),
        ({"timestamp": str((NOW - 61) * 1000)}, 853002),
        ({"signature": "c2lnbmF0dXJl"}, 853004),
        ({"suiteTicket": ""}, 40085),
        ({"corp": "dingelsewhere"}, 41030),
        ({"corp": ""}, 40035),
    ],
)
def test_a_signed_call_is_verified(client: DingTalkClient, parameters: dict[str, str], code: int) -> None:
    answer = request_signed_corp_token(client, **parameters)
    assert answer["errcode"] == code, answer


@pytest.mark.parametrize("skew", [-60, 0, 60])
def test_a_signature_may_be_a_minute_old(client: DingTalkClient, skew: int) -> None:
    assert request_signed_corp_token(client, timestamp=str((NOW + skew) * 1000))["errcode"] == 0


def test_a_signature_is_the_one_of_the_page() -> None:
    """Computed apart by openssl: printf '1527130370219\\nTestSuiteTicket' | openssl dgst -sha256 -hmac secret -binary."""
    assert sign("1527130370219", "TestSuiteTicket", "secret") == "GfdtU6QrH/WeMhBQx6bSkot0ETA0a6VSIVhkYZAuJAk="


def test_the_secret_may_stand_for_a_signature_as_in_the_pages_own_curl(client: DingTalkClient) -> None:
    credentials = client.credentials
    form = {"accessKey": credentials["suite_key"], "suiteTicket": "test", "auth_corpid": credentials["corp_id"]}
    for secret, code in ((credentials["suite_secret"], 0), ("wrong", 40088)):
        answer = client.legacy("POST", "/service/get_corp_token", data={**form, "accessSecret": secret})
        assert answer["errcode"] == code


@pytest.mark.reported("published log of calls without credentials, 2026-09-11")
def test_gettoken_reads_its_query_alone(client: DingTalkClient) -> None:
    keys = {"appkey": client.credentials["app_key"], "appsecret": client.credentials["app_secret"]}
    answer = client.legacy("GET", "/gettoken", data=keys)
    assert answer == {"errcode": 40035, "errmsg": "缺少参数 corpid or appkey"}
    answer = client.legacy("GET", "/gettoken", params={**keys, "appsecret": "wrong"})
    assert answer == {"errcode": 40096, "errmsg": "不合法的appKey或appSecret"}


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


@pytest.mark.documented("seeds 000 and 001: supported app type, third-party enterprise app")
def test_neither_a_suites_own_token_nor_a_users_may_translate(client: DingTalkClient) -> None:
    for token in (request_suite_token(client), request_user_token(client.credentials)):
        status, body = client.job_result(token, "nowhere")
        assert (status, body["code"]) == (403, DENIED_CODE)
        assert body["accessdenieddetail"] == {"requiredScopes": ["qyapi_get_member"]}


@pytest.mark.reported("casdoor/casdoor#4469")
def test_an_apps_token_may_not_ask_who_the_user_is(client: DingTalkClient) -> None:
    for token in (client.app_token(), client.corp_token()):
        status, body = client.api("GET", "/v1.0/contact/users/me", None, token)
        assert (status, body["code"]) == (403, DENIED_CODE)
        assert body["accessdenieddetail"] == {"requiredScopes": ["Contact.User.Read"]}


@pytest.mark.reported("published log of calls without credentials, 2026-09-11; satorijs/satori#240")
def test_each_host_words_a_bad_token_in_its_own_way(client: DingTalkClient) -> None:
    assert client.job_result("0" * 32, "x")[1].keys() == {"code", "requestid", "message"}
    code = {"code": "x"}
    path = "/topapi/v2/user/getuserinfo"
    answer = client.legacy("POST", path, data=code)
    assert answer.pop("request_id")
    assert answer == {
        "errcode": 88,
        "sub_code": "40000",
        "sub_msg": "access_token is blank",
        "errmsg": "ding talk error[subcode=40000,submsg=access_token is blank]",
    }
    answer = client.legacy("POST", path, data={**code, "access_token": "bad"})  # the form is read too
    assert (answer["errcode"], answer["sub_code"]) == (88, "40014")
    assert answer["errmsg"] == "ding talk error[subcode=40014,submsg=不合法的access_token]"
    single = "/file/upload/single"
    files = {"file": ("a.csv", b"x")}
    answer = client.legacy("POST", single, params={"access_token": "bad"}, files=files)
    assert answer == {"errcode": 40014, "errmsg": "不合法的access_token"}
    assert client.legacy("POST", single, files=files)["errcode"] == 41001
    header = {"x-acs-dingtalk-access-token": client.corp_token()}
    assert client.legacy("POST", path, data=code, headers=header)["sub_code"] == "40000"


def test_too_many_calls_are_refused_in_the_form_for_who_calls(server: Target) -> None:
    rules = [{"on": "dingtalk.*", "skip": 2, "then": {"throttle": {"next": 20}}}]
    with server.create_sandbox({"rules": rules}) as sandbox:
        client = DingTalkClient(sandbox.credentials("dingtalk"))
        corp, app = client.corp_token(), client.app_token()
        limit = "Forbidden.AccessDenied.QpsLimitFor{}Api"
        for token, caller in ((corp, "SuitekeyAndOrgAnd"), (app, "AppkeyAnd")):
            status, body = client.job_result(token, "x")
            assert (status, body["code"]) == (403, limit.format(caller))
        for token, code in ((corp, 90014), (app, 90005)):
            assert client.upload(token)["errcode"] == code
        keys = {"appKey": client.credentials["app_key"], "appSecret": "s"}
        assert client.api("POST", "/v1.0/oauth2/accessToken", keys)[1]["code"] == limit.format("AppkeyAnd")
        corp_keys = {**client.suite_keys, "authCorpId": "x"}
        assert client.api("POST", "/v1.0/oauth2/corpAccessToken", corp_keys)[1]["code"] == limit.format(
            "SuitekeyAndOrgAnd"
        )
