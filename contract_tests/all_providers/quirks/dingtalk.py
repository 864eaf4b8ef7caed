"""What the quirks of DingTalk do."""

from __future__ import annotations

import asyncio
import io
import zipfile
from typing import Any

import openpyxl
import pytest

from contract_tests.all_providers.quirks.sandbox import Check, QuirkSandbox
from contract_tests.clients.dingtalk.plain import log_in, login_url, request_user_token


async def busy_text(sandbox: QuirkSandbox, choice: str) -> None:
    rule = {"on": "dingtalk.*File*", "then": {"fail": "system.busy"}}
    await sandbox.follow_rule({"dingtalk.busy_text": choice}, rule)
    status, body = await sandbox.query_job(await sandbox.corp_token())
    assert (status, body["message"]) == (500, {"page": "The system is busy.", "chinese": "系统繁忙"}[choice])


async def language(sandbox: QuirkSandbox, choice: str) -> None:
    rule = {"on": "dingtalk.GetCorpAccessToken", "then": {"fail": "unknownError"}}
    await sandbox.follow_rule({"dingtalk.language": choice}, rule)
    _, body = await sandbox.request_corp_token()
    assert body["message"] == {"chinese": "未知错误", "english": "Unknown Error"}[choice]


async def unknown_job(sandbox: QuirkSandbox, choice: str) -> None:
    _, body = await sandbox.query_job(await sandbox.corp_token())
    assert body.get("code", body.get("status")) == {"param.invalid": "param.invalid", "failed": "2"}[choice]


async def unknown_media(sandbox: QuirkSandbox, choice: str) -> None:
    body = await sandbox.run_job(await sandbox.corp_token(), {"m": "a.xlsx"})
    assert body.get("code", body.get("status")) == {"param.invalid": "param.invalid", "failed": "2"}[choice]


async def unknown_union_id(sandbox: QuirkSandbox, choice: str) -> None:
    token = await sandbox.corp_token()
    medias = {await sandbox.upload(token): "a.csv"}
    stranger = await sandbox.run_job(token, medias, union_id="nobody")
    assert stranger.get("code", stranger.get("status")) == {"accepted": "1", "param.invalid": "param.invalid"}[choice]
    known = await sandbox.run_job(token, medias, union_id=sandbox.credentials["dingtalk"]["union_id"])
    assert known["status"] == "1"


_INLINE_CELL = b't="inlineStr"><is><t>$userName=user001$</t></is>'
_FORMULA_CELL = b't="str"><v>$userName=user001$</v>'
_SHARED_CELL = b't="s"><v>0</v>'


def workbook() -> bytes:
    """Return a workbook with one cell, a placeholder."""
    book: Any = openpyxl.Workbook()
    book.active["A1"] = "$userName=user001$"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_formula_string(data: bytes) -> bytes:
    """Return the workbook with its cell written as exceljs's stream writer does: `t="str"` and no formula."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert _INLINE_CELL in part or _SHARED_CELL in part
                part = part.replace(_INLINE_CELL, _FORMULA_CELL).replace(_SHARED_CELL, _FORMULA_CELL)
            target.writestr(name, part)
    return stream.getvalue()


def with_inline_string(data: bytes) -> bytes:
    """Return the workbook with its cell written as an inline string."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(with_formula_string(data))) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(_FORMULA_CELL, _INLINE_CELL))
    return stream.getvalue()


def first_cell(data: bytes) -> str:
    """Return the text of the first cell of a workbook."""
    sheet: Any = openpyxl.load_workbook(io.BytesIO(data)).active
    return str(sheet["A1"].value)


async def formula_strings(sandbox: QuirkSandbox, choice: str) -> None:
    result, _, data = await sandbox.translate_files({"a.xlsx": with_formula_string(workbook())})
    assert result["status"] == {"failed": "2", "untouched": "1"}[choice]
    if choice == "untouched":
        assert first_cell(data) == "$userName=user001$"


async def inline_strings(sandbox: QuirkSandbox, choice: str) -> None:
    _, _, data = await sandbox.translate_files({"a.xlsx": with_inline_string(workbook())})
    assert (first_cell(data) == "$userName=user001$") == (choice == "untouched")


async def package(sandbox: QuirkSandbox, choice: str) -> None:
    _, name, _ = await sandbox.translate_files({"a.csv": b"x"}, "all")
    assert name == {"when_named": "all.zip", "when_several": "a.csv"}[choice]
    assert (await sandbox.translate_files({"a.csv": b"x"}))[1] == "a.csv"
    assert (await sandbox.translate_files({"a.csv": b"x", "b.csv": b"y"}, "all"))[1] == "all.zip"


async def reissued_token(sandbox: QuirkSandbox, choice: str) -> None:
    tokens = [await sandbox.corp_token() for _ in range(2)]
    codes = [(await sandbox.query_job(token))[1]["code"] for token in tokens]
    old = {"both_good": "param.invalid", "old_void": "InvalidAuthentication"}[choice]
    assert codes == [old, "param.invalid"]


async def callback_when(sandbox: QuirkSandbox, choice: str) -> None:
    path = f"/__fauxlate/sandboxes/{sandbox.id}"
    subscription = {"url": "http://127.0.0.1:1/nobody", "check": False}
    assert (await sandbox.send("PUT", f"{path}/callbacks/dingtalk", json=subscription))[0] == 200
    rule = {"on": "dingtalk.TranslateFile", "then": {"timeline": ["0 1s", "2"]}}
    await sandbox.follow_rule({"dingtalk.callback_when": choice}, rule)
    token = await sandbox.corp_token()
    media_id = await sandbox.upload(token, data=b"$userName=u$")
    assert (await sandbox.submit(token, {media_id: "a.csv"}))[0] == 200
    await sandbox.advance("2s")
    _, journal = await sandbox.send("GET", f"{path}/journal?operation=transfer_contact_id_job_result")
    assert len(journal["entries"]) == {"successful": 0, "ended": 1}[choice]


