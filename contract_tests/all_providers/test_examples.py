"""Every example that the documents print: the request is sent, and its answer is the one that stands there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fauxlate.engine.timing.durations import parse_duration

from contract_tests.harness.documents.fixtures import Example, printed_errors, printed_examples, printed_parameters
from contract_tests.harness.drift.findings import Observer
from contract_tests.harness.evidence import case
from contract_tests.harness.flows import FLOWS, upload_media
from contract_tests.harness.exchange import JSON, Request, Response
from contract_tests.harness.provider_client import ProviderClient, upload_request
from contract_tests.harness.target import Target

_REFERENCE = re.compile(r"\$\{([\w.]+)(?::([\w.]+))?\}")
ANYTHING = "*"
SOURCE = "https://bucket.obs.cn-north-4.myhuaweicloud.com/report.txt"


@pytest.fixture(scope="module")
def place(target: Target) -> Iterator[Target]:
    """A sandbox of its own where there can be one, else the target as it is."""
    if not target.has_admin:
        yield target
        return
    with target.create_sandbox({}) as box:
        yield box


@pytest.fixture(scope="module")
def jobs() -> dict[str, str]:
    """Jobs that have ended, by lifecycle."""
    return {}


class Asking:
    """One example at one target: what stands for its references, and what is sent for it."""

    def __init__(self, speaker: ProviderClient, jobs: dict[str, str], provider: str) -> None:
        self.speaker, self.jobs, self.provider = speaker, jobs, provider
        self.told = speaker.target.credentials(provider)

    def finished(self, lifecycle: str) -> str:
        """Return a job that has ended."""
        if lifecycle not in self.jobs:
            flow, silent = FLOWS[lifecycle], ProviderClient(self.speaker.target)
            job = flow.start(silent)
            final = {"alibaba.async_translate": "ready"}.get(lifecycle)
            self.speaker.target.wait_until(
                lambda: (seen := flow.status(silent, job)).links or seen.state == final,
                within=30,
                interval=flow.poll_interval,
            )
            self.jobs[lifecycle] = job
        return self.jobs[lifecycle]

    def value(self, found: re.Match[str]) -> str:
        name, more = found[1], found[2]
        if name == "media":
            return upload_media(self.speaker, more)
        if name in ("corp_token", "iam_token"):
            return str(getattr(self.speaker, name))
        if name == "job":
            return self.job
        return self.told.get(name) or {"source": SOURCE}[name]

    def filled(self, value: Any) -> Any:
        if isinstance(value, str):
            return _REFERENCE.sub(self.value, value)
        if isinstance(value, dict):
            return {self.filled(name): self.filled(one) for name, one in value.items()}
        return value

    def sent(self, example: Example) -> Request:
        self.job = self.finished(example.document["job"]) if "job" in example.document else ""
        told = self.filled(example.document["request"])
        if "upload" in told:
            return upload_request(self.speaker.corp_token, told["upload"], b"$userName=user001$\n")
        if "action" in told:
            return self.alimt(told)
        body = told.get("text", json.dumps(told["body"]) if "body" in told else "").encode() or None
        return Request(told["method"], told["path"], told.get("query", {}), told.get("headers", {}), body)

    def alimt(self, told: Mapping[str, Any]) -> Request:
        off = told.get("at", "0s")
        at = datetime.now(UTC) + timedelta(seconds=parse_duration(off.lstrip("-")) * (-1 if off[0] == "-" else 1))
        keys = {"method": told.get("method", "POST"), "secret": told.get("secret"), "at": at}
        return self.speaker.alimt_request(told["action"], told.get("form"), **keys, **told.get("query", {}))


def compared(said: Any, printed: Any, example: Example, *, live: bool, at: str = "") -> Iterator[str]:
    """Give what is otherwise than printed, save for what varies from call to call."""
    varies = example.document.get("varies", {}).get(at)
    if type(said) is not type(printed):
        yield f"{at} is {said!r}, which is no {type(printed).__name__}"
    elif varies is not None:
        if varies != ANYTHING and not re.fullmatch(varies, said, re.DOTALL):
            yield f"{at} is {said!r}, which is not of the form {varies}"
    elif isinstance(printed, dict | list):
        mine, theirs = (dict(one) if isinstance(one, dict) else dict(enumerate(one)) for one in (said, printed))
        for name in {**theirs, **mine}:
            path = f"{at}.{name}".lstrip(".")
            if name in mine and name in theirs:
                yield from compared(mine[name], theirs[name], example, live=live, at=path)
            else:
                yield f"{path} is {'missing' if name in theirs else 'not printed'}"
    elif said != printed and not (live and at in example.document.get("content", ())):
        yield f"{at} is {said!r}; {printed!r} is printed"


def answered(example: Example, speaker: ProviderClient, sent: Request) -> Response:
    target = speaker.target
    if "scripted" not in example.document:
        return speaker.send(example.operation, sent)
    target.require_admin()
    with target.follow_scenario({"rules": [{"on": example.operation, "then": {"fail": example.document["scripted"]}}]}):
        return speaker.send(example.operation, sent)


@pytest.mark.parametrize("example", [case(example, example, id=example.name) for example in printed_examples()])
def test_an_example_is_answered_as_printed(
    example: Example, place: Target, jobs: dict[str, str], observer: Observer
) -> None:
    speaker = ProviderClient(place)
    sent = Asking(speaker, jobs, example.operation.partition(".")[0]).sent(example)
    speaker.heard = observer.on_exchange
    said = answered(example, speaker, sent)
    printed = example.document["response"]
    observer.note_example(printed["status"], printed["body"])
    assert (said.status, said.media_type) == (printed["status"], JSON)
    for name, pattern in printed.get("headers", {}).items():
        assert re.fullmatch(pattern, said.headers[name])
    assert list(compared(said.json, printed["body"], example, live=place.is_live)) == []


_SUCCESSES = [
    example
    for example in printed_examples()
    if example.document["response"]["status"] < 300 and "upload" not in example.document["request"]
]


@pytest.mark.parametrize("example", [case(example, example, id=example.name) for example in _SUCCESSES])
def test_a_parameter_that_is_not_documented_changes_nothing(
    example: Example, place: Target, jobs: dict[str, str]
) -> None:
    speaker = ProviderClient(place)
    asking = Asking(speaker, jobs, example.operation.partition(".")[0])
    if "action" in example.document["request"]:
        request = {**example.document["request"]}
        where = "form" if "form" in request else "query"
        request[where] = {**request[where], "NotDocumented": "x"}
        sent = asking.sent(replace(example, told={**example.document, "request": request}))
    else:
        sent = asking.sent(example)
        if sent.body is not None:
            sent = replace(sent, body=json.dumps({**json.loads(sent.body), "notDocumented": "x"}).encode())
        else:
            sent = replace(sent, query={**sent.query, "notDocumented": "x"})
    said = speaker.send(example.operation, sent)
    printed = example.document["response"]
    assert said.status == printed["status"]
    assert list(compared(said.json, printed["body"], example, live=place.is_live)) == []


def _printed_parameters(example: Example) -> dict[str, Any]:
    told = example.document["request"]
    sent = {**told.get("form", {}), **told.get("query", {}), **told.get("headers", {}), **told.get("body", {})}
    rows = {name: row for operation, name, row in printed_parameters() if operation == example.operation}
    return {name: row for name, row in rows.items() if name.lower() in {one.lower() for one in sent}}


_MISSING = [
    (example, name) for example in _SUCCESSES for name, row in _printed_parameters(example).items() if row["required"]
]
_WRONG = [
    (example, name)
    for example in _SUCCESSES
    for name, row in _printed_parameters(example).items()
    if row["in"] == "body"
]


def changed(example: Example, name: str, *value: Any) -> Example:
    """Return the example without the parameter, or with another value of it."""
    request = {**example.document["request"]}
    for part in ("form", "query", "headers", "body"):
        if part in request:
            kept = {one: told for one, told in request[part].items() if one.lower() != name.lower()}
            request[part] = {**kept, **dict.fromkeys([name] if part == "body" else [], *value)} if value else kept
    return replace(example, told={**example.document, "request": request})


def refused(said: Response, example: Example) -> str:
    """Assert that what came back is an error that is printed for the operation's provider; return its code."""
    assert said.error is not None, said.body
    code, _ = said.error
    assert 400 <= said.status < 500
    provider = example.operation.partition(".")[0]
    codes = {row.code for row in printed_errors() if row.provider == provider} | {"400", "401"}
    assert code in codes or re.fullmatch(r"(Missing|Invalid)\w+", code), code
    return code


@pytest.mark.parametrize(
    ("example", "name"), [case(example, example, name, id=f"{example.name}-{name}") for example, name in _MISSING]
)
def test_a_required_parameter_may_not_be_missing(
    example: Example, name: str, place: Target, jobs: dict[str, str], observer: Observer
) -> None:
    speaker = ProviderClient(place)
    sent = Asking(speaker, jobs, example.operation.partition(".")[0]).sent(changed(example, name))
    speaker.heard = observer.on_exchange
    code = refused(speaker.send(example.operation, sent), example)
    if example.name.startswith("alibaba"):
        assert code == f"Missing{name}"


@pytest.mark.parametrize(
    ("example", "name"), [case(example, example, name, id=f"{example.name}-{name}") for example, name in _WRONG]
)
def test_a_parameter_may_not_be_of_another_type(
    example: Example, name: str, place: Target, jobs: dict[str, str], observer: Observer
) -> None:
    speaker = ProviderClient(place)
    sent = Asking(speaker, jobs, example.operation.partition(".")[0]).sent(changed(example, name, 5))
    speaker.heard = observer.on_exchange
    refused(speaker.send(example.operation, sent), example)
