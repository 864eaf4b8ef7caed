"""The official DingTalk SDK, unmodified, with aiohttp for the upload that the SDK does not have."""

from __future__ import annotations

import asyncio
import csv
import io
import zipfile
from typing import Any

import aiohttp
import openpyxl
import pytest
import requests
from alibabacloud_dingtalk.contact_1_0 import models
from alibabacloud_dingtalk.contact_1_0.client import Client
from alibabacloud_dingtalk.oauth2_1_0 import models as oauth2_models
from alibabacloud_dingtalk.oauth2_1_0.client import Client as OAuth2Client
from alibabacloud_dingtalk.storage_2_0 import models as storage_models
from alibabacloud_dingtalk.storage_2_0.client import Client as Storage
from alibabacloud_tea_openapi.models import Config
from alibabacloud_tea_util.models import RuntimeOptions

from contract_tests.clients.dingtalk.plain import login_url
from contract_tests.harness.target import Target

pytestmark = pytest.mark.sdk("alibabacloud_dingtalk 2.2.65")

OPTIONS = RuntimeOptions()


def build_config(emulator: Target) -> Config:
    return Config(endpoint=emulator.environment["dingtalk"]["endpoint"], protocol="http", region_id="central")


def request_corp_token(emulator: Target) -> str:
    credentials = emulator.environment["dingtalk"]
    request = oauth2_models.GetCorpAccessTokenRequest(
        suite_key=credentials["suite_key"],
        suite_secret=credentials["suite_secret"],
        auth_corp_id=credentials["corp_id"],
        suite_ticket="ticket",
    )
    body = OAuth2Client(build_config(emulator)).get_corp_access_token(request).body
    assert body.expire_in == 7200
    return str(body.access_token)


async def upload_file(emulator: Target, token: str, name: str, data: bytes) -> str:
    form = aiohttp.FormData()
    form.add_field("file", data, filename=name)
    url = f"{emulator.url}/file/upload/single"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, params={"access_token": token, "file_size": str(len(data))}, data=form) as response,
    ):
        body = await response.json()
    assert body["errcode"] == 0, body
    return str(body["media_id"])


async def translate(emulator: Target, files: dict[str, bytes], output: str | None = None) -> tuple[str, bytes]:
    """Run a job by the SDK; return the file name and the content that its link gives."""
    token = request_corp_token(emulator)
    medias = {await upload_file(emulator, token, name, data): name for name, data in files.items()}
    return await run_job(emulator, token, medias, output)


async def run_job(emulator: Target, token: str, medias: dict[str, str], output: str | None = None) -> tuple[str, bytes]:
    """Run a job on what has been uploaded; return the file name and the content that its link gives."""
    client = Client(build_config(emulator))
    request = models.TranslateFileRequest(
        medias=medias, output_file_name=output, union_id=emulator.environment["dingtalk"]["union_id"]
    )
    headers = models.TranslateFileHeaders(x_acs_dingtalk_access_token=token)
    job_id = (await client.translate_file_with_options_async(request, headers, OPTIONS)).body.job_id
    assert 0 < len(job_id) <= 64
    query = models.GetTranslateFileJobResultRequest(job_id=job_id)
    query_headers = models.GetTranslateFileJobResultHeaders(x_acs_dingtalk_access_token=token)
    while True:
        result = (await client.get_translate_file_job_result_with_options_async(query, query_headers, OPTIONS)).body
        if result.status != "0":
            break
        assert result.url is None
        await asyncio.sleep(0.01)
    assert result.status == "1"
    async with (
        aiohttp.ClientSession() as session,
        session.get(login_url(emulator.environment["dingtalk"], result.url)) as response,
    ):
        assert response.status == 200
        disposition = response.content_disposition
        assert disposition is not None
        return str(disposition.filename), await response.read()


