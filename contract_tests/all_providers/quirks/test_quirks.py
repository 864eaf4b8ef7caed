"""Every quirk is a switch that does what its table says, under each of its choices."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp
import openpyxl
import pytest
from fauxlate.server import PROVIDERS

from contract_tests.clients.dingtalk import logged_in, sent_back, user_token
from contract_tests.evidence import case
from contract_tests.target import Target

CHOICES = [(quirk, choice) for one in PROVIDERS for quirk in one.quirks for choice in quirk.choices]
JOBS = "machine-translation/file-translation/jobs"
Json = dict[str, Any]


class World:
    """A sandbox under one choice of one quirk, and the plainest clients of the three providers."""

    def __init__(self, session: aiohttp.ClientSession, told: Json) -> None:
        self.session = session
        self.id = told["id"]
        self.told: dict[str, dict[str, str]] = told["credentials"]

    async def ask(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        async with self.session.request(method, path, **more) as answer:
            data = await answer.read()
            return answer.status, json.loads(data) if answer.content_type == "application/json" else data

    async def advance(self, by: str) -> None:
        status, _ = await self.ask("PATCH", f"/__fauxlate/sandboxes/{self.id}/clock", json={"advance": by})
        assert status == 200

    async def scenario(self, quirks: Mapping[str, str], rule: Json) -> None:
        body = {"quirks": dict(quirks), "rules": [rule]}
        status, said = await self.ask("PUT", f"/__fauxlate/sandboxes/{self.id}/scenario", json=body)
        assert status == 200, said

    async def alimt(self, action: str, key: str | None = None, **parameters: str) -> tuple[int, Any]:
        common = {
            "Action": action,
            "Version": "2018-10-12",
            "Format": "JSON",
            "AccessKeyId": key or self.told["alibaba"]["access_key_id"],
        }
        return await self.ask("POST", f"/?{urlencode(common)}", data=parameters)

    async def text_job(self) -> str:
        other = {"Scene": "general", "FormatType": "text", "ApiType": "translate_standard"}
        languages = {"SourceLanguage": "zh", "TargetLanguage": "en"}
        _, said = await self.alimt("CreateAsyncTranslate", SourceText="你好", **languages, **other)
        return str(said["Data"]["JobId"])

    async def huawei(
        self, method: str, path: str, body: Json | None = None, token: str | None = None
    ) -> tuple[int, Any]:
        if token is None:  # without one, the project in the path still names the sandbox
            date = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
            signed = f"Access={self.told['huawei']['access_key']}, SignedHeaders=x-sdk-date, Signature=0a"
            headers = {"Authorization": f"SDK-HMAC-SHA256 {signed}", "X-Sdk-Date": date}
        else:
            headers = {"X-Auth-Token": token} if token else {}
        return await self.ask(method, f"/v1/{self.told['huawei']['project_id']}/{path}", json=body, headers=headers)

    async def document_job(self) -> str:
        asked = {"url": "https://b.example/a.txt", "from": "zh", "to": "en", "type": "txt"}
        _, said = await self.huawei("POST", JOBS, asked)
        return str(said["job_id"])

    async def corp_token(self, path: str = "/v1.0/oauth2/corpAccessToken") -> tuple[int, Any]:
        own = self.told["dingtalk"]
        suite = {"suiteKey": own["suite_key"], "suiteSecret": own["suite_secret"]}
        return await self.ask("POST", path, json={**suite, "authCorpId": own["corp_id"], "suiteTicket": "t"})

    async def translated(self, files: Mapping[str, bytes], output: str | None = None) -> tuple[Json, str, bytes]:
        """Run a job of contact ids; return the last answer, and name and content of its result."""
        token = (await self.corp_token())[1]["accessToken"]
        medias = {}
        for name, data in files.items():
            form = aiohttp.FormData()
            form.add_field("file", data, filename=name)
            _, said = await self.ask("POST", f"/file/upload/single?access_token={token}", data=form)
            medias[said["media_id"]] = name
        answer = await self.submitted(token, medias, output)
        if "url" not in answer:
            return answer, "", b""
        async with self.session.get(logged_in(self.told["dingtalk"], answer["url"])) as result:
            assert result.content_disposition is not None
            return answer, str(result.content_disposition.filename), await result.read()

    async def submitted(
        self, token: str, medias: Mapping[str, str], output: str | None = None, union_id: str = "u"
    ) -> Json:
        headers = {"x-acs-dingtalk-access-token": token}
        body = {"medias": medias, "unionId": union_id, **({"outputFileName": output} if output else {})}
        _, said = await self.ask("POST", "/v1.0/contact/files/translate", json=body, headers=headers)
        if "jobId" not in said:
            return dict(said)
        await self.advance("1m")
        path = f"/v1.0/contact/files/translateResults?jobId={said['jobId']}"
        return dict((await self.ask("GET", path, headers=headers))[1])


async def code_type(world: World, choice: str) -> None:
    _, said = await world.alimt("GetTranslateImageBatchResult", TaskId="x")
    assert said["Code"] == {"int": 200, "str": "200"}[choice]


async def error_representation(world: World, choice: str) -> None:
    status, said = await world.alimt("TranslateImageBatch", ImageUrls="x", SourceLanguage="e", TargetLanguage="en")
    expected = {"body_short": (200, 105), "body_long": (200, 10005), "gateway": (400, "System.LanguageNotSupported")}
    assert (status, said["Code"]) == expected[choice]


async def async_status(world: World, choice: str) -> None:
    job = await world.text_job()
    seen = []
    for step in ("0s", "1500ms", "3s"):
        await world.advance(step)
        data = (await world.alimt("GetAsyncTranslate", JobId=job))[1]["Data"]
        seen.append(data["Status"])
    assert data["TranslatedText"] == "hello"
    assert (
        seen
        == {
            "ready_when_done": ["translating", "translating", "ready"],
            "always_ready": ["ready", "ready", "ready"],
            "document_family": ["ready", "translating", "translated"],
        }[choice]
    )


async def success_message(world: World, choice: str) -> None:
    _, said = await world.alimt("GetTranslateImageBatchResult", TaskId="x")
    assert said.get("Message") == {"present": "OK", "absent": None}[choice]


async def sub_account_spelling(world: World, choice: str) -> None:
    seen = []
    for code in ("System.SubNotPermission", "System.subNotPermission"):
        quirks = {"alibaba.sub_account_spelling": choice, "alibaba.error_representation": "gateway"}
        await world.scenario(quirks, {"on": "alibaba.GetAsyncTranslate", "then": {"fail": code}})
        seen.append((await world.alimt("GetAsyncTranslate", JobId="x"))[1]["Code"])
    upper, lower = "System.SubNotPermission", "System.subNotPermission"
    assert seen == {"as_printed": [upper, lower], "upper": [upper, upper], "lower": [lower, lower]}[choice]


async def unknown_access_key_status(world: World, choice: str) -> None:
    rule = {"on": "alibaba.GetAsyncTranslate", "then": {"fail": "InvalidAccessKeyId.NotFound"}}
    await world.scenario({"alibaba.unknown_access_key_status": choice}, rule)
    assert (await world.alimt("GetAsyncTranslate", JobId="x"))[0] == int(choice)


async def alibaba_unknown_job(world: World, choice: str) -> None:
    assert (await world.alimt("GetAsyncTranslate", JobId="x"))[1]["Code"] == choice


async def started_status(world: World, choice: str) -> None:
    job = await world.document_job()
    await world.advance("3s")
    assert (await world.huawei("GET", f"{JOBS}/{job}"))[1] == {"status": choice}


async def failed_job(world: World, choice: str) -> None:
    course = {"timeline": ["WAITING 1s", "ERROR NLP.6306"]}
    await world.scenario({"huawei.failed_job": choice}, {"on": "huawei.RunFileTranslation", "then": course})
    error = {"error_code": "NLP.6306", "error_msg": "Empty file error."}
    if choice == "creation_error":
        asked = {"url": "https://b.example/a.txt", "from": "zh", "to": "en", "type": "txt"}
        assert await world.huawei("POST", JOBS, asked) == (400, error)
        return
    job = await world.document_job()
    await world.advance("1s")
    expected = {"error_status": (200, {"status": "ERROR", **error}), "query_error": (400, error)}
    assert await world.huawei("GET", f"{JOBS}/{job}") == expected[choice]


async def bad_token(world: World, choice: str) -> None:
    assert (await world.huawei("GET", f"{JOBS}/x", token="MIIFx"))[1]["error_code"] == choice


async def missing_authentication(world: World, choice: str) -> None:
    assert (await world.huawei("GET", f"{JOBS}/x", token=""))[1]["error_code"] == choice


async def other_project(world: World, choice: str) -> None:
    own = world.told["huawei"]
    user = {"name": own["user"], "password": own["password"], "domain": {"name": own["domain"]}}
    identity = {"methods": ["password"], "password": {"user": user}}
    auth = {"identity": identity, "scope": {"domain": {"name": own["domain"]}}}
    async with world.session.post("/v3/auth/tokens", json={"auth": auth}) as answer:
        token = answer.headers["X-Subject-Token"]
    code = (await world.huawei("GET", f"{JOBS}/x", token=token))[1]["error_code"]
    assert code == {"accepted": "NLP.6304"}.get(choice, choice)


async def key_lock(world: World, choice: str) -> None:
    _, told = await world.ask("POST", "/__fauxlate/sandboxes", json={"quirks": {"huawei.key_lock": choice}})
    verifying = World(world.session, told)
    for _ in range(5):
        assert "verify aksk" in (await verifying.huawei("GET", f"{JOBS}/x"))[1]["error_msg"]
    said = (await verifying.huawei("GET", f"{JOBS}/x"))[1]["error_msg"]
    assert {"never": "verify aksk", "five_failures": "AK access failed to reach the limit,forbidden."}[choice] in said
    world.id = verifying.id


async def longest_text(world: World, choice: str) -> None:
    statuses = []
    for length in (int(choice), int(choice) + 1):
        asked = {"text": "字" * length, "from": "zh", "to": "en"}
        statuses.append((await world.huawei("POST", "machine-translation/text-translation", asked))[0])
    assert statuses == [200, 400]


async def sample_path(world: World, choice: str) -> None:
    job = await world.document_job()
    said = (await world.huawei("GET", f"{JOBS.removesuffix('/jobs')}/{job}"))[1]
    assert said.get("status", said.get("error_code")) == {"refused": "APIG.0101", "accepted": "WAITING"}[choice]


async def wrong_method(world: World, choice: str) -> None:
    assert (await world.huawei("DELETE", f"{JOBS}/x"))[1]["error_code"] == choice


async def _links(world: World) -> tuple[str, str]:
    job = await world.document_job()
    await world.advance("1m")
    first = (await world.huawei("GET", f"{JOBS}/{job}"))[1]["url"]
    await world.advance("1m")
    return first, (await world.huawei("GET", f"{JOBS}/{job}"))[1]["url"]


async def link_renewal(world: World, choice: str) -> None:
    first, second = await _links(world)
    assert (first == second) == (choice == "same")
    await world.advance("10m")
    assert (await world.ask("GET", first))[0] == 403


async def link_check_order(world: World, choice: str) -> None:
    link = (await _links(world))[0].replace("Signature=", "Signature=x")
    await world.advance("10m")
    error = {"expiry_first": b"<Code>AccessDenied<", "signature_first": b"<Code>SignatureDoesNotMatch<"}[choice]
    assert error in (await world.ask("GET", link))[1]


async def gateway_prefix(world: World, choice: str) -> None:
    assert (await world.huawei("GET", "nowhere"))[1]["error_code"] == f"{choice}.0101"


async def authentication_failed_text(world: World, choice: str) -> None:
    said = (await world.huawei("GET", f"{JOBS}/x", token="MIIFx"))[1]["error_msg"]
    assert (
        said
        == {
            "failure_sample": "Authentication failed. Verify the token.",
            "error_table": "Authentication failed. Please verify the token",
            "english_table": "Authentication failed.",
        }[choice]
    )


async def task_not_found_text(world: World, choice: str) -> None:
    said = (await world.huawei("GET", f"{JOBS}/x"))[1]["error_msg"]
    assert said == {"error_table": "Task is not found!", "prose": "task id is not found"}[choice]


async def busy_text(world: World, choice: str) -> None:
    rule = {"on": "dingtalk.*File*", "then": {"fail": "system.busy"}}
    await world.scenario({"dingtalk.busy_text": choice}, rule)
    headers = {"x-acs-dingtalk-access-token": (await world.corp_token())[1]["accessToken"]}
    path = "/v1.0/contact/files/translateResults?jobId=x"
    status, said = await world.ask("GET", path, headers=headers)
    assert (status, said["message"]) == (500, {"page": "The system is busy.", "chinese": "系统繁忙"}[choice])


async def language(world: World, choice: str) -> None:
    rule = {"on": "dingtalk.GetCorpAccessToken", "then": {"fail": "unknownError"}}
    await world.scenario({"dingtalk.language": choice}, rule)
    assert (await world.corp_token())[1]["message"] == {"chinese": "未知错误", "english": "Unknown Error"}[choice]


async def dingtalk_unknown_job(world: World, choice: str) -> None:
    headers = {"x-acs-dingtalk-access-token": (await world.corp_token())[1]["accessToken"]}
    _, said = await world.ask("GET", "/v1.0/contact/files/translateResults?jobId=x", headers=headers)
    assert said.get("code", said.get("status")) == {"param.invalid": "param.invalid", "failed": "2"}[choice]


async def unknown_media(world: World, choice: str) -> None:
    said = await world.submitted((await world.corp_token())[1]["accessToken"], {"m": "a.xlsx"})
    assert said.get("code", said.get("status")) == {"param.invalid": "param.invalid", "failed": "2"}[choice]


async def unknown_union_id(world: World, choice: str) -> None:
    token = (await world.corp_token())[1]["accessToken"]
    form = aiohttp.FormData()
    form.add_field("file", b"x", filename="a.csv")
    _, said = await world.ask("POST", f"/file/upload/single?access_token={token}", data=form)
    medias = {said["media_id"]: "a.csv"}
    stranger = await world.submitted(token, medias, union_id="nobody")
    assert stranger.get("code", stranger.get("status")) == {"accepted": "1", "param.invalid": "param.invalid"}[choice]
    known = await world.submitted(token, medias, union_id=world.told["dingtalk"]["union_id"])
    assert known["status"] == "1"


def workbook() -> bytes:
    book: Any = openpyxl.Workbook()
    book.active["A1"] = "$userName=user001$"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_formula_string(data: bytes) -> bytes:
    """Return the workbook with its cell written as exceljs's stream writer does: `t="str"` and no formula."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
        for item in source.namelist():
            part = source.read(item)
            if item == "xl/worksheets/sheet1.xml":
                inline = b't="inlineStr"><is><t>$userName=user001$</t></is>'
                shared = b't="s"><v>0</v>'
                assert inline in part or shared in part
                cell = b't="str"><v>$userName=user001$</v>'
                part = part.replace(inline, cell).replace(shared, cell)
            target.writestr(item, part)
    return stream.getvalue()