async def token_path(sandbox: QuirkSandbox, choice: str) -> None:
    status, body = await sandbox.request_corp_token("/oauth2/corpAccessToken")
    if choice == "both":
        assert (status, "accessToken" in body) == (200, True)
    else:  # reported: a path without /v1.0 is the legacy host's to refuse
        assert (status, body) == (200, {"errcode": 404, "errmsg": "请求的URI地址不存在"})


async def internal_app_token(sandbox: QuirkSandbox, choice: str) -> None:
    credentials = sandbox.credentials["dingtalk"]
    keys = {"appKey": credentials["app_key"], "appSecret": credentials["app_secret"]}
    _, token = await sandbox.send("POST", "/v1.0/oauth2/accessToken", json=keys)
    status, body = await sandbox.query_job(token["accessToken"])
    denied = "Forbidden.AccessDenied.AccessTokenPermissionDenied"
    assert (status, body["code"]) == {"accepted": (400, "param.invalid"), "refused": (403, denied)}[choice]
    if choice == "refused":
        assert body["accessdenieddetail"] == {"requiredScopes": ["qyapi_get_member"]}


async def result_login(sandbox: QuirkSandbox, choice: str) -> None:
    token = await sandbox.corp_token()
    media_id = await sandbox.upload(token)
    link = (await sandbox.run_job(token, {media_id: "a.csv"}))["url"]
    credentials = sandbox.credentials["dingtalk"]
    async with sandbox.session.get(link) as response:
        is_open = response.content_disposition is not None
    async with sandbox.session.get(login_url(credentials, link)) as response:
        expected = {"any_user": (False, 200), "same_user": (False, 403), "open": (True, 200)}
        assert (is_open, response.status) == expected[choice]
        assert (response.content_disposition is not None) == (choice != "same_user")
    if choice == "same_user":  # the job above is another user's
        link = (await sandbox.run_job(token, {media_id: "a.csv"}, union_id=credentials["union_id"]))["url"]
        async with sandbox.session.get(login_url(credentials, link)) as response:
            assert response.content_disposition is not None


async def login(sandbox: QuirkSandbox, choice: str) -> None:
    credentials = sandbox.credentials["dingtalk"]
    redirection = await asyncio.to_thread(log_in, credentials, state="s t&")
    assert redirection["state"] == "s t&"
    assert redirection.get("error") == ("access_denied" if choice == "denied" else None)
    if choice == "denied":
        return
    token = await asyncio.to_thread(request_user_token, credentials)
    _, user = await sandbox.call_dingtalk("GET", "/v1.0/contact/users/me", token)
    assert (user["unionId"] == credentials["union_id"]) == (choice != "other_user")
    if choice == "expired":
        with pytest.raises(AssertionError):  # the page to log in, and no file
            await sandbox.translate_files({"a.csv": b"x"})
    else:
        assert (await sandbox.translate_files({"a.csv": b"x"}))[1] == "a.csv"


async def unknown_corp(sandbox: QuirkSandbox, choice: str) -> None:
    credentials = sandbox.credentials["dingtalk"]
    keys = {
        "client_id": credentials["suite_key"],
        "client_secret": credentials["suite_secret"],
        "grant_type": "client_credentials",
    }
    status, body = await sandbox.send("POST", "/v1.0/oauth2/dingnowhere/token", json=keys)
    assert (status, body["code"]) == ({"unauthorized.client": 401, "unknownError": 500}[choice], choice)


async def ip_throttle_page(sandbox: QuirkSandbox, choice: str) -> None:
    rule = {"on": "dingtalk.GetAccessToken", "then": {"fail": "1111"}}
    await sandbox.follow_rule({"dingtalk.ip_throttle_page": choice}, rule)
    keys = {"appKey": sandbox.credentials["dingtalk"]["app_key"], "appSecret": "x"}
    async with sandbox.session.post("/v1.0/oauth2/accessToken", json=keys) as response:
        assert response.status == 200
        if choice == "html":
            assert (response.content_type, (await response.text())[:9]) == ("text/html", "<!doctype")
        else:
            body = await response.json()
            assert (body["status"], body["wait"], body["source"], body["punish"]) == (1111, 5, "x5", "deny")


CHECKS: dict[str, Check] = {
    "dingtalk.busy_text": busy_text,
    "dingtalk.language": language,
    "dingtalk.unknown_job": unknown_job,
    "dingtalk.unknown_media": unknown_media,
    "dingtalk.unknown_union_id": unknown_union_id,
    "dingtalk.formula_strings": formula_strings,
    "dingtalk.inline_strings": inline_strings,
    "dingtalk.callback_when": callback_when,
    "dingtalk.package": package,
    "dingtalk.reissued_token": reissued_token,
    "dingtalk.token_path": token_path,
    "dingtalk.internal_app_token": internal_app_token,
    "dingtalk.result_login": result_login,
    "dingtalk.login": login,
    "dingtalk.unknown_corp": unknown_corp,
    "dingtalk.ip_throttle_page": ip_throttle_page,
}
