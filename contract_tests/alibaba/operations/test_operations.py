"""What each operation of alimt answers and refuses: limits, windows, places of parameters, results and callbacks."""

from __future__ import annotations

import base64
import io
import json
import queue
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests
from PIL import Image

from contract_tests.target import Target

pytestmark = pytest.mark.documented(
    "help.aliyun.com api-alimt-2018-10-12-*: the page of each operation, and its API metadata"
)

TIMEOUT = 20
Json = dict[str, Any]
PAIR = {"SourceLanguage": "zh", "TargetLanguage": "en"}
TEXT = {**PAIR, "SourceText": "你好", "FormatType": "text"}
BATCH = {**TEXT, "Scene": "general", "ApiType": "translate_standard"}


class Box:
    """A sandbox that looks at no signatures, and calls to it."""

    def __init__(self, server: Target, session: requests.Session) -> None:
        self.url, self.session = server.url, session
        made = session.post(f"{server.url}/__fauxlate/sandboxes", json={"signatures": "ignored"}, timeout=TIMEOUT)
        told = made.json()
        self.id, self.own = told["id"], told["credentials"]["alibaba"]

    def common(self, action: str) -> Json:
        """Return the parameters that every call has."""
        own = self.own["access_key_id"]
        return {"Action": action, "Version": "2018-10-12", "Format": "JSON", "AccessKeyId": own}

    def call(self, action: str, method: Any = "POST", query: Any = None, **form: str) -> Json:
        params = {**self.common(action), **(query or {})}
        answer = self.session.request(method, f"{self.url}/", params=params, data=form or None, timeout=TIMEOUT)
        said: Json = answer.json()
        return {**said, "status": answer.status_code}

    def admin(self, method: str, path: str, body: Json) -> None:
        answer = self.session.request(
            method, f"{self.url}/__fauxlate/sandboxes/{self.id}/{path}", json=body, timeout=TIMEOUT
        )
        assert answer.status_code == 200, answer.text

    def advance(self, by: str) -> None:
        self.admin("PATCH", "clock", {"advance": by})

    def got(self, link: str) -> requests.Response:
        return self.session.get(link, timeout=TIMEOUT)


@pytest.fixture
def box(server: Target) -> Iterator[Box]:
    with requests.Session() as session:
        session.trust_env = False
        yield Box(server, session)


@pytest.mark.parametrize(
    ("action", "scene"),
    [
        ("TranslateGeneral", None),
        ("TranslateGeneralVpc", None),
        ("Translate", "title"),
        ("TranslateECommerce", "social"),
    ],
)
def test_a_text_is_translated_at_once(action: str, scene: str | None, box: Box) -> None:
    more = {} if scene is None else {"Scene": scene}
    said = box.call(action, query={"Context": "早上"}, **TEXT, **more)
    assert (said["Code"], said["Message"]) == (200, "success")
    assert said["Data"] == {"Translated": "hello", "WordCount": "2"}
    detected = box.call(action, **{**TEXT, "SourceLanguage": "auto"}, **more)["Data"]
    assert detected == {"Translated": "hello", "WordCount": "2", "DetectedLanguage": "zh"}


@pytest.mark.sdk("@alicloud/pop-core 1.8.0, lib/rpc.js: a POST has no query, and everything in its form body")
@pytest.mark.parametrize(
    ("action", "asked"),
    [
        ("OpenAlimtService", {"Type": "dt"}),
        (
            "GetTranslateReport",
            {"BeginTime": "2021-03-01 00:00:00", "EndTime": "2021-03-02 00:00:00", "Group": "day"},
        ),
    ],
)
def test_what_is_documented_for_the_query_is_taken_from_a_form_too(action: str, asked: Json, box: Box) -> None:
    asked = {**asked, "ApiName": "translate_standard"}
    answer = box.session.post(f"{box.url}/", data={**box.common(action), **asked}, timeout=TIMEOUT)
    assert answer.status_code == 200, answer.text
    if action == "OpenAlimtService":  # and the type was not lost
        assert box.call(action, query=asked)["Code"] == "ORDER.OPEND"


def test_html_keeps_its_tags(box: Box) -> None:
    said = box.call("TranslateGeneral", **{**TEXT, "FormatType": "html", "SourceText": "<p class='a'>你好</p>"})
    assert said["Data"]["Translated"] == "<p class='a'>hello</p>"


