"""What alimt's operations are asked and what they answer, field by field."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from emulator.engine.parameters import Parameters, form, path

MOST_IMAGES = 20


class CreateAsyncTranslate(Parameters):
    """Source: api-alimt-2018-10-12-createasynctranslate. Every parameter is required."""

    source_language: str = form("SourceLanguage", min_length=1)
    target_language: str = form("TargetLanguage", min_length=1)
    source_text: str = form("SourceText", min_length=1)
    scene: Literal[
        "general", "title", "description", "communication", "message", "medical", "social", "finance", "tech"
    ] = form("Scene")
    format_type: Literal["text", "html"] = form("FormatType")
    api_type: Literal["translate_standard", "translate_ecommerce"] = form("ApiType")


class GetAsyncTranslate(Parameters):
    """Source: seed 002."""

    job_id: str = form("JobId", min_length=1)


class TranslateImageBatch(Parameters):
    """Source: api-alimt-2018-10-12-translateimagebatch. `ImageUrls` are separated by commas, 20 at most."""

    image_urls: str = form("ImageUrls", min_length=1)
    source_language: str = form("SourceLanguage", min_length=1)
    target_language: str = form("TargetLanguage", min_length=1)
    field: str = form("Field", "general")
    ext: str | None = form("Ext", None)
    custom_task_id: str | None = form("CustomTaskId", None)


class GetTranslateImageBatchResult(Parameters):
    """Source: seed 004."""

    task_id: str = form("TaskId", min_length=1)


class ImageResult(Parameters):
    """The link to a result image: `/alimt-results/{tag}/{task_id}/{index}/{name}`."""

    task_id: str = path("task_id")
    index: str = path("index")
    name: str = path("name")


class _Envelope(TypedDict):
    RequestId: str
    Code: int | str
    Message: str


class AsyncTranslateJob(TypedDict):
    """`Data` of CreateAsyncTranslate."""

    JobId: str
    Status: str


class CreateAsyncTranslateResponse(_Envelope):
    """Answer of CreateAsyncTranslate."""

    Data: AsyncTranslateJob


class AsyncTranslateResult(TypedDict):
    """`Data` of GetAsyncTranslate; all but Status once the text is there, DetectedLanguage for source `auto`."""

    Status: str
    TranslatedText: NotRequired[str]
    WordCount: NotRequired[str]
    DetectedLanguage: NotRequired[str]


class GetAsyncTranslateResponse(_Envelope):
    """Answer of GetAsyncTranslate."""

    Data: AsyncTranslateResult


class ImageBatchTask(TypedDict):
    """`Data` of TranslateImageBatch."""

    TaskId: str


class TranslateImageBatchResponse(_Envelope):
    """Answer of TranslateImageBatch."""

    Data: ImageBatchTask


class TranslatedImage(TypedDict):
    """One image of a finished batch; an image that failed has no links."""

    SourceImageUrl: str
    Code: int | str
    Message: str
    Success: bool
    InPaintingUrl: NotRequired[str]
    FinalImageUrl: NotRequired[str]
    TemplateJson: NotRequired[str]


class ImageBatchResult(TypedDict):
    """`Data` of GetTranslateImageBatchResult. `Result` is empty until the batch has finished."""

    Result: list[TranslatedImage]
    Status: str


class GetTranslateImageBatchResultResponse(_Envelope):
    """Answer of GetTranslateImageBatchResult."""

    Data: ImageBatchResult