def as_inline_string(data: bytes) -> bytes:
    """Return the workbook with its cell written as an inline string."""
    formula, inline = b't="str"><v>$userName=user001$</v>', b't="inlineStr"><is><t>$userName=user001$</t></is>'
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_formula_string(data))) as source, zipfile.ZipFile(stream, "w") as target:
        for item in source.namelist():
            target.writestr(item, source.read(item).replace(formula, inline))
    return stream.getvalue()


def cell(data: bytes) -> str:
    sheet: Any = openpyxl.load_workbook(io.BytesIO(data)).active
    return str(sheet["A1"].value)


async def formula_strings(world: World, choice: str) -> None:
    answer, _, data = await world.translated({"a.xlsx": as_formula_string(workbook())})
    assert answer["status"] == {"failed": "2", "untouched": "1"}[choice]
    if choice == "untouched":
        assert cell(data) == "$userName=user001$"


async def inline_strings(world: World, choice: str) -> None:
    _, _, data = await world.translated({"a.xlsx": as_inline_string(workbook())})
    assert (cell(data) == "$userName=user001$") == (choice == "untouched")


async def package(world: World, choice: str) -> None:
    _, name, _ = await world.translated({"a.csv": b"x"}, "all")
    assert name == {"when_named": "all.zip", "when_several": "a.csv"}[choice]
    assert (await world.translated({"a.csv": b"x"}))[1] == "a.csv"
    assert (await world.translated({"a.csv": b"x", "b.csv": b"y"}, "all"))[1] == "all.zip"


