"""Translation and language detection of texts, and translation of documents."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from fauxlate.engine.tables.parameters import Parameters, body, path

TargetLanguage = Literal["ar", "de", "ru", "fr", "ko", "pt", "ja", "th", "tr", "es", "en", "vi", "zh", "zh-tw"]
"""Source: nlp_03_0024; `zh-tw` is in the SDK's list alone (huaweicloudsdknlp 3.1.219)."""
SourceLanguage = Literal[TargetLanguage, "auto"]


class RunTextTranslation(Parameters):
    """Source: nlp_03_0024. The operation checks the length of the text."""

    project_id: str = path("project_id")
    text: str = body("text", is_long=True)
    source: SourceLanguage = body("from")
    target: TargetLanguage = body("to")
    scene: Literal["common"] | None = body("scene", None)


class RunLanguageDetection(Parameters):
    """Source: language detection's page; huaweicloudsdknlp 3.1.219."""

    project_id: str = path("project_id")
    text: str = body("text", is_long=True)


def _validate_url(url: str) -> str:
    """Return a URL that can be parsed. Raises `ValueError` for one like `http://[`."""
    urlsplit(url)
    return url


class RunFileTranslation(Parameters):
    """Source: nlp_03_0073. All four fields of the body are required; only `zh` to `en` and `en` to `zh`."""

    project_id: str = path("project_id")
    url: Annotated[str, Field(pattern=r"^https?://[^/]+/.+"), AfterValidator(_validate_url)] = body("url")
    source: Literal["zh", "en"] = body("from")
    target: Literal["zh", "en"] = body("to")
    type: Literal["docx", "pptx", "txt"] = body("type")


class RunGetFileTranslationResult(Parameters):
    """Source: seed 003."""

    project_id: str = path("project_id")
    job_id: str = path("job_id")


RunTextTranslationResponse = TypedDict(
    "RunTextTranslationResponse", {"src_text": str, "translated_text": str, "from": str, "to": str}
)
"""Answer of RunTextTranslation."""


class RunLanguageDetectionResponse(TypedDict):
    """Answer of RunLanguageDetection."""

    detected_language: str


class RunFileTranslationResponse(TypedDict):
    """Answer of RunFileTranslation."""

    job_id: str


class RunGetFileTranslationResultResponse(TypedDict):
    """Answer of the query: `url` once FINISHED, the error once ERROR."""

    status: str
    url: NotRequired[str]
    error_code: NotRequired[str]
    error_msg: NotRequired[str]
