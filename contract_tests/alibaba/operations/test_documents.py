"""Document tasks of alimt: their course, their types and their rules."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from contract_tests.alibaba.operations.alimt_sandbox import DOCUMENT_FORM, LANGUAGES, AlimtSandbox

pytestmark = pytest.mark.documented(
    "help.aliyun.com api-alimt-2018-10-12-*: the page of each operation, and its API metadata"
)


@pytest.mark.documented("help.aliyun.com document_detail/163814")
def test_a_document_runs_from_ready_to_translated(sandbox: AlimtSandbox) -> None:
    creation = sandbox.call("CreateDocTranslateTask", **DOCUMENT_FORM)
    assert creation.keys() == {"Status", "RequestId", "TaskId", "status"}
    assert len(creation["TaskId"]) == 32
    statuses = []
    for duration in ("0s", "1500ms", "2s"):
        sandbox.advance(duration)
        answer = sandbox.call("GetDocTranslateTask", "GET", {"TaskId": creation["TaskId"]})
        statuses.append(answer["Status"])
    assert statuses == ["ready", "translating", "translated"]
    assert answer["PageCount"] >= 1
    result = sandbox.download(answer["TranslateFileUrl"])
    assert result.content.startswith(b"PK")
    assert sandbox.download(answer["TranslateFileUrl"].replace("Signature=", "Signature=0")).status_code == 403
    sandbox.advance("1h")
    assert "Request has expired" in sandbox.download(answer["TranslateFileUrl"]).text
    link = sandbox.call("GetDocTranslateTask", "GET", {"TaskId": creation["TaskId"]})["TranslateFileUrl"]
    assert sandbox.download(link).status_code == 200


@pytest.mark.parametrize(
    ("name", "start", "extension"),
    [
        ("a.pdf", b"PK", "docx"),
        ("a.PPTX", b"PK", "pptx"),
        ("a.txt", "[en] 翻译样例".encode(), "txt"),
        ("a.md", "[en] 翻译样例".encode(), "md"),
        ("a.html", b"<!DOCTYPE html>", "html"),
        ("a.xliff", b"<?xml", "xliff"),
        ("a.json", b'{"text"', "json"),
    ],
)
def test_a_translated_document_is_of_its_type(name: str, start: bytes, extension: str, sandbox: AlimtSandbox) -> None:
    task_id = sandbox.call("CreateDocTranslateTask", **LANGUAGES, FileUrl=f"https://e.example/{name}")["TaskId"]
    sandbox.advance("1m")
    link = sandbox.call("GetDocTranslateTask", "GET", {"TaskId": task_id})["TranslateFileUrl"]
    assert link.partition("?")[0].endswith(f"/a_en.{extension}")
    assert sandbox.download(link).content.startswith(start)


@pytest.mark.documented("help.aliyun.com document_detail/163814")
def test_a_document_that_fails_says_why(sandbox: AlimtSandbox) -> None:
    rule = {"on": "alibaba.CreateDocTranslateTask", "then": {"timeline": ["ready 1s", "error 10030"]}}
    sandbox.call_sandbox("PUT", "scenario", {"rules": [rule]})
    task_id = sandbox.call("CreateDocTranslateTask", **DOCUMENT_FORM)["TaskId"]
    sandbox.advance("2s")
    answer = sandbox.call("GetDocTranslateTask", "GET", {"TaskId": task_id})
    assert (answer["Status"], answer["TranslateErrorCode"]) == ("error", "10030")
    assert answer["TranslateErrorMessage"] == "The file size exceeds the limit."


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"FileUrl": "https://10.0.0.1/a.docx"}, "10022"),
        ({"FileUrl": "https://e.example/a b.docx"}, "10022"),
        ({"FileUrl": "a.docx"}, "10022"),
        ({"FileUrl": "https://[/a.docx"}, "10022"),
        ({"FileUrl": "https://e.example/a.exe"}, "10031"),
        ({"CallbackUrl": "nowhere"}, "10024"),
        ({"Scene": "poetry"}, "10021"),
        ({"TargetLanguage": "zh"}, "10021"),
    ],
)
def test_a_document_has_its_rules(form: Mapping[str, str], code: str, sandbox: AlimtSandbox) -> None:
    answer = sandbox.call("CreateDocTranslateTask", **{**DOCUMENT_FORM, **form})
    assert (answer["status"], answer["Code"]) == (400, code)


def test_a_document_is_created_by_post_and_asked_for_by_get_alone(sandbox: AlimtSandbox) -> None:
    assert sandbox.call("CreateDocTranslateTask", "GET", DOCUMENT_FORM)["Code"] == "UnsupportedHTTPMethod"
    assert sandbox.call("GetDocTranslateTask", TaskId="x")["Code"] == "UnsupportedHTTPMethod"
    assert sandbox.call("GetDocTranslateTask", "GET", {"TaskId": "x"})["Code"] == "10025"
