"""Several verbs of one rule, and several rules: what each does to what the others have done."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
import requests
from tests.web.clients import connected, everything
from tests.web.conftest import Boxes, rule
from tests.web.scenarios.verbs.answers import own, split


def test_a_delay_goes_before_the_failure_that_follows_it(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "[{delay: 1ms}, {fail: '10013'}]"))
    assert here.alibaba.code(here.alibaba.create()) == "10013"
    assert here.faults() == {"delay": 1, "fail": 1}


def test_what_ends_a_call_keeps_what_follows_from_happening_before_it(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "[{fail: '10013'}, {delay: 1h}, {fail: '10003'}]"))
    assert here.alibaba.code(here.alibaba.create()) == "10013"
    assert here.faults() == {"fail": 1}


def test_an_answer_of_ones_own_can_be_spoilt(box: Boxes) -> None:
    here = box(rule("huawei.RunFileTranslation", "[{respond: {body: {a: 1, b: 2}}}, {patch: {b: null, c: 3}}]"))
    assert here.huawei.create().json() == {"a": 1, "c": 3}
    here.follow(rule("huawei.RunFileTranslation", "[{respond: {status: 207, body: hello there}}, {body: truncated}]"))
    with connected(here.huawei.creating()) as wire:
        status, headers, body = split(everything(wire))
    assert (status, headers["content-length"], body) == ("HTTP/1.1 207 Multi-Status", "11", b"hello")


def test_an_error_can_be_spoilt(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "[{fail: '10013'}, {body: truncated}]"))
    with connected(here.alibaba.creating()) as wire:
        status, headers, body = split(everything(wire))
    assert status == "HTTP/1.1 400 Bad Request"
    assert 0 < len(body) < int(headers["content-length"])


def test_a_timeline_a_patch_and_a_reset_after_it_all_happen(box: Boxes) -> None:
    then = "[{timeline: [ready 1h, translated]}, {patch: {Message: odd}}, {drop: {how: reset, when: after}}]"
    here = box(rule("alibaba.CreateAsyncTranslate", then))
    with pytest.raises(requests.ConnectionError):
        own(here.alibaba.creating())
    assert here.jobs()[0]["timeline"] == ["ready 1h", "translated"]
    assert json.loads(here.last()["reply"]["body"])["Message"] == "odd"
    assert here.faults() == {"timeline": 1, "patch": 1, "drop reset": 1}


def test_garbage_can_dribble(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "[{body: garbage}, {body: {how: dribble, for: 8ms}}]"))
    answer = here.alibaba.create()
    assert len(answer.content) == int(answer.headers["Content-Length"])
    with pytest.raises(ValueError, match=r"codec can't decode|Expecting value"):
        json.loads(answer.content)


@pytest.mark.parametrize("how", ["truncated", "dribble"])
def test_a_connection_that_is_broken_stays_so_whatever_follows(box: Boxes, how: str) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", f"[{{drop: reset}}, {{body: {{how: {how}, for: 8ms}}}}]"))
    with connected(here.alibaba.creating()) as wire, pytest.raises(ConnectionResetError):
        wire.recv(1)


@pytest.mark.parametrize(
    ("then", "served"),
    [
        ("[{drop: reset}, {body: truncated}]", {"drop reset": 1}),
        ("[{drop: empty}, {drop: {how: stall, when: after}}]", {"drop empty": 1}),
        ("[{drop: {how: empty, when: after}}, {body: garbage}, {patch: {a: 1}}]", {"drop empty": 1}),
        ("[{body: truncated}, {drop: {how: empty, when: after}}]", {"drop empty": 1}),
        ("[{body: garbage}, {patch: {a: 1}}]", {"body garbage": 1}),
        ("[{patch: {a: 1}}, {body: malformed}, {body: html}]", {"body html": 1}),
        ("[{body: truncated}, {body: {how: dribble, for: 1ms}}]", {"body dribble": 1}),
        ("[{timeline: [ready 1h, translated]}, {fail: '10013'}]", {"fail": 1}),
        ("[{timeline: [ready 1h, translated]}, {drop: reset}]", {"drop reset": 1}),
    ],
)
def test_a_verb_without_effect_is_not_covered(box: Boxes, then: str, served: dict[str, int]) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", then))
    with connected(here.alibaba.creating()) as wire, suppress(ConnectionResetError):
        wire.recv(1)
    assert here.faults() == served


def test_two_rates_in_a_row_both_hold(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "[{throttle: 2/s}, {throttle: 3/m}]"))
    client = here.alibaba
    assert [client.code(client.create()) for _ in range(3)] == [None, None, "Throttling.User"]
    here.advance("1s")
    assert [client.code(client.create()) for _ in range(3)] == [None, "Throttling.User", "Throttling.User"]


def test_every_call_that_a_scenario_touched_says_so_in_a_hint(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{patch: {a: 1}}", "times: 1"))
    touched, untouched = here.alibaba.create(), here.alibaba.create()
    assert "scenario" in touched.headers["X-Fauxlate-Hint"]
    assert "X-Fauxlate-Hint" not in untouched.headers


def test_calls_at_the_same_time_are_counted_one_by_one(box: Boxes, aside: ThreadPoolExecutor) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{fail: '10013'}", "times: 10"))
    answers: list[Any] = list(aside.map(lambda _: own(here.alibaba.creating()).json()["Code"], range(30)))
    assert sorted(map(str, answers)) == ["10013"] * 10 + ["200"] * 20
