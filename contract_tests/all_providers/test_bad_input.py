"""Whatever a client sends, it gets a documented error in the provider's own shape: no 500, no HTML, no traceback."""

from __future__ import annotations

import http.client
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree

import aiohttp
import pytest
from fauxlate.engine.tables.parameters import places
from fauxlate.server import PROVIDERS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yarl import URL

from contract_tests.clients.dingtalk import logged_in, user_token
from contract_tests.documented import parameters
from contract_tests.evidence import case
from contract_tests.speaking import Sent
from contract_tests.target import Target
from contract_tests.test_dingtalk_sdk import corp_token
from contract_tests.test_huawei_sdk import iam_token

OPERATIONS = {f"{provider.name}.{op.name}": op for provider in PROVIDERS for op in provider.operations}
API = [name for name, op in OPERATIONS.items() if op.response is not None]
CODES = {provider.name: {row.code for row in provider.errors} for provider in PROVIDERS}


_JSON = {"Content-Type": "application/json"}
_DOCUMENT = {"url": "https://b.example/a.docx", "from": "zh", "to": "en", "type": "docx"}
_TEXT = {
    "SourceLanguage": "zh",
    "TargetLanguage": "en",
    "SourceText": "x",
    "Scene": "general",
    "FormatType": "text",
    "ApiType": "translate_standard",
}
_IMAGES = {"ImageUrls": "https://e.example/a.png", "SourceLanguage": "zh", "TargetLanguage": "en"}


_PAIR = {"SourceLanguage": "zh", "TargetLanguage": "en"}
_PLAIN = {**_PAIR, "SourceText": "x", "FormatType": "text"}
_TITLE = {"Title": "x", "Language": "en", "Platform": "ae", "CategoryId": "0"}
_URL = "https://e.example/a.png"
_ALIMT = {
    "TranslateGeneral": _PLAIN,
    "TranslateGeneralVpc": _PLAIN,
    "Translate": {**_PLAIN, "Scene": "title"},
    "TranslateECommerce": {**_PLAIN, "Scene": "title"},
    "TranslateSearch": {**_PLAIN, "Scene": "query"},
    "GetBatchTranslate": {**_TEXT, "SourceText": '{"11":"x"}'},
    "GetBatchTranslateByVPC": {**_TEXT, "SourceText": '{"11":"x"}'},
    "GetDetectLanguage": {"SourceText": "x"},
    "GetDetectLanguageVpc": {"SourceText": "x"},
    "TranslateImage": {**_PAIR, "ImageUrl": _URL},
    "TranslateCertificate": {**_PAIR, "ImageUrl": _URL, "CertificateType": "idcard"},
    "CreateDocTranslateTask": {**_PAIR, "FileUrl": "https://e.example/a.docx"},
    "GetImageTranslate": {**_PAIR, "Url": _URL},
    "CreateImageTranslateTask": {**_PAIR, "UrlList": _URL},
    "GetImageTranslateTask": {"TaskId": "x"},
    "GetImageDiagnose": {"Url": _URL},
    "GetTitleDiagnose": _TITLE,
    "GetTitleGenerate": _TITLE,
    "GetTitleIntelligence": {"Platform": "ae", "CatLevelTwoId": "0", "CatLevelThreeId": "0"},
}
_IN_QUERY = {
    "OpenAlimtService": {"Type": "alimt"},
    "GetTranslateReport": {
        "BeginTime": "2021-03-01 00:00:00",
        "EndTime": "2021-03-01 23:59:59",
        "ApiName": "translate_standard",
        "Group": "hour",
    },
}
"""Their parameters are sent in the query, and their body is empty."""


def _alimt(action: str, parameters: Mapping[str, str], **more: str) -> Sent:
    query = {"Action": action, "Version": "2018-10-12", "Format": "JSON", "AccessKeyId": "key", **more}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return Sent("POST", "/", query, form, urlencode(parameters).encode())


