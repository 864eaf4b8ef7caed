"""Images: one at once, many as a task, and certificates; and the older operations that will be taken away."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fauxlate.content import pseudo
from fauxlate.content.unreadable import Unreadable
from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.provider import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.alibaba.access.auth import RESULTS
from fauxlate.providers.alibaba.lifecycles import IMAGE_BATCH, INVALID
from fauxlate.providers.alibaba.models import images as models
from fauxlate.providers.alibaba.replies import code, in_body, refusal, request_id
from fauxlate.providers.alibaba.translation import checks

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.engine.timing.jobs import Job

LARGEST_FILE = 10 * 1024 * 1024
SHORTEST_SIDE, LONGEST_SIDE = 15, 8192
"""Pixels (the text of Parameter.ImageSizeError)."""
MOST_ASPECT = 10
"""The longer side is less than this many times the shorter."""
KEPT = 3600
"""Seconds that the images of TranslateImage and GetImageTranslate are kept: as those of a batch, which is assumed."""
_IMAGES = "alibaba.image"
_DEFAULT_SIZE = (640, 480)
"""Of a result whose source is not known: links of clients are never fetched."""


@dataclass(frozen=True, slots=True)
class ImageBatch:
    """Facts of a batch: its distinct links in the order of the request, the languages, what was asked besides."""

    urls: tuple[str, ...]
    source: str
    target: str
    editor_data: bool = False

    @property
    def attributes(self) -> Mapping[str, object]:
        """The values that conditions of scenarios and the admin API read, by name."""
        return {"file": self.urls, "source": self.source, "target": self.target}


@dataclass(frozen=True, slots=True)
class Image:
    """A result image: its text, and its size in pixels."""

    text: str
    size: tuple[int, int] = _DEFAULT_SIZE


def _wants(extras: Mapping[str, Any], name: str) -> bool:
    return extras.get(name) in ("true", True)  # documented as the strings true and false


async def translate_image(call: Call, asked: models.TranslateImage) -> models.TranslateImageResponse:
    """Translate an image at once; its results have the size of the source where that was sent."""
    for name, value in (("SourceLanguage", asked.source_language), ("TargetLanguage", asked.target_language)):
        if not value:
            raise call.refuse(ProblemKind.INVALID, f"{name} is required, whatever the table of the page says.", name)
    source, target = asked.source_language or "", asked.target_language or ""
    checks.languages(call, source, target)
    editor_data = _wants(checks.extras(call, "Ext", asked.ext), "needEditorData")
    if asked.image_base64:
        size = await _size(call, asked.image_base64)
    elif asked.image_url:
        size = _DEFAULT_SIZE
        if not checks.over_http(asked.image_url):
            raise Refusal("Parameter.ImageUrlError", hint="ImageUrl is no http or https link.")
    else:
        raise call.refuse(ProblemKind.INVALID, "Neither ImageUrl nor ImageBase64 came; one is needed.", "ImageUrl")
    link = await _kept(call, Image(pseudo.translate(asked.image_url or "image", source, target), size))
    data: models.ImageTranslation = {"FinalImageUrl": f"{link}/final.png", "InPaintingUrl": f"{link}/inpainting.png"}
    if editor_data:
        data["TemplateJson"] = _template(asked.image_url, source, target)
    return {"RequestId": request_id(call), "Code": code(call, 200), "Message": "OK", "Data": data}


async def _size(call: Call, encoded: str) -> tuple[int, int]:
    from fauxlate.content import images

    try:
        data = await asyncio.to_thread(base64.b64decode, encoded, validate=True)
    except (binascii.Error, ValueError):
        raise call.refuse(ProblemKind.INVALID, "ImageBase64 is not Base64.", "ImageBase64") from None
    if len(data) > LARGEST_FILE:
        raise Refusal("Parameter.ImageFileSizeError", hint=f"The image has {len(data)} bytes.")
    try:
        width, height = await asyncio.to_thread(images.size_of, data)
    except Unreadable as fault:
        raise Refusal("Parameter.ImageFormatError", hint=f"{fault}.") from None
    short, long = sorted((width, height))
    if short < SHORTEST_SIDE or long > LONGEST_SIDE or long >= MOST_ASPECT * short:
        raise Refusal("Parameter.ImageSizeError", hint=f"The image is {width} by {height} pixels.")
    return width, height


async def _kept(call: Call, image: Image) -> str:
    """Keep an image for as long as its links are good; return where it lies."""
    image_id = call.sandbox.chance.uuid("alibaba.image", version=5).upper()
    await call.sandbox.store.put(_IMAGES, image_id, Record(image, call.now + KEPT))
    return f"{call.base_url}{RESULTS}{call.sandbox.tag}/{image_id}/0"


def _template(url: str | None, source: str, target: str) -> str:
    template = {"sourceImageUrl": url, "sourceLanguage": source, "targetLanguage": target}
    return json.dumps(template, ensure_ascii=False)


async def translate_image_batch(call: Call, asked: models.TranslateImageBatch) -> models.ImageTaskResponse:
    """Start the translation of up to 20 images."""
    urls = checks.links(call, "ImageUrls", asked.image_urls, models.MOST_IMAGES)
    editor_data = _wants(checks.extras(call, "Ext", asked.ext), "needEditorData")
    checks.languages(call, asked.source_language, asked.target_language)
    batch = ImageBatch(urls, asked.source_language, asked.target_language, editor_data)
    return await _task(call, asked.custom_task_id, batch, "OK")


async def create_image_translate_task(call: Call, asked: models.CreateImageTranslateTask) -> models.ImageTaskResponse:
    """Start the translation of up to 20 images, in the older way."""
    urls = checks.links(call, "UrlList", asked.url_list, models.MOST_IMAGES)
    checks.extras(call, "Extra", asked.extra)
    checks.languages(call, asked.source_language, asked.target_language)
    return await _task(call, asked.client_token, ImageBatch(urls, asked.source_language, asked.target_language), "ok")


async def _task(call: Call, token: str | None, batch: ImageBatch, message: str) -> models.ImageTaskResponse:
    async def start() -> str:
        task_id = call.sandbox.chance.uuid("alibaba.TaskId", version=5).upper()
        await call.start(IMAGE_BATCH, task_id, batch)
        return task_id

    task_id = await checks.once(call, token, start)
    data: models.ImageTask = {"TaskId": task_id}
    return {"Code": code(call, 200), "Message": message, "RequestId": request_id(call), "Data": data}


async def get_translate_image_batch_result(
    call: Call, asked: models.GetTranslateImageBatchResult
) -> models.GetTranslateImageBatchResultResponse:
    """Tell how a batch stands; a task that is unknown, or no longer kept, is `invalid`, and that is no error."""
    job = await call.find(IMAGE_BATCH, asked.task_id)
    status, result = INVALID.name, list[models.TranslatedImage]()
    if job is not None:
        position = await call.poll(job)
        if not position.gone:
            status = position.state
            if position.last and status == "finished":
                result = _images(call, job, position.step.error)
    return {
        "Code": code(call, 200),
        "Message": "OK",
        "RequestId": request_id(call),
        "Data": {"Result": result, "Status": status},
    }


def _images(call: Call, job: Job[ImageBatch], error: str | None) -> list[models.TranslatedImage]:
    at, batch = f"{call.base_url}{RESULTS}{call.sandbox.tag}/{job.id}", job.facts
    found: list[models.TranslatedImage] = []
    for index, url in enumerate(batch.urls):
        failing = error or (None if checks.over_http(url) else "System.ParameterError")
        if failing is not None:
            row = call.embedded_error(failing)
            message = row.wording(call.quirk, {})[1]
            found.append({"SourceImageUrl": url, "Code": in_body(call, row), "Message": message, "Success": False})
            continue
        image: models.TranslatedImage = {
            "InPaintingUrl": f"{at}/{index}/inpainting.png",
            "FinalImageUrl": f"{at}/{index}/final.png",
            "SourceImageUrl": url,
            "Code": code(call, 200),
            "Message": "OK",
            "Success": True,
        }
        if batch.editor_data:
            image["TemplateJson"] = _template(url, batch.source, batch.target)
        found.append(image)
    return found


async def get_image_translate_task(
    call: Call, asked: models.GetImageTranslateTask
) -> models.GetImageTranslateTaskResponse:
    """Tell the results of an older task: an empty list, which is assumed, until there are some."""
    job = await call.find(IMAGE_BATCH, asked.task_id)
    if job is None:
        hint = f"There is no image task `{asked.task_id[:100]}` here."
        raise refusal(call, "System.ParameterError", "TaskId", hint)
    position = await call.poll(job)
    told = _images(call, job, position.step.error) if position.last and not position.gone else []
    data = [
        {
            "errorCode": str(image["Code"]),
            "sourceUrl": image["SourceImageUrl"],
            "success": image["Success"],
            "topRequestId": request_id(call),
            "url": image.get("FinalImageUrl", ""),
        }
        for image in told
    ]
    return {
        "Code": code(call, 200),
        "Message": "ok",
        "RequestId": request_id(call),
        "Data": {"ImageData": json.dumps(data, ensure_ascii=False)},
    }


async def get_image_translate(call: Call, asked: models.GetImageTranslate) -> models.GetImageTranslateResponse:
    """Translate an image at once, in the older way."""
    extras = checks.extras(call, "Extra", asked.extra)
    checks.languages(call, asked.source_language, asked.target_language)
    _check_link(call, "Url", asked.url)
    text = pseudo.translate(asked.url, asked.source_language, asked.target_language)
    link = await _kept(call, Image("" if _wants(extras, "without_text") else text))
    width, height = _DEFAULT_SIZE
    seen = json.dumps({"text": text, "width": width, "height": height, "wordNum": len(text)}, ensure_ascii=False)
    data: models.EditedImage = {"Url": f"{link}/final.png"}
    if _wants(extras, "have_ocr"):
        data["Orc"] = seen
    if _wants(extras, "have_psd"):
        data["PictureEditor"] = seen
    return {"Code": code(call, 200), "Message": "ok", "RequestId": request_id(call), "Data": data}


def _check_link(call: Call, name: str, url: str) -> None:
    if not checks.over_http(url):
        raise call.refuse(ProblemKind.INVALID, f"{name} is no http or https link; it came as {url!r:.100}.", name)


async def get_image_diagnose(call: Call, asked: models.GetImageDiagnose) -> models.GetImageDiagnoseResponse:
    """Tell the language of the text in an image: `zh`, as the page's example has it, since no link is fetched."""
    checks.extras(call, "Extra", asked.extra)
    _check_link(call, "Url", asked.url)
    data: models.ImageLanguage = {"Language": "zh"}
    return {"Code": code(call, 200), "Message": "ok", "RequestId": request_id(call), "Data": data}


