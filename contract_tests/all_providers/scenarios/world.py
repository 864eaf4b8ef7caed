"""A sandbox under a scenario, with the clients in it, and the checks that most scenarios share."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import yaml
from fauxlate import library

from contract_tests.reference_client import (
    AlibabaImages,
    AlibabaText,
    Client,
    DingTalk,
    Huawei,
    Json,
    Record,
    StoppedError,
)

PROVIDER_OF: dict[type[Client], str] = {
    AlibabaText: "alibaba",
    AlibabaImages: "alibaba",
    Huawei: "huawei",
    DingTalk: "dingtalk",
}


def own(name: str) -> Any:
    """The file's own content, without what it extends."""
    return yaml.load((library.folder() / f"{name}.yaml").read_text("utf-8"), yaml.BaseLoader)  # noqa: S506  (it makes strings alone)


class World:
    """A fresh sandbox that follows a scenario; its clock stands still unless a client pauses or a test moves it."""

    def __init__(self, url: str, name: str) -> None:
        self.url = url
        self.name = name
        told = self.admin("POST", "sandboxes", {"scenario": name})
        self.id = told["id"]
        self.credentials: dict[str, dict[str, str]] = told["credentials"]
        self.clients: list[Client] = []
        self.pauses: list[float] = []
        self.heard: list[requests.Response] = []
        self._clock(told["clock"])
        if own(name).get("clock") is None:
            self._clock(self.admin("PATCH", f"sandboxes/{self.id}/clock", {"mode": "frozen"}))

    def admin(self, method: str, path: str, body: Json | None = None) -> Any:
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=10)
        data = None if body is None else json.dumps(body)
        connection.request(method, f"/__fauxlate/{path}", data, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        said = json.loads(answer.read())
        connection.close()
        assert answer.status in (200, 201), said
        return said

    def _clock(self, told: Json) -> None:
        self._epoch, self._rate, self._read_at = told["epoch"], told["rate"], time.time()

    def now(self) -> float:
        now: float = self._epoch + (time.time() - self._read_at) * self._rate
        return now

    def advance(self, seconds: float) -> None:
        self._clock(self.admin("PATCH", f"sandboxes/{self.id}/clock", {"advance": seconds}))

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.advance(seconds)

    def client(self, kind: type[Client], **settings: Any) -> Any:
        told = self.credentials[PROVIDER_OF[kind]]
        client = kind(self.url, told, **{"now": self.now, "pause": self.pause, **settings})
        self.clients.append(client)
        return client

    @property
    def jobs(self) -> list[Json]:
        jobs: list[Json] = self.admin("GET", f"sandboxes/{self.id}/jobs")["jobs"]
        return jobs

    def took(self) -> list[float]:
        """How long each answer so far took, in milliseconds."""
        entries = self.admin("GET", f"sandboxes/{self.id}/journal")["entries"]
        return [entry["reply"]["took_ms"] for entry in entries]

    def seen(self) -> Iterator[str]:
        """Everything that the clients were answered: HTTP statuses, and bodies."""
        for client in self.clients:
            for step in client.record.steps:
                if step.answer is not None:
                    yield f"HTTP {step.answer.http}"
                    yield step.answer.body.decode(errors="replace")
        for answer in self.heard:
            yield f"HTTP {answer.status_code}"
            yield answer.text


Check = Callable[[World], None]

TRANSLATED: dict[type[Client], Callable[[bytes], bool]] = {
    AlibabaText: lambda data: data == b"hello",
    AlibabaImages: lambda data: data.startswith(b"\x89PNG"),
    Huawei: lambda data: b"[en]" in data,
    DingTalk: lambda data: b"$" not in data,
}
"""Whether what was fetched is what a job of the client is for."""


def stopped(do: Callable[[], Any]) -> str:
    """Why a client goes no further."""
    with pytest.raises(StoppedError) as why:
        do()
    return str(why.value)


def tells(client: Client, story: str) -> None:
    """Check every call of a client and what came of it."""
    assert client.record.story == story.split(", ")


def runs(kind: type[Client], outcome: str, story: str, *, jobs: int | None = None, **settings: Any) -> Check:
    """A run that ends and goes so; with so many jobs in the sandbox after it."""

    def check(world: World) -> None:
        client = world.client(kind, **settings)
        record: Record = client.run()
        tells(client, story)
        assert record.outcome == outcome
        assert outcome != "done" or all(TRANSLATED[kind](one) for one in record.result)
        assert jobs is None or len(world.jobs) == jobs

    return check


def all_of(*checks: Check) -> Check:
    def check(world: World) -> None:
        for one in checks:
            one(world)

    return check


TEXT = "create 200 ready, query 200 translating, query 200 translating, query 200 ready"
IMAGES = "create 200, query 200 created, query 200 running, query 200 finished"
HUAWEI = "token 201, create 200, query 200 WAITING, query 200 BGEIN, query 200 BGEIN, query 200 FINISHED, fetch 200"
DINGTALK = "token 200, upload 200, create 200, query 200 0, query 200 0, query 200 1, login 302, fetch 200"
JOB = "token 201, create 200"  # of Huawei
FILE = "token 200, upload 200, create 200"  # of DingTalk

text_well = runs(AlibabaText, "done", TEXT)
images_well = runs(AlibabaImages, "done", f"{IMAGES}, fetch 200, fetch 200")
huawei_well = runs(Huawei, "done", HUAWEI)
dingtalk_well = runs(DingTalk, "done", DINGTALK)