@pytest.mark.documented("help.aliyun.com document_detail/96396: String.length() of Java")
def test_words_are_counted_in_utf_16_units(box: Box) -> None:
    assert box.call("TranslateGeneral", **{**TEXT, "SourceText": "a 😀。"})["Data"]["WordCount"] == "5"


@pytest.mark.parametrize(("length", "code"), [(5000, 200), (5001, 10008)])
def test_a_text_translated_at_once_has_5000_characters_at_most(length: int, code: int, box: Box) -> None:
    assert box.call("TranslateGeneral", **{**TEXT, "SourceText": "x" * length})["Code"] == code


@pytest.mark.reported("HTTP 200 with Code 10004 where Scene was missing, of the same backend, 2026-09-30")
def test_a_scene_that_is_not_documented_is_a_parameter_error_in_the_body(box: Box) -> None:
    said = box.call("Translate", **TEXT, Scene="poetry")
    assert (said["status"], said["Code"], said["Message"]) == (200, 10004, "Some required parameters are missing.")


@pytest.mark.parametrize("action", ["GetBatchTranslate", "GetBatchTranslateByVPC"])
def test_a_batch_answers_each_text_under_its_key_in_strings(action: str, box: Box) -> None:
    said = box.call(action, **{**BATCH, "SourceText": '{"11":"你好","12":"回家"}'})
    assert "Data" not in said
    assert said["TranslatedList"] == [
        {"code": "200", "wordCount": "2", "index": "11", "translated": "hello"},
        {"code": "200", "wordCount": "2", "index": "12", "translated": "[en] 回家"},
    ]


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ({str(n): "x" for n in range(50)}, 200),
        ({str(n): "x" for n in range(51)}, 104),
        ({"1": "x" * 1000}, 200),
        ({"1": "x" * 1001}, 108),
        ({str(n): "x" * 1000 for n in range(8)}, 200),
        ({str(n): "x" * 1000 for n in range(9)}, 108),
        ({}, 104),
        ({"1": 5}, 104),
        (["x"], 104),
    ],
)
def test_a_batch_has_its_limits(texts: object, code: int, box: Box) -> None:
    assert box.call("GetBatchTranslate", **{**BATCH, "SourceText": json.dumps(texts)})["Code"] == code


@pytest.mark.sdk("alibabacloud_alimt20181012 1.5.2, GetDetectLanguageResponseBody")
@pytest.mark.parametrize("action", ["GetDetectLanguage", "GetDetectLanguageVpc"])
def test_a_language_is_told_without_envelope(action: str, box: Box) -> None:
    said = box.call(action, SourceText="你好")
    assert said.keys() == {"DetectedLanguage", "LanguageProbabilities", "RequestId", "status"}
    assert said["DetectedLanguage"] == "zh"


def test_a_search_has_its_code_as_a_string(box: Box) -> None:
    said = box.call("TranslateSearch", **TEXT, Scene="query")
    assert (said["Code"], said["Data"]) == ("200", {"Translated": "hello"})


def picture(size: tuple[int, int], kind: str = "PNG") -> str:
    data = io.BytesIO()
    Image.new("RGB", size).save(data, kind)
    return base64.b64encode(data.getvalue()).decode()


@pytest.mark.assumed("no page says what size a translated image has")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "WEBP"])
def test_a_translated_image_has_the_size_of_its_source(kind: str, box: Box) -> None:
    data = box.call("TranslateImage", **PAIR, ImageBase64=picture((123, 45), kind))["Data"]
    assert data.keys() == {"FinalImageUrl", "InPaintingUrl"}
    for link in data.values():
        assert Image.open(io.BytesIO(box.got(link).content)).size == (123, 45)
    box.advance("1h")
    assert box.got(data["FinalImageUrl"]).status_code == 404


