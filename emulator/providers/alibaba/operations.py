"""alimt's operations: the table, and above it what each one does."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.content import language, pseudo
from emulator.engine.errors import Refusal
from emulator.engine.evidence import Evidence
from emulator.engine.provider import Operation, Trouble
from emulator.engine.reply import Reply
from emulator.engine.store import Record
from emulator.providers.alibaba import models
from emulator.providers.alibaba.auth import RESULTS, gateway
from emulator.providers.alibaba.lifecycles import ASYNC_TRANSLATE, IMAGE_BATCH
from emulator.providers.alibaba.replies import code, in_body, named, request_id

if TYPE_CHECKING:
    from emulator.engine.call import Call

LONGEST_TEXT = 1_000_000
"""Characters of CreateAsyncTranslate's SourceText, counted as Java does, in UTF-16 units (FAQ 96396)."""
DEDUPE_SECONDS = 180
"""TranslateImageBatch: the same CustomTaskId within 3 minutes is processed once."""
_LONG_TEXT = 20_000
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")


@dataclass(frozen=True, slots=True)
class Text:
    """Facts of an asynchronous text job; the text itself is not kept, only what it became."""

    translated: str
    word_count: int
    detected: str | None
    source: str
    target: str

    @property
    def told(self) -> Mapping[str, str]:
        """What conditions of scenarios can ask."""
        return {"source": self.source, "target": self.target}


@dataclass(frozen=True, slots=True)
class ImageBatch:
    """Facts of a batch: its distinct links in the order of the request, and the languages."""

    urls: tuple[str, ...]
    source: str
    target: str

    @property
    def told(self) -> Mapping[str, object]:
        """What conditions of scenarios can ask."""
        return {"file": self.urls, "source": self.source, "target": self.target}


def _languages(call: Call, source: str, target: str) -> None:
    """Refuse a pair that nothing can translate. The pages' long list is not copied: any well-formed code passes."""
    known = (source == "auto" or _LANGUAGE.fullmatch(source)) and _LANGUAGE.fullmatch(target)
    if not known or source == target:
        hint = (
            f"From `{source}` to `{target}` is no pair: two different language codes are wanted, `auto` only as source."
        )
        raise Refusal(named(call, "System.LanguageNotSupported"), hint=hint)


async def create_async_translate(call: Call, asked: models.CreateAsyncTranslate) -> models.CreateAsyncTranslateResponse:
    """Start the translation of a long text."""
    text, source = asked.source_text, asked.source_language
    word_count = language.utf16_length(text)
    if word_count > LONGEST_TEXT:
        hint = f"SourceText has {word_count} characters (UTF-16 units); {LONGEST_TEXT} are the most."
        raise Refusal(named(call, "System.StringTooLong"), hint=hint)
    _languages(call, source, asked.target_language)
    detected = language.detect(text) if source == "auto" else None
    job = (text, detected or source, asked.target_language)
    html = asked.format_type == "html"
    if len(text) > _LONG_TEXT:  # long enough to hold up everyone else's answers
        translated = await asyncio.to_thread(pseudo.translate, *job, html=html)
    else:
        translated = pseudo.translate(*job, html=html)
    job_id = call.sandbox.chance.uuid("alibaba.JobId")
    await call.start(ASYNC_TRANSLATE, job_id, Text(translated, word_count, detected, source, asked.target_language))
    return {
        "RequestId": request_id(call),
        "Code": code(call, 200),
        "Message": "ok",
        "Data": {"JobId": job_id, "Status": "ready"},
    }


_STATUS = {
    "ready_when_done": {"ready": "translating", "translated": "ready"},
    "always_ready": {"ready": "ready", "translating": "ready", "translated": "ready"},
    "document_family": {},
}


async def get_async_translate(call: Call, asked: models.GetAsyncTranslate) -> models.GetAsyncTranslateResponse:
    """Tell how a text job stands, with the text once it is there."""
    job = await call.find(ASYNC_TRANSLATE, asked.job_id)
    if job is None:
        raise Refusal(call.quirk("alibaba.unknown_job"), hint=f"There is no text job `{asked.job_id[:100]}` here.")
    position = await call.poll(job)
    if position.step.error is not None:
        raise Refusal(position.step.error, hint=f"The job's timeline ends in {position.step.error}.")
    status = _STATUS[call.quirk("alibaba.async_status")].get(position.state, position.state)
    data: models.AsyncTranslateResult = {"Status": status}
    if position.state == "translated":
        text: Text = job.facts
        data["TranslatedText"] = text.translated
        data["WordCount"] = str(text.word_count)
        if text.detected is not None:
            data["DetectedLanguage"] = text.detected
    return {"RequestId": request_id(call), "Code": code(call, 200), "Message": "ok", "Data": data}


async def translate_image_batch(call: Call, asked: models.TranslateImageBatch) -> models.TranslateImageBatchResponse:
    """Start the translation of up to 20 images."""
    sent = [url.strip() for url in asked.image_urls.split(",") if url.strip()]
    urls = tuple(dict.fromkeys(sent))  # identical links are processed once
    if not 1 <= len(sent) <= models.MOST_IMAGES:
        detail = f"ImageUrls has {len(sent)} links; 1 to {models.MOST_IMAGES} are wanted, separated by commas."
        raise call.refuse(Trouble.INVALID, detail, "ImageUrls")
    if asked.ext is not None:
        _check_ext(call, asked.ext)
    _languages(call, asked.source_language, asked.target_language)
    window = f"{call.owner}/{asked.custom_task_id}"
    task_id = await _running(call, window) if asked.custom_task_id else None
    if task_id is None:
        task_id = call.sandbox.chance.uuid("alibaba.TaskId", version=5).upper()
        await call.start(IMAGE_BATCH, task_id, ImageBatch(urls, asked.source_language, asked.target_language))
        if asked.custom_task_id:
            await call.sandbox.store.put("alibaba.dedupe", window, Record(task_id, call.now + DEDUPE_SECONDS))
    return {"Code": code(call, 200), "Message": "OK", "RequestId": request_id(call), "Data": {"TaskId": task_id}}


