"""Text that is none (bytes that are no UTF-8, half a character, NUL) is refused wherever it stands, and kept nowhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from http.client import HTTPConnection
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree

import pytest
from aiohttp import ClientSession
from yarl import URL

from contract_tests.all_providers.bad_input.refusals import OPERATIONS, check_refusal, read_error_code
from contract_tests.harness.evidence import case
from contract_tests.harness.exchange import FORM, JSON, Request
from contract_tests.harness.target import Target
from contract_tests.harness.valid_requests import valid_request

pytestmark = pytest.mark.assumed(
    "no page says what becomes of bytes that are no text; a malformed request is documented"
)

NO_TEXT = {"no UTF-8": "%FF", "NUL": "a%00b", "half a character": "%ED%A0%80"}
IN_JSON = {"NUL": '"a\\u0000b"', "half a character": '"a\\ud800b"', "no number": "1e400", "NaN": "NaN"}


def send_raw(url: str, request: Request, headers: Mapping[str, bytes]) -> tuple[int, bytes]:
    """Send a request with more headers, whose bytes are sent as they are; return status and body of the answer."""
    parts = urlsplit(url)
    lines = {**{name: value.encode() for name, value in request.headers.items()}, **headers}
    connection = HTTPConnection(parts.netloc, timeout=20)
    connection.putrequest(request.method, request.target, skip_accept_encoding=True)
    for name, value in lines.items():
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(len(request.body or b"")))
    connection.endheaders(request.body)
    response = connection.getresponse()
    try:
        return response.status, response.read()
    finally:
        connection.close()


def spoil_query(request: Request, encoded: str) -> Iterator[Request]:
    """Give the request with each parameter of its query in turn holding what is no text."""
    for name in (*request.query, "other"):
        others = urlencode({key: value for key, value in request.query.items() if key != name})
        path = f"{request.path}?{others}{'&' if others else ''}{name}={encoded}"
        yield replace(request, path=path, query={})


@pytest.mark.parametrize("name", [case(OPERATIONS[name], name) for name in OPERATIONS])
@pytest.mark.parametrize("encoded", NO_TEXT.values(), ids=NO_TEXT)
async def test_what_is_no_text_in_the_query_or_the_path_is_refused(
    name: str, encoded: str, emulator: Target, session: ClientSession
) -> None:
    request = valid_request(name, emulator)
    for spoilt in spoil_query(request, encoded):
        await check_spoilt(session, name, spoilt)
    if "{" in OPERATIONS[name].path:
        await check_spoilt(session, name, replace(request, path=f"{request.path}{encoded}"))


async def check_spoilt(session: ClientSession, name: str, request: Request) -> None:
    """Hold a request that is no text to a documented refusal; one by HEAD has nothing but its status."""
    if request.method == "HEAD":
        async with session.head(request.path) as response:
            assert response.status == 400
        return
    await check_refusal(session, name, request)


WITH_JSON = [name for name, operation in OPERATIONS.items() if operation.media_types == (JSON,)]
WITH_FORM = [name for name in OPERATIONS if name.startswith("alibaba") and OPERATIONS[name].action]


@pytest.mark.parametrize("name", [case(OPERATIONS[name], name) for name in WITH_JSON])
@pytest.mark.parametrize("value", IN_JSON.values(), ids=IN_JSON)
async def test_what_is_no_text_or_no_number_in_json_is_refused(
    name: str, value: str, emulator: Target, session: ClientSession
) -> None:
    request = valid_request(name, emulator)
    for member in (*json.loads(request.body or b"{}"), "other"):
        data = json.loads(request.body or b"{}") | {member: "<here>"}
        body = json.dumps(data).replace('"<here>"', value).encode()
        await check_refusal(session, name, replace(request, body=body))


@pytest.mark.parametrize("name", [case(OPERATIONS[name], name) for name in WITH_FORM])
@pytest.mark.parametrize("encoded", NO_TEXT.values(), ids=NO_TEXT)
async def test_what_is_no_text_in_a_form_is_refused(
    name: str, encoded: str, emulator: Target, session: ClientSession
) -> None:
    request = replace(valid_request(name, emulator), method=OPERATIONS[name].methods[0])
    body = (request.body or b"") + f"&other={encoded}".encode()
    if request.method == "POST":
        await check_refusal(session, name, replace(request, body=body, headers={"Content-Type": FORM}))


@pytest.mark.parametrize("name", [case(OPERATIONS[name], name) for name in OPERATIONS])
async def test_a_byte_of_a_header_that_is_no_text_is_refused(name: str, emulator: Target) -> None:
    request = valid_request(name, emulator)
    for header in ({"Authorization": b"OBS \xff:x"}, {"x-odd": b"\xff"}):
        status, body = send_raw(emulator.url, request, header)
        assert status < 500
        assert status >= 400 or b"Code" in body or b"errcode" in body, body


@pytest.mark.parametrize("key", ["\x01", "\x0b", "\ufffe", "\uffff", "]]>", "\r", "a&<b"])
async def test_xml_that_repeats_what_came_is_xml(key: str, session: ClientSession) -> None:
    link = "AccessKeyId=k&Expires=9999999999&Signature=s"
    async with session.post(URL(f"/bucket/{quote(key)}?uploads&{link}", encoded=True)) as response:
        root = ElementTree.fromstring(await response.read())
    expected = key if key in ("]]>", "\r", "a&<b") else "\ufffd"
    assert root.findtext("Key") == expected
    async with session.get(URL(f"/bucket/{quote(key)}x?{link}", encoded=True)) as response:
        error = ElementTree.fromstring(await response.read())
    assert error.findtext("Resource") == f"/bucket/{expected}x"
    action = f"/?Version=2018-10-12&AccessKeyId=k&Action={quote(key)}"
    async with session.get(URL(action, encoded=True)) as response:
        assert response.content_type == "application/xml"
        ElementTree.fromstring(await response.read())


@pytest.mark.parametrize("name", ["a%0d%0aX-Other:%201", "a%01", "a%7f", "a%e2%80%a8", "%E4%BD%A0"])
async def test_a_header_that_repeats_what_came_is_one_line(name: str, session: ClientSession) -> None:
    link = "AccessKeyId=k&Expires=9999999999&Signature=s"
    async with session.put(URL(f"/{name}?{link}", encoded=True)) as response:
        assert response.status == 200
        assert "X-Other" not in response.headers
        assert response.headers["Location"].startswith("/")
        assert response.headers["Location"].isprintable()


NUMBERS = ["9" * 5000, "-1", "", "\u0663", "1_0", " 1", "1e3", "0" * 5000]


@pytest.mark.parametrize("number", NUMBERS)
async def test_a_number_of_any_length_is_answered(number: str, session: ClientSession) -> None:
    encoded = quote(number)
    link = f"AccessKeyId=k&Signature=s&Expires={encoded}"
    for path in (
        f"/alimt-results/tag/task/{encoded}/final.png",
        f"/alimt-results/tag/task/a.docx?Expires={encoded}&Signature=x",
        f"/bucket/key?{link}",
        f"/bucket/key?uploadId=x&partNumber={encoded}&AccessKeyId=k&Signature=s&Expires=9999999999",
        f"/file/upload/transaction?access_token=x&file_size={encoded}&chunk_numbers={encoded}",
        f"/service/get_corp_token?accessKey=k&suiteTicket=t&signature=s&timestamp={encoded}",
    ):
        async with session.get(URL(path, encoded=True)) as response:
            assert response.status < 500 or response.status == 501
            assert "itself failed" not in response.headers.get("X-Fauxlate-Hint", "")
            read_error_code(response.content_type, await response.read())


def test_what_was_refused_for_its_text_stands_in_no_way_of_a_sandbox(target: Target) -> None:
    """Whatever is sent, jobs and journal can be read, and the sandbox be deleted as a whole."""
    target.require_admin()
    with target.create_sandbox({}) as box:
        credentials: Mapping[str, str] = box.environment["alibaba"]
        query = {"Action": "CreateAsyncTranslate", "Version": "2018-10-12", "AccessKeyId": credentials["access_key_id"]}
        for text in NO_TEXT.values():
            send_raw(target.url, Request("POST", f"/?{urlencode(query)}&SourceText={text}"), {})
            send_raw(target.url, Request("POST", f"/?{urlencode(query)}"), {"x-odd": b"\xff"})
        assert target.call_admin("GET", f"sandboxes/{box.sandbox_id}/jobs") == {"jobs": []}
        entries = target.call_admin("GET", f"sandboxes/{box.sandbox_id}/journal")["entries"]
        assert {entry["request"]["headers"][-2][1] for entry in entries} == {"?"}
    assert box.sandbox_id not in json.dumps(target.call_admin("GET", "sandboxes"))
