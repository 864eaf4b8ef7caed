"""Text translation and language detection: one call, one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fauxlate.engine.tables.errors import Refusal

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.huawei.models import translation as models


def _check_length(call: Call, text: str) -> None:
    """Refuse a text that is empty or too long; a character is a Han character, a letter or a mark."""
    limit = call.quirk("huawei.longest_text")
    if not 1 <= len(text) <= int(limit):
        hint = f"The text has {len(text)} characters; the limit is the choice of the quirk huawei.longest_text."
        raise Refusal("NLP.0301#text_length", {"{most}": limit}, hint=hint)


async def run_text_translation(call: Call, parameters: models.RunTextTranslation) -> models.RunTextTranslationResponse:
    """Translate a text; `from` of the answer is the detected language where the request has `auto`."""
    from fauxlate.content import language, pseudo

    text = parameters.text
    _check_length(call, text)
    source = language.detect(text) if parameters.source == "auto" else parameters.source
    translated = pseudo.translate(text, source, parameters.target)
    return {"src_text": text, "translated_text": translated, "from": source, "to": parameters.target}


async def run_language_detection(
    call: Call, parameters: models.RunLanguageDetection
) -> models.RunLanguageDetectionResponse:
    """Return the language of most of a text, or `unk`."""
    from fauxlate.content import language

    _check_length(call, parameters.text)
    return {"detected_language": language.detect(parameters.text)}
