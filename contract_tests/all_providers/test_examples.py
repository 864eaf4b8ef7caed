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

from contract_tests.documented import Example, errors, examples, parameters
from contract_tests.drift import Observer
from contract_tests.evidence import case
from contract_tests.speaking import FLOWS, JSON, Said, Sent, Speaker, media, uploaded
from contract_tests.target import Target

_REFERENCE = re.compile(r"\$\{([\w.]+)(?::([\w.]+))?\}")
ANYTHING = "*"
SOURCE = "https://bucket.obs.cn-north-4.myhuaweicloud.com/report.txt"


@pytest.fixture(scope="module")
def place(target: Target) -> Iterator[Target]:
    """A sandbox of its own where there can be one, else the target as it is."""
    if not target.admin:
        yield target
        return
    with target.scripted({}) as box:
        yield box


@pytest.fixture(scope="module")
def jobs() -> dict[str, str]:
    """Jobs that have ended, by lifecycle."""
    return {}


class Asking:
    """One example at one target: what stands for its references, and what is sent for it."""

    def __init__(self, speaker: Speaker, jobs: dict[str, str], provider: str) -> None:
        self.speaker, self.jobs, self.provider = speaker, jobs, provider
        self.told = speaker.target.told(provider)

    def finished(self, lifecycle: str) -> str:
        """Return a job that has ended."""
        if lifecycle not in self.jobs:
            flow, silent = FLOWS[lifecycle], Speaker(self.speaker.target)
            job = flow.started(silent)
            final = {"alibaba.async_translate": "ready"}.get(lifecycle)
            self.speaker.target.until(
                lambda: (seen := flow.seen(silent, job)).links or seen.state == final, within=30, every=flow.poll
            )
            self.jobs[lifecycle] = job
        return self.jobs[lifecycle]

    def value(self, found: re.Match[str]) -> str:
        name, more = found[1], found[2]
        if name == "media":
            return media(self.speaker, more)
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

    def sent(self, example: Example) -> Sent:
        self.job = self.finished(example.told["job"]) if "job" in example.told else ""
        told = self.filled(example.told["request"])
        if "upload" in told:
            return uploaded(self.speaker.corp_token, told["upload"], b"$userName=user001$\n")
        if "action" in told:
            return self.alimt(told)
        body = told.get("text", json.dumps(told["body"]) if "body" in told else "").encode() or None
        return Sent(told["method"], told["path"], told.get("query", {}), told.get("headers", {}), body)

    def alimt(self, told: Mapping[str, Any]) -> Sent:
        off = told.get("at", "0s")
        at = datetime.now(UTC) + timedelta(seconds=parse_duration(off.lstrip("-")) * (-1 if off[0] == "-" else 1))
        keys = {"method": told.get("method", "POST"), "secret": told.get("secret"), "at": at}
        return self.speaker.alimt(told["action"], told.get("form"), **keys, **told.get("query", {}))


def compared(said: Any, printed: Any, example: Example, *, live: bool, at: str = "") -> Iterator[str]:
    """Give what is otherwise than printed, save for what varies from call to call."""
    varies = example.told.get("varies", {}).get(at)
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
    elif said != printed and not (live and at in example.told.get("content", ())):
        yield f"{at} is {said!r}; {printed!r} is printed"


def answered(example: Example, speaker: Speaker, sent: Sent) -> Said:
    target = speaker.target
    if "scripted" not in example.told:
        return speaker.ask(example.operation, sent)
    target.scriptable()
    with target.following({"rules": [{"on": example.operation, "then": {"fail": example.told["scripted"]}}]}):
        return speaker.ask(example.operation, sent)


