"""Every rule of TranslateFile and of the query for its result, broken once."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from contract_tests.clients.dingtalk.plain import DingTalkClient
from contract_tests.harness.target import Target

pytestmark = pytest.mark.documented("seeds 000 and 001")

TRANSLATE = "/v1.0/contact/files/translate"


def upload_files(client: DingTalkClient, token: str, *names: str) -> dict[str, str]:
    return {client.upload(token, name)["media_id"]: name for name in names}


def check_refusal(answer: tuple[int, Any], text: str) -> None:
    """Assert that it is the page's one row, and that its text says what is wrong."""
    status, body = answer
    assert (status, body["code"]) == (400, "param.invalid"), body
    assert text in body["message"], body["message"]
    assert body.keys() == {"requestid", "code", "message"}


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.csv", "a.txt", "A.CSV", "报表.最终.xlsx"])
def test_four_kinds_of_files_are_taken(client: DingTalkClient, token: str, name: str) -> None:
    status, body = client.translate(token, upload_files(client, token, name))
    assert status == 200
    assert body.keys() == {"jobId"}
    assert 0 < len(body["jobId"]) <= 64


@pytest.mark.parametrize("name", ["a.docx", "a.pdf", "a.zip", "a", "csv", ".csv", "a.csv ", "a.csv.exe"])
def test_no_other_kind_is_taken(client: DingTalkClient, token: str, name: str) -> None:
    check_refusal(
        client.translate(token, upload_files(client, token, name)), "only xlsx, xls, csv and txt are supported"
    )


def test_a_name_is_the_one_that_the_file_was_uploaded_under(client: DingTalkClient, token: str) -> None:
    (media_id,) = upload_files(client, token, "员工.csv")
    assert client.translate(token, {media_id: "员工.csv"})[0] == 200
    for name in ("other.csv", "员工.xlsx", "员工.CSV"):
        check_refusal(client.translate(token, {media_id: name}), "it was uploaded as '员工.csv'")


def test_twenty_files_are_taken_and_no_more(client: DingTalkClient, token: str) -> None:
    medias = upload_files(client, token, *(f"{number}.csv" for number in range(21)))
    check_refusal(client.translate(token, medias, outputFileName="all"), "at most 20")
    medias.popitem()
    assert client.translate(token, medias, outputFileName="all")[0] == 200
    check_refusal(client.translate(token, {}), "medias")


def test_a_file_has_to_have_been_uploaded_by_this_corp(emulator: Target) -> None:
    client = DingTalkClient(emulator.credentials("dingtalk"))
    token, other_token = client.corp_token(), client.other_corp_token()
    check_refusal(client.translate(token, {"#made-up": "a.csv"}), "has uploaded nothing")
    check_refusal(client.translate(other_token, upload_files(client, token, "a.csv")), "has uploaded nothing")
    assert client.translate(other_token, upload_files(client, other_token, "a.csv"))[0] == 200


def test_several_files_want_a_name_for_their_package(sandbox: Target, client: DingTalkClient, token: str) -> None:
    medias = upload_files(client, token, "a.csv", "b.txt")
    for members in ({}, {"outputFileName": ""}, {"outputFileName": None}):
        check_refusal(client.translate(token, medias, **members), "outputFileName is required")
    job_id = client.translate(token, medias, outputFileName="学习手册")[1]["jobId"]
    sandbox.advance("3s")
    with zipfile.ZipFile(io.BytesIO(client.download(client.job_result(token, job_id)[1]["url"]))) as package:
        assert package.namelist() == ["a.csv", "b.txt"]


@pytest.mark.parametrize("name", ["all.zip", "all.xlsx", "all.7z"])
def test_a_packages_name_has_no_extension(client: DingTalkClient, token: str, name: str) -> None:
    for medias in (upload_files(client, token, "a.csv"), upload_files(client, token, "a.csv", "b.csv")):
        check_refusal(client.translate(token, medias, outputFileName=name), "name without extension")


@pytest.mark.parametrize("name", ["all", "Q1. 报表", "v1.2 final", "报表(1)"])
def test_a_dot_in_a_packages_name_is_no_extension_where_none_follows(
    client: DingTalkClient, token: str, name: str
) -> None:
    assert client.translate(token, upload_files(client, token, "a.csv"), outputFileName=name)[0] == 200


@pytest.mark.parametrize("union_id", ["", None, 7, ["u"]])
def test_a_union_id_is_wanted(client: DingTalkClient, token: str, union_id: Any) -> None:
    check_refusal(client.translate(token, upload_files(client, token, "a.csv"), unionId=union_id), "unionId")


@pytest.mark.parametrize("medias", [None, [], "m", {"m": 7}, {"m": None}])
def test_medias_maps_ids_to_names(client: DingTalkClient, token: str, medias: Any) -> None:
    body = {"medias": medias, "unionId": "u"}
    check_refusal(client.api("POST", TRANSLATE, body, token), "medias")


@pytest.mark.reported("aliyun/alibabacloud-php-sdk#36")
def test_a_body_is_mandatory_and_is_json(client: DingTalkClient, token: str) -> None:
    headers = {"x-acs-dingtalk-access-token": token}
    for options in ({}, {"data": {"unionId": "u"}}):
        response = client.send("POST", TRANSLATE, headers=headers, **options)
        assert (response.status_code, response.json()["code"]) == (400, "Missingbody")
        assert response.json()["message"] == "body is mandatory for this action."


@pytest.mark.parametrize("job_id", ["", "x" * 65])
def test_a_job_id_has_64_characters_at_most(client: DingTalkClient, token: str, job_id: str) -> None:
    check_refusal(client.job_result(token, job_id), "jobId")
    check_refusal(client.job_result(token, "x" * 64), "is not a job of this corp")
    check_refusal(client.api("GET", "/v1.0/contact/files/translateResults", None, token), "`jobId` is missing")


def test_another_corps_job_is_not_known(emulator: Target) -> None:
    client = DingTalkClient(emulator.credentials("dingtalk"))
    token, other_token = client.corp_token(), client.other_corp_token()
    job_id = client.translate(token, upload_files(client, token, "a.csv"))[1]["jobId"]
    check_refusal(client.job_result(other_token, job_id), "is not a job of this corp")
    emulator.advance("3s")
    check_refusal(client.job_result(other_token, job_id), "is not a job of this corp")
    assert client.job_result(token, job_id)[1]["status"] == "1"


def test_a_result_has_a_status_that_is_a_string_and_a_url_at_its_end(
    sandbox: Target, client: DingTalkClient, token: str
) -> None:
    job_id = client.translate(token, upload_files(client, token, "a.csv"))[1]["jobId"]
    assert client.job_result(token, job_id) == (200, {"status": "0"})
    sandbox.advance("3s")
    _, body = client.job_result(token, job_id)
    assert body.keys() == {"status", "url"}
    assert body["status"] == "1"


@pytest.mark.reported("published log of calls without credentials, 2026-09-11")
def test_the_token_is_sent_in_its_header_alone(client: DingTalkClient, token: str) -> None:
    path = "/v1.0/contact/files/translateResults?jobId=x"
    for options in ({"params": {"access_token": token}}, {"headers": {"Authorization": f"Bearer {token}"}}):
        response = client.send("GET", path, **options)
        assert (response.status_code, response.json()["code"]) == (400, "AuthenticationFailed.MissingParameter")
