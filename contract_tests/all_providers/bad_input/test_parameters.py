"""Whatever a client sends, it gets a documented error in the provider's own shape: no 500, no HTML, no traceback."""

from __future__ import annotations

import http.client
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

import aiohttp
import pytest
from fauxlate.engine.tables.parameters import places
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.all_providers.bad_input.refusals import OPERATIONS, check_refusal, read_error_code, send
from contract_tests.harness.documents.tables import printed_parameters
from contract_tests.harness.evidence import case
from contract_tests.harness.target import Target
from contract_tests.harness.valid_requests import valid_request

API = [name for name, operation in OPERATIONS.items() if operation.response is not None]


_CODES_WITHOUT_SUBJECT = {
    "dingtalk.GetUserToken": ("invalidCode",),
    "dingtalk.V2UserGetuserinfo": ("40078",),
    "dingtalk.UploadChunk": ("40035",),
    "dingtalk.AddFile": ("param.error",),
    "dingtalk.CommitFileV1": ("paramError",),
    "dingtalk.CommitFile": ("paramError.uploadKey",),
    "dingtalk.PutObject": ("AccessDenied",),
}
"""By operation, how it refuses a code, an upload or an object that there never was."""


@pytest.mark.parametrize("name", [case(OPERATIONS[name], name) for name in OPERATIONS])
async def test_the_request_that_is_then_spoilt_is_a_right_one(
    name: str, emulator: Target, session: aiohttp.ClientSession
) -> None:
    status, content_type, body, _ = await send(session, valid_request(name, emulator))
    assert status < 500
    code = read_error_code(content_type, body)
    expected = {
        "System.ParameterError",
        "NoSuchKey",
        "NoSuchBucket",
        "NLP.6304",
        "param.invalid",
        "InvalidAction.NotFound",
        "10025",
        "104",
        "ORDER.OPEND",
        "NoSuchUpload",
        "authFailed",
        *_CODES_WITHOUT_SUBJECT.get(name, ()),
    }
    assert code is None or code in expected, body


@pytest.mark.parametrize("name", [case(OPERATIONS[name], name) for name in OPERATIONS])
async def test_a_wrong_method_is_refused(name: str, emulator: Target, session: aiohttp.ClientSession) -> None:
    route = (OPERATIONS[name].path, OPERATIONS[name].action)
    right_methods = {method for op in OPERATIONS.values() if (op.path, op.action) == route for method in op.methods}
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - right_methods:
        await check_refusal(session, name, replace(valid_request(name, emulator), method=method))


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
    await check_refusal(session, name, replace(valid_request(name, emulator), body=body))


@pytest.mark.parametrize("name", [case(OPERATIONS[name], name) for name in WITH_BODY if OPERATIONS[name].media_types])
async def test_another_content_type_is_refused(name: str, emulator: Target, session: aiohttp.ClientSession) -> None:
    request = valid_request(name, emulator)
    await check_refusal(session, name, replace(request, headers={**request.headers, "Content-Type": "text/plain"}))


def _parameters(operation: str, *places: str, required: bool = True) -> list[str]:
    return [
        name
        for owner, name, row in printed_parameters()
        if owner == operation and row["required"] is required and row["in"] in places
    ]


REQUIRED = [(name, parameter) for name in API for parameter in _parameters(name, "query", "header", "form", "body")]


@pytest.mark.parametrize(
    ("name", "parameter"), [case(OPERATIONS[name], name, parameter) for name, parameter in REQUIRED]
)
async def test_a_missing_parameter_is_refused(
    name: str, parameter: str, emulator: Target, session: aiohttp.ClientSession
) -> None:
    request = valid_request(name, emulator)
    without = replace(
        request,
        query={key: value for key, value in request.query.items() if key != parameter},
        headers={key: value for key, value in request.headers.items() if key.lower() != parameter},
    )
    if request.headers.get("Content-Type") == "application/json":
        body = json.loads(request.body or b"{}")
        body.pop(parameter, None)
        without = replace(without, body=json.dumps(body).encode())
    elif name.startswith("alibaba"):
        form = dict(pair.split("=") for pair in (request.body or b"").decode().split("&") if pair)
        form.pop(parameter, None)
        without = replace(without, body="&".join(f"{key}={value}" for key, value in form.items()).encode())
    code, hint = await check_refusal(session, name, without)
    if name.startswith("alibaba"):
        assert code == f"Missing{parameter}"
    else:
        assert parameter in hint, hint
        assert "is missing" in hint, hint


OPTIONAL = [
    (name, parameter)
    for name in API
    for parameter in _parameters(name, "query", "header", "form", "body", required=False)
    if name.startswith("alibaba")
]


@pytest.mark.parametrize(
    ("name", "parameter"), [case(OPERATIONS[name], name, parameter) for name, parameter in OPTIONAL]
)
async def test_a_parameter_that_is_not_required_may_be_missing(
    name: str, parameter: str, emulator: Target, session: aiohttp.ClientSession
) -> None:
    request = valid_request(name, emulator)
    form = {key: value for key, value in parse_qsl((request.body or b"").decode()) if key != parameter}
    query = {key: value for key, value in request.query.items() if key != parameter}
    body = request.body and urlencode(form).encode()
    code = read_error_code(*(await send(session, replace(request, query=query, body=body)))[1:3])
    assert code is None or not code.startswith("Missing")


JSON_BODY = [name for name in WITH_BODY if OPERATIONS[name].media_types == ("application/json",)]
IN_BODY = [(name, parameter) for name in JSON_BODY for parameter in _parameters(name, "body")]


@pytest.mark.parametrize(
    ("name", "parameter"), [case(OPERATIONS[name], name, parameter) for name, parameter in IN_BODY]
)
@pytest.mark.parametrize("value", [None, 5, 1.5, True, [], {}, ["x"], {"x": 5}, ""])
async def test_a_value_of_another_type_is_refused(
    name: str, parameter: str, value: object, emulator: Target, session: aiohttp.ClientSession
) -> None:
    request = valid_request(name, emulator)
    body = json.loads(request.body or b"{}")
    await check_refusal(session, name, replace(request, body=json.dumps({**body, parameter: value}).encode()))


@pytest.mark.parametrize("name", [case(OPERATIONS[name], name) for name in API])
async def test_a_body_over_the_limit_is_refused(name: str, emulator: Target, session: aiohttp.ClientSession) -> None:
    async def endless_body() -> AsyncIterator[bytes]:
        for _ in range(49):
            yield b"x" * 2**20

    request = valid_request(name, emulator)
    async with session.post(request.target, headers=request.headers, data=endless_body()) as response:
        assert response.status < 500
        assert read_error_code(response.content_type, await response.read()) is not None


@pytest.mark.reported("aliyun/alibabacloud-go-sdk#5; appendix of gateway error codes; published log, 2026-09-11")
@pytest.mark.parametrize("path", ["/nowhere", "/v1/nowhere", "/v3/x", "/v1.0/x", "/v2.0/x", "/topapi/x", "/file/x"])
async def test_an_unknown_path_is_told_what_is_there(path: str, session: aiohttp.ClientSession) -> None:
    async with session.get(path) as response:
        assert read_error_code(response.content_type, await response.read()) in (
            "InvalidAction.NotFound",
            "APIG.0101",
            "404",
            "22",
        )
        assert "fauxlate catalog" in response.headers["X-Fauxlate-Hint"]


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
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    assert response.status < 500, answer
    assert response.headers.get_content_type() in ("application/json", "application/xml"), answer
