"""Images: one at once, many in a batch, certificates, and the operations that are planned to be taken away."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from fauxlate.engine.tables.parameters import Parameters, form, path
from fauxlate.providers.alibaba.models.envelope import Envelope, FlatResponse

MAX_IMAGES = 20


class TranslateImage(Parameters):
    """One of ImageUrl and ImageBase64, which wins; the languages are required, whatever the table says."""

    image_url: str | None = form("ImageUrl", None)
    image_base64: str | None = form("ImageBase64", None, is_long=True)
    source_language: str | None = form("SourceLanguage", None)
    target_language: str | None = form("TargetLanguage", None)
    field: str = form("Field", "general")
    ext: str | None = form("Ext", None)


class TranslateImageBatch(Parameters):
    """`ImageUrls` are separated by commas, 20 at most."""

    image_urls: str = form("ImageUrls", min_length=1)
    source_language: str = form("SourceLanguage", min_length=1)
    target_language: str = form("TargetLanguage", min_length=1)
    field: str = form("Field", "general")
    ext: str | None = form("Ext", None)
    custom_task_id: str | None = form("CustomTaskId", None)


class GetTranslateImageBatchResult(Parameters):
    """Source: seed 004."""

    task_id: str = form("TaskId", min_length=1)


class TranslateCertificate(Parameters):
    """An image that anyone can read over HTTP; its result is text unless ResultType says `image`."""

    source_language: str = form("SourceLanguage", min_length=1)
    target_language: str = form("TargetLanguage", min_length=1)
    image_url: str = form("ImageUrl", min_length=1)
    certificate_type: Literal["idcard", "driving_license"] = form("CertificateType")
    result_type: Literal["text", "image"] = form("ResultType", "text")


class GetImageTranslate(Parameters):
    """Planned to be taken away; TranslateImage takes its place."""

    url: str = form("Url", min_length=1)
    source_language: str = form("SourceLanguage", min_length=1)
    target_language: str = form("TargetLanguage", min_length=1)
    extra: str | None = form("Extra", None)


class CreateImageTranslateTask(Parameters):
    """Planned to be taken away; TranslateImageBatch takes its place. `UrlList` is separated by commas, 20 at most."""

    url_list: str = form("UrlList", min_length=1)
    source_language: str = form("SourceLanguage", min_length=1)
    target_language: str = form("TargetLanguage", min_length=1)
    extra: str | None = form("Extra", None)
    client_token: str | None = form("ClientToken", None)


class GetImageTranslateTask(Parameters):
    """Planned to be taken away."""

    task_id: str = form("TaskId", min_length=1)


class GetImageDiagnose(Parameters):
    """Planned to be taken away. The language of the text in an image."""

    url: str = form("Url", min_length=1)
    extra: str | None = form("Extra", None)


class ImageResult(Parameters):
    """The link to a result image: `/alimt-results/{tag}/{task_id}/{index}/{name}`."""

    task_id: str = path("task_id")
    index: str = path("index")
    name: str = path("name")


class ImageTranslation(TypedDict):
    """`Data` of TranslateImage; TemplateJson where `needEditorData` of Ext is `true`."""

    FinalImageUrl: str
    InPaintingUrl: str
    TemplateJson: NotRequired[str]


class TranslateImageResponse(Envelope):
    """Response of TranslateImage."""

    Data: ImageTranslation


class ImageTask(TypedDict):
    """`Data` of TranslateImageBatch and CreateImageTranslateTask."""

    TaskId: str


class ImageTaskResponse(Envelope):
    """Response of TranslateImageBatch and CreateImageTranslateTask."""

    Data: ImageTask


class TranslatedImage(TypedDict):
    """One image of a finished batch; one that failed has no links. TemplateJson as for TranslateImage."""

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


class GetTranslateImageBatchResultResponse(Envelope):
    """Response of GetTranslateImageBatchResult."""

    Data: ImageBatchResult


class CertificateValue(TypedDict):
    """One line of a certificate: its title and its value, each with its translation."""

    Key: str
    KeyTranslation: str
    Value: str
    ValueTranslation: str


class Certificate(TypedDict):
    """`Data` of TranslateCertificate."""

    TranslatedValues: list[CertificateValue]


class TranslateCertificateResponse(FlatResponse):
    """Response of TranslateCertificate; it has neither Code nor Message."""

    Data: Certificate


class EditedImage(TypedDict):
    """`Data` of GetImageTranslate: Orc (sic) and PictureEditor are JSON in strings, where Extra asks for them."""

    Url: str
    Orc: NotRequired[str]
    PictureEditor: NotRequired[str]


class GetImageTranslateResponse(Envelope):
    """Response of GetImageTranslate."""

    Data: EditedImage


class ImageData(TypedDict):
    """`Data` of GetImageTranslateTask: a JSON list in a string, each with errorCode, sourceUrl, success, url."""

    ImageData: str


class GetImageTranslateTaskResponse(Envelope):
    """Response of GetImageTranslateTask."""

    Data: ImageData


class ImageLanguage(TypedDict):
    """`Data` of GetImageDiagnose."""

    Language: str


class GetImageDiagnoseResponse(Envelope):
    """Response of GetImageDiagnose."""

    Data: ImageLanguage
