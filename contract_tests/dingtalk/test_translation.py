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


def uploaded(wire: DingTalkClient, token: str, *names: str) -> dict[str, str]:
    return {wire.upload(token, name)["media_id"]: name for name in names}


def refused(answer: tuple[int, Any], said: str) -> None:
    """Assert that it is the page's one row, and that its text says what is wrong."""
    status, body = answer
    assert (status, body["code"]) == (400, "param.invalid"), body
    assert said in body["message"], body["message"]
    assert body.keys() == {"requestid", "code", "message"}


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.csv", "a.txt", "A.CSV", "报表.最终.xlsx"])
def test_four_kinds_of_files_are_taken(wire: DingTalkClient, token: str, name: str) -> None:
    status, said = wire.translate(token, uploaded(wire, token, name))
    assert status == 200
    assert said.keys() == {"jobId"}
    assert 0 < len(said["jobId"]) <= 64


@pytest.mark.parametrize("name", ["a.docx", "a.pdf", "a.zip", "a", "csv", ".csv", "a.csv ", "a.csv.exe"])
def test_no_other_kind_is_taken(wire: DingTalkClient, token: str, name: str) -> None:
    refused(wire.translate(token, uploaded(wire, token, name)), "only xlsx, xls, csv and txt are supported")


def test_a_name_is_the_one_that_the_file_was_uploaded_under(wire: DingTalkClient, token: str) -> None:
    (media_id,) = uploaded(wire, token, "员工.csv")
    assert wire.translate(token, {media_id: "员工.csv"})[0] == 200
    for name in ("other.csv", "员工.xlsx", "员工.CSV"):
        refused(wire.translate(token, {media_id: name}), "it was uploaded as '员工.csv'")


def test_twenty_files_are_taken_and_no_more(wire: DingTalkClient, token: str) -> None:
    medias = uploaded(wire, token, *(f"{number}.csv" for number in range(21)))
    refused(wire.translate(token, medias, outputFileName="all"), "at most 20")
    medias.popitem()
    assert wire.translate(token, medias, outputFileName="all")[0] == 200
    refused(wire.translate(token, {}), "medias")


def test_a_file_has_to_have_been_uploaded_by_this_corp(emulator: Target) -> None:
    wire = DingTalkClient(emulator.credentials("dingtalk"))
    token, elsewhere = wire.corp_token(), wire.other_corp_token()
    refused(wire.translate(token, {"#made-up": "a.csv"}), "has uploaded nothing")
    refused(wire.translate(elsewhere, uploaded(wire, token, "a.csv")), "has uploaded nothing")
    assert wire.translate(elsewhere, uploaded(wire, elsewhere, "a.csv"))[0] == 200


def test_several_files_want_a_name_for_their_package(box: Target, wire: DingTalkClient, token: str) -> None:
    medias = uploaded(wire, token, "a.csv", "b.txt")
    for none in ({}, {"outputFileName": ""}, {"outputFileName": None}):
        refused(wire.translate(token, medias, **none), "outputFileName is required")
    job_id = wire.translate(token, medias, outputFileName="学习手册")[1]["jobId"]
    box.advance("3s")
    with zipfile.ZipFile(io.BytesIO(wire.download(wire.job_result(token, job_id)[1]["url"]))) as package:
        assert package.namelist() == ["a.csv", "b.txt"]


@pytest.mark.parametrize("name", ["all.zip", "all.xlsx", "all.7z"])
def test_a_packages_name_has_no_extension(wire: DingTalkClient, token: str, name: str) -> None:
    for medias in (uploaded(wire, token, "a.csv"), uploaded(wire, token, "a.csv", "b.csv")):
        refused(wire.translate(token, medias, outputFileName=name), "name without extension")


@pytest.mark.parametrize("name", ["all", "Q1. 报表", "v1.2 final", "报表(1)"])
def test_a_dot_in_a_packages_name_is_no_extension_where_none_follows(
    wire: DingTalkClient, token: str, name: str
) -> None:
    assert wire.translate(token, uploaded(wire, token, "a.csv"), outputFileName=name)[0] == 200


@pytest.mark.parametrize("union_id", ["", None, 7, ["u"]])
def test_a_union_id_is_wanted(wire: DingTalkClient, token: str, union_id: Any) -> None:
    refused(wire.translate(token, uploaded(wire, token, "a.csv"), unionId=union_id), "unionId")


@pytest.mark.parametrize("medias", [None, [], "m", {"m": 7}, {"m": None}])
def test_medias_maps_ids_to_names(wire: DingTalkClient, token: str, medias: Any) -> None:
    body = {"medias": medias, "unionId": "u"}
    refused(wire.api("POST", TRANSLATE, body, token), "medias")


@pytest.mark.reported("aliyun/alibabacloud-php-sdk#36")
def test_a_body_is_mandatory_and_is_json(wire: DingTalkClient, token: str) -> None:
    headers = {"x-acs-dingtalk-access-token": token}
    for sent in ({}, {"data": {"unionId": "u"}}):
        answer = wire.send("POST", TRANSLATE, headers=headers, **sent)
        assert (answer.status_code, answer.json()["code"]) == (400, "Missingbody")
        assert answer.json()["message"] == "body is mandatory for this action."


@pytest.mark.parametrize("job_id", ["", "x" * 65])
def test_a_job_id_has_64_characters_at_most(wire: DingTalkClient, token: str, job_id: str) -> None:
    refused(wire.job_result(token, job_id), "jobId")
    refused(wire.job_result(token, "x" * 64), "is not a job of this corp")
    refused(wire.api("GET", "/v1.0/contact/files/translateResults", None, token), "`jobId` is missing")


def test_another_corps_job_is_not_known(emulator: Target) -> None:
    wire = DingTalkClient(emulator.credentials("dingtalk"))
    token, elsewhere = wire.corp_token(), wire.other_corp_token()
    job_id = wire.translate(token, uploaded(wire, token, "a.csv"))[1]["jobId"]
    refused(wire.job_result(elsewhere, job_id), "is not a job of this corp")
    emulator.advance("3s")
    refused(wire.job_result(elsewhere, job_id), "is not a job of this corp")
    assert wire.job_result(token, job_id)[1]["status"] == "1"


def test_a_result_has_a_status_that_is_a_string_and_a_url_at_its_end(
    box: Target, wire: DingTalkClient, token: str
) -> None:
    job_id = wire.translate(token, uploaded(wire, token, "a.csv"))[1]["jobId"]
    assert wire.job_result(token, job_id) == (200, {"status": "0"})
    box.advance("3s")
    _, said = wire.job_result(token, job_id)
    assert said.keys() == {"status", "url"}
    assert said["status"] == "1"


@pytest.mark.reported("published log of calls without credentials, 2026-09-11")
def test_the_token_is_sent_in_its_header_alone(wire: DingTalkClient, token: str) -> None:
    path = "/v1.0/contact/files/translateResults?jobId=x"
    for sent in ({"params": {"access_token": token}}, {"headers": {"Authorization": f"Bearer {token}"}}):
        answer = wire.send("GET", path, **sent)
        assert (answer.status_code, answer.json()["code"]) == (400, "AuthenticationFailed.MissingParameter")
