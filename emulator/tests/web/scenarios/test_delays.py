"""Answers that come later by real time, and how long a delay is where it is drawn."""

from __future__ import annotations

import math
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from fauxlate.engine.chance import Chance
from fauxlate.engine.scenarios.distributions import Distribution, parse_distribution
from hypothesis import given
from hypothesis import strategies as st
from tests.web.clients import PATIENCE, connected
from tests.web.conftest import EPOCH, Alone, Boxes, rule, tasks, until

SPREADS = ["20ms", "uniform(10ms, 30ms)", "normal(200ms, 50ms)", "lognormal(200ms, 0.6)"]


def lengths(text: str, seed: int, count: int = 50) -> list[float]:
    chance, drawn = Chance(seed), parse_distribution(text)
    return [drawn.sample(chance) for _ in range(count)]


# lengths


@pytest.mark.parametrize("text", SPREADS)
def test_the_same_seed_draws_the_same_lengths(text: str) -> None:
    assert lengths(text, 7) == lengths(text, 7)


@pytest.mark.parametrize("text", SPREADS[1:])
def test_another_seed_draws_other_lengths_and_no_two_are_the_same(text: str) -> None:
    assert lengths(text, 7) != lengths(text, 8)
    assert len(set(lengths(text, 7))) == 50


def test_lengths_are_spread_as_they_are_called() -> None:
    assert set(lengths("20ms", 1)) == {0.02}
    uniform = lengths("uniform(10ms, 30ms)", 1, 2000)
    assert 0.01 <= min(uniform) < 0.0105
    assert 0.0295 < max(uniform) < 0.03
    assert statistics.mean(uniform) == pytest.approx(0.02, rel=0.05)
    normal = lengths("normal(200ms, 50ms)", 1, 2000)
    assert statistics.mean(normal) == pytest.approx(0.2, rel=0.05)
    assert statistics.stdev(normal) == pytest.approx(0.05, rel=0.1)
    lognormal = lengths("lognormal(200ms, 0.6)", 1, 2000)
    assert statistics.median(lognormal) == pytest.approx(0.2, rel=0.1)
    assert statistics.stdev(map(math.log, lognormal)) == pytest.approx(0.6, rel=0.1)


@given(
    kind=st.sampled_from(["fixed", "uniform", "normal", "lognormal"]),
    first=st.floats(0, 1e9),
    second=st.floats(0, 10),
    seed=st.integers(),
)
def test_no_length_is_negative_or_endless(kind: Any, first: float, second: float, seed: int) -> None:
    drawn = Distribution(kind, first, first + second if kind == "uniform" else second).sample(Chance(seed))
    assert 0 <= drawn < math.inf


def test_other_draws_do_not_change_the_lengths() -> None:
    chance, drawn = Chance(7), parse_distribution("uniform(10ms, 30ms)")
    with_others = [(chance.uuid("job"), drawn.sample(chance))[1] for _ in range(50)]
    assert with_others == lengths("uniform(10ms, 30ms)", 7)


# real time


@pytest.mark.parametrize("text", ["5ms", "uniform(5ms, 6ms)", "normal(5ms, 0s)", "lognormal(5ms, 0)"])
def test_a_real_delay_lasts_as_long_as_it_says(box: Boxes, text: str) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", f'{{delay: "{text}"}}'))
    began = time.monotonic()
    assert here.alibaba.create().status_code == 200
    assert time.monotonic() - began >= 0.004
    assert here.last()["reply"]["took_ms"] >= 4
    assert here.faults() == {"delay": 1}


def test_a_real_delay_holds_nobody_else_up(box: Boxes, aside: ThreadPoolExecutor) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{delay: 80ms}", "when: {body.SourceText: slow}"))
    order: list[str] = []

    def call(label: str) -> None:
        assert requests.post(str(here.alibaba.creating(label).url), timeout=PATIENCE).status_code == 200
        order.append(label)

    slow = aside.submit(call, "slow")
    call("quick")
    slow.result(PATIENCE)
    assert order == ["quick", "slow"]


def test_a_real_delay_passes_while_the_clock_of_the_sandbox_stands_still(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{delay: 2ms}"))
    assert here.alibaba.create().status_code == 200
    assert here.admin("GET", "/clock").json()["epoch"] == EPOCH


def test_a_real_delay_is_part_of_the_time_of_a_running_sandbox(box: Boxes) -> None:
    here = box(
        rule("alibaba.CreateAsyncTranslate", "{delay: 5ms}"),
        clock={"mode": "rate", "rate": 1000, "at": "2026-01-01T00:00:00Z"},
    )
    before = here.admin("GET", "/clock").json()["epoch"]
    here.alibaba.create()
    entry = here.last()
    assert entry["sandbox_time"] >= iso(before + 4)


def iso(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))


def test_a_client_that_leaves_during_a_real_delay_leaves_nothing_behind(alone: Alone) -> None:
    server, here = alone(rule("alibaba.CreateAsyncTranslate", "{delay: 1h}"))
    assert here.faults() == {}  # from the first request on there is a task that answers
    before = tasks(server)
    with connected(here.alibaba.creating()):
        until(lambda: here.faults() == {"delay": 1})
        assert tasks(server) > before
    until(lambda: tasks(server) == before, "the task sleeps on for nobody")
    assert here.jobs() == []


def test_the_journal_tells_of_a_client_that_left(alone: Alone) -> None:
    _, here = alone(rule("alibaba.CreateAsyncTranslate", "{delay: 1h}"))
    with connected(here.alibaba.creating()):
        until(lambda: here.faults() == {"delay": 1})
    until(here.journal)
    left = here.last()
    assert (left["operation"], left["reply"]["status"]) == ("alibaba.CreateAsyncTranslate", 499)
    assert "The client left" in left["hint"]
    assert here.admin("GET", "/coverage?kind=operation&only=served").json()["rows"] == []


def test_a_call_that_a_reset_overtakes_in_a_real_delay_is_none_of_the_new_beginning(
    box: Boxes, aside: ThreadPoolExecutor
) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{delay: 50ms}"))
    sent = aside.submit(requests.post, str(here.alibaba.creating().url), timeout=PATIENCE)
    until(lambda: here.faults() == {"delay": 1})
    assert here.admin("POST", "/reset", {}).status_code == 200
    assert sent.result(PATIENCE).status_code == 200
    assert (here.jobs(), here.journal()) == ([], [])