@pytest.mark.parametrize(
    ("sent", "code", "status"),
    [
        ({}, "System.ParameterError", 406),
        ({"ImageUrl": "ftp://e.example/a.png"}, "Parameter.ImageUrlError", 406),
        ({"ImageBase64": "!"}, "System.ParameterError", 406),
        ({"ImageBase64": base64.b64encode(b"no image").decode()}, "Parameter.ImageFormatError", 406),
        ({"ImageBase64": picture((14, 14))}, "Parameter.ImageSizeError", 406),
        ({"ImageBase64": picture((15, 8193))}, "Parameter.ImageSizeError", 406),
        ({"ImageBase64": picture((20, 200))}, "Parameter.ImageSizeError", 406),
        ({"ImageBase64": base64.b64encode(bytes(10 * 2**20 + 1)).decode()}, "Parameter.ImageFileSizeError", 406),
        ({"ImageUrl": "https://e.example/a.png", "SourceLanguage": "??"}, "Parameter.SourceLangError", 400),
        ({"ImageUrl": "https://e.example/a.png", "TargetLanguage": "zh"}, "Parameter.TargetLangError", 400),
        ({"ImageUrl": "https://e.example/a.png", "TargetLanguage": ""}, "System.ParameterError", 406),
        ({"ImageUrl": "https://e.example/a.png", "Ext": "["}, "System.ParameterError", 406),
    ],
)
def test_an_image_has_its_limits(sent: Mapping[str, str], code: str, status: int, box: Box) -> None:
    said = box.call("TranslateImage", **{**PAIR, **sent})
    assert (said["status"], said["Code"]) == (status, code)


@pytest.mark.parametrize("asked", ["true", "false"])
def test_editor_data_comes_where_it_is_asked_for(asked: str, box: Box) -> None:
    ext = json.dumps({"needEditorData": asked})
    one = box.call("TranslateImage", **PAIR, ImageUrl="https://e.example/a.png", Ext=ext)["Data"]
    task = box.call("TranslateImageBatch", **PAIR, ImageUrls="https://e.example/a.png", Ext=ext)["Data"]["TaskId"]
    box.advance("1m")
    (many,) = box.call("GetTranslateImageBatchResult", TaskId=task)["Data"]["Result"]
    assert ("TemplateJson" in one, "TemplateJson" in many) == (asked == "true", asked == "true")


ONCE = [
    ("TranslateImageBatch", "CustomTaskId", {"ImageUrls": "https://e.example/a.png"}),
    ("CreateImageTranslateTask", "ClientToken", {"UrlList": "https://e.example/a.png"}),
    ("CreateDocTranslateTask", "ClientToken", {"FileUrl": "https://e.example/a.docx"}),
]


@pytest.mark.parametrize(("action", "token", "form"), ONCE)
def test_the_same_token_within_three_minutes_is_the_same_task(
    action: str, token: str, form: Mapping[str, str], box: Box
) -> None:
    def task(name: str) -> str:
        said = box.call(action, **PAIR, **form, **{token: name})
        return str(said.get("Data", said)["TaskId"])

    first = task("one")
    box.advance("179s")
    assert task("one") == first
    assert task("other") != first
    box.advance("1s")
    assert task("one") != first


def test_an_older_task_gives_its_images_as_json_in_a_string(box: Box) -> None:
    task = box.call("CreateImageTranslateTask", **PAIR, UrlList="https://e.example/a.png,b")["Data"]["TaskId"]
    assert box.call("GetImageTranslateTask", TaskId=task)["Data"] == {"ImageData": "[]"}
    box.advance("1m")
    images = json.loads(box.call("GetImageTranslateTask", TaskId=task)["Data"]["ImageData"])
    assert [(one["errorCode"], one["success"], one["sourceUrl"]) for one in images] == [
        ("200", True, "https://e.example/a.png"),
        ("104", False, "b"),
    ]
    assert box.got(images[0]["url"]).headers["Content-Type"] == "image/png"


@pytest.mark.parametrize("kind", ["idcard", "driving_license"])
def test_a_certificate_is_translated_line_by_line(kind: str, box: Box) -> None:
    said = box.call("TranslateCertificate", **PAIR, ImageUrl="https://e.example/a.png", CertificateType=kind)
    assert said.keys() == {"RequestId", "Data", "status"}
    first = said["Data"]["TranslatedValues"][0]
    assert (first["Key"], first["KeyTranslation"]) == ("姓名", "name")


DOCUMENT = {**PAIR, "FileUrl": "https://e.example/%E6%96%87.docx"}