async def reissued_token(world: World, choice: str) -> None:
    first, second = [(await world.corp_token())[1]["accessToken"] for _ in range(2)]
    codes = []
    for token in (first, second):
        headers = {"x-acs-dingtalk-access-token": token}
        _, said = await world.ask("GET", "/v1.0/contact/files/translateResults?jobId=x", headers=headers)
        codes.append(said["code"])
    old = {"both_good": "param.invalid", "old_void": "InvalidAuthentication"}[choice]
    assert codes == [old, "param.invalid"]


async def callback_when(world: World, choice: str) -> None:
    at, quirks = f"/__fauxlate/sandboxes/{world.id}", {"dingtalk.callback_when": choice}
    wanted = {"url": "http://127.0.0.1:1/nobody", "check": False}
    assert (await world.ask("PUT", f"{at}/callbacks/dingtalk", json=wanted))[0] == 200
    await world.scenario(quirks, {"on": "dingtalk.TranslateFile", "then": {"timeline": ["0 1s", "2"]}})
    token = (await world.corp_token())[1]["accessToken"]
    form = aiohttp.FormData()
    form.add_field("file", b"$userName=u$", filename="a.csv")
    _, media = await world.ask("POST", f"/file/upload/single?access_token={token}", data=form)
    asked = {"medias": {media["media_id"]: "a.csv"}, "unionId": "u"}
    headers = {"x-acs-dingtalk-access-token": token}
    assert (await world.ask("POST", "/v1.0/contact/files/translate", json=asked, headers=headers))[0] == 200
    await world.advance("2s")
    _, journal = await world.ask("GET", f"{at}/journal?operation=transfer_contact_id_job_result")
    assert len(journal["entries"]) == {"successful": 0, "ended": 1}[choice]