def _json(path: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> Sent:
    return Sent("POST", path, {}, {**headers, **_JSON}, json.dumps(body).encode())


_SPACE = "/v1.0/drive/spaces/1/files"
_FOLDER = "/v2.0/storage/spaces/files/u"


def _dingtalk(name: str, told: Mapping[str, str], token: str) -> dict[str, Sent]:
    """Return requests of what is around the job: tokens, login, users, uploads and the drive."""
    ding, user = ({"x-acs-dingtalk-access-token": token} for token in (token, ""))
    if name == "dingtalk.GetUser":
        user = {"x-acs-dingtalk-access-token": user_token(told)}
    suite = {"suiteKey": told["suite_key"], "suiteSecret": told["suite_secret"], "suiteTicket": "t"}
    client = {"clientId": "k", "clientSecret": "s", "grantType": "authorization_code", "code": "c"}
    by_snake = {"client_id": "k", "client_secret": "s", "grant_type": "client_credentials"}
    signed = {"accessKey": "k", "timestamp": "1", "suiteTicket": "t", "signature": "s"}
    chunk = {"file_size": "1", "chunk_numbers": "1"}
    file = {"unionId": "u", "fileName": "a.csv", "fileSize": "1", "md5": "m"}
    header = {"protocol": "HEADER_SIGNATURE"}
    part = b'--b\r\nContent-Disposition: form-data; name="media"; filename="a.xlsx"\r\n\r\nx\r\n--b--\r\n'
    boundary = {"Content-Type": "multipart/form-data; boundary=b"}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    infos, commit = {"unionId": "u"}, {"uploadKey": "k", "name": "a.csv"}
    of_user = {"fileType": "file", "fileName": "a.csv", "unionId": "u", "mediaId": "m"}
    sent = {
        "GetSuiteAccessToken": _json("/v1.0/oauth2/suiteAccessToken", {}, suite),
        "GetUserToken": _json("/v1.0/oauth2/userAccessToken", {}, client),
        "GetToken": _json(f"/v1.0/oauth2/{told['corp_id']}/token", {}, by_snake),
        "Gettoken": Sent("GET", "/gettoken", {"appkey": "k", "appsecret": "s"}),
        "ServiceGetCorpToken": Sent("POST", "/service/get_corp_token", signed, _JSON, b'{"auth_corpid": "c"}'),
        "OAuth2Auth": Sent(
            "GET",
            "/oauth2/auth",
            dict(parse_qsl(urlsplit(logged_in(told, f"http://{told['endpoint']}/login?redirectUri=x")).query)),
        ),
        "Login": Sent("GET", "/login", {"redirectUri": "/"}),
        "RequestAuthCode": Sent("GET", "/oauth2/requestAuthCode", {"corpId": told["corp_id"]}),
        "V2UserGetuserinfo": Sent("POST", "/topapi/v2/user/getuserinfo", {"access_token": token}, form, b"code=c"),
        "GetUser": Sent("GET", "/v1.0/contact/users/me", {}, user),
        "UploadTransaction": Sent("GET", "/file/upload/transaction", {"access_token": token, **chunk}),
        "UploadChunk": Sent(
            "POST",
            "/file/upload/chunk",
            {"access_token": token, "upload_id": "u", "chunk_sequence": "1"},
            boundary,
            part,
        ),
        "MediaUpload": Sent("POST", "/media/upload", {"access_token": token, "type": "file"}, boundary, part),
        "GetUploadInfo": Sent("GET", f"{_SPACE}/0/uploadInfos", file, ding),
        "AddFile": _json(_SPACE, ding, of_user),
        "GetFileUploadInfoV1": replace(
            _json("/v1.0/storage/spaces/1/files/uploadInfos/query", ding, header), query=infos
        ),
        "CommitFileV1": replace(
            _json("/v1.0/storage/spaces/1/files/commit", ding, {**commit, "parentId": "0"}), query=infos
        ),
        "GetFileUploadInfo": replace(_json(f"{_FOLDER}/uploadInfos/query", ding, header), query=infos),
        "CommitFile": replace(_json(f"{_FOLDER}/commit", ding, commit), query=infos),
        "PutObject": Sent("PUT", "/dingtalk-drive/yundisk0/nothing", {}, {"Authorization": "OSS k:s"}, b"x"),
    }
    return {f"dingtalk.{operation}": request for operation, request in sent.items()}


def right(name: str, emulator: Target) -> Sent:
    """Return a request of the operation that is well formed, though what it asks for may not exist."""
    told = emulator.environment
    token = corp_token(emulator) if name.startswith("dingtalk") else ""
    ding = {"x-acs-dingtalk-access-token": token}
    iam = {"X-Auth-Token": iam_token(told["huawei"]) if name.startswith("huawei") else ""}
    user = {"name": told["huawei"]["user"], "password": told["huawei"]["password"]}
    identity = {"methods": ["password"], "password": {"user": user}}
    boundary = {"Content-Type": "multipart/form-data; boundary=b"}
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nx\r\n--b--\r\n'
    suite = {"suiteKey": told["dingtalk"]["suite_key"], "suiteSecret": told["dingtalk"]["suite_secret"]}
    translation = f"/v1/{told['huawei']['project_id']}/machine-translation"
    jobs = f"{translation}/file-translation/jobs"
    subject = {"X-Subject-Token": iam.get("X-Auth-Token", "")}
    link = {"AccessKeyId": "x", "Expires": "9999999999", "Signature": "x"}
    return {
        "alibaba.CreateAsyncTranslate": _alimt("CreateAsyncTranslate", _TEXT),
        "alibaba.GetAsyncTranslate": _alimt("GetAsyncTranslate", {"JobId": "x"}),
        "alibaba.TranslateImageBatch": _alimt("TranslateImageBatch", _IMAGES),
        "alibaba.GetTranslateImageBatchResult": _alimt("GetTranslateImageBatchResult", {"TaskId": "x"}),
        "alibaba.ImageResult": Sent("GET", "/alimt-results/tag/task/0/final.png"),
        "alibaba.DocumentResult": Sent("GET", "/alimt-results/tag/task/a_en.docx"),
        **{f"alibaba.{action}": _alimt(action, parameters) for action, parameters in _ALIMT.items()},
        **{f"alibaba.{action}": _alimt(action, {}, **query) for action, query in _IN_QUERY.items()},
        "alibaba.GetDocTranslateTask": replace(_alimt("GetDocTranslateTask", {}, TaskId="x"), method="GET", body=None),
        "huawei.RunTextTranslation": _json(
            f"{translation}/text-translation", iam, {"text": "x", "from": "zh", "to": "en"}
        ),
        "huawei.RunLanguageDetection": _json(f"{translation}/language-detection", iam, {"text": "x"}),
        "huawei.RunFileTranslation": _json(jobs, iam, _DOCUMENT),
        "huawei.RunGetFileTranslationResult": Sent("GET", f"{jobs}/x", {}, iam),
        "huawei.KeystoneCreateUserTokenByPassword": _json("/v3/auth/tokens", {}, {"auth": {"identity": identity}}),
        "huawei.KeystoneValidateToken": Sent("GET", "/v3/auth/tokens", {}, {**iam, **subject}),
        "huawei.KeystoneListProjects": Sent("GET", "/v3/projects", {"name": "cn-north-4"}, iam),
        "huawei.KeystoneCreateProject": _json("/v3/projects", iam, {"project": {"name": "cn-north-4"}}),
        "huawei.KeystoneListRegions": Sent("GET", "/v3/regions", {}, iam),
        "huawei.KeystoneListAuthDomains": Sent("GET", "/v3/auth/domains", {}, iam),
        "huawei.CreateBucket": Sent("PUT", "/bucket", link),
        "huawei.HeadBucket": Sent("HEAD", "/bucket", link),
        "huawei.InitiateMultipartUpload": Sent("POST", "/bucket/key", {**link, "uploads": ""}),
        "huawei.UploadPart": Sent("PUT", "/bucket/key", {**link, "uploadId": "x", "partNumber": "1"}, body=b"x"),
        "huawei.CompleteMultipartUpload": Sent("POST", "/bucket/key", {**link, "uploadId": "x"}, body=b"<a/>"),
        "huawei.AbortMultipartUpload": Sent("DELETE", "/bucket/key", {**link, "uploadId": "x"}),
        "huawei.PutObject": Sent("PUT", "/bucket/key", link, body=b"x"),
        "huawei.GetObject": Sent("GET", "/bucket/nothing", link),
        "huawei.DeleteObject": Sent("DELETE", "/bucket/key", link),
        "dingtalk.GetAccessToken": _json("/v1.0/oauth2/accessToken", {}, {"appKey": "k", "appSecret": "s"}),
        "dingtalk.GetCorpAccessToken": _json(
            "/v1.0/oauth2/corpAccessToken",
            {},
            {**suite, "authCorpId": told["dingtalk"]["corp_id"], "suiteTicket": "t"},
        ),
        "dingtalk.UploadSingle": Sent("POST", "/file/upload/single", {"access_token": token}, boundary, part),
        "dingtalk.TranslateFile": _json(
            "/v1.0/contact/files/translate", ding, {"medias": {"m": "a.csv"}, "unionId": "u"}
        ),
        "dingtalk.GetTranslateFileJobResult": Sent("GET", "/v1.0/contact/files/translateResults", {"jobId": "x"}, ding),
        "dingtalk.DownloadResult": Sent("GET", "/contact/files/ticket"),
        **_dingtalk(name, told["dingtalk"], token),
        "dingtalk.OpenConnection": _json(
            "/v1.0/gateway/connections/open",
            {},
            {
                "clientId": suite["suiteKey"],
                "clientSecret": suite["suiteSecret"],
                "subscriptions": [{"type": "EVENT", "topic": "*"}],
            },
        ),
        "dingtalk.Connect": Sent(
            "GET", "/v1.0/gateway/connect", {"ticket": "x"}, {"Upgrade": "websocket", "Connection": "Upgrade"}
        ),
    }[name]


@pytest.fixture
async def session(emulator: Target) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(emulator.url) as session:
        yield session


async def answered(session: aiohttp.ClientSession, sent: Sent) -> tuple[int, str, bytes, str]:
    """Return status, content type and body of the answer, and the hint for the client's author."""
    headers = {"Content-Type": "", **sent.headers} if sent.body is None else sent.headers
    headers = {name: value for name, value in headers.items() if value}
    url = URL(sent.url, encoded=True)
    async with session.request(sent.method, url, headers=headers, data=sent.body) as answer:
        return answer.status, answer.content_type, await answer.read(), answer.headers.get("X-Fauxlate-Hint", "")


def code_of(content_type: str, body: bytes) -> str | None:
    """Return the error code in a provider's answer, None where it is no error."""
    if not body or (content_type == "text/html" and b"<title>DingTalk login</title>" in body):
        return None  # storage says yes by the status alone
    assert content_type in ("application/json", "application/xml"), body[:200]
    if content_type == "application/xml":
        return ElementTree.fromstring(body).findtext("Code")
    said = json.loads(body)
    if "error" in said:
        return str(said["error"]["code"])
    for key in ("error_code", "code", "Code", "errcode"):  # a code alone is that of silent login
        if key in said and said.keys() != {"code"} and said[key] not in (200, "200", 0):
            return str(said[key])
    return None


def documented(name: str, code: str) -> bool:
    provider = name.partition(".")[0]
    numbered = {str(row.listed) for one in PROVIDERS if one.name == "alibaba" for row in one.errors}
    filled = code.startswith(("Missing", "Invalid")) and provider == "alibaba"
    return code in CODES[provider] or filled or (provider == "alibaba" and code in numbered)


async def refused(session: aiohttp.ClientSession, name: str, sent: Sent) -> tuple[str, str]:
    """Send what is wrong; return the code of the documented error that comes back, and the hint beside it."""
    status, content_type, body, hint = await answered(session, sent)
    assert status < 500, (name, status, body)
    code = code_of(content_type, body)
    assert code is not None, (name, body)
    assert documented(name, code), (name, code)
    return code, hint


_NOT_THERE = {
    "dingtalk.GetUserToken": ("invalidCode",),
    "dingtalk.V2UserGetuserinfo": ("40078",),
    "dingtalk.UploadChunk": ("40035",),
    "dingtalk.AddFile": ("param.error",),
    "dingtalk.CommitFileV1": ("paramError",),
    "dingtalk.CommitFile": ("paramError.uploadKey",),
    "dingtalk.PutObject": ("AccessDenied",),
}
"""What operations say of a code, an upload or an object that there never was."""


@pytest.mark.parametrize("name", [case(OPERATIONS[name], name) for name in OPERATIONS])
async def test_the_request_that_is_then_spoilt_is_a_right_one(
    name: str, emulator: Target, session: aiohttp.ClientSession
) -> None:
    status, content_type, body, _ = await answered(session, right(name, emulator))
    assert status < 500
    code = code_of(content_type, body)
    not_there = {"System.ParameterError", "NoSuchKey", "NoSuchBucket", "NLP.6304", "param.invalid"}
    not_there |= {
        "InvalidAction.NotFound",
        "10025",
        "104",
        "ORDER.OPEND",
        "NoSuchUpload",
        "authFailed",
        *_NOT_THERE.get(name, ()),
    }
    assert code is None or code in not_there, body


@pytest.mark.parametrize("name", [case(OPERATIONS[name], name) for name in OPERATIONS])
async def test_a_wrong_method_is_refused(name: str, emulator: Target, session: aiohttp.ClientSession) -> None:
    here = (OPERATIONS[name].path, OPERATIONS[name].action)
    right_ones = {method for op in OPERATIONS.values() if (op.path, op.action) == here for method in op.methods}
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - right_ones:
        await refused(session, name, replace(right(name, emulator), method=method))


WITH_BODY = [
    name
    for name in API
    if OPERATIONS[name].methods[0] == "POST"
    and {"form", "body", "file"} & set(places(OPERATIONS[name].parameters).values())
]


@pytest.mark.parametrize("name", [case(OPERATIONS[name], name) for name in WITH_BODY])
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"a": "\xff"}', b"%ff=%ff", b"a" * 100, b"[" * 100_000],
    ids=["empty", "brace", "list", "null", "string", "bytes", "invalid utf-8", "percent", "word", "deep"],
)
async def test_a_broken_body_is_refused(
    name: str, body: bytes, emulator: Target, session: aiohttp.ClientSession
) -> None:
    await refused(session, name, replace(right(name, emulator), body=body))


