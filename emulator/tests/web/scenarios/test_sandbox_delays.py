"""Delays that pass by the clock of the sandbox: when calls that wait are answered, and what lets them go."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from fauxlate.serving.background import BackgroundServer
from fauxlate.web import scheduler
from tests.web.clients import PATIENCE, Client, connected, direct
from tests.web.conftest import EPOCH, Alone, Box, Boxes, rule, started, tasks, until, waiting


class Calls:
    """Calls that wait, and the order in which they were answered."""

    def __init__(self, server: BackgroundServer, here: Box, aside: ThreadPoolExecutor) -> None:
        self.order: list[str] = []
        self._server, self._here, self._aside = server, here, aside
        self._lock = threading.Lock()

    def send(self, label: str) -> Future[requests.Response]:
        """Send a call, and return once it waits at the server."""
        already = waiting(self._server, self._here)
        client: Client = self._here.alibaba
        prepared = client.creating(label).prepare()

        def call() -> requests.Response:
            with direct() as session:
                answer = session.send(prepared, timeout=PATIENCE)
            with self._lock:
                self.order.append(label)
            return answer

        sent = self._aside.submit(call)
        until(lambda: waiting(self._server, self._here) > already, "the call does not wait")
        return sent


@pytest.fixture
def calls(server: BackgroundServer, aside: ThreadPoolExecutor) -> Any:
    return lambda here: Calls(server, here, aside)


def by_label(*delays: str) -> str:
    """Return a scenario in which the call `1h` waits an hour, and so on."""
    return "rules:\n" + "".join(
        f"  - {{on: alibaba.CreateAsyncTranslate, when: {{body.SourceText: '{one}'}},"
        f" then: {{delay: {{for: '{one}', clock: sandbox}}}}}}\n"
        for one in delays
    )


def test_the_answer_comes_exactly_when_the_clock_gets_there(box: Boxes, calls: Any) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{delay: {for: 1h, clock: sandbox}}"))
    sent = calls(here).send("a")
    here.advance("59m59s")
    here.advance("999ms")
    assert (here.jobs(), sent.done()) == ([], False)
    here.advance("1ms")
    assert [job["created"] for job in here.jobs()] == ["2026-01-01T01:00:00Z"]
    assert sent.result(PATIENCE).status_code == 200
    assert here.faults() == {"delay": 1}


def test_a_jump_past_it_answers_at_the_time_it_was_due(box: Boxes, calls: Any) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{delay: {for: 1h, clock: sandbox}}"))
    sent = calls(here).send("a")
    assert here.advance("10h")["now"] == "2026-01-01T10:00:00Z"
    assert [job["created"] for job in here.jobs()] == ["2026-01-01T01:00:00Z"]
    assert here.last()["sandbox_time"] == "2026-01-01T01:00:00Z"
    assert sent.result(PATIENCE).status_code == 200


def test_calls_are_answered_in_the_order_in_which_they_are_due_before_the_change_is(box: Boxes, calls: Any) -> None:
    here = box(by_label("3h", "1h", "2h", "5h"))
    some = calls(here)
    sent = {label: some.send(label) for label in ("3h", "5h", "1h", "2h")}
    here.advance("4h")
    assert [job["created"][11:16] for job in here.jobs()] == ["01:00", "02:00", "03:00"]
    assert [(entry["sandbox_time"][11:16], entry["reply"]["status"]) for entry in here.journal()] == [
        ("01:00", 200),
        ("02:00", 200),
        ("03:00", 200),
    ]
    for label in ("1h", "2h", "3h"):
        assert sent[label].result(PATIENCE).status_code == 200
    assert not sent["5h"].done()
    here.advance("1h")
    assert sent["5h"].result(PATIENCE).status_code == 200
    assert [job["created"][11:16] for job in here.jobs()][-1] == "05:00"


def test_calls_due_at_the_same_time_are_answered_in_the_order_in_which_they_came(box: Boxes, calls: Any) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{delay: {for: 1h, clock: sandbox}}"))
    some = calls(here)
    sent = [some.send(label) for label in ("c", "a", "b")]
    here.advance("1h")
    made = [one.result(PATIENCE).json()["Data"]["JobId"] for one in sent]
    assert [job["id"] for job in here.jobs()] == made


def test_two_delays_in_one_rule_both_pass_in_one_jump(box: Boxes, calls: Any) -> None:
    then = "[{delay: {for: 1h, clock: sandbox}}, {delay: {for: 2h, clock: sandbox}}, {fail: '10013'}]"
    here = box(rule("alibaba.CreateAsyncTranslate", then))
    sent = calls(here).send("a")
    here.advance("24h")
    assert here.last()["sandbox_time"] == "2026-01-01T03:00:00Z"
    assert sent.result(PATIENCE).json()["Code"] == "10013"
    assert here.faults() == {"delay": 2, "fail": 1}


def test_two_delays_in_one_rule_can_be_passed_one_by_one(server: BackgroundServer, box: Boxes, calls: Any) -> None:
    then = "[{delay: {for: 1h, clock: sandbox}}, {delay: {for: 2h, clock: sandbox}}]"
    here = box(rule("alibaba.CreateAsyncTranslate", then))
    sent = calls(here).send("a")
    here.advance("90m")
    assert (sent.done(), waiting(server, here)) == (False, 1)
    here.advance("89m59s")
    assert (sent.done(), waiting(server, here)) == (False, 1)
    here.advance("1s")
    assert here.last()["sandbox_time"] == "2026-01-01T03:00:00Z"
    assert sent.result(PATIENCE).status_code == 200


def test_a_real_delay_may_follow_one_of_the_sandbox(box: Boxes, calls: Any) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "[{delay: {for: 1h, clock: sandbox}}, {delay: 5ms}]"))
    sent = calls(here).send("a")
    here.advance("1h")
    assert len(here.jobs()) == 1
    assert sent.result(PATIENCE).status_code == 200


def test_a_call_that_is_due_breaks_off_as_its_rule_says(box: Boxes, server: BackgroundServer) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "[{delay: {for: 1h, clock: sandbox}}, {drop: reset}]"))
    with connected(here.alibaba.creating()) as wire:
        until(lambda: waiting(server, here))
        here.advance("1h")
        with pytest.raises(ConnectionResetError):
            wire.recv(1)
    assert here.jobs() == []


def test_a_running_clock_gets_there_by_itself(box: Boxes) -> None:
    clock = {"mode": "rate", "rate": 100_000, "at": "2026-01-01T00:00:00Z"}
    here = box(rule("alibaba.CreateAsyncTranslate", "{delay: {for: 10m, clock: sandbox}}"), clock=clock)
    assert here.alibaba.create().status_code == 200
    assert here.jobs()[0]["created"] >= "2026-01-01T00:10:00Z"


def test_a_clock_that_is_let_run_gets_there_by_itself(box: Boxes, calls: Any) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{delay: {for: 10m, clock: sandbox}}"))
    sent = calls(here).send("a")
    assert here.admin("PATCH", "/clock", {"rate": 100_000}).status_code == 200
    assert sent.result(PATIENCE).status_code == 200


def test_a_clock_that_is_stopped_keeps_a_call_waiting(server: BackgroundServer, box: Boxes, calls: Any) -> None:
    clock = {"mode": "real", "at": "2026-01-01T00:00:00Z"}
    here = box(rule("alibaba.CreateAsyncTranslate", "{delay: {for: 10m, clock: sandbox}}"), clock=clock)
    sent = calls(here).send("a")
    assert here.admin("PATCH", "/clock", {"mode": "frozen"}).json()["mode"] == "frozen"
    here.advance("9m59s")
    assert (sent.done(), waiting(server, here)) == (False, 1)
    here.advance("1s")
    assert sent.result(PATIENCE).status_code == 200


def test_setting_the_clock_forward_is_a_jump_too(box: Boxes, calls: Any) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{delay: {for: 1h, clock: sandbox}}"))
    sent = calls(here).send("a")
    assert here.admin("PATCH", "/clock", {"at": "2026-01-01T01:00:00Z"}).status_code == 200
    assert len(here.jobs()) == 1
    assert sent.result(PATIENCE).status_code == 200


def test_the_time_of_one_sandbox_is_not_that_of_another(box: Boxes, calls: Any) -> None:
    scenario = rule("alibaba.CreateAsyncTranslate", "{delay: {for: 1h, clock: sandbox}}")
    one, other = box(scenario), box(scenario)
    first, second = calls(one).send("a"), calls(other).send("a")
    one.advance("2h")
    assert first.result(PATIENCE).status_code == 200
    assert (second.done(), other.jobs()) == (False, [])
    other.advance("2h")
    assert second.result(PATIENCE).status_code == 200


def test_deleting_a_sandbox_lets_its_calls_go(box: Boxes, calls: Any) -> None:
    here = box(by_label("1h", "2h"))
    some = calls(here)
    sent = [some.send(label) for label in ("2h", "1h")]
    assert here.admin("DELETE").status_code == 200
    assert [one.result(PATIENCE).status_code for one in sent] == [200, 200]


def test_resetting_a_sandbox_lets_its_calls_go_and_none_of_them_leaves_a_job(
    server: BackgroundServer, box: Boxes, calls: Any
) -> None:
    here = box(by_label("1h", "2h"))
    some = calls(here)
    sent = [some.send(label) for label in ("2h", "1h")]
    assert here.admin("POST", "/reset", {}).status_code == 200
    assert [one.result(PATIENCE).status_code for one in sent] == [200, 200]
    assert (here.jobs(), here.journal(), waiting(server, here)) == ([], [], 0)
    assert here.admin("GET", "/clock").json()["epoch"] == EPOCH


@pytest.mark.parametrize("clock", ["{mode: frozen, at: 2026-01-02T00:00:00Z}", "{mode: rate, rate: 1000000}"])
def test_a_scenario_that_sets_the_clock_lets_what_is_due_go(box: Boxes, calls: Any, clock: str) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{delay: {for: 1h, clock: sandbox}}"))
    sent = calls(here).send("a")
    here.follow(f"clock: {clock}")
    try:
        assert sent.result(0.2).status_code == 200
    finally:
        here.advance("1d")


def test_two_changes_at_once_never_turn_the_clock_back(
    server: BackgroundServer, box: Boxes, calls: Any, aside: ThreadPoolExecutor
) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "[{delay: {for: 1h, clock: sandbox}}, {delay: 50ms}]"))
    sent = calls(here).send("a")
    first = aside.submit(change, here, "10h")
    until(lambda: waiting(server, here) == 0)  # the first is on its way now, at one o'clock
    second = change(here, "20h")
    assert sent.result(PATIENCE).status_code == 200
    shown = [first.result(PATIENCE), second, here.admin("GET", "/clock").json()["epoch"]]
    assert shown == sorted(shown)
    assert shown[-1] == EPOCH + 30 * 3600


def change(here: Box, by: str) -> float:
    """Move the clock over a connection of its own; return what it shows then."""
    at = f"{here.url}/__fauxlate/sandboxes/{here.id}/clock"
    epoch: float = requests.patch(at, json={"advance": by}, timeout=PATIENCE).json()["epoch"]
    return epoch


def test_a_reset_during_a_jump_of_the_clock_is_a_new_beginning(
    server: BackgroundServer, box: Boxes, calls: Any, aside: ThreadPoolExecutor
) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "[{delay: {for: 1h, clock: sandbox}}, {delay: 50ms}]"))
    sent = calls(here).send("a")
    jump = aside.submit(change, here, "10h")
    until(lambda: waiting(server, here) == 0)
    assert here.admin("POST", "/reset", {}).status_code == 200
    jump.result(PATIENCE)
    assert sent.result(PATIENCE).status_code == 200
    assert here.admin("GET", "/clock").json()["epoch"] == EPOCH
    assert here.jobs() == []


def test_clients_that_leave_while_they_wait_leave_nothing_behind(alone: Alone) -> None:
    server, here = alone(rule("alibaba.CreateAsyncTranslate", "{delay: {for: 1h, clock: sandbox}}"))
    before = tasks(server)
    for _ in range(3):
        with connected(here.alibaba.creating()):
            until(lambda: waiting(server, here))
    until(lambda: tasks(server) == before, "they wait on for nobody")
    assert waiting(server, here) == 0
    here.advance("1h")
    assert here.jobs() == []


def test_a_sandbox_in_which_a_call_waits_is_not_idle(server: BackgroundServer, box: Boxes, calls: Any) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{delay: {for: 1h, clock: sandbox}}"), idle="1ms")
    world = server.engine_sandbox(here.id)
    sent = calls(here).send("a")
    until(lambda: world.wall - world.last_used > 0.001)
    here.session.get(f"{here.url}/__fauxlate/sandboxes", timeout=PATIENCE)  # looks for idle ones
    try:
        assert here.admin("GET", "/clock").status_code == 200
        here.advance("1h")
        assert sent.result(0.5).status_code == 200
    finally:
        loop = server._loop  # noqa: SLF001
        assert loop is not None
        asyncio.run_coroutine_threadsafe(scheduler.release(world), loop).result(PATIENCE)


@pytest.mark.parametrize(
    "then", ["{delay: {for: 1h, clock: sandbox}}", "{delay: 1h}", "{drop: stall}", "{body: {how: dribble, for: 1h}}"]
)
def test_the_server_stops_at_once_though_calls_wait(aside: ThreadPoolExecutor, then: str) -> None:
    with BackgroundServer() as emulator:
        here = Box.made(emulator.url, **started(rule("alibaba.CreateAsyncTranslate", then), {}))
        sent = aside.submit(here.alibaba.create)
        until(here.faults)
        began = time.monotonic()
    assert time.monotonic() - began < 0.9  # a server gives those at work a second, and then another
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        sent.result(PATIENCE)
    here.session.close()


LEFT = {
    "events": 'session.get(f"{at}/events", stream=True, timeout=5).close()',
    "a wait": """
rule = {"on": "alibaba.*", "then": {"delay": {"for": "1h", "clock": "sandbox"}}}
session.put(f"{at}/scenario", json={"rules": [rule]}, timeout=5)
try:
    session.post(emulator.url, params=parameters, timeout=0.1)
except requests.ReadTimeout:
    pass
""",
}
"""What a client may leave without waiting for its end."""


@pytest.mark.parametrize("left", LEFT)
def test_a_server_stops_without_a_word_whatever_its_clients_have_left(left: str) -> None:
    program = f"""
import gc, sys, requests
sys.path.insert(0, {str(Path(__file__).parents[3])!r})
from fauxlate import Emulator
from tests.web.clients import Alibaba, direct
with Emulator() as emulator:
    session, at = direct(), f"{{emulator.url}}/__fauxlate/sandboxes/default"
    parameters = Alibaba(emulator.environment["alibaba"]).creating().prepare().url.partition("?")[2]
    {LEFT[left].strip().replace(chr(10), chr(10) + "    ")}
gc.collect()
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