async def token_path(world: World, choice: str) -> None:
    status, said = await world.corp_token("/oauth2/corpAccessToken")
    if choice == "both":
        assert (status, "accessToken" in said) == (200, True)
    else:  # seen live: a path without /v1.0 is the legacy host's to refuse
        assert (status, said) == (200, {"errcode": 404, "errmsg": "请求的URI地址不存在"})


async def internal_app_token(world: World, choice: str) -> None:
    own = world.told["dingtalk"]
    body = {"appKey": own["app_key"], "appSecret": own["app_secret"]}
    _, said = await world.ask("POST", "/v1.0/oauth2/accessToken", json=body)
    headers = {"x-acs-dingtalk-access-token": said["accessToken"]}
    status, said = await world.ask("GET", "/v1.0/contact/files/translateResults?jobId=x", headers=headers)
    denied = "Forbidden.AccessDenied.AccessTokenPermissionDenied"
    assert (status, said["code"]) == {"accepted": (400, "param.invalid"), "refused": (403, denied)}[choice]
    if choice == "refused":
        assert said["accessdenieddetail"] == {"requiredScopes": ["qyapi_get_member"]}


async def result_login(world: World, choice: str) -> None:
    token = (await world.corp_token())[1]["accessToken"]
    form = aiohttp.FormData()
    form.add_field("file", b"x", filename="a.csv")
    _, said = await world.ask("POST", f"/file/upload/single?access_token={token}", data=form)
    link = (await world.submitted(token, {said["media_id"]: "a.csv"}))["url"]
    told = world.told["dingtalk"]
    async with world.session.get(link) as bare:
        opened = bare.content_disposition is not None
    async with world.session.get(logged_in(told, link)) as answer:
        found = {"any_user": (False, 200), "same_user": (False, 403), "open": (True, 200)}
        assert (opened, answer.status) == found[choice]
        assert (answer.content_disposition is not None) == (choice != "same_user")
    if choice == "same_user":  # the job above was asked for by another
        link = (await world.submitted(token, {said["media_id"]: "a.csv"}, union_id=told["union_id"]))["url"]
        async with world.session.get(logged_in(told, link)) as answer:
            assert answer.content_disposition is not None


