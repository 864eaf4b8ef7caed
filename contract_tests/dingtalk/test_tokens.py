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

NOON = 1_767_268_800  # 2026-01-01T12:00:00Z
FROZEN = {"clock": {"mode": "frozen", "at": "2026-01-01T12:00:00Z"}}
DENIED = "Forbidden.AccessDenied.AccessTokenPermissionDenied"


@pytest.fixture
def box(server: Target) -> Iterator[Target]:
    with server.create_sandbox(FROZEN) as target:
        yield target


def suite_token(wire: DingTalkClient) -> str:
    return str(wire.api("POST", "/v1.0/oauth2/suiteAccessToken", wire.suite_keys)[1]["accessToken"])


def by_path(wire: DingTalkClient, kind: str, corp_id: str | None = None, **other: str) -> tuple[int, Any]:
    asked = {
        "client_id": wire.told[f"{kind}_key"],
        "client_secret": wire.told[f"{kind}_secret"],
        "grant_type": "client_credentials",
        **other,
    }
    return wire.api("POST", f"/v1.0/oauth2/{corp_id or wire.told['corp_id']}/token", asked)


def gettoken(wire: DingTalkClient) -> str:
    query = {"appkey": wire.told["app_key"], "appsecret": wire.told["app_secret"]}
    said = wire.legacy("GET", "/gettoken", params=query)
    assert {**said, "access_token": ""} == {"errcode": 0, "access_token": "", "errmsg": "ok", "expires_in": 7200}
    return str(said["access_token"])


def signed(wire: DingTalkClient, **other: str) -> str:
    """Return the query of a signed call, encoded as the page has it."""
    asked = {"accessKey": wire.told["suite_key"], "timestamp": str(NOON * 1000), "suiteTicket": "Test", **other}
    asked.setdefault("signature", sign(asked["timestamp"], asked["suiteTicket"], wire.told["suite_secret"]))
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in asked.items())


def corp_token_signed(wire: DingTalkClient, **other: str) -> Any:
    body = json.dumps({"auth_corpid": other.pop("corp", wire.told["corp_id"])}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}  # as the page's curl sends JSON
    return wire.legacy("POST", f"/service/get_corp_token?{signed(wire, **other)}", data=body, headers=headers)


def admitted(wire: DingTalkClient, token: str) -> str:
    """Return what the result page says to a token: of a job that there is not, if it is let in."""
    return str(wire.job_result(token, "nowhere")[1]["code"])


RENEWED: dict[str, Callable[[DingTalkClient], str]] = {
    "accessToken": DingTalkClient.app_token,
    "gettoken": gettoken,
    "{corpId}/token of an app": lambda wire: str(by_path(wire, "app")[1]["access_token"]),
}
NEW: dict[str, Callable[[DingTalkClient], str]] = {
    "corpAccessToken": DingTalkClient.corp_token,
    "get_corp_token": lambda wire: str(corp_token_signed(wire)["access_token"]),
    "{corpId}/token of a suite": lambda wire: str(by_path(wire, "suite")[1]["access_token"]),
}


@pytest.mark.parametrize("give", [pytest.param(give, id=name) for name, give in (RENEWED | NEW).items()])
def test_a_token_is_good_for_two_hours(
    box: Target, wire: DingTalkClient, give: Callable[[DingTalkClient], str]
) -> None:
    token = give(wire)
    box.advance(7199)
    assert admitted(wire, token) == "param.invalid"
    box.advance(1)
    assert admitted(wire, token) == "InvalidAuthentication"


@pytest.mark.parametrize("give", [pytest.param(give, id=name) for name, give in RENEWED.items()])
def test_an_app_is_given_the_same_token_again_its_time_begun_anew(
    box: Target, wire: DingTalkClient, give: Callable[[DingTalkClient], str]
) -> None:
    first = give(wire)
    box.advance(7000)
    assert give(wire) == first
    box.advance(7000)
    assert admitted(wire, first) == "param.invalid"
    box.advance(200)
    assert give(wire) != first


def test_both_hosts_give_an_app_one_token(wire: DingTalkClient) -> None:
    assert wire.app_token() == gettoken(wire) == by_path(wire, "app")[1]["access_token"]


@pytest.mark.parametrize("give", [lambda wire: wire.corp_token(), suite_token, NEW["{corpId}/token of a suite"]])
def test_a_suite_is_given_a_new_token_each_time(wire: DingTalkClient, give: Callable[[DingTalkClient], str]) -> None:
    assert len({give(wire) for _ in range(3)}) == 3


def test_get_corp_token_gives_a_new_token_each_time(wire: DingTalkClient) -> None:
    assert len({corp_token_signed(wire)["access_token"] for _ in range(3)}) == 3


