"""Batches of images: TranslateImageBatch and its query, and the older tasks that do the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fauxlate.providers.alibaba.lifecycles import IMAGE_BATCH, INVALID
from fauxlate.providers.alibaba.models import images as models
from fauxlate.providers.alibaba.replies import format_body_code, format_code, new_request_id, refuse_parameter
from fauxlate.providers.alibaba.translation import validation
from fauxlate.providers.alibaba.translation.deduplication import start_once
from fauxlate.providers.alibaba.translation.images.results import build_link, format_template

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.engine.timing.jobs import Job


@dataclass(frozen=True, slots=True)
class ImageBatch:
    """Facts of a batch: its distinct links in the order of the request, the languages, and `needEditorData` of Ext."""

    urls: tuple[str, ...]
    source: str
    target: str
    needs_editor_data: bool = False

    @property
    def attributes(self) -> Mapping[str, object]:
        """The values that conditions of scenarios and the admin API read, by name."""
        return {"file": self.urls, "source": self.source, "target": self.target}


async def translate_image_batch(call: Call, parameters: models.TranslateImageBatch) -> models.ImageTaskResponse:
    """Start the translation of up to 20 images."""
    urls = validation.parse_links(call, "ImageUrls", parameters.image_urls, models.MAX_IMAGES)
    options = validation.parse_json_object(call, "Ext", parameters.ext)
    validation.check_languages(call, parameters.source_language, parameters.target_language)
    needs_editor_data = validation.is_enabled(options, "needEditorData")
    batch = ImageBatch(urls, parameters.source_language, parameters.target_language, needs_editor_data)
    return await _start(call, parameters.custom_task_id, batch, "OK")


async def create_image_translate_task(
    call: Call, parameters: models.CreateImageTranslateTask
) -> models.ImageTaskResponse:
    """Start the translation of up to 20 images, in the older way."""
    urls = validation.parse_links(call, "UrlList", parameters.url_list, models.MAX_IMAGES)
    validation.parse_json_object(call, "Extra", parameters.extra)
    validation.check_languages(call, parameters.source_language, parameters.target_language)
    batch = ImageBatch(urls, parameters.source_language, parameters.target_language)
    return await _start(call, parameters.client_token, batch, "ok")


async def _start(call: Call, token: str | None, batch: ImageBatch, message: str) -> models.ImageTaskResponse:
    async def start() -> str:
        task_id = call.sandbox.secrets.uuid("alibaba.TaskId", version=5).upper()
        await call.start_job(IMAGE_BATCH, task_id, batch)
        return task_id

    data: models.ImageTask = {"TaskId": await start_once(call, token, start)}
    return {"Code": format_code(call, 200), "Message": message, "RequestId": new_request_id(call), "Data": data}


async def get_translate_image_batch_result(
    call: Call, parameters: models.GetTranslateImageBatchResult
) -> models.GetTranslateImageBatchResultResponse:
    """Return the state of a batch; a task that is unknown, or no longer kept, is `invalid`, and that is no error."""
    job = await call.find_job(IMAGE_BATCH, parameters.task_id)
    status, images = INVALID.name, list[models.TranslatedImage]()
    if job is not None:
        position = await call.poll_job(job)
        if not position.is_expired:
            status = position.state
            if position.is_last and status == "finished":
                images = _build_images(call, job, position.step.error)
    return {
        "Code": format_code(call, 200),
        "Message": "OK",
        "RequestId": new_request_id(call),
        "Data": {"Result": images, "Status": status},
    }


async def get_image_translate_task(
    call: Call, parameters: models.GetImageTranslateTask
) -> models.GetImageTranslateTaskResponse:
    """Return the results of an older task: an empty list, which is assumed, until there are some."""
    job = await call.find_job(IMAGE_BATCH, parameters.task_id)
    if job is None:
        hint = f"There is no image task `{parameters.task_id[:100]}` here."
        raise refuse_parameter(call, "System.ParameterError", "TaskId", hint)
    position = await call.poll_job(job)
    images = _build_images(call, job, position.step.error) if position.is_last and not position.is_expired else []
    data = [
        {
            "errorCode": str(image["Code"]),
            "sourceUrl": image["SourceImageUrl"],
            "success": image["Success"],
            "topRequestId": new_request_id(call),
            "url": image.get("FinalImageUrl", ""),
        }
        for image in images
    ]
    return {
        "Code": format_code(call, 200),
        "Message": "ok",
        "RequestId": new_request_id(call),
        "Data": {"ImageData": json.dumps(data, ensure_ascii=False)},
    }


def _build_images(call: Call, job: Job[ImageBatch], error: str | None) -> list[models.TranslatedImage]:
    """Return the images of a batch that has ended; with an `error`, none of them has links."""
    batch = job.facts
    images: list[models.TranslatedImage] = []
    for index, url in enumerate(batch.urls):
        image_error = error or (None if validation.is_http_link(url) else "System.ParameterError")
        if image_error is not None:
            row = call.embedded_error(image_error)
            message = row.format(call.quirk, {})[1]
            images.append(
                {"SourceImageUrl": url, "Code": format_body_code(call, row), "Message": message, "Success": False}
            )
            continue
        link = build_link(call, job.id, index)
        image: models.TranslatedImage = {
            "InPaintingUrl": f"{link}/inpainting.png",
            "FinalImageUrl": f"{link}/final.png",
            "SourceImageUrl": url,
            "Code": format_code(call, 200),
            "Message": "OK",
            "Success": True,
        }
        if batch.needs_editor_data:
            image["TemplateJson"] = format_template(url, batch.source, batch.target)
        images.append(image)
    return images
