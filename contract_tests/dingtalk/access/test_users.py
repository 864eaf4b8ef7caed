"""People: silent login, OAuth 2.0 login, who the user is, and the directory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from alibabacloud_dingtalk.contact_1_0 import client as contact
from alibabacloud_dingtalk.contact_1_0 import models as contact_models
from alibabacloud_dingtalk.oauth2_1_0 import client as oauth2
from alibabacloud_dingtalk.oauth2_1_0 import models as oauth2_models
from alibabacloud_tea_openapi.models import Config
from alibabacloud_tea_util.models import RuntimeOptions

from contract_tests.clients.dingtalk.plain import DingTalkClient, log_in, login_url, request_user_token
from contract_tests.dingtalk.access.results import SCENARIO, run_job
from contract_tests.harness.target import Target

pytestmark = pytest.mark.documented("obtain-identity-credentials; obtain-the-userid-of-a-user-by-using-the-log-free")


DIRECTORY = {
    "users": {
        "manager01": "张三",
        "user002": {
            "name": "Jörg Müller",
            "unionId": "z21HjQliSzpw0Y",
            "mobile": "15012349144",
            "email": "joerg@example.com",
        },
    },
    "departments": {"1": "总部", "42": "Engineering"},
}


PLACEHOLDERS = "$userName=manager01$|$userName=user002$|$userName=stranger$|$departmentName=42$|$departmentName=7$"


def request_silent_code(client: DingTalkClient, **parameters: str) -> str:
    """Log in silently; return the code."""
    query = {"corpId": client.credentials["corp_id"], **parameters}
    return str(client.api("GET", "/oauth2/requestAuthCode", None, None, **query)[1]["code"])


def identify_user(client: DingTalkClient, code: str, token: str | None = None) -> Any:
    """Ask whose silent code this is; return the JSON."""
    query = {"access_token": token or client.corp_token()}
    return client.legacy("POST", "/topapi/v2/user/getuserinfo", params=query, data={"code": code})


def read_user(client: DingTalkClient, token: str, union_id: str = "me") -> tuple[int, Any]:
    """Ask for a user; return HTTP status and JSON."""
    return client.api("GET", f"/v1.0/contact/users/{union_id}", None, token)


def test_a_silent_code_tells_who_is_there(client: DingTalkClient) -> None:
    answer = identify_user(client, request_silent_code(client))
    assert answer.pop("request_id")
    assert (answer["errcode"], answer["errmsg"]) == (0, "ok")
    user = answer["result"]
    assert user.keys() == {"associated_unionid", "unionid", "device_id", "sys_level", "name", "sys", "userid"}
    assert (user["unionid"], user["userid"]) == (client.credentials["union_id"], client.credentials["user_id"])
    assert (user["sys"], user["sys_level"]) == (True, 1)
    other_user = identify_user(client, request_silent_code(client, userId="user007"))["result"]
    assert (other_user["userid"], other_user["unionid"] == user["unionid"], other_user["sys"]) == (
        "user007",
        False,
        False,
    )
    assert other_user == identify_user(client, request_silent_code(client, userId="user007"))["result"]


def test_a_silent_code_is_good_once_and_for_five_minutes(sandbox: Target, client: DingTalkClient) -> None:
    code = request_silent_code(client)
    assert [identify_user(client, code)["errcode"] for _ in range(2)] == [0, 40078]
    for seconds, errcode in ((299, 0), (300, 40078)):
        code, token = request_silent_code(client), client.corp_token()
        sandbox.advance(seconds)
        assert identify_user(client, code, token)["errcode"] == errcode
    assert identify_user(client, "made up")["errcode"] == 40078


def test_a_silent_code_is_for_one_corp(emulator: Target) -> None:
    client = DingTalkClient(emulator.credentials("dingtalk"))
    assert identify_user(client, request_silent_code(client), client.other_corp_token())["errcode"] == 40078
    assert (
        identify_user(client, request_silent_code(client, corpId="dingelsewhere"), client.other_corp_token())["errcode"]
        == 0
    )


def test_a_silent_code_may_come_as_json_too_and_has_to_come(client: DingTalkClient) -> None:
    path, query = "/topapi/v2/user/getuserinfo", {"access_token": client.corp_token()}
    assert client.legacy("POST", path, params=query, json={"code": request_silent_code(client)})["errcode"] == 0
    for body, form in (({}, None), (None, {}), ({"code": 7}, None)):
        answer = client.legacy("POST", path, params=query, json=body, data=form)
        assert (answer["errcode"], "request_id" in answer) == (40035, True)


def test_a_login_sends_the_browser_back_with_an_auth_code(client: DingTalkClient) -> None:
    link = "https://www.aaaaa.com/a/b?c=d"
    response = client.send("GET", login_url(client.credentials, link, state="d e&f").removeprefix(client.url))
    assert response.status_code == 302
    location_parts = urlsplit(response.headers["Location"])
    assert (location_parts.scheme, location_parts.netloc, location_parts.path) == ("https", "www.aaaaa.com", "/a/b")
    query = dict(parse_qsl(location_parts.query))
    assert query == {"c": "d", "authCode": query["authCode"], "state": "d e&f"}
    assert "state" not in log_in(client.credentials)
    link = "http://a.example/回调 x?y=%20z#部分"
    location = client.send("GET", login_url(client.credentials, link).removeprefix(client.url)).headers["Location"]
    assert location.isascii()
    assert location.startswith("http://a.example/%E5%9B%9E%E8%B0%83%20x?y=%20z&authCode=")
    assert location.endswith("#%E9%83%A8%E5%88%86")


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({"response_type": "token"}, "response_type"),
        ({"scope": "corpid"}, "openid"),
        ({"scope": "openid corpid", "corpId": "dingelsewhere"}, "the user is in ding"),
        ({"redirect_uri": "javascript:alert(1)"}, "redirect_uri"),
        ({"redirect_uri": "http://["}, "redirect_uri"),
        ({"redirect_uri": "http:/nowhere"}, "redirect_uri"),
        ({"redirect_uri": "http://a.example/\r\nSet-Cookie: x"}, "redirect_uri"),
    ],
)
@pytest.mark.assumed("what the page of a wrong login shows is not documented")
def test_a_wrong_login_is_told_on_its_page(client: DingTalkClient, parameters: dict[str, str], text: str) -> None:
    default_query = {"client_id": "k", "response_type": "code", "scope": "openid", "redirect_uri": "http://a.example/"}
    query = {**default_query, "client_id": client.credentials["suite_key"], **parameters}
    response = client.send("GET", f"/oauth2/auth?{urlencode(query)}")
    assert (response.status_code, response.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert text in response.text
    assert "Location" not in response.headers


@pytest.mark.sdk("alibabacloud_dingtalk 2.2.65")
@pytest.mark.parametrize(("scope", "has_corp"), [("openid", False), ("openid corpid", True)])
def test_an_auth_code_becomes_a_token_that_tells_who_logged_in(
    client: DingTalkClient, scope: str, *, has_corp: bool
) -> None:
    credentials, config = (
        client.credentials,
        Config(endpoint=client.credentials["endpoint"], protocol="http", region_id="central"),
    )
    request = oauth2_models.GetUserTokenRequest(
        client_id=credentials["suite_key"],
        client_secret=credentials["suite_secret"],
        grant_type="authorization_code",
        code=log_in(credentials, scope=scope)["authCode"],
    )
    token = oauth2.Client(config).get_user_token(request).body
    assert (token.expire_in, token.corp_id) == (7200, credentials["corp_id"] if has_corp else None)
    headers = contact_models.GetUserHeaders(x_acs_dingtalk_access_token=token.access_token)
    user = contact.Client(config).get_user_with_options("me", headers, RuntimeOptions()).body
    assert (user.union_id, user.state_code) == (credentials["union_id"], "86")
    assert re.fullmatch(r"13\d\*{4}\d{4}", user.mobile)  # a third-party app gets no whole number
    assert all((user.nick, user.avatar_url, user.open_id, user.email))
    with pytest.raises(Exception, match="invalidCode"):  # it is good once
        oauth2.Client(config).get_user_token(request)


@pytest.mark.assumed("documented of silent codes alone: five minutes, once")
def test_an_auth_code_is_good_for_five_minutes_and_for_its_own_app(sandbox: Target, client: DingTalkClient) -> None:
    credentials = client.credentials

    def exchange_code(code: str, kind: str = "suite") -> Any:
        keys = {"clientId": credentials[f"{kind}_key"], "clientSecret": credentials[f"{kind}_secret"]}
        body = {**keys, "grantType": "authorization_code", "code": code}
        return client.api("POST", "/v1.0/oauth2/userAccessToken", body)[1].get("code")

    for seconds, expected in ((299, None), (300, "invalidCode")):
        code = log_in(credentials)["authCode"]
        sandbox.advance(seconds)
        assert exchange_code(code) == expected
    assert exchange_code(log_in(credentials)["authCode"], "app") == "invalidCode"
    assert exchange_code(log_in(credentials, client_id=credentials["app_key"])["authCode"], "app") is None


def test_a_user_is_found_by_union_id_and_a_stranger_is_not(client: DingTalkClient) -> None:
    token = request_user_token(client.credentials)
    assert read_user(client, token) == read_user(client, token, client.credentials["union_id"])
    status, body = read_user(client, token, "nobody")
    assert (status, body["code"]) == (404, "invalidParameter.user.notFound")


@pytest.fixture
def listed_sandbox(server: Target) -> Iterator[Target]:
    with server.create_sandbox({**SCENARIO, "directory": DIRECTORY}) as target:
        yield target


def test_only_listed_ids_are_in_contact_scope(listed_sandbox: Target) -> None:
    client = DingTalkClient(listed_sandbox.credentials("dingtalk"))
    link = run_job(listed_sandbox, client, PLACEHOLDERS.encode())
    assert client.download(link).decode() == "张三|Jörg Müller|$userName=stranger$|Engineering|$departmentName=7$"


def test_the_first_that_is_listed_logs_in_and_all_have_what_the_list_says(listed_sandbox: Target) -> None:
    client = DingTalkClient(listed_sandbox.credentials("dingtalk"))
    first = identify_user(client, request_silent_code(client))["result"]
    assert (first["userid"], first["name"], first["unionid"]) == ("manager01", "张三", client.credentials["union_id"])
    second = identify_user(client, request_silent_code(client, userId="user002"))["result"]
    assert (second["name"], second["unionid"]) == ("Jörg Müller", "z21HjQliSzpw0Y")
    _, body = read_user(client, request_user_token(client.credentials), "z21HjQliSzpw0Y")
    assert (body["nick"], body["mobile"], body["email"]) == ("Jörg Müller", "150****9144", "joerg@example.com")


def test_a_name_in_a_file_is_the_name_of_the_user(sandbox: Target, client: DingTalkClient) -> None:
    names = client.download(run_job(sandbox, client, f"$userName={client.credentials['user_id']}$".encode())).decode()
    assert (
        names
        == identify_user(client, request_silent_code(client))["result"]["name"]
        == read_user(client, request_user_token(client.credentials))[1]["nick"]
    )


def test_departments_may_be_listed_without_users_and_languages_be_chosen(server: Target) -> None:
    directory: Mapping[str, Any] = {"departments": {"1": "总部"}, "languages": ["ko"]}
    with server.create_sandbox({**SCENARIO, "directory": directory}) as target:
        client = DingTalkClient(target.credentials("dingtalk"))
        link = run_job(target, client, b"$userName=u1$|$departmentName=1$|$departmentName=2$")
        name, first_department, second_department = client.download(link).decode().split("|")
    assert re.fullmatch(r"[\uac00-\ud7a3]+", name)
    assert (first_department, second_department) == ("总部", "$departmentName=2$")
