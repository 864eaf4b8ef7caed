"""The operations of alimt on texts: at once, in batches, search, detection of the language, titles."""

from __future__ import annotations

import json

import pytest

from contract_tests.alibaba.operations.alimt_sandbox import TEXT_FORM, AlimtSandbox

pytestmark = pytest.mark.documented(
    "help.aliyun.com api-alimt-2018-10-12-*: the page of each operation, and its API metadata"
)

BATCH_FORM = {**TEXT_FORM, "Scene": "general", "ApiType": "translate_standard"}


@pytest.mark.parametrize(
    ("action", "scene"),
    [
        ("TranslateGeneral", None),
        ("TranslateGeneralVpc", None),
        ("Translate", "title"),
        ("TranslateECommerce", "social"),
    ],
)
def test_a_text_is_translated_at_once(action: str, scene: str | None, sandbox: AlimtSandbox) -> None:
    scene_form = {} if scene is None else {"Scene": scene}
    answer = sandbox.call(action, query={"Context": "早上"}, **TEXT_FORM, **scene_form)
    assert (answer["Code"], answer["Message"]) == (200, "success")
    assert answer["Data"] == {"Translated": "hello", "WordCount": "2"}
    detected = sandbox.call(action, **{**TEXT_FORM, "SourceLanguage": "auto"}, **scene_form)["Data"]
    assert detected == {"Translated": "hello", "WordCount": "2", "DetectedLanguage": "zh"}


def test_html_keeps_its_tags(sandbox: AlimtSandbox) -> None:
    answer = sandbox.call(
        "TranslateGeneral", **{**TEXT_FORM, "FormatType": "html", "SourceText": "<p class='a'>你好</p>"}
    )
    assert answer["Data"]["Translated"] == "<p class='a'>hello</p>"


@pytest.mark.documented("help.aliyun.com document_detail/96396: String.length() of Java")
def test_words_are_counted_in_utf_16_units(sandbox: AlimtSandbox) -> None:
    assert sandbox.call("TranslateGeneral", **{**TEXT_FORM, "SourceText": "a 😀。"})["Data"]["WordCount"] == "5"


@pytest.mark.parametrize(("length", "code"), [(5000, 200), (5001, 10008)])
def test_a_text_translated_at_once_has_5000_characters_at_most(length: int, code: int, sandbox: AlimtSandbox) -> None:
    assert sandbox.call("TranslateGeneral", **{**TEXT_FORM, "SourceText": "x" * length})["Code"] == code


@pytest.mark.reported("HTTP 200 with Code 10004 where Scene was missing, of the same backend, 2026-09-30")
def test_a_scene_that_is_not_documented_is_a_parameter_error_in_the_body(sandbox: AlimtSandbox) -> None:
    answer = sandbox.call("Translate", **TEXT_FORM, Scene="poetry")
    assert (answer["status"], answer["Code"], answer["Message"]) == (
        200,
        10004,
        "Some required parameters are missing.",
    )


@pytest.mark.parametrize("action", ["GetBatchTranslate", "GetBatchTranslateByVPC"])
def test_a_batch_answers_each_text_under_its_key_in_strings(action: str, sandbox: AlimtSandbox) -> None:
    answer = sandbox.call(action, **{**BATCH_FORM, "SourceText": '{"11":"你好","12":"回家"}'})
    assert "Data" not in answer
    assert answer["TranslatedList"] == [
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
def test_a_batch_has_its_limits(texts: object, code: int, sandbox: AlimtSandbox) -> None:
    assert sandbox.call("GetBatchTranslate", **{**BATCH_FORM, "SourceText": json.dumps(texts)})["Code"] == code


@pytest.mark.sdk("alibabacloud_alimt20181012 1.5.2, GetDetectLanguageResponseBody")
@pytest.mark.parametrize("action", ["GetDetectLanguage", "GetDetectLanguageVpc"])
def test_a_language_is_told_without_envelope(action: str, sandbox: AlimtSandbox) -> None:
    answer = sandbox.call(action, SourceText="你好")
    assert answer.keys() == {"DetectedLanguage", "LanguageProbabilities", "RequestId", "status"}
    assert answer["DetectedLanguage"] == "zh"


def test_a_search_has_its_code_as_a_string(sandbox: AlimtSandbox) -> None:
    answer = sandbox.call("TranslateSearch", **TEXT_FORM, Scene="query")
    assert (answer["Code"], answer["Data"]) == ("200", {"Translated": "hello"})


TITLE_FORM = {"Title": "red Red shoes SALE shoes", "Language": "en", "Platform": "ae", "CategoryId": "0"}


@pytest.mark.sdk("alibabacloud_alimt20181012 1.5.2, models; the operations are being retired")
def test_titles_are_answered_in_strings(sandbox: AlimtSandbox) -> None:
    diagnosis = sandbox.call("GetTitleDiagnose", **TITLE_FORM)["Data"]
    assert (diagnosis["WordCount"], diagnosis["AllUppercaseWords"]) == ("5", "SALE")
    assert diagnosis["DuplicateWords"] == "shoes"
    assert (
        sandbox.call("GetTitleGenerate", **TITLE_FORM, HotWords="new")["Data"]["Titles"]
        == "Red Red Shoes Sale Shoes new"
    )
    form = {"Platform": "ae", "CatLevelTwoId": "0", "CatLevelThreeId": "0", "Keywords": "hello, apple"}
    assert "Hello Apple" in sandbox.call("GetTitleIntelligence", **form)["Data"]["Titles"]
    assert sandbox.call("GetTitleIntelligence", **{**form, "CatLevelTwoId": "x"})["Code"] == 104
