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

Result = TypeVar("Result")
MAX_ATTEMPTS = 2
MAX_POLLS = 30
POLL_INTERVAL = 2.0
TIMEOUT = 0.5


class TranslationError(Exception):
    """There is no translation; the message says why, and the job, where there may be one."""


class Translator:
    """What the two have in common: what is safe to repeat is repeated, and nothing for ever."""

    def __init__(self, sdk: Any, sleep: Callable[[float], None] = time.sleep) -> None:
        self.sdk = sdk
        self.sleep = sleep

    def call(self, request: Callable[[], Result]) -> Result:
        """Make a request once. Raises `TranslationError`."""
        try:
            return request()
        except Exception as error:  # the SDKs let through whatever their libraries raise
            raise TranslationError(f"{type(error).__name__}: {error}") from error

    def retry(self, request: Callable[[], Result]) -> Result:
        """Make a request that is safe to repeat, and repeat it if it fails. Raises `TranslationError`."""
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                return self.call(request)
            except TranslationError:
                if attempt == MAX_ATTEMPTS:
                    raise
                self.sleep(POLL_INTERVAL)
        raise AssertionError("one of the attempts has returned or raised")


class Documents(Translator):
    """Documents, translated by Huawei Cloud."""

    def submit(self, url: str) -> str:
        """Start a job and return its id. A submission that may have arrived is not repeated: there is no way to undo it."""
        request = FileTranslationReq(url=url, _from="zh", to="en", type="txt")
        job = self.call(lambda: self.sdk.run_file_translation(RunFileTranslationRequest(request))).job_id
        if not job:
            raise TranslationError("the answer to the submission has no job id")
        return str(job)

    def status(self, job: str) -> Any:
        """Return the provider's answer to a query of the job."""

        def query() -> Any:
            response = self.sdk.run_get_file_translation_result(RunGetFileTranslationResultRequest(job))
            if response.status not in ("WAITING", "BGEIN", "BEGIN", "FINISHED", "ERROR"):
                raise TranslationError(f"{job}: an answer without a status")
            return response

        return self.retry(query)

    def is_finished(self, job: str) -> bool:
        """Return whether the job is done. Raises `TranslationError` where it has failed."""
        response = self.status(job)
        if response.status == "ERROR":
            raise TranslationError(f"{job} has failed: {response.error_code} {response.error_msg}")
        return bool(response.status == "FINISHED")

    def wait(self, job: str) -> None:
        """Wait until the job is done, for a while."""
        for _ in range(MAX_POLLS):
            if self.is_finished(job):
                return
            self.sleep(POLL_INTERVAL)
        raise TranslationError(f"{job} has not ended after {MAX_POLLS} polls")

    def result(self, job: str) -> bytes:
        """Return the document. A link that has expired is asked for again."""

        def fetch() -> bytes:
            response = self.status(job)
            if not response.url:
                raise TranslationError(f"{job} has no result")
            return self.call(lambda: _download(response.url))

        return self.retry(fetch)

    def translate(self, url: str) -> bytes:
        """Return the translated document."""
        job = self.submit(url)
        self.wait(job)
        return self.result(job)


def _download(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=TIMEOUT) as response:  # it raises for any status of 400 and more
        data: bytes = response.read()
    if response.headers["Content-Type"] == "text/html":
        raise HTTPException("a page instead of a file")
    return data


class Texts(Translator):
    """Texts, translated by Alibaba Cloud."""

    def submit(self, text: str) -> str:
        """Start a job and return its id."""
        request = CreateAsyncTranslateRequest(
            source_text=text,
            source_language="zh",
            target_language="en",
            scene="general",
            format_type="text",
            api_type="translate_standard",
        )
        return str(_read_data(self.call(lambda: self.sdk.create_async_translate(request)).body).job_id)

    def text(self, job: str) -> str | None:
        """Return the translated text, None as long as there is none."""

        def query() -> Any:
            return _read_data(self.sdk.get_async_translate(GetAsyncTranslateRequest(job_id=job)).body)

        data = self.retry(query)
        if data.status == "error":
            raise TranslationError(f"{job} has failed")
        return str(data.translated_text) if data.translated_text else None

    def translate(self, text: str) -> str:
        """Return the translated text."""
        job = self.submit(text)
        for _ in range(MAX_POLLS):
            translation = self.text(job)
            if translation is not None:
                return translation
            self.sleep(POLL_INTERVAL)
        raise TranslationError(f"{job} has not ended after {MAX_POLLS} polls")


def _read_data(body: Any) -> Any:
    """Return the data of an answer. The status of an error is 200 too; `Code` tells."""
    if body is None or str(body.code) != "200" or body.data is None:
        raise TranslationError(f"{getattr(body, 'code', None)}: {getattr(body, 'message', 'no body')}")
    return body.data
