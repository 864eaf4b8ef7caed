"""A careful client: documents by Huawei Cloud's SDK, texts by Alibaba Cloud's."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from typing import Any, TypeVar

from alibabacloud_alimt20181012.models import CreateAsyncTranslateRequest, GetAsyncTranslateRequest
from huaweicloudsdknlp.v2 import FileTranslationReq, RunFileTranslationRequest, RunGetFileTranslationResultRequest

Answer = TypeVar("Answer")
ATTEMPTS = 2
POLLS = 30
EVERY = 2.0
TIMEOUT = 1.0


class TranslationError(Exception):
    """There is no translation; the message says why, and the job, where there may be one."""


class Translation:
    """What the two have in common: what is safe to repeat is repeated, and nothing for ever."""

    def __init__(self, sdk: Any, sleep: Callable[[float], None] = time.sleep) -> None:
        self.sdk = sdk
        self.sleep = sleep

    def once(self, ask: Callable[[], Answer]) -> Answer:
        """Ask for something that must not be done twice."""
        try:
            return ask()
        except Exception as fault:  # the SDKs let through whatever their libraries raise
            raise TranslationError(f"{type(fault).__name__}: {fault}") from fault

    def again(self, ask: Callable[[], Answer]) -> Answer:
        """Ask for something that may be asked as often as one likes."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self.once(ask)
            except TranslationError:
                if attempt == ATTEMPTS:
                    raise
                self.sleep(EVERY)
        raise AssertionError("one of the attempts has returned or raised")


class Documents(Translation):
    """Documents, translated by Huawei Cloud."""

    def submit(self, url: str) -> str:
        """Start a job and return its id. A submission that may have arrived is not repeated: there is no way to undo it."""
        asked = FileTranslationReq(url=url, _from="zh", to="en", type="txt")
        job = self.once(lambda: self.sdk.run_file_translation(RunFileTranslationRequest(asked))).job_id
        if not job:
            raise TranslationError("the answer to the submission has no job id")
        return str(job)

    def status(self, job: str) -> Any:
        """Return what the provider says of the job."""

        def ask() -> Any:
            told = self.sdk.run_get_file_translation_result(RunGetFileTranslationResultRequest(job))
            if told.status not in ("WAITING", "BGEIN", "BEGIN", "FINISHED", "ERROR"):
                raise TranslationError(f"{job}: an answer without a status")
            return told

        return self.again(ask)

    def finished(self, job: str) -> bool:
        """Return whether the job is done. Raises `TranslationError` where it has failed."""
        told = self.status(job)
        if told.status == "ERROR":
            raise TranslationError(f"{job} has failed: {told.error_code} {told.error_msg}")
        return bool(told.status == "FINISHED")

    def wait(self, job: str) -> None:
        """Wait until the job is done, for a while."""
        for _ in range(POLLS):
            if self.finished(job):
                return
            self.sleep(EVERY)
        raise TranslationError(f"{job} has not ended after {POLLS} polls")

    def result(self, job: str) -> bytes:
        """Return the document. A link that has expired is asked for again."""

        def fetch() -> bytes:
            told = self.status(job)
            if not told.url:
                raise TranslationError(f"{job} has no result")
            return self.once(lambda: _downloaded(told.url))

        return self.again(fetch)

    def translate(self, url: str) -> bytes:
        """Return the translated document."""
        job = self.submit(url)
        self.wait(job)
        return self.result(job)


def _downloaded(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:  # it raises for any status of 400 and more
        data: bytes = answer.read()
    if answer.headers["Content-Type"] == "text/html":
        raise HTTPException("a page instead of a file")
    return data


class Texts(Translation):
    """Texts, translated by Alibaba Cloud."""

    def submit(self, text: str) -> str:
        """Start a job and return its id."""
        asked = CreateAsyncTranslateRequest(
            source_text=text,
            source_language="zh",
            target_language="en",
            scene="general",
            format_type="text",
            api_type="translate_standard",
        )
        return str(_good(self.once(lambda: self.sdk.create_async_translate(asked)).body).job_id)

    def text(self, job: str) -> str | None:
        """Return the translated text, None as long as there is none."""

        def ask() -> Any:
            return _good(self.sdk.get_async_translate(GetAsyncTranslateRequest(job_id=job)).body)

        data = self.again(ask)
        if data.status == "error":
            raise TranslationError(f"{job} has failed")
        return str(data.translated_text) if data.translated_text else None

    def translate(self, text: str) -> str:
        """Return the translated text."""
        job = self.submit(text)
        for _ in range(POLLS):
            translated = self.text(job)
            if translated is not None:
                return translated
            self.sleep(EVERY)
        raise TranslationError(f"{job} has not ended after {POLLS} polls")


def _good(body: Any) -> Any:
    """Return the data of an answer. The status of an error is 200 too; `Code` tells."""
    if body is None or str(body.code) != "200" or body.data is None:
        raise TranslationError(f"{getattr(body, 'code', None)}: {getattr(body, 'message', 'no body')}")
    return body.data
