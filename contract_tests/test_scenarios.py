"""Every shipped scenario compiles, says where it is from, and does to a careful client what its `about` says."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import yaml

from contract_tests.clients.called_back import App, Plain, listening
from contract_tests.clients.dingtalk import Wire
from contract_tests.evidence import graded
from contract_tests.reference_client import (
    AlibabaImages,
    AlibabaText,
    BrokenError,
    Client,
    DingTalk,
    Huawei,
    Json,
    Record,
    StoppedError,
)
from contract_tests.target import Target
from emulator import library
from emulator.engine.effects import Course, Effect, Fail, Throttle
from emulator.engine.scenario import Scenario
from emulator.engine.scenario_compiler import compiled
from emulator.server import PROVIDERS

pytestmark = pytest.mark.assumed("the library of scenarios, and how its files are written, is our own")

ROOT = library.folder()
NAMES = library.names()
CODES = {row.code for provider in PROVIDERS for row in provider.errors if len(row.code) > 3}
NAMED = re.compile(
    r"seed 00[0-4]\b|\b(nlp|modelarts)_03_\d{4}\b|\bapi-alimt-2018-10-12-\w+|\bapig-faq-\d+|\.aliyun\.com \w+/\d+"
    r"|\berror codes\b|\bAPI reference\b|\bguide\b|\bpage\b|\bappendix\b|\breported by client authors\b|\bassumed\b"
    r"|\b\w+ \d+\.\d+\.\d+\b"
)
"""What a source has to name: a seed, a page, a table, a package at its version, or that somebody reported or assumed it."""
PROVIDER_OF: dict[type[Client], str] = {
    AlibabaText: "alibaba",
    AlibabaImages: "alibaba",
    Huawei: "huawei",
    DingTalk: "dingtalk",
}


def scenario(name: str) -> Scenario:
    return compiled(library.shipped(name), PROVIDERS, find=library.find)


def own(name: str) -> Any:
    """The file's own content, without what it extends."""
    return yaml.load((ROOT / f"{name}.yaml").read_text("utf-8"), yaml.BaseLoader)  # noqa: S506  (it makes strings alone)


# What holds for the files as such.


def test_there_are_scenarios_of_every_provider_and_across_them() -> None:
    assert {name.partition("/")[0] for name in NAMES} == {"alibaba", "huawei", "dingtalk", "cross"}