@pytest.mark.parametrize("example", [case(example, example, id=example.name) for example in examples()])
def test_an_example_is_answered_as_printed(
    example: Example, place: Target, jobs: dict[str, str], observer: Observer
) -> None:
    speaker = Speaker(place)
    sent = Asking(speaker, jobs, example.operation.partition(".")[0]).sent(example)
    speaker.heard = observer.heard
    said = answered(example, speaker, sent)
    printed = example.told["response"]
    observer.printed(printed["status"], printed["body"])
    assert (said.status, said.media_type) == (printed["status"], JSON)
    for name, pattern in printed.get("headers", {}).items():
        assert re.fullmatch(pattern, said.headers[name])
    assert list(compared(said.json, printed["body"], example, live=place.live)) == []


_SUCCESSES = [
    example
    for example in examples()
    if example.told["response"]["status"] < 300 and "upload" not in example.told["request"]
]


@pytest.mark.parametrize("example", [case(example, example, id=example.name) for example in _SUCCESSES])
def test_a_parameter_that_is_not_documented_changes_nothing(
    example: Example, place: Target, jobs: dict[str, str]
) -> None:
    speaker = Speaker(place)
    asking = Asking(speaker, jobs, example.operation.partition(".")[0])
    if "action" in example.told["request"]:
        request = {**example.told["request"]}
        where = "form" if "form" in request else "query"
        request[where] = {**request[where], "NotDocumented": "x"}
        sent = asking.sent(replace(example, told={**example.told, "request": request}))
    else:
        sent = asking.sent(example)
        if sent.body is not None:
            sent = replace(sent, body=json.dumps({**json.loads(sent.body), "notDocumented": "x"}).encode())
        else:
            sent = replace(sent, query={**sent.query, "notDocumented": "x"})
    said = speaker.ask(example.operation, sent)
    printed = example.told["response"]
    assert said.status == printed["status"]
    assert list(compared(said.json, printed["body"], example, live=place.live)) == []


def _printed_parameters(example: Example) -> dict[str, Any]:
    told = example.told["request"]
    sent = {**told.get("form", {}), **told.get("query", {}), **told.get("headers", {}), **told.get("body", {})}
    rows = {name: row for operation, name, row in parameters() if operation == example.operation}
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
    request = {**example.told["request"]}
    for part in ("form", "query", "headers", "body"):
        if part in request:
            kept = {one: told for one, told in request[part].items() if one.lower() != name.lower()}
            request[part] = {**kept, **dict.fromkeys([name] if part == "body" else [], *value)} if value else kept
    return replace(example, told={**example.told, "request": request})


def refused(said: Said, example: Example) -> str:
    """Assert that what came back is an error that is printed for the operation's provider; return its code."""
    assert said.error is not None, said.body
    code, _ = said.error
    assert 400 <= said.status < 500
    provider = example.operation.partition(".")[0]
    codes = {row.code for row in errors() if row.provider == provider} | {"400", "401"}
    assert code in codes or re.fullmatch(r"(Missing|Invalid)\w+", code), code
    return code


@pytest.mark.parametrize(
    ("example", "name"), [case(example, example, name, id=f"{example.name}-{name}") for example, name in _MISSING]
)
def test_a_required_parameter_may_not_be_missing(
    example: Example, name: str, place: Target, jobs: dict[str, str], observer: Observer
) -> None:
    speaker = Speaker(place)
    sent = Asking(speaker, jobs, example.operation.partition(".")[0]).sent(changed(example, name))
    speaker.heard = observer.heard
    code = refused(speaker.ask(example.operation, sent), example)
    if example.name.startswith("alibaba"):
        assert code == f"Missing{name}"


@pytest.mark.parametrize(
    ("example", "name"), [case(example, example, name, id=f"{example.name}-{name}") for example, name in _WRONG]
)
def test_a_parameter_may_not_be_of_another_type(
    example: Example, name: str, place: Target, jobs: dict[str, str], observer: Observer
) -> None:
    speaker = Speaker(place)
    sent = Asking(speaker, jobs, example.operation.partition(".")[0]).sent(changed(example, name, 5))
    speaker.heard = observer.heard
    refused(speaker.ask(example.operation, sent), example)