def _check_ext(call: Call, ext: str) -> None:
    try:
        sane = isinstance(json.loads(ext), dict)
    except (ValueError, RecursionError):
        sane = False
    if not sane:
        raise call.refuse(Trouble.INVALID, f"Ext is a JSON object in a string; it came as {ext!r:.100}.", "Ext")


async def _running(call: Call, window: str) -> str | None:
    record = await call.sandbox.store.get("alibaba.dedupe", window)
    return record.value if record is not None and record.holds(call.now) else None


async def get_translate_image_batch_result(
    call: Call, asked: models.GetTranslateImageBatchResult
) -> models.GetTranslateImageBatchResultResponse:
    """Tell how a batch stands; a task that is unknown, or no longer kept, is `invalid`, and that is no error."""
    job = await call.find(IMAGE_BATCH, asked.task_id)
    status, result = "invalid", list[models.TranslatedImage]()
    if job is not None:
        position = await call.poll(job)
        if not position.gone:
            status = position.state
            if position.last and status == "finished":
                result = _images(call, job.id, job.facts, position.step.error)
    return {
        "Code": code(call, 200),
        "Message": "OK",
        "RequestId": request_id(call),
        "Data": {"Result": result, "Status": status},
    }


def _images(call: Call, task_id: str, batch: ImageBatch, error: str | None) -> list[models.TranslatedImage]:
    at = f"{call.base_url}{RESULTS}{call.sandbox.tag}/{task_id}"
    found: list[models.TranslatedImage] = []
    for index, url in enumerate(batch.urls):
        failing = error or (None if url.startswith(("http://", "https://")) else "System.ParameterError")
        if failing is not None:
            row = call.provider.row(call.operation, failing)
            message = row.worded(call.quirk, {})[1]
            found.append({"SourceImageUrl": url, "Code": in_body(call, row), "Message": message, "Success": False})
            continue
        template = {"sourceImageUrl": url, "sourceLanguage": batch.source, "targetLanguage": batch.target}
        found.append(
            {
                "InPaintingUrl": f"{at}/{index}/inpainting.png",
                "FinalImageUrl": f"{at}/{index}/final.png",
                "TemplateJson": json.dumps(template, ensure_ascii=False),
                "SourceImageUrl": url,
                "Code": code(call, 200),
                "Message": "OK",
                "Success": True,
            }
        )
    return found


async def image_result(call: Call, asked: models.ImageResult) -> Reply:
    """Return a result image, for as long as the batch's result is kept."""
    job = await call.find(IMAGE_BATCH, asked.task_id)
    batch: ImageBatch | None = None
    if job is not None:
        position = await call.stands(job)
        if position.last and not position.gone:
            batch = job.facts
    known = batch is not None and asked.index.isdecimal() and int(asked.index) < len(batch.urls)
    if batch is None or not known or asked.name not in ("final.png", "inpainting.png"):
        raise Refusal(
            "NoSuchKey", hint="There is no such result image; it goes with its batch, one hour after that ends."
        )
    url = batch.urls[int(asked.index)]
    text = pseudo.translate(url, batch.source, batch.target) if asked.name == "final.png" else ""
    from emulator.content import images

    return Reply(200, await asyncio.to_thread(images.render, text), media_type="image/png")


OPERATIONS = (
    Operation(
        name="CreateAsyncTranslate",
        action="CreateAsyncTranslate",
        methods=("POST", "GET"),
        run=create_async_translate,
        parameters=models.CreateAsyncTranslate,
        response=models.CreateAsyncTranslateResponse,
        family="business",
        access=gateway,
        lifecycle=ASYNC_TRANSLATE,
        creates=True,
        source="api-alimt-2018-10-12-createasynctranslate",
    ),
    Operation(
        name="GetAsyncTranslate",
        action="GetAsyncTranslate",
        run=get_async_translate,
        parameters=models.GetAsyncTranslate,
        response=models.GetAsyncTranslateResponse,
        family="business",
        access=gateway,
        lifecycle=ASYNC_TRANSLATE,
        names_job=lambda asked: asked.job_id,
        source="seed 002",
    ),
    Operation(
        name="TranslateImageBatch",
        action="TranslateImageBatch",
        methods=("POST", "GET"),
        run=translate_image_batch,
        parameters=models.TranslateImageBatch,
        response=models.TranslateImageBatchResponse,
        family="business",
        access=gateway,
        lifecycle=IMAGE_BATCH,
        creates=True,
        source="api-alimt-2018-10-12-translateimagebatch",
    ),
    Operation(
        name="GetTranslateImageBatchResult",
        action="GetTranslateImageBatchResult",
        methods=("POST", "GET"),
        run=get_translate_image_batch_result,
        parameters=models.GetTranslateImageBatchResult,
        response=models.GetTranslateImageBatchResultResponse,
        family="business",
        access=gateway,
        lifecycle=IMAGE_BATCH,
        names_job=lambda asked: asked.task_id,
        source="seed 004",
    ),
    Operation(
        name="ImageResult",
        methods=("GET",),
        path=RESULTS + "{tag}/{task_id}/{index}/{name}",
        run=image_result,
        parameters=models.ImageResult,
        family="storage",
        lifecycle=IMAGE_BATCH,
        names_job=lambda asked: asked.task_id,
        source="seed 004 documents FinalImageUrl and InPaintingUrl as links; where they lead is ours",
        evidence=Evidence.ASSUMED,
    ),
)
