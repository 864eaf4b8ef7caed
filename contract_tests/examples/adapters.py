"""Adapters of these clients for the tester: to submit a job, to poll once, and to fetch the result."""

from __future__ import annotations

from fauxlate import Sandbox

from contract_tests.examples import careful, careless
from contract_tests.examples.careful import TIMEOUT, TranslationError

URL = "https://bucket.obs.cn-north-4.myhuaweicloud.com/report.txt"
TEXT = "今天天气不错"


class Documents:
    """The careful client of documents."""

    errors = (TranslationError,)
    kind: type[careful.Documents] = careful.Documents

    def __init__(self, fauxlate: Sandbox) -> None:
        self.client = self.kind(fauxlate.huawei.client(timeout=TIMEOUT), fauxlate.clock.sleep)

    def submit(self) -> str:
        return self.client.submit(URL)

    def poll(self, job: str) -> str:
        return "done" if self.client.is_finished(job) else "pending"

    def fetch(self, job: str) -> bytes:
        return self.client.result(job)


class Texts:
    """The careful client of texts."""

    errors = (TranslationError,)
    kind: type[careful.Texts] = careful.Texts

    def __init__(self, fauxlate: Sandbox) -> None:
        self.client = self.kind(fauxlate.alibaba.client(read_timeout=500), fauxlate.clock.sleep)

    def submit(self) -> str:
        return self.client.submit(TEXT)

    def poll(self, job: str) -> str:
        return "pending" if self.client.text(job) is None else "done"

    def fetch(self, job: str) -> str | None:
        return self.client.text(job)


class Resubmitting(Documents):
    kind = careless.Resubmitting


class Endless(Documents):
    kind = careless.Endless

    def poll(self, job: str) -> str:
        self.client.wait(job)
        return "done"


class Stale(Documents):
    kind = careless.Stale


class Trusting(Texts):
    kind = careless.Trusting