@pytest.mark.parametrize("name", [case(OPERATIONS[name], name) for name in WITH_BODY if OPERATIONS[name].media_types])
async def test_another_content_type_is_refused(name: str, emulator: Target, session: aiohttp.ClientSession) -> None:
    sent = right(name, emulator)
    await refused(session, name, replace(sent, headers={**sent.headers, "Content-Type": "text/plain"}))


def _fields(name: str, *places: str, required: bool = True) -> list[str]:
    printed = [(one, told) for operation, one, told in parameters() if operation == name]
    return [one for one, told in printed if told["required"] is required and told["in"] in places]


REQUIRED = [(name, parameter) for name in API for parameter in _fields(name, "query", "header", "form", "body")]


@pytest.mark.parametrize(
    ("name", "parameter"), [case(OPERATIONS[name], name, parameter) for name, parameter in REQUIRED]
)
async def test_a_missing_parameter_is_refused(
    name: str, parameter: str, emulator: Target, session: aiohttp.ClientSession
) -> None:
    sent = right(name, emulator)
    without = replace(
        sent,
        query={key: value for key, value in sent.query.items() if key != parameter},
        headers={key: value for key, value in sent.headers.items() if key.lower() != parameter},
    )
    if sent.headers.get("Content-Type") == "application/json":
        body = json.loads(sent.body or b"{}")
        body.pop(parameter, None)
        without = replace(without, body=json.dumps(body).encode())
    elif name.startswith("alibaba"):
        form = dict(pair.split("=") for pair in (sent.body or b"").decode().split("&") if pair)
        form.pop(parameter, None)
        without = replace(without, body="&".join(f"{key}={value}" for key, value in form.items()).encode())
    code, hint = await refused(session, name, without)
    if name.startswith("alibaba"):
        assert code == f"Missing{parameter}"
    else:
        assert parameter in hint, hint
        assert "is missing" in hint, hint