async def login(world: World, choice: str) -> None:
    told = world.told["dingtalk"]
    back = await asyncio.to_thread(sent_back, told, state="s t&")
    assert back["state"] == "s t&"
    assert back.get("error") == ("access_denied" if choice == "denied" else None)
    if choice == "denied":
        return
    token = await asyncio.to_thread(user_token, told)
    headers = {"x-acs-dingtalk-access-token": token}
    _, said = await world.ask("GET", "/v1.0/contact/users/me", headers=headers)
    assert (said["unionId"] == told["union_id"]) == (choice != "other_user")
    if choice == "expired":
        with pytest.raises(AssertionError):  # the page to log in, and no file
            await world.translated({"a.csv": b"x"})
    else:
        assert (await world.translated({"a.csv": b"x"}))[1] == "a.csv"


async def unknown_corp(world: World, choice: str) -> None:
    own = world.told["dingtalk"]
    body = {"client_id": own["suite_key"], "client_secret": own["suite_secret"], "grant_type": "client_credentials"}
    status, said = await world.ask("POST", "/v1.0/oauth2/dingnowhere/token", json=body)
    assert (status, said["code"]) == ({"unauthorized.client": 401, "unknownError": 500}[choice], choice)


async def ip_throttle_page(world: World, choice: str) -> None:
    await world.scenario(
        {"dingtalk.ip_throttle_page": choice}, {"on": "dingtalk.GetAccessToken", "then": {"fail": "1111"}}
    )
    body = {"appKey": world.told["dingtalk"]["app_key"], "appSecret": "x"}
    async with world.session.post("/v1.0/oauth2/accessToken", json=body) as answer:
        assert answer.status == 200
        if choice == "html":
            assert (answer.content_type, (await answer.text())[:9]) == ("text/html", "<!doctype")
        else:
            said = await answer.json()
            assert (said["status"], said["wait"], said["source"], said["punish"]) == (1111, 5, "x5", "deny")