@pytest.mark.sdk("alibabacloud_dingtalk 2.2.65: GetTokenResponseBody; page api-gettoken")
@pytest.mark.parametrize("kind", ["app", "suite"])
def test_the_token_of_a_corps_path_comes_in_snake_case(wire: DingTalkClient, kind: str) -> None:
    status, said = by_path(wire, kind)
    assert (status, said.keys(), said["expires_in"]) == (200, {"access_token", "expires_in"}, 7200)


@pytest.mark.parametrize(
    ("kind", "corp_id", "other", "expected"),
    [
        ("suite", None, {"client_secret": "wrong"}, (400, "invalid.client")),
        ("app", None, {"client_secret": "wrong"}, (400, "invalid.client")),
        ("suite", None, {"grant_type": "authorization_code"}, (400, "unsupported.grant.type")),
        ("suite", "dingelsewhere", {}, (401, "unauthorized.client")),
        ("app", "dingelsewhere", {}, (401, "unauthorized.client")),
    ],
)
def test_what_is_wrong_with_a_corps_path_is_told_by_its_page(
    wire: DingTalkClient, kind: str, corp_id: str | None, other: dict[str, str], expected: tuple[int, str]
) -> None:
    status, said = by_path(wire, kind, corp_id, **other)
    assert (status, said["code"]) == expected


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
    wire: DingTalkClient, path: str, change: dict[str, Any], code: str
) -> None:
    told = wire.told
    right: dict[str, Any] = {
        "accessToken": {"appKey": told["app_key"], "appSecret": told["app_secret"]},
        "corpAccessToken": {**wire.suite_keys, "authCorpId": told["corp_id"]},
        "suiteAccessToken": wire.suite_keys,
        "userAccessToken": {
            "clientId": told["suite_key"],
            "clientSecret": told["suite_secret"],
            "grantType": "authorization_code",
            "code": "x",
        },
    }[path]
    status, said = wire.api("POST", f"/v1.0/oauth2/{path}", right | change)
    assert (status, said["code"]) == (400, code)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"timestamp": "yesterday"}, 853001),
        ({"timestamp": str(NOON)}, 853001),
        ({"timestamp": str((NOON + 61) * 1000)}, 853002),
        ({"timestamp": str((NOON - 61) * 1000)}, 853002),
        ({"signature": "c2lnbmF0dXJl"}, 853004),
        ({"suiteTicket": ""}, 40085),
        ({"corp": "dingelsewhere"}, 41030),
        ({"corp": ""}, 40035),
    ],
)
def test_a_signed_call_is_verified(wire: DingTalkClient, other: dict[str, str], code: int) -> None:
    said = corp_token_signed(wire, **other)
    assert said["errcode"] == code, said


@pytest.mark.parametrize("skew", [-60, 0, 60])
def test_a_signature_may_be_a_minute_old(wire: DingTalkClient, skew: int) -> None:
    assert corp_token_signed(wire, timestamp=str((NOON + skew) * 1000))["errcode"] == 0


def test_a_signature_is_the_one_of_the_page() -> None:
    """Computed apart by openssl: printf '1527130370219\\nTestSuiteTicket' | openssl dgst -sha256 -hmac secret -binary."""
    assert sign("1527130370219", "TestSuiteTicket", "secret") == "GfdtU6QrH/WeMhBQx6bSkot0ETA0a6VSIVhkYZAuJAk="


def test_the_secret_may_stand_for_a_signature_as_in_the_pages_own_curl(wire: DingTalkClient) -> None:
    told = wire.told
    form = {"accessKey": told["suite_key"], "suiteTicket": "test", "auth_corpid": told["corp_id"]}
    for secret, code in ((told["suite_secret"], 0), ("wrong", 40088)):
        said = wire.legacy("POST", "/service/get_corp_token", data={**form, "accessSecret": secret})
        assert said["errcode"] == code


@pytest.mark.reported("published log of calls without credentials, 2026-09-11")
def test_gettoken_reads_its_query_alone(wire: DingTalkClient) -> None:
    keys = {"appkey": wire.told["app_key"], "appsecret": wire.told["app_secret"]}
    said = wire.legacy("GET", "/gettoken", data=keys)
    assert said == {"errcode": 40035, "errmsg": "缺少参数 corpid or appkey"}
    said = wire.legacy("GET", "/gettoken", params={**keys, "appsecret": "wrong"})
    assert said == {"errcode": 40096, "errmsg": "不合法的appKey或appSecret"}