def test_the_command_finds_nothing_wrong_with_any() -> None:
    files = [str(ROOT / f"{name}.yaml") for name in NAMES]
    checked = subprocess.run(
        [sys.executable, "-m", "emulator", "check", *files], capture_output=True, text=True, timeout=60, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.splitlines() == [f"{file}: ok" for file in files]


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_says_what_it_does_and_where_that_is_from(name: str) -> None:
    text = (ROOT / f"{name}.yaml").read_text("utf-8")
    assert text.splitlines()[0] == "# yaml-language-server: $schema=../scenario.schema.json"
    assert list(own(name))[:2] == ["about", "source"]
    assert max(map(len, text.splitlines())) <= 120
    said = own(name)
    assert said["about"].endswith(".")
    assert NAMED.search(said["source"])
    assert not re.search(r"(^|[\s(])[/~.]", said["source"])


def test_no_two_scenarios_say_the_same() -> None:
    abouts = [own(name)["about"] for name in NAMES]
    assert len(set(abouts)) == len(abouts)


@pytest.mark.parametrize("name", NAMES)
def test_a_source_hides_no_weaker_evidence_than_documented(name: str) -> None:
    rows = {row.evidence for row in _rows(scenario(name))}
    for grade in ("reported", "assumed"):
        if grade in rows:
            assert grade in own(name)["source"]


def _rows(of: Scenario) -> Iterator[Any]:
    """Give the error rows that the rules of a scenario name."""
    for rule in of.rules:
        for on, effects in rule.then.items():
            for provider in PROVIDERS:
                for operation in provider.operations:
                    if f"{provider.name}.{operation.name}" == on:
                        yield from (provider.named(operation, key) for effect in effects for key in _keys(effect))


def _keys(effect: Effect) -> list[str]:
    if isinstance(effect, Fail | Throttle):
        return [effect.key]
    return [step.error for step in effect.timeline.steps if step.error] if isinstance(effect, Course) else []


# What holds for each of them.


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


# Alibaba


def each_image_fails(world: World) -> None:
    client = world.client(AlibabaImages)
    client.submit()
    results = client.poll()["Data"]["Result"]
    assert [(one["Code"], one["Success"], "FinalImageUrl" in one) for one in results] == [(106, False, False)] * 2
    tells(client, IMAGES)


def two_spellings(world: World) -> None:
    client = world.client(AlibabaText)
    assert client.run().outcome == "refused"
    assert [stopped(client.query) for _ in range(2)] == ["refused"] * 2
    tells(client, "create 200 ready, query 200 109" + ", query 403 System.subNotPermission" * 2)


def five_a_second(world: World) -> None:
    client = world.client(AlibabaImages)
    client.submit()
    for _ in range(10):
        client.query()
    five = ", query 200 {}" * 5
    tells(
        client, f"create 200{five.format(*['created'] * 5)}, query 400 Throttling.User{five.format(*['running'] * 5)}"
    )


def text_with_a_colon(world: World) -> None:
    runs(AlibabaText, "refused", "create 400 SignatureDoesNotMatch", jobs=0)(world)
    assert ":" in world.clients[0].record.steps[0].answer.json["Message"]  # type: ignore[union-attr]


def half_an_hour(world: World) -> None:
    for kind, passing, end in ((AlibabaText, "translating", "ready"), (AlibabaImages, "running", "finished")):
        client = world.client(kind, polls=3)
        assert client.run().outcome == "pending"
        world.advance(1793)  # and six seconds of polling
        assert client.query()["Data"]["Status"] == passing
        world.advance(1)
        client.fetch(client.poll())
        assert f"query 200 {end}" in client.record.story


def never(world: World) -> None:
    for kind, last in ((AlibabaText, "translating"), (AlibabaImages, "running")):
        client = world.client(kind, polls=3)
        assert client.run().outcome == "pending"
        world.advance(7 * 86400)
        assert client.query()["Data"]["Status"] == last


def half_the_batch(world: World) -> None:
    client = world.client(AlibabaImages)
    client.submit()
    first, second = client.poll()["Data"]["Result"]
    assert (first["Success"], first["Code"]) == (True, 200)
    assert first["FinalImageUrl"] == "https://example.com/example.jpg"
    assert (second["Success"], second["Code"], "FinalImageUrl" in second) == (False, 107, False)
    tells(client, IMAGES)


def batch_kept_a_minute(world: World) -> None:
    client = world.client(AlibabaImages)
    client.submit()
    said = client.poll()
    client.fetch(said)
    world.advance(60)
    assert stopped(client.poll) == "gone"
    assert stopped(lambda: client.fetch(said)) == "refused"
    tells(client, f"{IMAGES}, fetch 200, fetch 200, query 200 invalid, fetch 404 NoSuchKey")


def batch_created_once(world: World) -> None:
    client = world.client(AlibabaImages)
    assert client.run().outcome == "done"
    assert client.record.story[:2] == ["create reset", "create 200"]
    first = client.record.job
    assert [job["id"] for job in world.jobs] == [first]
    world.advance(170 - sum(world.pauses))
    assert client.submit() == first
    world.advance(10)
    assert client.submit() != first
    assert len(world.jobs) == 2


def text_created_twice(world: World) -> None:
    client = world.client(AlibabaText)
    assert client.run().outcome == "in doubt"
    assert len(world.jobs) == 1
    assert client.submit() == world.jobs[1]["id"]
    tells(client, "create empty, create 200 ready")


def as_seen_live(world: World) -> None:
    all_of(text_well, images_well)(world)
    for client in world.clients:
        for step in client.record.steps:
            if step.answer is not None and step.call != "fetch":
                assert (step.answer.json["Code"], "Message" in step.answer.json) == ("200", False)


def document_called_back(times: int, between: tuple[float, float] = (3, 3)) -> Check:
    """A document task ends, and its client is told so many times, so many seconds after it began."""

    def check(world: World) -> None:
        client = world.client(AlibabaText)
        with listening(Plain(world.credentials["dingtalk"])) as app:
            asked = {"SourceLanguage": "zh", "TargetLanguage": "en", "FileUrl": "https://e.example/a.txt"}
            task = client.ask("CreateDocTranslateTask", **asked, CallbackUrl=app.url).json["TaskId"]
            world.advance(between[0] - 0.1)
            assert app.heard() == 0
            world.advance(between[1] - between[0] + 0.2)
            assert [app.next()["task_id"] for _ in range(app.heard())] == [task] * times
        assert [job["state"] for job in world.jobs if job["id"] == task] == ["translated"]

    return check


ALIBABA: dict[str, Check] = {
    "document-callback-lost": document_called_back(0),
    "parameter-refused": runs(AlibabaText, "refused", "create 400 10021", jobs=0),
    "error-code-in-http-200": runs(AlibabaText, "refused", "create 200 10004", jobs=0),
    "language-pair-not-supported": all_of(
        runs(AlibabaText, "refused", "create 200 10005"), runs(AlibabaImages, "refused", "create 200 105", jobs=0)
    ),
    "source-language-refused-at-the-result": runs(
        AlibabaText, "refused", "create 200 ready, query 400 Parameter.SourceLangError", jobs=1
    ),
    "language-not-detected": each_image_fails,
    "text-too-long": runs(AlibabaText, "refused", "create 200 10008", jobs=0),
    "image-links-not-decoded": runs(AlibabaImages, "refused", "create 200 103", jobs=0),
    "account-in-arrears": all_of(
        runs(AlibabaText, "refused", "create 400 10013"), runs(AlibabaImages, "refused", "create 200 113", jobs=0)
    ),
    "service-not-activated": all_of(
        runs(AlibabaText, "refused", "create 400 10010"), runs(AlibabaImages, "refused", "create 200 110", jobs=0)
    ),
    "arrears-while-the-job-runs": runs(
        AlibabaText,
        "refused",
        "create 200 ready, query 200 translating, query 400 System.AccountNotActivatedOrInArrears",
    ),
    "sub-account-may-create-but-not-query": two_spellings,
    "ram-user-not-authorized": all_of(
        runs(AlibabaText, "refused", "create 403 Forbidden.RAM"),
        runs(AlibabaImages, "refused", "create 403 Forbidden.RAM", jobs=0),
    ),
    "create-throttled-twice": runs(
        AlibabaImages, "done", f"{'create 400 Throttling.User, ' * 2}{IMAGES}, fetch 200, fetch 200", jobs=1
    ),
    "status-query-limited-to-five-a-second": five_a_second,
    "busy-twice-then-fine": runs(
        AlibabaImages, "done", f"create 200, {'query 200 102, ' * 2}query 200 finished, fetch 200, fetch 200"
    ),
    "busy-twice-in-long-codes": runs(
        AlibabaImages, "done", f"create 200, {'query 200 10002, ' * 2}query 200 finished, fetch 200, fetch 200"
    ),
    "busy-twice-as-gateway-errors": runs(
        AlibabaImages, "done", f"create 200, {'query 500 System.Error, ' * 2}query 200 finished, fetch 200, fetch 200"
    ),
    "create-times-out": runs(AlibabaText, "in doubt", "create 200 10001", jobs=0),
    "internal-error-then-unavailable-then-fine": runs(
        AlibabaText,
        "done",
        "create 200 ready, query 500 InternalError, query 503 ServiceUnavailable, query 200 ready",
    ),
    "translation-service-down": all_of(
        runs(AlibabaImages, "refused", ", ".join(["create 200 112"] * 4)),
        runs(AlibabaText, "in doubt", "create 500 10012", jobs=0),
    ),
    "access-key-disabled": all_of(
        runs(AlibabaText, "refused", "create 400 InvalidAccessKeyId.Inactive"),
        runs(AlibabaImages, "refused", "create 400 InvalidAccessKeyId.Inactive", jobs=0),
    ),
    "access-key-deleted-while-the-job-runs": runs(
        AlibabaText,
        "refused",
        "create 200 ready, query 200 translating, query 404 InvalidAccessKeyId.NotFound",
    ),
    "signature-refused": text_with_a_colon,
    "clock-skew": all_of(
        runs(AlibabaText, "refused", "create 400 InvalidTimeStamp.Expired"),
        runs(AlibabaImages, "refused", "create 400 InvalidTimeStamp.Expired", jobs=0),
    ),
    "security-token-expires-mid-poll": runs(
        AlibabaImages, "refused", "create 200, query 200 created, query 400 InvalidSecurityToken.Expired"
    ),
    "slow-queue": half_an_hour,
    "never-ending-job": never,
    "text-job-fails": runs(
        AlibabaText,
        "refused",
        "create 200 ready, query 200 translating, query 200 translating" + ", query 500 System.TranslateError" * 4,
    ),
    "text-job-ends-with-status-error": runs(
        AlibabaText, "failed", "create 200 ready, query 200 ready, query 200 error"
    ),
    "half-of-the-batch-fails": half_the_batch,
    "second-image-cannot-be-downloaded": runs(AlibabaImages, "refused", f"{IMAGES}, fetch 200, fetch 404 NoSuchKey"),
    "batch-result-expires": batch_kept_a_minute,
    "batch-result-lost-at-once": runs(AlibabaImages, "gone", IMAGES.replace("finished", "invalid")),
    "image-link-expires-before-download": runs(AlibabaImages, "refused", f"{IMAGES}, fetch 403 AccessDenied"),
    "batch-answer-lost-and-repeated": batch_created_once,
    "text-answer-lost-after-the-job-exists": text_created_twice,
    "answers-as-seen-live": as_seen_live,
    "text-status-always-ready": runs(AlibabaText, "done", TEXT.replace("translating", "ready")),
    "query-answers-malformed-json": runs(
        AlibabaText, "done", "create 200 ready, query 200 not JSON, query 200 translating, query 200 ready"
    ),
    "image-download-cut-off": runs(AlibabaImages, "done", f"{IMAGES}, fetch truncated, fetch 200, fetch 200"),
}


# Huawei


def says_which_language(world: World) -> None:
    runs(Huawei, "refused", "token 201, create 400 NLP.0301", jobs=0)(world)
    assert "zh or en" in world.clients[0].record.steps[-1].answer.json["error_msg"]  # type: ignore[union-attr]


def both_calls(code: str, text: str, outcome: str, story: str) -> Check:
    """Creating a job and asking for one are refused alike."""

    def check(world: World) -> None:
        client = world.client(Huawei)
        assert client.run().outcome == outcome
        client.record.job = "567e6536-0000-0000-0000-826321939656"
        assert stopped(client.query) == "refused"
        tells(client, story)
        refusal = client.record.steps[-1].answer.json
        assert (refusal["error_code"], refusal["error_msg"].endswith(text)) == (code, True)
        assert world.jobs == []

    return check


def retry_after(world: World) -> None:
    late = "query 429 APIG.0308, query 429 APIG.0308, query 200 BGEIN, query 200 BGEIN, query 200 FINISHED, fetch 200"
    runs(Huawei, "done", f"{JOB}, {late}")(world)
    assert world.clients[0].record.steps[2].answer.headers["Retry-After"] == "1"  # type: ignore[union-attr]


def two_a_second(world: World) -> None:
    client = world.client(Huawei)
    assert len({client.submit() for _ in range(4)}) == 4
    tells(client, "token 201, create 200, create 200, create 429 APIG.0308, create 200, create 200")


def keystone(world: World) -> None:
    runs(Huawei, "refused", "token 401 401", jobs=0)(world)
    assert world.clients[0].record.steps[0].answer.json["error"]["code"] == 401  # type: ignore[union-attr]


def token_over(world: World) -> None:
    client = world.client(Huawei)
    client.submit()
    world.advance(86400)
    client.fetch(client.poll())
    tells(client, f"{JOB}, query 403 ModelArts.0203, token 201, query 200 FINISHED, fetch 200")


def forty_minutes(world: World) -> None:
    client = world.client(Huawei, polls=3)
    assert client.run().outcome == "pending"
    for seconds, status in ((1793, "WAITING"), (1, "BGEIN"), (599, "BGEIN"), (1, "FINISHED")):
        world.advance(seconds)  # after six seconds of polling
        assert client.query()["status"] == status


def started_for_ever(world: World) -> None:
    client = world.client(Huawei, polls=3)
    assert client.run().outcome == "pending"
    world.advance(7 * 86400)
    assert client.query() == {"status": "BGEIN"}


def error_beside_status(world: World) -> None:
    runs(Huawei, "failed", f"{JOB}, query 200 WAITING, query 200 ERROR")(world)
    said = world.clients[0].record.steps[-1].answer.json  # type: ignore[union-attr]
    assert said == {"status": "ERROR", "error_code": "NLP.6306", "error_msg": "Empty file error."}


def second_job_works(world: World) -> None:
    client = world.client(Huawei, every=400.0)
    assert client.run().outcome == "failed"
    assert client.record.steps[-1].answer.json["error_code"] == "NLP.6308"
    assert client.run().outcome == "done"
    first = f"{JOB}, query 200 WAITING, query 200 BGEIN, query 200 ERROR"
    tells(client, f"{first}, create 200, query 200 WAITING, query 200 FINISHED, fetch 200")


def by_file_name(world: World) -> None:
    for document, outcome, last in (
        ("fail-1.txt", "failed", "query 200 ERROR"),
        ("slow-1.txt", "pending", "query 200 WAITING"),
        ("year.txt", "done", "fetch 200"),
    ):
        client = world.client(Huawei)
        client.document = document
        assert client.run().outcome == outcome
        assert client.record.story[-1] == last


def five_seconds_late(world: World) -> None:
    client = world.client(Huawei)
    client.submit()
    said = client.poll()
    world.advance(5)
    client.fetch(said)
    tells(client, HUAWEI.replace("fetch 200", "fetch 403 AccessDenied, query 200 FINISHED, fetch 200"))


def result_kept_a_minute(world: World) -> None:
    client = world.client(Huawei)
    client.submit()
    said = client.poll()
    client.fetch(said)
    world.advance(60)
    assert stopped(client.poll) == "refused"
    assert stopped(lambda: client.fetch(said)) == "refused"
    tells(client, f"{HUAWEI}, query 400 NLP.6304, fetch 404 NoSuchKey")


def new_links_do_not_help(code: str) -> Check:
    def check(world: World) -> None:
        client = world.client(Huawei)
        assert client.run().outcome == "refused"
        assert stopped(lambda: client.fetch(client.query())) == "refused"
        refused = f"fetch {code}"
        tells(client, f"{HUAWEI.replace('fetch 200', refused)}, query 200 FINISHED, {refused}")

    return check


def created(first: int) -> Check:
    """The first call is reset, with so many jobs after it; the second makes one more."""

    def check(world: World) -> None:
        client = world.client(Huawei)
        assert client.run().outcome == "in doubt"
        assert len(world.jobs) == first
        assert client.submit() == world.jobs[first]["id"]
        tells(client, "token 201, create reset, create 200")

    return check


def query_times_out(world: World) -> None:
    client = world.client(Huawei)
    client.submit()
    client.timeout = 0.2
    assert client.query() == {"status": "WAITING"}
    tells(client, f"{JOB}, query timeout, query 200 WAITING")


def in_pieces(world: World) -> None:
    client = world.client(Huawei)
    client.submit()
    said = client.poll()
    began = time.monotonic()
    client.fetch(said)
    assert time.monotonic() - began > 0.15
    tells(client, HUAWEI)


def page_of_html(world: World) -> None:
    runs(
        Huawei,
        "done",
        f"{JOB}, query 502 not JSON, query 200 WAITING, query 200 BGEIN, query 200 FINISHED, fetch 200",
    )(world)
    assert world.clients[0].record.steps[2].answer.headers["Content-Type"] == "text/html"  # type: ignore[union-attr]


def late_by_different_lengths(world: World) -> None:
    huawei_well(world)
    _token, *service, _fetch = world.took()
    assert min(service) > 2
    assert max(service) > 2 * min(service)
    assert sum(service) > 60


def every_third(world: World) -> None:
    client = world.client(Huawei)
    client.run()
    for _ in range(2):
        client.query()
    queries = [step for step in client.record.story if step.startswith("query")]
    failed = [number for number, step in enumerate(queries, 1) if step == "query 500 NLP.0201"]
    assert failed == [3, 6]
    assert all(step.startswith("query 200") for number, step in enumerate(queries, 1) if number not in failed)


def each_job_once(world: World) -> None:
    for _ in range(2):
        client = world.client(Huawei)
        client.submit()
        for _ in range(3):
            client.query()
        tells(client, f"{JOB}, query 500 NLP.0201, query 200 WAITING, query 200 WAITING, query 200 WAITING")


def after_one_second(spoilt: str) -> str:
    """A run whose first query is spoilt, so that the next comes a second late."""
    return f"{JOB}, query {spoilt}, query 200 WAITING, query 200 BGEIN, query 200 FINISHED, fetch 200"


HUAWEI_CHECKS: dict[str, Check] = {
    "parameter-refused": runs(Huawei, "refused", "token 201, create 400 NLP.0301", jobs=0),
    "language-pair-refused": says_which_language,
    "document-type-refused": runs(Huawei, "refused", "token 201, create 400 NLP.6305", jobs=0),
    "source-cannot-be-fetched": runs(Huawei, "refused", "token 201, create 400 NLP.6303", jobs=0),
    "too-many-pages": runs(Huawei, "refused", "token 201, create 400 NLP.6307", jobs=0),
    "account-in-arrears": runs(Huawei, "refused", "token 201, create 400 NLP.1203", jobs=0),
    "arrears-look-like-a-bad-token": runs(Huawei, "refused", f"{JOB}, query 401 NLP.0105"),
    "service-not-subscribed": runs(Huawei, "refused", "token 201, create 400 ModelArts.4204", jobs=0),
    "user-not-authorized": both_calls(
        "APIG.0302", "to access the API.", "refused", "token 201, create 403 APIG.0302, query 403 APIG.0302"
    ),
    "query-throttled-by-the-gateway": retry_after,
    "query-throttled-under-the-other-prefix": runs(
        Huawei,
        "done",
        f"{JOB}{', query 429 APIGW.0308' * 2}, query 200 BGEIN, query 200 BGEIN, query 200 FINISHED, fetch 200",
    ),
    "two-creations-a-second": two_a_second,
    "busy-twice-then-fine": runs(
        Huawei, "done", HUAWEI.replace("create", "create 400 NLP.6302, create 400 NLP.6302, create"), jobs=1
    ),
    "internal-error-then-fine": runs(Huawei, "done", after_one_second("500 NLP.0201")),
    "query-times-out-in-the-backend": runs(
        Huawei,
        "done",
        f"{JOB}, query 500 NLP.0306, query 504 APIG.0201, query 200 BGEIN, query 200 FINISHED, fetch 200",
    ),
    "no-backend-behind-the-gateway": both_calls(
        "APIG.0610",
        "No backend available.",
        "in doubt",
        "token 201, create 502 APIG.0610" + ", query 502 APIG.0610" * 4,
    ),
    "token-service-unavailable-once": runs(Huawei, "done", f"token 503 APIG.0613, {HUAWEI}"),
    "wrong-password": keystone,
    "token-expires-mid-poll": runs(
        Huawei,
        "done",
        f"{JOB}, query 200 WAITING, query 401 NLP.0101, token 201, query 200 BGEIN, query 200 BGEIN, "
        "query 200 FINISHED, fetch 200",
    ),
    "expired-token-is-forbidden": token_over,
    "clock-skew": both_calls(
        "APIG.0301",
        "signature expired",
        "refused",
        "token 201, create 401 APIG.0301, token 201, create 401 APIG.0301, query 401 APIG.0301, token 201, "
        "query 401 APIG.0301",
    ),
    "slow-queue": forty_minutes,
    "never-ending-job": started_for_ever,
    "job-fails": error_beside_status,
    "job-fails-as-query-error": runs(Huawei, "refused", f"{JOB}, query 200 WAITING, query 400 NLP.6306"),
    "job-overtime-then-second-job-works": second_job_works,
    "file-name-decides": by_file_name,
    "link-expires-before-download": five_seconds_late,
    "result-expires": result_kept_a_minute,
    "result-lost-at-once": runs(
        Huawei, "refused", f"{JOB}, query 200 WAITING, query 200 BGEIN, query 200 BGEIN, query 400 NLP.6304"
    ),
    "download-slowed-down": runs(Huawei, "done", HUAWEI.replace("fetch", "fetch 503 SlowDown, " * 2 + "fetch")),
    "result-missing-from-storage": new_links_do_not_help("404 NoSuchKey"),
    "link-signature-refused": new_links_do_not_help("403 SignatureDoesNotMatch"),
    "create-reset-before-the-job-exists": created(0),
    "create-reset-after-the-job-exists": created(1),
    "empty-reply-to-query": runs(Huawei, "done", after_one_second("empty")),
    "query-stalls": query_times_out,
    "download-cut-off": runs(Huawei, "done", HUAWEI.replace("fetch", "fetch truncated, fetch")),
    "download-dribbles": in_pieces,
    "query-answers-garbage": runs(Huawei, "done", after_one_second("200 not JSON")),
    "html-from-the-gateway": page_of_html,
    "slow-answers": late_by_different_lengths,
    "started-spelled-begin": runs(Huawei, "done", HUAWEI.replace("BGEIN", "BEGIN")),
    "error-code-in-http-200": runs(Huawei, "done", after_one_second("200 NLP.0201")),
    "every-third-query-fails": every_third,
    "each-job-fails-its-first-query": each_job_once,
}


# DingTalk


def names_the_permission(world: World) -> None:
    code = "Forbidden.AccessDenied.AccessTokenPermissionDenied"
    runs(DingTalk, "refused", f"token 200, upload 200, create 403 {code}", jobs=0)(world)
    said = world.clients[0].record.steps[-1].answer.json  # type: ignore[union-attr]
    assert said["accessdenieddetail"] == {"requiredScopes": ["qyapi_get_member"]}


def ip_unknown(world: World) -> None:
    client = world.client(DingTalk)
    assert client.run().outcome == "refused"
    client.record.job = "fXrgPrvsNiZNa8RWis9Nk1SY"
    assert stopped(client.query) == "refused"
    code = "403 Forbidden.AccessDenied.IpNotInWhiteList"
    tells(client, f"token 200, upload 200, create {code}, query {code}")


def three_a_minute(world: World) -> None:
    world.advance(61 - world.now() % 60)  # to the first second of a minute
    client = world.client(DingTalk)
    client.submit()
    statuses = [client.query()["status"] for _ in range(6)]
    assert statuses == ["0", "0", "0", "1", "1", "1"]
    late = "query 403 Forbidden.AccessDenied.QpmLimitForSuitekeyAndOrgAndApi"
    tells(client, f"{FILE}{', query 200 0' * 3}, {late}{', query 200 1' * 3}")


def in_chinese(world: World) -> None:
    busy = "create 500 system.busy, create 500 system.busy, create"
    runs(DingTalk, "done", DINGTALK.replace("create", busy))(world)
    assert world.clients[0].record.steps[2].answer.json["message"] == "系统繁忙"  # type: ignore[union-attr]


def token_voided(world: World) -> None:
    first, second = world.client(DingTalk), world.client(DingTalk)
    first.submit()
    second.submit()
    for client in (first, second):
        client.query()
        tells(client, f"{FILE}, query 400 InvalidAuthentication, token 200, query 200 0")


def upload_times_out(world: World) -> None:
    client = world.client(DingTalk)
    assert client.token
    client.timeout = 0.2
    client.submit()
    tells(client, "token 200, upload timeout, upload 200, create 200")


def thirty_minutes(world: World) -> None:
    client = world.client(DingTalk, polls=3)
    assert client.run().outcome == "pending"
    for seconds, status in ((1793, "0"), (1, "1")):
        world.advance(seconds)  # after six seconds of polling
        assert client.query()["status"] == status


def in_progress_for_ever(world: World) -> None:
    client = world.client(DingTalk, polls=3)
    assert client.run().outcome == "pending"
    world.advance(7 * 86400)
    assert client.query() == {"status": "0"}


def by_output_name(world: World) -> None:
    for output, outcome in (("fail-1", "failed"), ("contacts", "done"), (None, "done")):
        client = world.client(DingTalk)
        client.output = output
        assert client.run().outcome == outcome


def file_created_twice(world: World) -> None:
    client = world.client(DingTalk)
    assert client.run().outcome == "in doubt"
    assert len(world.jobs) == 1
    assert client.submit() == world.jobs[1]["id"]
    tells(client, "token 200, upload 200, create empty, create 200")


def link_dead_after_a_minute(world: World) -> None:
    client = world.client(DingTalk)
    client.submit()
    said = client.poll()
    client.fetch(said)
    world.advance(60)
    assert stopped(lambda: client.fetch(client.query())) == "refused"
    gone = "query 200 1, login 302, fetch 404 InvalidAction.NotFound"
    tells(client, f"{DINGTALK}, {gone}")


def stays_as_it_was(world: World) -> None:
    client = world.client(DingTalk)
    assert client.run().outcome == "done"
    assert client.record.result == [b"$userName=user001$\n"]


def of_many_scripts(world: World) -> None:
    client = world.client(DingTalk)
    assert client.run().outcome == "done"
    (name,) = client.record.result
    assert not re.search("[\u4e00-\u9fff]", name.decode()) or re.search("[\u3040-\u30ff ]", name.decode())


def wire_of(world: World) -> Wire:
    """Return plain calls of DingTalk, which the world hears."""
    wire = Wire(world.credentials["dingtalk"])
    wire.session.hooks["response"].append(lambda answer, **_: world.heard.append(answer))
    return wire


def no_place_left(world: World) -> None:
    wire = wire_of(world)
    token, asked = wire.corp_token(), {"protocol": "HEADER_SIGNATURE"}
    for folder in ("/v1.0/storage/spaces/1/files", "/v2.0/storage/spaces/files/root"):
        status, said = wire.api("POST", f"{folder}/uploadInfos/query", asked, token, unionId="u")
        assert (status, said["code"], said["message"]) == (400, "orgQuotaInsufficient", "企业容量不足")


def uploaded_by_key(world: World) -> tuple[int, int, str]:
    """Upload a file by storage 2.0; return the HTTP statuses of the PUT and of the commit, and the latter's code."""
    wire = wire_of(world)
    token, folder = wire.corp_token(), "/v2.0/storage/spaces/files/root"
    _, said = wire.api("POST", f"{folder}/uploadInfos/query", {"protocol": "HEADER_SIGNATURE"}, token, unionId="u")
    signed = said["headerSignatureInfo"]
    put = wire.send("PUT", urlsplit(signed["resourceUrls"][0]).path, data=b"x", headers=signed["headers"])
    asked = {"uploadKey": said["uploadKey"], "name": "a.csv"}
    commits = [wire.api("POST", f"{folder}/commit", asked, token, unionId="u") for _ in range(2)]
    return put.status_code, commits[0][0], str(commits[0][1].get("code") or commits[1][1].get("code"))


def committed_at_the_second_try(world: World) -> None:
    assert uploaded_by_key(world) == (200, 400, "operationConcurrentControl")
    assert uploaded_by_key(world) == (200, 200, "None")


def put_at_the_second_try(world: World) -> None:
    assert uploaded_by_key(world) == (403, 400, "paramError.uploadKey")
    assert uploaded_by_key(world) == (200, 200, "None")


def second_code_tells(world: World) -> None:
    wire = wire_of(world)
    query = {"access_token": wire.corp_token()}
    errors = []
    for _ in range(2):
        corp = {"corpId": wire.told["corp_id"]}
        code = wire.api("GET", "/oauth2/requestAuthCode", None, None, **corp)[1]["code"]
        said = wire.legacy("POST", "/topapi/v2/user/getuserinfo", params=query, data={"code": code})
        errors.append((said["errcode"], "result" in said))
    assert errors == [(40078, False), (0, True)]


def legacy_secret(world: World) -> None:
    wire = wire_of(world)
    keys = {"appkey": wire.told["app_key"], "appsecret": wire.told["app_secret"]}
    said = wire.legacy("GET", "/gettoken", params=keys)
    assert said == {"errcode": 40096, "errmsg": "不合法的appKey或appSecret"}


def called_back(*times: float | None, jobs: int = 1, status: str = "1", refused: int = 0) -> Check:
    """Jobs end, and their app is told at these times, in seconds after the first began, None for whenever."""

    def check(world: World) -> None:
        with listening(App(world.credentials["dingtalk"])) as app:
            wanted = {"url": app.url, "form": "http", "check": False}
            world.admin("PUT", f"sandboxes/{world.id}/callbacks/dingtalk", wanted)
            clients = [world.client(DingTalk) for _ in range(jobs)]
            began = world.now()
            ids = [client.submit() for client in clients]
            world.advance(3600)
            told = [app.next() for _ in range(app.heard())]
            posted = [int(asked["timestamp"]) / 1000 - began for asked, _ in app.posts]
        assert all(one == pytest.approx(at, abs=0.01) for one, at in zip(posted, times, strict=True) if at is not None)
        assert len(told) == len(times) - refused
        assert [str(one["status"]) for one in told] == [status] * len(told)
        assert {one["jobId"] for one in told} <= set(ids)
        assert all(client.query()["status"] == status for client in clients)

    return check


def out_of_order(world: World) -> None:
    with listening(App(world.credentials["dingtalk"])) as app:
        wanted = {"url": app.url, "form": "http", "check": False}
        world.admin("PUT", f"sandboxes/{world.id}/callbacks/dingtalk", wanted)
        first, second = (world.client(DingTalk) for _ in range(2))
        ids = [first.submit(), second.submit()]
        world.advance(60)
        assert [app.next()["jobId"], app.next()["jobId"]] == ids[::-1]


def before_the_answer(world: World) -> None:
    called_back(0)(world)
    entries = world.admin("GET", f"sandboxes/{world.id}/journal")["entries"]
    names = [entry["operation"].partition(".")[2] for entry in entries]
    assert names.index("transfer_contact_id_job_result") < names.index("TranslateFile")


DINGTALK_CHECKS: dict[str, Check] = {
    "login-denied": runs(DingTalk, "refused", DINGTALK.replace("302, fetch 200", "302 access_denied")),
    "login-of-another-user": runs(DingTalk, "refused", DINGTALK.replace("fetch 200", "fetch 403")),
    "login-expires-before-download": runs(DingTalk, "refused", DINGTALK.replace("fetch 200", "fetch 302 login wanted")),
    "result-open-to-anybody": dingtalk_well,
    "result-link-expires": link_dead_after_a_minute,
    "ip-blocked-with-a-page": runs(
        DingTalk, "done", f"{FILE}, query 200 not JSON, query 200 not JSON, query 200 1, login 302, fetch 200"
    ),
    "corp-has-not-opened-the-app": runs(DingTalk, "refused", "token 400 suiteCallInvalid", jobs=0),
    "user-out-of-contact-scope": stays_as_it_was,
    "names-of-many-scripts": of_many_scripts,
    "space-full": no_place_left,
    "commit-conflicts-once": committed_at_the_second_try,
    "upload-information-too-old": put_at_the_second_try,
    "silent-code-refused-once": second_code_tells,
    "legacy-token-secret-refused": legacy_secret,
    "parameter-refused": runs(DingTalk, "refused", "token 200, upload 200, create 400 param.invalid", jobs=0),
    "permission-missing": names_the_permission,
    "ip-not-in-whitelist": ip_unknown,
    "query-throttled-with-403": runs(
        DingTalk,
        "done",
        f"{FILE}{', query 403 Forbidden.AccessDenied.QpsLimitForSuitekeyAndOrgAndApi' * 2}, query 200 0, query 200 1, "
        "login 302, fetch 200",
    ),
    "three-queries-a-minute": three_a_minute,
    "ip-throttled-by-the-firewall": runs(
        DingTalk, "done", f"{FILE}, query 200 1111, query 200 1111, query 200 1, login 302, fetch 200"
    ),
    "busy-twice-then-fine": runs(
        DingTalk,
        "done",
        DINGTALK.replace("create", "create 500 system.busy, create 500 system.busy, create"),
        jobs=1,
    ),
    "busy-in-chinese": in_chinese,
    "query-times-out-then-fine": runs(
        DingTalk,
        "done",
        f"{FILE}, query 503 operationTimeout, query 500 serviceBusy, query 200 1, login 302, fetch 200",
    ),
    "unknown-error-on-create": runs(DingTalk, "in doubt", "token 200, upload 200, create 500 unknownError", jobs=0),
    "token-expires-mid-poll": runs(
        DingTalk,
        "done",
        f"{FILE}, query 200 0, query 400 InvalidAuthentication, token 200, query 200 0, query 200 1, login 302, fetch 200",
    ),
    "new-token-voids-the-old": token_voided,
    "suite-ticket-refused": runs(DingTalk, "refused", "token 400 invalidSuiteTicket", jobs=0),
    "corp-has-not-authorized-the-suite": runs(DingTalk, "refused", "token 400 invalidAuthInfo", jobs=0),
    "upload-too-large": runs(DingTalk, "refused", "token 200, upload 200 45001", jobs=0),
    "upload-refuses-the-token-once": runs(DingTalk, "done", f"token 200, upload 200 40014, {DINGTALK}"),
    "upload-throttled-twice": runs(
        DingTalk, "done", DINGTALK.replace("upload", "upload 200 90014, upload 200 90014, upload")
    ),
    "upload-not-stored": runs(DingTalk, "refused", "token 200, upload 200 72003", jobs=0),
    "upload-stalls": upload_times_out,
    "slow-queue": thirty_minutes,
    "never-ending-job": in_progress_for_ever,
    "job-fails": runs(DingTalk, "failed", f"{FILE}, query 200 0, query 200 0, query 200 2"),
    "output-name-decides": by_output_name,
    "callback-lost": called_back(),
    "callback-lost-once-then-sent-again": called_back(13),
    "callback-late": called_back(603),
    "callback-twice": called_back(3, 3),
    "callbacks-out-of-order": out_of_order,
    "callback-before-the-answer": before_the_answer,
    "callback-wrongly-signed": called_back(3, 13, refused=1),
    "callback-of-a-failed-job": called_back(3, status="2"),
    "job-forgotten-mid-poll": runs(DingTalk, "refused", f"{FILE}, query 200 0, query 400 param.invalid"),
    "result-link-dead": runs(DingTalk, "refused", DINGTALK.replace("fetch 200", "fetch 404 InvalidAction.NotFound")),
    "create-answer-empty-after-the-job-exists": file_created_twice,
    "download-cut-off": runs(DingTalk, "done", DINGTALK.replace("fetch", "fetch truncated, fetch")),
    "html-from-the-gateway": runs(
        DingTalk, "done", f"{FILE}, query 502 not JSON, query 200 0, query 200 1, login 302, fetch 200"
    ),
}


# Across providers

EVERY: tuple[type[Client], ...] = (AlibabaText, AlibabaImages, Huawei, DingTalk)


def everything_late(world: World) -> None:
    all_of(text_well, images_well, huawei_well, dingtalk_well)(world)
    took = world.took()
    assert min(took) > 2
    assert sum(took) > 10 * len(took)


def flaky(world: World) -> None:
    again = World(world.url, world.name)
    drops = [_drops(one.client(AlibabaImages)) for one in (world, again)]
    assert 3 <= sum(drops[0]) <= 25
    assert drops[0] == drops[1]
    again.admin("DELETE", f"sandboxes/{again.id}")


def _drops(client: AlibabaImages) -> list[bool]:
    """For each of 200 queries whether its connection was reset."""
    return [_reset(lambda: client.ask("GetTranslateImageBatchResult", TaskId="x")) for _ in range(200)]


def _reset(ask: Callable[[], Any]) -> bool:
    try:
        ask()
    except BrokenError as fault:
        return str(fault) == "reset"
    return False


def stands_still(world: World) -> None:
    clients = [world.client(kind, pause=lambda _: None, polls=5) for kind in EVERY]
    assert [client.run().outcome for client in clients] == ["pending"] * 4
    first = ["translating", "created", "WAITING", "0"]
    assert [client.record.story[-1] for client in clients] == [f"query 200 {state}" for state in first]
    assert world.admin("GET", f"sandboxes/{world.id}/clock")["now"] == "2026-01-01T00:00:00Z"
    world.advance(60)
    for client in clients:
        client.fetch(client.poll())


def fast(world: World) -> None:
    for kind in EVERY:
        client = world.client(kind, pause=lambda seconds: time.sleep(seconds / 1000))
        assert client.run().outcome == "done"


def by_hand(world: World) -> None:
    for kind in EVERY:
        client = world.client(kind, polls=2)
        assert client.run().outcome == "pending"
        world.advance(3600)
        assert stopped(client.poll) == "pending"
        job = client.record.job
        while not world.admin("GET", f"sandboxes/{world.id}/jobs/{job}")["last"]:
            world.admin("POST", f"sandboxes/{world.id}/jobs/{job}/move", {})
        client.fetch(client.poll())


def not_within_twenty_minutes(world: World) -> None:
    clients = [world.client(kind) for kind in EVERY]
    for client in clients:
        client.submit()
    world.advance(20 * 60)
    assert not any(client.ended(client.query()) for client in clients)
    world.advance(20 * 60)
    assert all(client.ended(client.query()) for client in clients)


def seven_seconds(world: World) -> None:
    runs(AlibabaImages, "done", "create 200, query 503 not JSON, query 200 finished, fetch 200, fetch 200")(world)
    runs(Huawei, "done", f"{JOB}, query 503 not JSON, query 200 FINISHED, fetch 200")(world)
    runs(DingTalk, "done", f"{FILE}, query 503 not JSON, query 200 1, login 302, fetch 200")(world)
    assert world.pauses == [7.0] * 3


def second_time_lucky(world: World) -> None:
    runs(
        AlibabaImages,
        "done",
        "create empty, create 200, query empty, query 200 running, query 200 finished, "
        "fetch empty, fetch 200, fetch empty, fetch 200",
        jobs=1,
    )(world)
    for kind, first, second in (
        (AlibabaText, "create empty", "create 200 ready"),
        (Huawei, "token empty, token 201, create empty", "create 200"),
        (DingTalk, "token empty, token 200, upload empty, upload 200, create empty", "create 200"),
    ):
        jobs = len(world.jobs)
        client = world.client(kind)
        assert client.run().outcome == "in doubt"
        tells(client, first)
        assert len(world.jobs) == jobs
        client.submit()
        client.query()
        assert client.record.story[len(first.split(", ")) :][:2] == [second, "query empty"]


def answered_when_time_passes(world: World) -> None:
    for kind in (AlibabaText, Huawei, DingTalk):
        client = world.client(kind)
        client.submit()
        asking = threading.Thread(target=client.query, daemon=True)
        asking.start()
        asking.join(0.05)
        passed = 0
        while asking.is_alive():
            assert passed < 1000
            world.advance(10)
            passed += 10
            asking.join(0.01)
        assert passed >= 30
        assert client.ended(client.record.steps[-1].answer.json)


def more_members(world: World) -> None:
    all_of(text_well, huawei_well, dingtalk_well)(world)
    text, huawei, dingtalk = (client.record.steps for client in world.clients)
    assert text[-1].answer is not None
    assert text[-1].answer.json["TraceId"] == "abc"
    assert text[-1].answer.json["Data"]["Engine"] == "nmt-7"
    for steps, detail in ((huawei, {"pages": 3}), (dingtalk, {"rows": 3})):
        last = [step.answer for step in steps if step.call == "query"][-1]
        assert last is not None
        assert (last.json["progress"], last.json["detail"]) == (50, detail)


CROSS: dict[str, Check] = {
    "huawei-down-while-others-serve": all_of(
        runs(Huawei, "unreachable", ", ".join(["token reset"] * 4)), text_well, images_well, dingtalk_well
    ),
    "everything-slow": everything_late,
    "flaky-five-percent": flaky,
    "frozen-clock": stands_still,
    "time-runs-a-thousand-times-faster": fast,
    "jobs-finish-at-once": all_of(
        runs(AlibabaText, "done", "create 200 ready, query 200 ready"),
        runs(AlibabaImages, "done", "create 200, query 200 finished, fetch 200, fetch 200"),
        runs(Huawei, "done", f"{JOB}, query 200 FINISHED, fetch 200"),
        runs(DingTalk, "done", f"{FILE}, query 200 1, login 302, fetch 200"),
    ),
    "jobs-advance-with-each-poll": all_of(
        runs(AlibabaText, "done", TEXT, every=0),
        runs(AlibabaImages, "done", f"{IMAGES}, fetch 200, fetch 200", every=0),
        runs(Huawei, "done", f"{JOB}, query 200 WAITING, query 200 BGEIN, query 200 FINISHED, fetch 200", every=0),
        runs(DingTalk, "done", f"{FILE}, query 200 0, query 200 1, login 302, fetch 200", every=0),
    ),
    "jobs-move-by-hand": by_hand,
    "slow-queues": not_within_twenty_minutes,
    "arrears-everywhere": all_of(ALIBABA["account-in-arrears"], HUAWEI_CHECKS["account-in-arrears"], dingtalk_well),
    "credentials-expire-mid-poll": all_of(
        ALIBABA["security-token-expires-mid-poll"],
        HUAWEI_CHECKS["token-expires-mid-poll"],
        DINGTALK_CHECKS["token-expires-mid-poll"],
    ),
    "gateway-503-with-retry-after": seven_seconds,
    "every-request-fails-the-first-time": second_time_lucky,
    "answers-wait-for-the-clock": answered_when_time_passes,
    "answers-have-additional-members": more_members,
    "callbacks-unreliable": all_of(document_called_back(2, (4, 63)), called_back(None, None)),
}

CHECKS: dict[str, Check] = {
    f"{folder}/{name}": check
    for folder, checks in (
        ("alibaba", ALIBABA),
        ("huawei", HUAWEI_CHECKS),
        ("dingtalk", DINGTALK_CHECKS),
        ("cross", CROSS),
    )
    for name, check in checks.items()
}


def test_no_expectation_lacks_its_scenario() -> None:
    assert [name for name in CHECKS if name not in NAMES] == []


def as_its_source_says(name: str) -> Any:
    """Return the case of a scenario, graded by the weakest evidence that its source names."""
    source = own(name)["source"]
    weak = [grade for grade in ("assumed", "reported") if grade in source]
    named_package = re.search(r"\b\w+ \d+\.\d+\.\d+\b", source)
    return pytest.param(name, marks=graded([*weak, "sdk" if named_package else "documented"][0], source))


@pytest.mark.parametrize("name", [as_its_source_says(name) for name in NAMES])
def test_what_a_scenario_says_is_what_happens(name: str, server: Target) -> None:
    assert name in CHECKS, "write down what it does to the reference client"
    world = World(server.url, name)
    CHECKS[name](world)
    about, seen = own(name)["about"], "\n".join(world.seen())
    told = [*re.findall(r"HTTP \d{3}", about), *(CODES & set(re.findall(r"[\w.]*\w", about)))]
    assert [one for one in told if one not in seen] == []
    left = world.admin("DELETE", f"sandboxes/{world.id}")
    assert [Path(rule).name for rule in left["unused"]] == []
