"""What is refused of requests for access tokens, of their signatures, and of the tokens themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fauxlate.providers.dingtalk.access.legacy_tokens import sign

from contract_tests.clients.dingtalk.plain import DingTalkClient, request_user_token
from contract_tests.dingtalk.access.tokens import (
    NOW,
    SCENARIO,
    request_signed_corp_token,
    request_suite_token,
    request_token_by_path,
)
from contract_tests.harness.target import Target

pytestmark = pytest.mark.documented("the page of the token, named in the catalog as the source of its operation")


DENIED_CODE = "Forbidden.AccessDenied.AccessTokenPermissionDenied"


@pytest.fixture
def sandbox(server: Target) -> Iterator[Target]:
    with server.create_sandbox(SCENARIO) as target:
        yield target


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