def test_a_user_is_given_the_same_token_again_and_a_refresh_token_for_thirty_days(
    box: Target, wire: DingTalkClient
) -> None:
    told = wire.told
    keys = {"clientId": told["suite_key"], "clientSecret": told["suite_secret"]}

    def given(**more: str) -> Any:
        return wire.api("POST", "/v1.0/oauth2/userAccessToken", {**keys, **more})[1]

    first = given(grantType="authorization_code", code=log_in(told)["authCode"])
    assert first.keys() == {"accessToken", "refreshToken", "expireIn"}
    assert first["expireIn"] == 7200
    box.advance(7000)
    again = given(grantType="refresh_token", refreshToken=first["refreshToken"])
    assert again["accessToken"] == first["accessToken"]
    box.advance(7200)
    assert wire.api("GET", "/v1.0/contact/users/me", None, first["accessToken"])[1]["code"] == "InvalidAuthentication"
    later = given(grantType="refresh_token", refreshToken=again["refreshToken"])
    assert later["accessToken"] != first["accessToken"]
    assert wire.api("GET", "/v1.0/contact/users/me", None, later["accessToken"])[0] == 200
    box.advance("30d")
    assert given(grantType="refresh_token", refreshToken=later["refreshToken"])["code"] == "accesstoken.expired"
    assert given(grantType="refresh_token", refreshToken="made up")["code"] == "accesstoken.expired"


@pytest.mark.documented("seeds 000 and 001: supported app type, third-party enterprise app")
def test_neither_a_suites_own_token_nor_a_users_may_translate(wire: DingTalkClient) -> None:
    for token in (suite_token(wire), request_user_token(wire.told)):
        status, said = wire.job_result(token, "nowhere")
        assert (status, said["code"]) == (403, DENIED)
        assert said["accessdenieddetail"] == {"requiredScopes": ["qyapi_get_member"]}


@pytest.mark.reported("casdoor/casdoor#4469")
def test_an_apps_token_may_not_ask_who_the_user_is(wire: DingTalkClient) -> None:
    for token in (wire.app_token(), wire.corp_token()):
        status, said = wire.api("GET", "/v1.0/contact/users/me", None, token)
        assert (status, said["code"]) == (403, DENIED)
        assert said["accessdenieddetail"] == {"requiredScopes": ["Contact.User.Read"]}


@pytest.mark.reported("published log of calls without credentials, 2026-09-11; satorijs/satori#240")
def test_each_host_words_a_bad_token_in_its_own_way(wire: DingTalkClient) -> None:
    assert wire.job_result("0" * 32, "x")[1].keys() == {"code", "requestid", "message"}
    code = {"code": "x"}
    path = "/topapi/v2/user/getuserinfo"
    blank = wire.legacy("POST", path, data=code)
    assert blank.pop("request_id")
    assert blank == {
        "errcode": 88,
        "sub_code": "40000",
        "sub_msg": "access_token is blank",
        "errmsg": "ding talk error[subcode=40000,submsg=access_token is blank]",
    }
    bad = wire.legacy("POST", path, data={**code, "access_token": "bad"})  # the form is read too
    assert (bad["errcode"], bad["sub_code"]) == (88, "40014")
    assert bad["errmsg"] == "ding talk error[subcode=40014,submsg=不合法的access_token]"
    single = "/file/upload/single"
    files = {"file": ("a.csv", b"x")}
    bad = wire.legacy("POST", single, params={"access_token": "bad"}, files=files)
    assert bad == {"errcode": 40014, "errmsg": "不合法的access_token"}
    assert wire.legacy("POST", single, files=files)["errcode"] == 41001
    header = {"x-acs-dingtalk-access-token": wire.corp_token()}
    assert wire.legacy("POST", path, data=code, headers=header)["sub_code"] == "40000"


def test_too_many_calls_are_refused_in_the_form_for_who_calls(server: Target) -> None:
    rules = [{"on": "dingtalk.*", "skip": 2, "then": {"throttle": {"next": 20}}}]
    with server.create_sandbox({"rules": rules}) as box:
        wire = DingTalkClient(box.credentials("dingtalk"))
        corp, app = wire.corp_token(), wire.app_token()
        limit = "Forbidden.AccessDenied.QpsLimitFor{}Api"
        for token, whom in ((corp, "SuitekeyAndOrgAnd"), (app, "AppkeyAnd")):
            status, said = wire.job_result(token, "x")
            assert (status, said["code"]) == (403, limit.format(whom))
        for token, code in ((corp, 90014), (app, 90005)):
            assert wire.upload(token)["errcode"] == code
        keys = {"appKey": wire.told["app_key"], "appSecret": "s"}
        assert wire.api("POST", "/v1.0/oauth2/accessToken", keys)[1]["code"] == limit.format("AppkeyAnd")
        asked = {**wire.suite_keys, "authCorpId": "x"}
        assert wire.api("POST", "/v1.0/oauth2/corpAccessToken", asked)[1]["code"] == limit.format("SuitekeyAndOrgAnd")