def build_workbook(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


async def test_a_workbook_comes_back_with_names_for_ids(emulator: Target) -> None:
    source = build_workbook([["who", "where"], ["$userName=user001$", "in $departmentName=1$"]])
    name, data = await translate(emulator, {"员工.xlsx": source})
    assert name == "员工.xlsx"
    sheet: Any = openpyxl.load_workbook(io.BytesIO(data)).active
    rows = list(sheet.values)
    assert rows[0] == ("who", "where")
    assert "$" not in "".join(rows[1])
    assert rows[1][1].startswith("in ")


@pytest.mark.parametrize("name", ["staff.csv", "staff.txt"])
async def test_a_text_file_comes_back_with_names_for_ids(emulator: Target, name: str) -> None:
    source = "who,where\n$userName=user001$,$departmentName=1$\n"
    _, data = await translate(emulator, {name: source.encode()})
    rows = list(csv.reader(io.StringIO(data.decode())))
    assert rows[0] == ["who", "where"]
    assert all(cell and "$" not in cell for cell in rows[1])


async def test_a_workbook_goes_the_whole_way_by_the_upload_information_of_the_sdk(emulator: Target) -> None:
    credentials, token = emulator.environment["dingtalk"], request_corp_token(emulator)
    source = build_workbook([["$userName=user001$", "in $departmentName=1$"]])
    client = Storage(build_config(emulator))
    info_request = storage_models.GetFileUploadInfoRequest(
        union_id=credentials["union_id"], protocol="HEADER_SIGNATURE"
    )
    info = client.get_file_upload_info_with_options(
        "root", info_request, storage_models.GetFileUploadInfoHeaders(x_acs_dingtalk_access_token=token), OPTIONS
    ).body
    signature_info = info.header_signature_info
    response = await asyncio.to_thread(
        requests.put,
        signature_info.resource_urls[0],
        data=source,
        headers=signature_info.headers,
        timeout=10,
        proxies={"http": ""},
    )
    assert response.status_code == 200
    dentry = client.commit_file_with_options(
        "root",
        storage_models.CommitFileRequest(
            union_id=credentials["union_id"], upload_key=info.upload_key, name="员工.xlsx"
        ),
        storage_models.CommitFileHeaders(x_acs_dingtalk_access_token=token),
        OPTIONS,
    ).body.dentry
    name, data = await run_job(emulator, token, {dentry.uuid: "员工.xlsx"})
    sheet: Any = openpyxl.load_workbook(io.BytesIO(data)).active
    (row,) = sheet.values
    assert name == "员工.xlsx"
    assert "$" not in "".join(row)


async def test_several_files_come_back_packed_under_the_name_asked_for(emulator: Target) -> None:
    files = {"a.csv": b"$userName=u1$", "b.xlsx": build_workbook([["$userName=u1$"]])}
    name, data = await translate(emulator, files, "导出")
    assert name == "导出.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.namelist() == ["a.csv", "b.xlsx"]
        sheet: Any = openpyxl.load_workbook(io.BytesIO(package.read("b.xlsx"))).active
        assert sheet["A1"].value == package.read("a.csv").decode()


@pytest.mark.assumed("what the live upload makes of a percent-encoded file name is not known")
async def test_a_file_may_be_uploaded_by_requests_which_writes_names_in_its_own_way(emulator: Target) -> None:
    token = request_corp_token(emulator)
    url, params = f"{emulator.url}/file/upload/single", {"access_token": token}
    files = {"media": ("员工.csv", b"x")}
    response = await asyncio.to_thread(requests.post, url, params=params, files=files, timeout=10)
    media_id = response.json()["media_id"]
    client = Client(build_config(emulator))
    request = models.TranslateFileRequest(medias={media_id: "员工.csv"}, union_id="u")
    headers = models.TranslateFileHeaders(x_acs_dingtalk_access_token=token)
    assert (await client.translate_file_with_options_async(request, headers, OPTIONS)).body.job_id
    wrong_request = models.TranslateFileRequest(medias={media_id: "other.csv"}, union_id="u")
    with pytest.raises(Exception, match="it was uploaded as"):
        await client.translate_file_with_options_async(wrong_request, headers, OPTIONS)


@pytest.mark.documented("seed 001: exceljs without shared strings; seed 000: status 2")
async def test_a_broken_workbook_is_a_failed_job(emulator: Target) -> None:
    token = request_corp_token(emulator)
    media_id = await upload_file(emulator, token, "a.xlsx", b"no workbook")
    client = Client(build_config(emulator))
    request = models.TranslateFileRequest(medias={media_id: "a.xlsx"}, union_id="u")
    headers = models.TranslateFileHeaders(x_acs_dingtalk_access_token=token)
    job_id = (await client.translate_file_with_options_async(request, headers, OPTIONS)).body.job_id
    emulator.advance("60s")
    result = client.get_translate_file_job_result_with_options(
        models.GetTranslateFileJobResultRequest(job_id=job_id),
        models.GetTranslateFileJobResultHeaders(x_acs_dingtalk_access_token=token),
        OPTIONS,
    ).body
    assert (result.status, result.url) == ("2", None)


def test_errors_reach_the_sdk_with_code_and_status(emulator: Target) -> None:
    client = Client(build_config(emulator))
    query = models.GetTranslateFileJobResultRequest(job_id="nowhere")
    for token, code in (
        (None, "AuthenticationFailed.MissingParameter"),
        ("0" * 32, "InvalidAuthentication"),
        (request_corp_token(emulator), "param.invalid"),
    ):
        headers = models.GetTranslateFileJobResultHeaders(x_acs_dingtalk_access_token=token)
        with pytest.raises(Exception, match="request id") as refusal:
            client.get_translate_file_job_result_with_options(query, headers, OPTIONS)
        fault: Any = refusal.value
        assert (fault.code, fault.statusCode) == (code, 400)


@pytest.mark.documented("corpAccessToken page: expireIn 7200")
def test_a_token_is_good_for_two_hours(emulator: Target) -> None:
    token = request_corp_token(emulator)
    client = Client(build_config(emulator))

    def error_code() -> str:
        headers = models.GetTranslateFileJobResultHeaders(x_acs_dingtalk_access_token=token)
        with pytest.raises(Exception, match="request id") as refusal:
            client.get_translate_file_job_result_with_options(
                models.GetTranslateFileJobResultRequest(job_id="nowhere"), headers, OPTIONS
            )
        fault: Any = refusal.value
        return str(fault.code)

    emulator.advance("7190s")
    assert error_code() == "param.invalid"
    emulator.advance("10s")
    assert error_code() == "InvalidAuthentication"


@pytest.mark.documented("accessToken page (Chinese): the same token within its life, renewed")
def test_an_internal_app_gets_the_same_token_while_it_is_good(emulator: Target) -> None:
    credentials = emulator.environment["dingtalk"]
    client = OAuth2Client(build_config(emulator))

    def request_token() -> str:
        request = oauth2_models.GetAccessTokenRequest(
            app_key=credentials["app_key"], app_secret=credentials["app_secret"]
        )
        return str(client.get_access_token(request).body.access_token)

    first = request_token()
    emulator.advance("7000s")
    assert request_token() == first
    emulator.advance("7000s")
    assert request_token() == first
    emulator.advance("7201s")
    assert request_token() != first
    assert request_corp_token(emulator) != request_corp_token(emulator)


@pytest.mark.reported("published log of calls without credentials, 2026-09-11")
def test_a_wrong_secret_is_refused(emulator: Target) -> None:
    credentials = emulator.environment["dingtalk"]
    client = OAuth2Client(build_config(emulator))
    with pytest.raises(Exception, match="request id") as refusal:
        client.get_access_token(oauth2_models.GetAccessTokenRequest(app_key=credentials["app_key"], app_secret="wrong"))
    fault: Any = refusal.value
    assert (fault.code, fault.statusCode) == ("invalidClientIdOrSecret", 400)