_CERTIFICATES = {
    "idcard": (("姓名", "name", "庄严", "Solemn"), ("性别", "sex", "男", "male"), ("民族", "ethnicity", "汉", "Han")),
    "driving_license": (
        ("姓名", "name", "黄佳", "Huang Jia"),
        ("有效起始日期", "effective start date", "2019-07-05", "2019-07-05"),
        ("证号", "certificate number", "331021190", "331021190"),
        ("出生日期", "date of birth", "1999-11-04", "1999-11-04"),
    ),
}
"""What a certificate says, since no link is fetched: the page's examples, and two lines more for the first."""


async def translate_certificate(call: Call, asked: models.TranslateCertificate) -> models.TranslateCertificateResponse:
    """Translate a certificate, line by line; with ResultType `image` too, as the SDK knows no other answer."""
    checks.languages(call, asked.source_language, asked.target_language)
    _check_link(call, "ImageUrl", asked.image_url)
    pair = (asked.source_language, asked.target_language)
    english = asked.target_language == "en"
    values: list[models.CertificateValue] = [
        {
            "Key": key,
            "KeyTranslation": key_in_english if english else pseudo.translate(key, *pair),
            "Value": value,
            "ValueTranslation": value_in_english if english else pseudo.translate(value, *pair),
        }
        for key, key_in_english, value, value_in_english in _CERTIFICATES[asked.certificate_type]
    ]
    return {"RequestId": request_id(call), "Data": {"TranslatedValues": values}}


async def image_result(call: Call, asked: models.ImageResult) -> Reply:
    """Return a result image, for as long as it is kept."""
    image = await _of_batch(call, asked)
    if image is None:
        record = await call.sandbox.store.get(_IMAGES, asked.task_id)
        if record is not None and record.is_valid(call.now) and asked.index == "0":
            image = record.value
    if image is None or asked.name not in ("final.png", "inpainting.png"):
        raise Refusal("NoSuchKey", hint="There is no such result image; it is kept for one hour.")
    text = image.text if asked.name == "final.png" else ""
    from fauxlate.content import images

    return Reply(200, await asyncio.to_thread(images.render, text, size=image.size), media_type="image/png")


async def _of_batch(call: Call, asked: models.ImageResult) -> Image | None:
    job = await call.find(IMAGE_BATCH, asked.task_id)
    if job is None:
        return None
    position, batch = await call.position(job), job.facts
    known = asked.index.isdecimal() and int(asked.index) < len(batch.urls)
    if not position.last or position.gone or not known:
        return None
    return Image(pseudo.translate(batch.urls[int(asked.index)], batch.source, batch.target))