CHECKS: dict[str, Callable[[World, str], Awaitable[None]]] = {
    "alibaba.code_type": code_type,
    "alibaba.error_representation": error_representation,
    "alibaba.async_status": async_status,
    "alibaba.success_message": success_message,
    "alibaba.sub_account_spelling": sub_account_spelling,
    "alibaba.unknown_access_key_status": unknown_access_key_status,
    "alibaba.unknown_job": alibaba_unknown_job,
    "huawei.started_status": started_status,
    "huawei.failed_job": failed_job,
    "huawei.bad_token": bad_token,
    "huawei.missing_authentication": missing_authentication,
    "huawei.other_project": other_project,
    "huawei.key_lock": key_lock,
    "huawei.longest_text": longest_text,
    "huawei.sample_path": sample_path,
    "huawei.wrong_method": wrong_method,
    "huawei.link_renewal": link_renewal,
    "huawei.link_check_order": link_check_order,
    "huawei.gateway_prefix": gateway_prefix,
    "huawei.authentication_failed_text": authentication_failed_text,
    "huawei.task_not_found_text": task_not_found_text,
    "dingtalk.busy_text": busy_text,
    "dingtalk.language": language,
    "dingtalk.unknown_job": dingtalk_unknown_job,
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


@pytest.mark.parametrize(("name", "choice"), [case(choice, quirk.name, choice.name) for quirk, choice in CHOICES])
async def test_a_quirk_does_what_its_choice_says(name: str, choice: str, server: Target) -> None:
    async with aiohttp.ClientSession(server.url) as session:
        asked = {"quirks": {name: choice}, "clock": {"mode": "frozen"}, "signatures": "ignored"}
        async with session.post("/__fauxlate/sandboxes", json=asked) as answer:
            world = World(session, await answer.json())
        await CHECKS[name](world, choice)
        _, coverage = await world.ask("GET", f"/__fauxlate/sandboxes/{world.id}/coverage?kind=quirk&only=served")
        assert f"{name} {choice}" in [row["name"] for row in coverage["rows"]]
        assert (await world.ask("DELETE", f"/__fauxlate/sandboxes/{world.id}"))[0] == 200