@pytest.mark.documented("help.aliyun.com document_detail/163814")
def test_a_document_runs_from_ready_to_translated(box: Box) -> None:
    created = box.call("CreateDocTranslateTask", **DOCUMENT)
    assert created.keys() == {"Status", "RequestId", "TaskId", "status"}
    assert len(created["TaskId"]) == 32
    statuses = []
    for step in ("0s", "1500ms", "2s"):
        box.advance(step)
        said = box.call("GetDocTranslateTask", "GET", {"TaskId": created["TaskId"]})
        statuses.append(said["Status"])
    assert statuses == ["ready", "translating", "translated"]
    assert said["PageCount"] >= 1
    result = box.got(said["TranslateFileUrl"])
    assert result.content.startswith(b"PK")
    assert box.got(said["TranslateFileUrl"].replace("Signature=", "Signature=0")).status_code == 403
    box.advance("1h")
    assert "Request has expired" in box.got(said["TranslateFileUrl"]).text
    again = box.call("GetDocTranslateTask", "GET", {"TaskId": created["TaskId"]})["TranslateFileUrl"]
    assert box.got(again).status_code == 200


@pytest.mark.parametrize(
    ("name", "begins", "extension"),
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
def test_a_translated_document_is_of_its_type(name: str, begins: bytes, extension: str, box: Box) -> None:
    task = box.call("CreateDocTranslateTask", **PAIR, FileUrl=f"https://e.example/{name}")["TaskId"]
    box.advance("1m")
    link = box.call("GetDocTranslateTask", "GET", {"TaskId": task})["TranslateFileUrl"]
    assert link.partition("?")[0].endswith(f"/a_en.{extension}")
    assert box.got(link).content.startswith(begins)


@pytest.mark.documented("help.aliyun.com document_detail/163814")
def test_a_document_that_fails_says_why(box: Box) -> None:
    rule = {"on": "alibaba.CreateDocTranslateTask", "then": {"timeline": ["ready 1s", "error 10030"]}}
    box.admin("PUT", "scenario", {"rules": [rule]})
    task = box.call("CreateDocTranslateTask", **DOCUMENT)["TaskId"]
    box.advance("2s")
    said = box.call("GetDocTranslateTask", "GET", {"TaskId": task})
    assert (said["Status"], said["TranslateErrorCode"]) == ("error", "10030")
    assert said["TranslateErrorMessage"] == "The file size exceeds the limit."


@pytest.mark.parametrize(
    ("wrong", "code"),
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
def test_a_document_has_its_rules(wrong: Mapping[str, str], code: str, box: Box) -> None:
    said = box.call("CreateDocTranslateTask", **{**DOCUMENT, **wrong})
    assert (said["status"], said["Code"]) == (400, code)


def test_a_document_is_created_by_post_and_asked_for_by_get_alone(box: Box) -> None:
    assert box.call("CreateDocTranslateTask", "GET", DOCUMENT)["Code"] == "UnsupportedHTTPMethod"
    assert box.call("GetDocTranslateTask", TaskId="x")["Code"] == "UnsupportedHTTPMethod"
    assert box.call("GetDocTranslateTask", "GET", {"TaskId": "x"})["Code"] == "10025"


@pytest.fixture
def told() -> Iterator[tuple[str, queue.Queue[Json]]]:
    """A client that waits to be called back: its address, and what it was told."""
    said: queue.Queue[Json] = queue.Queue()

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            said.put({"type": self.headers["Content-Type"], **json.loads(body)})
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    listener = HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=listener.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{listener.server_port}/done", said
    listener.shutdown()
    thread.join()
    listener.server_close()


@pytest.mark.documented("help.aliyun.com document_detail/163814: CallbackUrl")
def test_a_jump_of_the_clock_calls_back_before_it_returns(told: tuple[str, queue.Queue[Json]], box: Box) -> None:
    url, said = told
    box.admin("PATCH", "clock", {"mode": "frozen"})
    task = box.call("CreateDocTranslateTask", **DOCUMENT, CallbackUrl=url)["TaskId"]
    box.advance("2s")
    assert said.empty()
    box.advance("2s")
    callback = said.get_nowait()
    assert (callback["type"], callback["task_id"], callback["status"]) == ("application/json", task, "translated")
    assert (callback["errCode"], callback["errMsg"]) == ("200", "")
    assert box.got(callback["translateFileUrl"]).status_code == 200


@pytest.mark.documented("help.aliyun.com document_detail/163814: CallbackUrl")
def test_a_clock_that_runs_by_itself_calls_back_too(told: tuple[str, queue.Queue[Json]], box: Box) -> None:
    url, said = told
    rule = {"on": "alibaba.CreateDocTranslateTask", "then": {"timeline": ["ready 20ms", "error 10030"]}}
    box.admin("PUT", "scenario", {"rules": [rule]})
    box.call("CreateDocTranslateTask", **DOCUMENT, CallbackUrl=url)
    callback = said.get(timeout=TIMEOUT)
    assert (callback["status"], callback["errCode"]) == ("error", "10030")
    assert callback["errMsg"] == "The file size exceeds the limit."


@pytest.mark.assumed("a reset is the emulator's own")
def test_a_sandbox_that_is_reset_calls_nobody_back(told: tuple[str, queue.Queue[Json]], box: Box) -> None:
    url, said = told
    box.call("CreateDocTranslateTask", **DOCUMENT, CallbackUrl=url)
    box.admin("POST", "reset", {})
    box.advance("1m")
    assert said.empty()


def test_a_service_is_opened_once(box: Box) -> None:
    assert box.call("OpenAlimtService", query={"Type": "dt"})["OrderId"].isdecimal()
    assert box.call("OpenAlimtService", query={"Type": "alimt"})["status"] == 200
    assert box.call("OpenAlimtService", query={"Type": "dt"})["Code"] == "ORDER.OPEND"


@pytest.mark.assumed("the page shows that Data is JSON in a string, and little of what is in it")
def test_a_report_counts_calls_by_hour_or_day(box: Box) -> None:
    box.admin("PUT", "scenario", {"clock": {"mode": "frozen", "at": "2026-01-01T10:00:00Z"}})
    for _ in range(3):
        box.call("TranslateGeneral", **TEXT)
        box.advance("30m")
    asked = {"BeginTime": "2026-01-01 00:00:00", "EndTime": "2026-01-01 23:59:59", "ApiName": "translate_standard"}
    hours = box.call("GetTranslateReport", query={**asked, "Group": "hour"})
    assert json.loads(hours["Data"]) == {
        "result": [{"time": "2026-01-01 10:00:00", "total": 2}, {"time": "2026-01-01 11:00:00", "total": 1}]
    }
    days = box.call("GetTranslateReport", query={**asked, "Group": "day"})
    assert json.loads(days["Data"]) == {"result": [{"time": "2026-01-01 00:00:00", "total": 3}]}
    wrong = box.call("GetTranslateReport", query={**asked, "Group": "week"})
    assert (wrong["status"], wrong["Code"]) == (400, "InvalidGroup")


TITLE = {"Title": "red Red shoes SALE shoes", "Language": "en", "Platform": "ae", "CategoryId": "0"}


@pytest.mark.sdk("alibabacloud_alimt20181012 1.5.2, models; the operations are being retired")
def test_titles_are_answered_in_strings(box: Box) -> None:
    diagnosis = box.call("GetTitleDiagnose", **TITLE)["Data"]
    assert (diagnosis["WordCount"], diagnosis["AllUppercaseWords"]) == ("5", "SALE")
    assert diagnosis["DuplicateWords"] == "shoes"
    assert box.call("GetTitleGenerate", **TITLE, HotWords="new")["Data"]["Titles"] == "Red Red Shoes Sale Shoes new"
    asked = {"Platform": "ae", "CatLevelTwoId": "0", "CatLevelThreeId": "0", "Keywords": "hello, apple"}
    assert "Hello Apple" in box.call("GetTitleIntelligence", **asked)["Data"]["Titles"]
    assert box.call("GetTitleIntelligence", **{**asked, "CatLevelTwoId": "x"})["Code"] == 104


@pytest.mark.sdk("alibabacloud_alimt20181012 1.5.2, models; the operations are being retired")
def test_older_image_operations_answer(box: Box) -> None:
    extra = json.dumps({"have_ocr": "true", "have_psd": "false"})
    data = box.call("GetImageTranslate", **PAIR, Url="https://e.example/a.png", Extra=extra)["Data"]
    assert data.keys() == {"Url", "Orc"}
    assert box.got(data["Url"]).status_code == 200
    assert box.call("GetImageDiagnose", Url="https://e.example/a.png")["Data"] == {"Language": "zh"}
