"""Text translation and language detection through the official SDK, with their documented limits and languages."""

from __future__ import annotations

from typing import Any

import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdknlp.v2 import (
    LanguageDetectionReq,
    NlpAsyncClient,
    RunLanguageDetectionRequest,
    RunTextTranslationRequest,
    TextTranslationReq,
)

from contract_tests.harness.target import Target
from contract_tests.huawei.sdk import build_client

pytestmark = pytest.mark.documented("nlp_03_0024; language detection's page; huaweicloudsdknlp 3.1.219")

LANGUAGES = ["ar", "de", "ru", "fr", "ko", "pt", "ja", "th", "tr", "es", "en", "vi", "zh", "zh-tw"]


def translation_request(text: str, source: str = "zh", target: str = "en", scene: str | None = None) -> Any:
    return RunTextTranslationRequest(body=TextTranslationReq(text=text, _from=source, to=target, scene=scene))


def detection_request(text: str) -> Any:
    return RunLanguageDetectionRequest(body=LanguageDetectionReq(text=text))


def test_a_text_comes_back_translated(emulator: Target) -> None:
    answer = build_client(emulator).run_text_translation(translation_request("原文", scene="common"))
    assert answer.to_dict() == {
        "src_text": "原文",
        "translated_text": "[en] 原文",
        "_from": "zh",
        "to": "en",
        "error_code": None,
        "error_msg": None,
    }


def test_the_language_of_a_text_is_told_where_it_was_not_said(emulator: Target) -> None:
    answer = build_client(emulator).run_text_translation(
        translation_request("Guten Tag, ich bin nicht hier", "auto", "zh")
    )
    assert (answer.to_dict()["_from"], answer.to) == ("de", "zh")


def test_the_asynchronous_client_gets_the_same_answers(emulator: Target) -> None:
    nlp = build_client(emulator, NlpAsyncClient)
    assert nlp.run_text_translation_async(translation_request("你好")).result().translated_text == "hello"
    assert nlp.run_language_detection_async(detection_request("你好")).result().detected_language == "zh"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_of_the_page_is_taken(emulator: Target, language: str) -> None:
    nlp = build_client(emulator)
    assert nlp.run_text_translation(translation_request("x", "en", language)).to == language
    assert nlp.run_text_translation(translation_request("x", language, "en")).to_dict()["_from"] == language


@pytest.mark.assumed("which code answers a wrong language is not documented for machine translation")
@pytest.mark.parametrize(
    ("source", "target_language"), [("zh", "auto"), ("it", "en"), ("zh", "EN"), ("", "en"), ("zh", None)]
)
def test_other_languages_are_refused(emulator: Target, source: str, target_language: str) -> None:
    assert refusal_of(emulator, translation_request("x", source, target_language)) == (
        400,
        "NLP.0301",
        "query param error",
    )


@pytest.mark.assumed("which code answers a wrong scene is not documented for machine translation")
def test_there_is_one_scene(emulator: Target) -> None:
    assert refusal_of(emulator, translation_request("x", scene="news"))[:2] == (400, "NLP.0301")


def refusal_of(emulator: Target, request: Any) -> tuple[int, str, str]:
    nlp = build_client(emulator)
    call = nlp.run_text_translation if isinstance(request, RunTextTranslationRequest) else nlp.run_language_detection
    with pytest.raises(ClientRequestException) as refusal:
        call(request)
    return refusal.value.status_code, refusal.value.error_code, refusal.value.error_msg


@pytest.mark.assumed("the limit is documented, the code for it is not")
@pytest.mark.parametrize("build_request", [translation_request, detection_request])
def test_a_text_has_two_thousand_characters_at_most(emulator: Target, build_request: Any) -> None:
    nlp = build_client(emulator)
    longest = "字" * 2000
    assert nlp.run_text_translation(translation_request(longest)).src_text == longest
    assert nlp.run_language_detection(detection_request(longest)).detected_language == "zh"
    refusal = (400, "NLP.0301", "The length of text should be in the range of 1-2000.")
    assert refusal_of(emulator, build_request(longest + "字")) == refusal
    assert refusal_of(emulator, build_request("")) == refusal


@pytest.mark.parametrize(
    ("text", "language"),
    [("这是中文", "zh"), ("This is the text", "en"), ("これは日本語です", "ja"), ("한국어", "ko"), ("12345", "unk")],
)
def test_a_language_is_detected(emulator: Target, text: str, language: str) -> None:
    assert build_client(emulator).run_language_detection(detection_request(text)).detected_language == language
