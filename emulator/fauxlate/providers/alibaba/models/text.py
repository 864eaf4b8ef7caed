"""Text: translated at once, in a batch, as a job; and the detection of its language."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from fauxlate.engine.tables.parameters import Parameters, form, query_or_form
from fauxlate.providers.alibaba.models.envelope import Envelope, FlatResponse

FormatType = Literal["text", "html"]
ApiType = Literal["translate_standard", "translate_ecommerce"]


class _TextParameters(Parameters):
    source_language: str = form("SourceLanguage", min_length=1)
    target_language: str = form("TargetLanguage", min_length=1)
    source_text: str = form("SourceText", min_length=1, is_long=True)
    format_type: FormatType = form("FormatType")


class TranslateGeneral(_TextParameters):
    """At most 5000 characters; `Context` is sent in the query, whatever the method."""

    scene: Literal["general"] = form("Scene", "general")
    context: str | None = query_or_form("Context", None)


class Translate(_TextParameters):
    """At most 5000 characters; `Context` is sent in the query, whatever the method."""

    scene: Literal["title", "description", "communication", "medical", "social", "finance"] = form("Scene")
    context: str | None = query_or_form("Context", None)


class TranslateSearch(_TextParameters):
    """`Scene` is `query`."""

    scene: Literal["query"] = form("Scene")


class GetBatchTranslate(_TextParameters):
    """`SourceText` is a JSON object in a string: at most 50 texts, of 1000 characters each and 8000 together."""

    scene: Literal["general", "title", "description", "communication", "medical", "social"] = form("Scene")
    api_type: ApiType = form("ApiType")


class GetDetectLanguage(Parameters):
    """At most 5000 characters."""

    source_text: str = form("SourceText", min_length=1, is_long=True)


class CreateAsyncTranslate(_TextParameters):
    """Every parameter is required. At most a million characters."""

    scene: Literal[
        "general", "title", "description", "communication", "message", "medical", "social", "finance", "tech"
    ] = form("Scene")
    api_type: ApiType = form("ApiType")


class GetAsyncTranslate(Parameters):
    """Source: seed 002."""

    job_id: str = form("JobId", min_length=1)


class Translation(TypedDict):
    """`Data` of a text translated at once; DetectedLanguage for source `auto`."""

    Translated: str
    WordCount: str
    DetectedLanguage: NotRequired[str]


class TranslationResponse(Envelope):
    """Response of TranslateGeneral, Translate, TranslateECommerce and TranslateGeneralVpc."""

    Data: Translation


class SearchTranslation(TypedDict):
    """`Data` of TranslateSearch."""

    Translated: str


class TranslateSearchResponse(Envelope):
    """Response of TranslateSearch, whose `Code` is a string in the metadata too."""

    Data: SearchTranslation


class BatchItem(TypedDict):
    """One text of a batch; all of it strings, in lower camel case. detectedLanguage for source `auto`."""

    code: str
    wordCount: str
    index: str
    translated: str
    detectedLanguage: NotRequired[str]


class GetBatchTranslateResponse(Envelope):
    """Response of GetBatchTranslate and GetBatchTranslateByVPC; it has no `Data`."""

    TranslatedList: list[BatchItem]


class GetDetectLanguageResponse(FlatResponse):
    """Response of GetDetectLanguage; LanguageProbabilities is empty in the page's example."""

    DetectedLanguage: str
    LanguageProbabilities: str


class AsyncTranslateJob(TypedDict):
    """`Data` of CreateAsyncTranslate."""

    JobId: str
    Status: str


class CreateAsyncTranslateResponse(Envelope):
    """Response of CreateAsyncTranslate."""

    Data: AsyncTranslateJob


class AsyncTranslateResult(TypedDict):
    """`Data` of GetAsyncTranslate; all but Status once the text is there, DetectedLanguage for source `auto`."""

    Status: str
    TranslatedText: NotRequired[str]
    WordCount: NotRequired[str]
    DetectedLanguage: NotRequired[str]


class GetAsyncTranslateResponse(Envelope):
    """Response of GetAsyncTranslate."""

    Data: AsyncTranslateResult