OPTIONAL = [
    (name, parameter)
    for name in API
    for parameter in _fields(name, "query", "header", "form", "body", required=False)
    if name.startswith("alibaba")
]


@pytest.mark.parametrize(
    ("name", "parameter"), [case(OPERATIONS[name], name, parameter) for name, parameter in OPTIONAL]
)
async def test_a_parameter_that_is_not_required_may_be_missing(
    name: str, parameter: str, emulator: Target, session: aiohttp.ClientSession
) -> None:
    sent = right(name, emulator)
    form = {key: value for key, value in parse_qsl((sent.body or b"").decode()) if key != parameter}
    query = {key: value for key, value in sent.query.items() if key != parameter}
    body = sent.body and urlencode(form).encode()
    code = code_of(*(await answered(session, replace(sent, query=query, body=body)))[1:3])
    assert code is None or not code.startswith("Missing")


JSON_BODY = [name for name in WITH_BODY if OPERATIONS[name].media_types == ("application/json",)]
IN_BODY = [(name, parameter) for name in JSON_BODY for parameter in _fields(name, "body")]


@pytest.mark.parametrize(
    ("name", "parameter"), [case(OPERATIONS[name], name, parameter) for name, parameter in IN_BODY]
)
@pytest.mark.parametrize("value", [None, 5, 1.5, True, [], {}, ["x"], {"x": 5}, ""])
async def test_a_value_of_another_type_is_refused(
    name: str, parameter: str, value: object, emulator: Target, session: aiohttp.ClientSession
) -> None:
    sent = right(name, emulator)
    body = json.loads(sent.body or b"{}")
    await refused(session, name, replace(sent, body=json.dumps({**body, parameter: value}).encode()))


