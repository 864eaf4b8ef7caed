"""Result images: their records, links and editor data, and the download of one."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fauxlate.content import pseudo
from fauxlate.engine.exchange.reading import parse_number
from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.alibaba.access.auth import RESULTS_PATH
from fauxlate.providers.alibaba.lifecycles import IMAGE_BATCH

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.alibaba.models import images as models

IMAGE_LIFETIME = 3600
"""Seconds that the images of TranslateImage and GetImageTranslate are kept: as those of a batch, which is assumed."""
DEFAULT_SIZE = (640, 480)
"""Width and height of a result whose source is not known: links of clients are never fetched."""
_IMAGE_RECORDS = "alibaba.image"


@dataclass(frozen=True, slots=True)
class Image:
    """A result image: its text, and its width and height in pixels."""

    text: str
    size: tuple[int, int] = DEFAULT_SIZE


async def store_image(call: Call, image: Image) -> str:
    """Store an image for as long as its links are good; return the URL of the folder in which it is."""
    image_id = call.sandbox.secrets.uuid("alibaba.image", version=5).upper()
    await call.sandbox.store.put(_IMAGE_RECORDS, image_id, Record(image, call.now + IMAGE_LIFETIME))
    return build_link(call, image_id, 0)


def build_link(call: Call, task_id: str, index: int) -> str:
    """Return the URL of the folder of one image of a batch, or of an image stored by itself at index 0."""
    return f"{call.base_url}{RESULTS_PATH}{call.sandbox.tag}/{task_id}/{index}"


def format_template(url: str | None, source: str, target: str) -> str:
    """Return the TemplateJson of an image, the data of the service's image editor."""
    template = {"sourceImageUrl": url, "sourceLanguage": source, "targetLanguage": target}
    return json.dumps(template, ensure_ascii=False)


async def get_image_result(call: Call, parameters: models.ImageResult) -> Reply:
    """Return a result image, for as long as it is kept."""
    image = await _find_batch_image(call, parameters)
    if image is None:
        record = await call.sandbox.store.get(_IMAGE_RECORDS, parameters.task_id)
        if record is not None and record.is_valid(call.now) and parameters.index == "0":
            image = record.value
    if image is None or parameters.name not in ("final.png", "inpainting.png"):
        raise Refusal("NoSuchKey", hint="There is no such result image; it is kept for one hour.")
    text = image.text if parameters.name == "final.png" else ""
    from fauxlate.content import images

    return Reply(200, await asyncio.to_thread(images.render, text, size=image.size), media_type="image/png")


async def _find_batch_image(call: Call, parameters: models.ImageResult) -> Image | None:
    job = await call.find_job(IMAGE_BATCH, parameters.task_id)
    if job is None:
        return None
    position, batch = await call.job_position(job), job.facts
    index = parse_number(parameters.index, len(batch.urls) - 1)
    if not position.is_last or position.is_expired or index is None:
        return None
    return Image(pseudo.translate(batch.urls[index], batch.source, batch.target))
