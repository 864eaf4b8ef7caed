"""The same seed, scenario and requests give the same bytes, ids and faults; another seed gives others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from fauxlate.serving.background import BackgroundServer
from tests.web.clients import CLIENTS, PATIENCE
from tests.web.conftest import Box, Boxes, started

SCENARIO = """
lifecycles: {huawei.file_translation: {WAITING: 1s, BGEIN: 1 poll}}
rules:
  - {on: alibaba.CreateAsyncTranslate, chance: 0.3, then: {fail: '10013'}}
  - {on: alibaba.CreateAsyncTranslate, chance: 0.3, then: [{delay: "uniform(0s, 1ms)"}, {body: garbage}]}
  - {on: alibaba.GetAsyncTranslate, chance: 0.5, every: 2, then: {patch: {Data: {Status: odd}}}}
  - {on: 'huawei.Run*', chance: 0.2, then: {drop: empty}}
  - {on: huawei.RunFileTranslation, chance: 0.2, then: {drop: {how: reset, when: after}}}
  - {on: huawei.GetObject, chance: 0.5, then: {body: truncated}}
  - {on: dingtalk.TranslateFile, chance: 0.3, then: {timeline: ['0 2s', '2']}}
  - {on: dingtalk.GetTranslateFileJobResult, chance: 0.3, then: {body: malformed}}
  - {on: dingtalk.GetTranslateFileJobResult, then: {throttle: 3/10s}}
"""
ROUNDS = 8


def played(here: Box) -> Iterator[tuple[Any, ...]]:
    """Send the same requests each time; give what came back of each, byte for byte."""
    hosts = (here.url.partition("://")[2], "host:00000")

    def seen(request: requests.Request) -> tuple[Any, ...]:
        try:
            answer = here.alibaba.send(request)
        except requests.RequestException as fault:
            return (type(fault).__name__, *(type(one).__name__ for one in getattr(fault.args[0], "args", ())))
        headers = [(name, value) for name, value in answer.headers.items() if name != "Date"]
        return answer.status_code, headers, answer.content.replace(hosts[0].encode(), hosts[1].encode())

    clients = [here.client(kind) for kind in CLIENTS]
    medias = {here.dingtalk.upload(): "a.csv"}
    yield tuple(medias)
    yield here.dingtalk.token, here.huawei.token
    for turn in range(ROUNDS):
        for client in clients:
            yield seen(client.creating(f"label-{turn}", **({"medias": medias} if client is here.dingtalk else {})))
        for client in clients:
            for job in here.jobs():
                if job["lifecycle"] == client.lifecycle:
                    answer = seen(client.asking(job["id"]))
                    yield answer
                    yield from (seen(requests.Request("GET", link)) for link in links(answer, hosts))
        here.advance("700ms")


def links(answer: tuple[Any, ...], hosts: tuple[str, str]) -> Iterator[str]:
    body = answer[-1]
    if isinstance(body, bytes) and b'"url":"' in body and body.endswith(b'"}'):
        yield body.decode().rpartition('"url":"')[2].removesuffix('"}').replace(hosts[1], hosts[0])


def remembered(here: Box) -> list[Any]:
    """Return what the journal says, but for what comes from the wall clock and from the client."""
    told = []
    for entry in here.journal():
        reply = {name: value for name, value in entry["reply"].items() if name not in ("took_ms", "headers", "body")}
        told.append([entry[name] for name in ("number", "operation", "job", "rule", "why", "sandbox_time")] + [reply])
    return told


def world(url: str, seed: int) -> tuple[list[Any], list[Any], list[Any], dict[str, int]]:
    """Play in a sandbox that is always called the same, and so has the same credentials."""
    here = Box.made(url, **started(SCENARIO, {"id": "replayed", "seed": seed}))
    try:
        return list(played(here)), remembered(here), here.jobs(), here.faults()
    finally:
        here.close()


@pytest.fixture(scope="module")
def first(server: BackgroundServer) -> tuple[list[Any], list[Any], list[Any], dict[str, int]]:
    return world(server.url, 7)


def test_a_fresh_sandbox_gives_the_same_bytes_ids_and_faults(server: BackgroundServer, first: Any) -> None:
    assert world(server.url, 7) == first


def test_a_fresh_server_gives_the_same_bytes_ids_and_faults(first: Any) -> None:
    with BackgroundServer() as emulator:
        assert world(emulator.url, 7) == first


def test_what_is_replayed_has_jobs_and_many_kinds_of_faults_in_it(first: Any) -> None:
    _, _, jobs, faults = first
    assert len(jobs) > ROUNDS
    assert len(faults) >= 7


def test_another_seed_gives_other_bytes_ids_and_faults(server: BackgroundServer, first: Any) -> None:
    answers, journal, jobs, faults = first
    other = world(server.url, 8)
    assert not {job["id"] for job in jobs} & {job["id"] for job in other[2]}
    assert faults != other[3]
    assert [entry[3] for entry in journal] != [entry[3] for entry in other[1]]
    ours, theirs = ({answer[-1] for answer in one if isinstance(answer[-1], bytes)} for one in (answers, other[0]))
    assert [body for body in ours & theirs if b'Id":"' in body] == []


def test_a_reset_sandbox_begins_again_as_it_began(box: Boxes) -> None:
    here = box(SCENARIO, seed=3)
    begun = list(played(here)), remembered(here), here.faults()
    assert here.admin("POST", "/reset", {}).status_code == 200
    here.huawei.renew()
    here.dingtalk.renew()
    assert (list(played(here)), remembered(here), here.faults()) == begun


def test_a_forked_sandbox_goes_on_as_its_origin_does(box: Boxes) -> None:
    here = box(SCENARIO, seed=3)
    for _ in range(5):
        here.session.post(str(here.alibaba.creating().url), timeout=PATIENCE)
    told = here.admin("POST", "/fork", {}).json()
    fork = Box(here.url, told, requests.Session())
    try:
        answers = [[one.alibaba.create().content for _ in range(20)] for one in (here, fork)]
        assert answers[0] == answers[1]
        assert [job["id"] for job in here.jobs()] == [job["id"] for job in fork.jobs()]
    finally:
        fork.close()
