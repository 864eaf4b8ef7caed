"""Text: translated at once, in a batch or as a job, and the detection of its language."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fauxlate.content import language, pseudo
from fauxlate.engine.service.problems import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.alibaba.lifecycles import ASYNC_TRANSLATE
from fauxlate.providers.alibaba.models import text as models
from fauxlate.providers.alibaba.replies import format_code, new_request_id
from fauxlate.providers.alibaba.translation import validation

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

MAX_LENGTH = 5_000
"""Characters of a text translated at once, or whose language is detected."""
MAX_JOB_LENGTH = 1_000_000
"""Characters of CreateAsyncTranslate's text."""
MAX_BATCH_TEXTS, MAX_BATCH_TEXT_LENGTH, MAX_BATCH_LENGTH = 50, 1_000, 8_000
"""Texts of a batch, characters of each, and characters of all together."""
_MAX_INLINE_LENGTH = 20_000
"""Characters beyond which a text is translated in a thread, as it would hold up all other answers."""


@dataclass(frozen=True, slots=True)
class TextJob:
    """Facts of an asynchronous text job; only the translation of the text is kept.

    `detected_language` is None unless the source is `auto`.
    """

    translation: str
    word_count: int
    detected_language: str | None
    source: str
    target: str

    @property
    def attributes(self) -> Mapping[str, str]:
        """The values that conditions of scenarios and the admin API read, by name."""
        return {"source": self.source, "target": self.target}


async def translate(call: Call, parameters: models.TranslateGeneral | models.Translate) -> models.TranslationResponse:
    """Translate a text at once."""
    count = validation.check_length(call, parameters.source_text, MAX_LENGTH)
    validation.check_languages(call, parameters.source_language, parameters.target_language)
    detected = language.detect(parameters.source_text) if parameters.source_language == "auto" else None
    data: models.Translation = {"Translated": _translate(parameters, detected), "WordCount": str(count)}
    if detected is not None:
        data["DetectedLanguage"] = detected
    return {"RequestId": new_request_id(call), "Code": format_code(call, 200), "Message": "success", "Data": data}


def _translate(
    parameters: models.TranslateGeneral | models.Translate | models.TranslateSearch, detected: str | None
) -> str:
    source = detected or parameters.source_language
    return pseudo.translate(
        parameters.source_text, source, parameters.target_language, html=parameters.format_type == "html"
    )


async def translate_search(call: Call, parameters: models.TranslateSearch) -> models.TranslateSearchResponse:
    """Translate the text of a search."""
    validation.check_length(call, parameters.source_text, MAX_LENGTH)
    validation.check_languages(call, parameters.source_language, parameters.target_language)
    detected = language.detect(parameters.source_text) if parameters.source_language == "auto" else None
    data: models.SearchTranslation = {"Translated": _translate(parameters, detected)}
    return {"RequestId": new_request_id(call), "Code": "200", "Message": "success", "Data": data}


async def get_batch_translate(call: Call, parameters: models.GetBatchTranslate) -> models.GetBatchTranslateResponse:
    """Translate up to 50 texts at once, each answered under its key."""
    texts = validation.parse_json_object(call, "SourceText", parameters.source_text)
    if not 1 <= len(texts) <= MAX_BATCH_TEXTS or not all(isinstance(text, str) for text in texts.values()):
        detail = f"SourceText is a JSON object of 1 to {MAX_BATCH_TEXTS} strings; it has {len(texts)} values."
        raise call.refuse(ProblemKind.INVALID, detail, "SourceText")
    for key, text in texts.items():
        validation.check_length(call, text, MAX_BATCH_TEXT_LENGTH, f"The text `{key[:50]}`")
    validation.check_length(call, "".join(texts.values()), MAX_BATCH_LENGTH, "All texts together")
    validation.check_languages(call, parameters.source_language, parameters.target_language)
    items: list[models.BatchItem] = []
    for key, text in texts.items():
        detected = language.detect(text) if parameters.source_language == "auto" else None
        source = detected or parameters.source_language
        translation = pseudo.translate(text, source, parameters.target_language, html=parameters.format_type == "html")
        item: models.BatchItem = {
            "code": "200",
            "wordCount": str(language.count_utf16_units(text)),
            "index": key,
            "translated": translation,
        }
        if detected is not None:
            item["detectedLanguage"] = detected
        items.append(item)
    return {
        "RequestId": new_request_id(call),
        "Code": format_code(call, 200),
        "Message": "success",
        "TranslatedList": items,
    }


async def get_detect_language(call: Call, parameters: models.GetDetectLanguage) -> models.GetDetectLanguageResponse:
    """Return the language of a text."""
    validation.check_length(call, parameters.source_text, MAX_LENGTH)
    detected = language.detect(parameters.source_text)
    return {"DetectedLanguage": detected, "RequestId": new_request_id(call), "LanguageProbabilities": ""}


async def create_async_translate(
    call: Call, parameters: models.CreateAsyncTranslate
) -> models.CreateAsyncTranslateResponse:
    """Start the translation of a long text."""
    text, source = parameters.source_text, parameters.source_language
    word_count = validation.check_length(call, text, MAX_JOB_LENGTH)
    validation.check_languages(call, source, parameters.target_language)
    detected = language.detect(text) if source == "auto" else None
    arguments = (text, detected or source, parameters.target_language)
    html = parameters.format_type == "html"
    if len(text) > _MAX_INLINE_LENGTH:
        translation = await asyncio.to_thread(pseudo.translate, *arguments, html=html)
    else:
        translation = pseudo.translate(*arguments, html=html)
    job_id = call.sandbox.chance.uuid("alibaba.JobId")
    await call.start_job(
        ASYNC_TRANSLATE, job_id, TextJob(translation, word_count, detected, source, parameters.target_language)
    )
    return {
        "RequestId": new_request_id(call),
        "Code": format_code(call, 200),
        "Message": "success",
        "Data": {"JobId": job_id, "Status": "ready"},
    }


_STATUSES = {
    "ready_when_done": {"ready": "translating", "translated": "ready"},
    "always_ready": {"ready": "ready", "translating": "ready", "translated": "ready"},
    "document_family": {},
}
"""By the choice of the quirk alibaba.async_status, the printed status of each state; another state is printed as it is."""


async def get_async_translate(call: Call, parameters: models.GetAsyncTranslate) -> models.GetAsyncTranslateResponse:
    """Return the state of a text job, with the translation once it is there."""
    job = await call.find_job(ASYNC_TRANSLATE, parameters.job_id)
    if job is None:
        raise Refusal(call.quirk("alibaba.unknown_job"), hint=f"There is no text job `{parameters.job_id[:100]}` here.")
    position = await call.poll_job(job)
    if position.step.error is not None:
        raise Refusal(position.step.error, hint=f"The job's timeline ends in {position.step.error}.")
    status = _STATUSES[call.quirk("alibaba.async_status")].get(position.state, position.state)
    data: models.AsyncTranslateResult = {"Status": status}
    if position.state == "translated":
        text: TextJob = job.facts
        data["TranslatedText"] = text.translation
        data["WordCount"] = str(text.word_count)
        if text.detected_language is not None:
            data["DetectedLanguage"] = text.detected_language
    return {"RequestId": new_request_id(call), "Code": format_code(call, 200), "Message": "ok", "Data": data}