@pytest.mark.parametrize("name", [case(OPERATIONS[name], name) for name in API])
async def test_a_body_over_the_limit_is_refused(name: str, emulator: Target, session: aiohttp.ClientSession) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(49):
            yield b"x" * 2**20

    sent = right(name, emulator)
    async with session.post(sent.url, headers=sent.headers, data=endless()) as answer:
        assert answer.status < 500
        assert code_of(answer.content_type, await answer.read()) is not None


@pytest.mark.reported("aliyun/alibabacloud-go-sdk#5; appendix of gateway error codes; published log, 2026-09-11")
@pytest.mark.parametrize("path", ["/nowhere", "/v1/nowhere", "/v3/x", "/v1.0/x", "/v2.0/x", "/topapi/x", "/file/x"])
async def test_an_unknown_path_is_told_what_is_there(path: str, session: aiohttp.ClientSession) -> None:
    async with session.get(path) as answer:
        assert code_of(answer.content_type, await answer.read()) in (
            "InvalidAction.NotFound",
            "APIG.0101",
            "404",
            "22",
        )
        assert "fauxlate catalog" in answer.headers["X-Fauxlate-Hint"]


@pytest.mark.documented("seed 001: A maximum of 20 files")
async def test_more_than_twenty_files_are_refused(emulator: Target, session: aiohttp.ClientSession) -> None:
    sent = right("dingtalk.TranslateFile", emulator)
    for count, said in ((21, "at most 20"), (20, "has uploaded nothing")):
        body = {"medias": {f"m{n}": "a.csv" for n in range(count)}, "unionId": "u", "outputFileName": "all"}
        status, _, answer, _ = await answered(session, replace(sent, body=json.dumps(body).encode()))
        assert (status, json.loads(answer)["code"]) == (400, "param.invalid")
        assert said in json.loads(answer)["message"]


