"""Text translation and language detection: one call, one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fauxlate.engine.tables.errors import Refusal

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.huawei import models


def _fitting(call: Call, text: str) -> str:
    """Return a text that is neither empty nor too long; a character is a Han character, a letter or a mark."""
    most = call.quirk("huawei.longest_text")
    if not 1 <= len(text) <= int(most):
        hint = f"The text has {len(text)} characters; the limit is the choice of the quirk huawei.longest_text."
        raise Refusal("NLP.0301#text_length", {"{most}": most}, hint=hint)
    return text


async def run_text_translation(call: Call, asked: models.RunTextTranslation) -> models.RunTextTranslationResponse:
    """Translate a text; `from` of the answer is the language found where `auto` was asked."""
    from fauxlate.content import language, pseudo

    text = _fitting(call, asked.text)
    source = language.detect(text) if asked.source == "auto" else asked.source
    translated = pseudo.translate(text, source, asked.target)
    return {"src_text": text, "translated_text": translated, "from": source, "to": asked.target}


async def run_language_detection(call: Call, asked: models.RunLanguageDetection) -> models.RunLanguageDetectionResponse:
    """Tell the language of most of a text, or `unk`."""
    from fauxlate.content import language

    return {"detected_language": language.detect(_fitting(call, asked.text))}
