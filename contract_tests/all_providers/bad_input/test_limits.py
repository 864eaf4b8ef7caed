"""The documented limits of single requests: how many files and images, how long a text, an id and a request line."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from contract_tests.all_providers.bad_input.refusals import check_refusal, read_error_code, send
from contract_tests.harness.exchange import Request
from contract_tests.harness.target import Target
from contract_tests.harness.valid_requests import IMAGES_FORM, TEXT_FORM, alimt_request, valid_request


async def check_invalid(session: aiohttp.ClientSession, request: Request, text: str) -> None:
    """Send a request to DingTalk that is refused with `param.invalid` and a message with this text."""
    status, _, body, _ = await send(session, request)
    assert (status, json.loads(body)["code"]) == (400, "param.invalid")
    assert text in json.loads(body)["message"]


@pytest.mark.documented("seed 001: A maximum of 20 files")
async def test_more_than_twenty_files_are_refused(emulator: Target, session: aiohttp.ClientSession) -> None:
    request = valid_request("dingtalk.TranslateFile", emulator)
    for count, text in ((21, "at most 20"), (20, "has uploaded nothing")):
        body = {"medias": {f"m{n}": "a.csv" for n in range(count)}, "unionId": "u", "outputFileName": "all"}
        await check_invalid(session, replace(request, body=json.dumps(body).encode()), text)


@pytest.mark.documented("seed 001, the table of the request body")
@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"medias": {"m": "a.pdf"}}, "only xlsx, xls, csv and txt"),
        ({"medias": {"m": "a"}}, "only xlsx, xls, csv and txt"),
        ({"medias": {"m": "a.csv", "n": "b.csv"}}, "outputFileName is required"),
        ({"outputFileName": "all.zip"}, "without extension"),
        ({"outputFileName": "../all"}, "without extension"),
    ],
)
async def test_documented_rules_of_translate_file_are_kept(
    members: dict[str, Any], text: str, emulator: Target, session: aiohttp.ClientSession
) -> None:
    request = valid_request("dingtalk.TranslateFile", emulator)
    body = json.loads(request.body or b"") | members
    await check_invalid(session, replace(request, body=json.dumps(body).encode()), text)


@pytest.mark.documented("seed 001: Maximum length: 64 characters")
async def test_a_job_id_has_64_characters_at_most(emulator: Target, session: aiohttp.ClientSession) -> None:
    request = valid_request("dingtalk.GetTranslateFileJobResult", emulator)
    for length, text in ((65, "at most 64"), (64, "is not a job")):
        await check_invalid(session, replace(request, query={"jobId": "x" * length}), text)


@pytest.mark.documented("api-alimt-2018-10-12-translateimagebatch: 20 images at most")
async def test_more_than_twenty_images_are_refused(session: aiohttp.ClientSession) -> None:
    links = ",".join(f"https://e.example/{n}.png" for n in range(21))
    request = alimt_request("TranslateImageBatch", {**IMAGES_FORM, "ImageUrls": links})
    assert (await check_refusal(session, "alibaba.TranslateImageBatch", request))[0] == "104"


@pytest.mark.documented("api-alimt-2018-10-12-createasynctranslate: 1,000,000 characters")
async def test_a_text_has_a_million_characters_at_most(session: aiohttp.ClientSession) -> None:
    request = alimt_request("CreateAsyncTranslate", {**TEXT_FORM, "SourceText": "x" * 1_000_001})
    assert (await check_refusal(session, "alibaba.CreateAsyncTranslate", request))[0] == "10008"
    request = alimt_request("CreateAsyncTranslate", {**TEXT_FORM, "SourceText": "译" * 1_000_000})
    assert read_error_code(*(await send(session, request))[1:3]) is None


@pytest.mark.sdk("@alicloud/pop-core 1.8.0 sends everything in the query of a GET")
async def test_long_request_lines_are_read(session: aiohttp.ClientSession) -> None:
    common = {"Action": "CreateAsyncTranslate", "Version": "2018-10-12", "Format": "JSON", "AccessKeyId": "key"}
    request = Request("GET", "/", {**common, **TEXT_FORM, "SourceText": "x" * 100_000})
    assert read_error_code(*(await send(session, request))[1:3]) is None