@pytest.mark.documented("seed 001, the table of the request body")
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"medias": {"m": "a.pdf"}}, "only xlsx, xls, csv and txt"),
        ({"medias": {"m": "a"}}, "only xlsx, xls, csv and txt"),
        ({"medias": {"m": "a.csv", "n": "b.csv"}}, "outputFileName is required"),
        ({"outputFileName": "all.zip"}, "without extension"),
        ({"outputFileName": "../all"}, "without extension"),
    ],
)
async def test_documented_rules_of_translate_file_are_kept(
    wrong: dict[str, Any], said: str, emulator: Target, session: aiohttp.ClientSession
) -> None:
    sent = right("dingtalk.TranslateFile", emulator)
    body = json.loads(sent.body or b"") | wrong
    status, _, answer, _ = await answered(session, replace(sent, body=json.dumps(body).encode()))
    assert (status, json.loads(answer)["code"]) == (400, "param.invalid")
    assert said in json.loads(answer)["message"]


@pytest.mark.documented("seed 001: Maximum length: 64 characters")
async def test_a_job_id_has_64_characters_at_most(emulator: Target, session: aiohttp.ClientSession) -> None:
    sent = right("dingtalk.GetTranslateFileJobResult", emulator)
    for length, said in ((65, "at most 64"), (64, "is not a job")):
        status, _, body, _ = await answered(session, replace(sent, query={"jobId": "x" * length}))
        assert (status, json.loads(body)["code"]) == (400, "param.invalid")
        assert said in json.loads(body)["message"]


