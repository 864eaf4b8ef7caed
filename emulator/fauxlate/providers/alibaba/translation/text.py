"""Text: translated at once, in a batch, as a job; and the detection of its language."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fauxlate.content import language, pseudo
from fauxlate.engine.service.provider import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.alibaba.lifecycles import ASYNC_TRANSLATE
from fauxlate.providers.alibaba.models import text as models
from fauxlate.providers.alibaba.replies import code, request_id
from fauxlate.providers.alibaba.translation import checks

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

LONGEST = 5_000
"""Characters of a text translated at once, or whose language is detected."""
LONGEST_JOB = 1_000_000
"""Characters of CreateAsyncTranslate's text."""
MOST_IN_BATCH, LONGEST_IN_BATCH, BATCH_TOGETHER = 50, 1_000, 8_000
_LONG = 20_000
"""Characters whose translation would hold up everyone else's answers."""


@dataclass(frozen=True, slots=True)
class Text:
    """Facts of an asynchronous text job; the text itself is not kept, only what it became."""

    translated: str
    word_count: int
    detected: str | None
    source: str
    target: str

    @property
    def attributes(self) -> Mapping[str, str]:
        """The values that conditions of scenarios and the admin API read, by name."""
        return {"source": self.source, "target": self.target}


async def translate(call: Call, asked: models.TranslateGeneral | models.Translate) -> models.TranslationResponse:
    """Translate a text at once."""
    count = checks.length(call, asked.source_text, LONGEST)
    checks.languages(call, asked.source_language, asked.target_language)
    detected = language.detect(asked.source_text) if asked.source_language == "auto" else None
    data: models.Translation = {"Translated": _translated(asked, detected), "WordCount": str(count)}
    if detected is not None:
        data["DetectedLanguage"] = detected
    return {"RequestId": request_id(call), "Code": code(call, 200), "Message": "success", "Data": data}


def _translated(
    asked: models.TranslateGeneral | models.Translate | models.TranslateSearch, detected: str | None
) -> str:
    source = detected or asked.source_language
    return pseudo.translate(asked.source_text, source, asked.target_language, html=asked.format_type == "html")


async def translate_search(call: Call, asked: models.TranslateSearch) -> models.TranslateSearchResponse:
    """Translate what someone searches for."""
    checks.length(call, asked.source_text, LONGEST)
    checks.languages(call, asked.source_language, asked.target_language)
    detected = language.detect(asked.source_text) if asked.source_language == "auto" else None
    data: models.SearchTranslation = {"Translated": _translated(asked, detected)}
    return {"RequestId": request_id(call), "Code": "200", "Message": "success", "Data": data}


async def get_batch_translate(call: Call, asked: models.GetBatchTranslate) -> models.GetBatchTranslateResponse:
    """Translate up to 50 texts at once, each under the key that it came with."""
    texts = checks.extras(call, "SourceText", asked.source_text)
    if not 1 <= len(texts) <= MOST_IN_BATCH or not all(isinstance(text, str) for text in texts.values()):
        detail = f"SourceText is a JSON object of 1 to {MOST_IN_BATCH} strings; it has {len(texts)} values."
        raise call.refuse(ProblemKind.INVALID, detail, "SourceText")
    for key, text in texts.items():
        checks.length(call, text, LONGEST_IN_BATCH, f"The text `{key[:50]}`")
    checks.length(call, "".join(texts.values()), BATCH_TOGETHER, "All texts together")
    checks.languages(call, asked.source_language, asked.target_language)
    items: list[models.BatchItem] = []
    for key, text in texts.items():
        detected = language.detect(text) if asked.source_language == "auto" else None
        source = detected or asked.source_language
        translated = pseudo.translate(text, source, asked.target_language, html=asked.format_type == "html")
        item: models.BatchItem = {
            "code": "200",
            "wordCount": str(language.utf16_length(text)),
            "index": key,
            "translated": translated,
        }
        if detected is not None:
            item["detectedLanguage"] = detected
        items.append(item)
    return {"RequestId": request_id(call), "Code": code(call, 200), "Message": "success", "TranslatedList": items}


async def get_detect_language(call: Call, asked: models.GetDetectLanguage) -> models.GetDetectLanguageResponse:
    """Tell the language of a text."""
    checks.length(call, asked.source_text, LONGEST)
    detected = language.detect(asked.source_text)
    return {"DetectedLanguage": detected, "RequestId": request_id(call), "LanguageProbabilities": ""}


async def create_async_translate(call: Call, asked: models.CreateAsyncTranslate) -> models.CreateAsyncTranslateResponse:
    """Start the translation of a long text."""
    text, source = asked.source_text, asked.source_language
    word_count = checks.length(call, text, LONGEST_JOB)
    checks.languages(call, source, asked.target_language)
    detected = language.detect(text) if source == "auto" else None
    job = (text, detected or source, asked.target_language)
    html = asked.format_type == "html"
    if len(text) > _LONG:
        translated = await asyncio.to_thread(pseudo.translate, *job, html=html)
    else:
        translated = pseudo.translate(*job, html=html)
    job_id = call.sandbox.chance.uuid("alibaba.JobId")
    await call.start(ASYNC_TRANSLATE, job_id, Text(translated, word_count, detected, source, asked.target_language))
    return {
        "RequestId": request_id(call),
        "Code": code(call, 200),
        "Message": "success",
        "Data": {"JobId": job_id, "Status": "ready"},
    }


_STATUS = {
    "ready_when_done": {"ready": "translating", "translated": "ready"},
    "always_ready": {"ready": "ready", "translating": "ready", "translated": "ready"},
    "document_family": {},
}


async def get_async_translate(call: Call, asked: models.GetAsyncTranslate) -> models.GetAsyncTranslateResponse:
    """Tell how a text job stands, with the text once it is there."""
    job = await call.find(ASYNC_TRANSLATE, asked.job_id)
    if job is None:
        raise Refusal(call.quirk("alibaba.unknown_job"), hint=f"There is no text job `{asked.job_id[:100]}` here.")
    position = await call.poll(job)
    if position.step.error is not None:
        raise Refusal(position.step.error, hint=f"The job's timeline ends in {position.step.error}.")
    status = _STATUS[call.quirk("alibaba.async_status")].get(position.state, position.state)
    data: models.AsyncTranslateResult = {"Status": status}
    if position.state == "translated":
        text: Text = job.facts
        data["TranslatedText"] = text.translated
        data["WordCount"] = str(text.word_count)
        if text.detected is not None:
            data["DetectedLanguage"] = text.detected
    return {"RequestId": request_id(call), "Code": code(call, 200), "Message": "ok", "Data": data}
