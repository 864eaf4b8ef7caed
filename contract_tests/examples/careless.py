"""Careless clients: the careful one, each with one fault that is often seen."""

from __future__ import annotations

from typing import Any

import requests
from alibabacloud_alimt20181012.models import GetAsyncTranslateRequest

from contract_tests.examples import careful
from contract_tests.examples.careful import POLL_INTERVAL, TIMEOUT, TranslationError


class Resubmitting(careful.Documents):
    """A submission that broke off is made again. The first may have arrived; the document is translated, and paid, twice."""

    def submit(self, url: str) -> str:
        """Start a job and return its id."""
        return self.retry(lambda: super(Resubmitting, self).submit(url))


class Endless(careful.Documents):
    """It waits until the job is done; one that fails, or hangs, is waited for for ever."""

    def wait(self, job: str) -> None:
        """Wait until the job is done."""
        while self.status(job).status != "FINISHED":
            self.sleep(POLL_INTERVAL)


class Stale(careful.Documents):
    """It keeps the link and looks at no status: when the link has expired, the page that says so is the result."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.links: dict[str, str] = {}

    def is_finished(self, job: str) -> bool:
        """Return whether the job is done."""
        is_finished = super().is_finished(job)
        if is_finished and job not in self.links:
            self.links[job] = self.status(job).url
        return is_finished

    def result(self, job: str) -> bytes:
        """Return the document."""
        return self.call(lambda: requests.get(self.links[job], timeout=TIMEOUT).content)


class Trusting(careful.Texts):
    """HTTP 200 is success to it; the code in the body it does not read."""

    def text(self, job: str) -> str | None:
        """Return the translated text, None as long as there is none."""
        try:
            body = self.sdk.get_async_translate(GetAsyncTranslateRequest(job_id=job)).body
        except Exception as error:
            raise TranslationError(str(error)) from error
        if body.data is None:
            return ""
        if body.data.status == "error":
            raise TranslationError(f"{job} has failed")
        return str(body.data.translated_text) if body.data.translated_text else None