@pytest.mark.documented("api-alimt-2018-10-12-translateimagebatch: 20 images at most")
async def test_more_than_twenty_images_are_refused(session: aiohttp.ClientSession) -> None:
    links = ",".join(f"https://e.example/{n}.png" for n in range(21))
    sent = _alimt("TranslateImageBatch", {**_IMAGES, "ImageUrls": links})
    assert (await refused(session, "alibaba.TranslateImageBatch", sent))[0] == "104"


@pytest.mark.documented("api-alimt-2018-10-12-createasynctranslate: 1,000,000 characters")
async def test_a_text_has_a_million_characters_at_most(session: aiohttp.ClientSession) -> None:
    sent = _alimt("CreateAsyncTranslate", {**_TEXT, "SourceText": "x" * 1_000_001})
    assert (await refused(session, "alibaba.CreateAsyncTranslate", sent))[0] == "10008"
    sent = _alimt("CreateAsyncTranslate", {**_TEXT, "SourceText": "译" * 1_000_000})
    assert code_of(*(await answered(session, sent))[1:3]) is None


@pytest.mark.sdk("@alicloud/pop-core 1.8.0 sends everything in the query of a GET")
async def test_long_request_lines_are_read(session: aiohttp.ClientSession) -> None:
    query = {**right_query(), **_TEXT, "SourceText": "x" * 100_000}
    assert code_of(*(await answered(session, Sent("GET", "/", query)))[1:3]) is None


def right_query() -> dict[str, str]:
    return {"Action": "CreateAsyncTranslate", "Version": "2018-10-12", "Format": "JSON", "AccessKeyId": "key"}


@pytest.mark.assumed("no page says what becomes of every odd request; a server error is documented for none")
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]),
    path=st.sampled_from(["/", "/v1", "/v3/auth/tokens", "/v1.0/oauth2/accessToken", "/file/upload/single", "/topapi"])
    | st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#?"), max_size=30).map(
        "/".__add__
    ),
    query=st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#"), max_size=40),
    content_type=st.sampled_from(["application/json", "multipart/form-data; boundary=b", "text/plain", "x/y; ="]),
    body=st.binary(max_size=200)
    | st.dictionaries(st.text(), st.none() | st.text()).map(lambda d: json.dumps(d).encode()),
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_is_answered_in_some_providers_shape(
    server: Target, method: str, path: str, query: str, content_type: str, body: bytes
) -> None:
    connection = http.client.HTTPConnection(server.url.partition("://")[2], timeout=10)
    connection.request(method, f"{path}?{query}", body, {"Content-Type": content_type})
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    assert answer.status < 500, said
    assert answer.headers.get_content_type() in ("application/json", "application/xml"), said
