"""Images translated or examined at once: TranslateImage, and the older operations for one image."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from fauxlate.content import pseudo
from fauxlate.content.errors import ContentError
from fauxlate.engine.service.problems import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.alibaba.models import images as models
from fauxlate.providers.alibaba.replies import format_code, new_request_id
from fauxlate.providers.alibaba.translation import validation
from fauxlate.providers.alibaba.translation.images.results import DEFAULT_SIZE, Image, format_template, store_image

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

MAX_FILE_SIZE = 10 * 1024 * 1024
"""Bytes."""
MIN_SIDE, MAX_SIDE = 15, 8192
"""Pixels (the text of Parameter.ImageSizeError)."""
MAX_ASPECT_RATIO = 10
"""The longer side is less than this many times the shorter."""


async def translate_image(call: Call, parameters: models.TranslateImage) -> models.TranslateImageResponse:
    """Translate an image at once; its results have the size of the source where that was sent."""
    for name, value in (("SourceLanguage", parameters.source_language), ("TargetLanguage", parameters.target_language)):
        if not value:
            raise call.refuse(ProblemKind.INVALID, f"{name} is required, whatever the table of the page says.", name)
    source, target = parameters.source_language or "", parameters.target_language or ""
    validation.check_languages(call, source, target)
    options = validation.parse_json_object(call, "Ext", parameters.ext)
    if parameters.image_base64:
        size = await _read_size(call, parameters.image_base64)
    elif parameters.image_url:
        size = DEFAULT_SIZE
        if not validation.is_http_link(parameters.image_url):
            raise Refusal("Parameter.ImageUrlError", hint="ImageUrl is no http or https link.")
    else:
        raise call.refuse(ProblemKind.INVALID, "Neither ImageUrl nor ImageBase64 came; one is needed.", "ImageUrl")
    link = await store_image(call, Image(pseudo.translate(parameters.image_url or "image", source, target), size))
    data: models.ImageTranslation = {"FinalImageUrl": f"{link}/final.png", "InPaintingUrl": f"{link}/inpainting.png"}
    if validation.is_enabled(options, "needEditorData"):
        data["TemplateJson"] = format_template(parameters.image_url, source, target)
    return {"RequestId": new_request_id(call), "Code": format_code(call, 200), "Message": "OK", "Data": data}


async def _read_size(call: Call, image_base64: str) -> tuple[int, int]:
    """Return width and height in pixels. Raises `Refusal` for what is no image, or beyond the limits."""
    from fauxlate.content import base64_text, images

    try:
        data = await asyncio.to_thread(base64_text.decode, image_base64)
    except ContentError as fault:
        raise call.refuse(ProblemKind.INVALID, f"ImageBase64 cannot be read: {fault}.", "ImageBase64") from None
    if len(data) > MAX_FILE_SIZE:
        raise Refusal("Parameter.ImageFileSizeError", hint=f"The image has {len(data)} bytes.")
    try:
        width, height = await asyncio.to_thread(images.read_size, data)
    except ContentError as error:
        raise Refusal("Parameter.ImageFormatError", hint=f"{error}.") from None
    short, long = sorted((width, height))
    if short < MIN_SIDE or long > MAX_SIDE or long >= MAX_ASPECT_RATIO * short:
        raise Refusal("Parameter.ImageSizeError", hint=f"The image is {width} by {height} pixels.")
    return width, height


async def get_image_translate(call: Call, parameters: models.GetImageTranslate) -> models.GetImageTranslateResponse:
    """Translate an image at once, in the older way."""
    options = validation.parse_json_object(call, "Extra", parameters.extra)
    validation.check_languages(call, parameters.source_language, parameters.target_language)
    validation.check_link(call, "Url", parameters.url)
    text = pseudo.translate(parameters.url, parameters.source_language, parameters.target_language)
    link = await store_image(call, Image("" if validation.is_enabled(options, "without_text") else text))
    width, height = DEFAULT_SIZE
    contents = json.dumps({"text": text, "width": width, "height": height, "wordNum": len(text)}, ensure_ascii=False)
    data: models.EditedImage = {"Url": f"{link}/final.png"}
    if validation.is_enabled(options, "have_ocr"):
        data["Orc"] = contents
    if validation.is_enabled(options, "have_psd"):
        data["PictureEditor"] = contents
    return {"Code": format_code(call, 200), "Message": "ok", "RequestId": new_request_id(call), "Data": data}


async def get_image_diagnose(call: Call, parameters: models.GetImageDiagnose) -> models.GetImageDiagnoseResponse:
    """Return the language of the text in an image: `zh`, as the page's example has it, since no link is fetched."""
    validation.parse_json_object(call, "Extra", parameters.extra)
    validation.check_link(call, "Url", parameters.url)
    data: models.ImageLanguage = {"Language": "zh"}
    return {"Code": format_code(call, 200), "Message": "ok", "RequestId": new_request_id(call), "Data": data}
