"""What the scenarios of several providers do to their reference clients."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from contract_tests.all_providers.scenarios import alibaba, dingtalk, huawei
from contract_tests.all_providers.scenarios.checks import (
    DINGTALK_CREATION,
    HUAWEI_CREATION,
    IMAGES_STEPS,
    TEXT_STEPS,
    Check,
    all_of,
    check_steps,
    dingtalk_succeeds,
    huawei_succeeds,
    images_succeed,
    runs,
    stop_reason,
    text_succeeds,
)
from contract_tests.all_providers.scenarios.reference_client.alibaba import AlibabaImages, AlibabaText
from contract_tests.all_providers.scenarios.reference_client.client import Client
from contract_tests.all_providers.scenarios.reference_client.dingtalk import DingTalk
from contract_tests.all_providers.scenarios.reference_client.exchange import BrokenError
from contract_tests.all_providers.scenarios.reference_client.huawei import Huawei
from contract_tests.all_providers.scenarios.sandbox import ScenarioSandbox

CLIENTS: tuple[type[Client], ...] = (AlibabaText, AlibabaImages, Huawei, DingTalk)


def all_answers_are_late(sandbox: ScenarioSandbox) -> None:
    all_of(text_succeeds, images_succeed, huawei_succeeds, dingtalk_succeeds)(sandbox)
    times = sandbox.response_times()
    assert min(times) > 2
    assert sum(times) > 10 * len(times)


def some_connections_drop(sandbox: ScenarioSandbox) -> None:
    other = ScenarioSandbox(sandbox.url, sandbox.name)
    resets = [_resets(copy.client(AlibabaImages)) for copy in (sandbox, other)]
    assert 3 <= sum(resets[0]) <= 25
    assert resets[0] == resets[1]
    other.call_admin("DELETE", f"sandboxes/{other.id}")


def _resets(client: AlibabaImages) -> list[bool]:
    """For each of 200 queries whether its connection was reset."""
    return [_is_reset(lambda: client.send_signed("GetTranslateImageBatchResult", TaskId="x")) for _ in range(200)]


def _is_reset(call: Callable[[], Any]) -> bool:
    try:
        call()
    except BrokenError as fault:
        return str(fault) == "reset"
    return False


def time_stands_still(sandbox: ScenarioSandbox) -> None:
    clients = [sandbox.client(kind, pause=lambda _: None, max_polls=5) for kind in CLIENTS]
    assert [client.run().outcome for client in clients] == ["pending"] * 4
    states = ["translating", "created", "WAITING", "0"]
    assert [client.record.steps_as_text[-1] for client in clients] == [f"query 200 {state}" for state in states]
    assert sandbox.call_admin("GET", f"sandboxes/{sandbox.id}/clock")["now"] == "2026-01-01T00:00:00Z"
    sandbox.advance(60)
    for client in clients:
        client.fetch(client.poll())


def time_runs_fast(sandbox: ScenarioSandbox) -> None:
    for kind in CLIENTS:
        client = sandbox.client(kind, pause=lambda seconds: time.sleep(seconds / 1000))
        assert client.run().outcome == "done"


def jobs_are_moved_by_hand(sandbox: ScenarioSandbox) -> None:
    for kind in CLIENTS:
        client = sandbox.client(kind, max_polls=2)
        assert client.run().outcome == "pending"
        sandbox.advance(3600)
        assert stop_reason(client.poll) == "pending"
        job = client.record.job_id
        while not sandbox.call_admin("GET", f"sandboxes/{sandbox.id}/jobs/{job}")["last"]:
            sandbox.call_admin("POST", f"sandboxes/{sandbox.id}/jobs/{job}/move", {})
        client.fetch(client.poll())


def jobs_take_over_twenty_minutes(sandbox: ScenarioSandbox) -> None:
    clients = [sandbox.client(kind) for kind in CLIENTS]
    for client in clients:
        client.submit()
    sandbox.advance(20 * 60)
    assert not any(client.has_ended(client.query()) for client in clients)
    sandbox.advance(20 * 60)
    assert all(client.has_ended(client.query()) for client in clients)


def clients_wait_seven_seconds(sandbox: ScenarioSandbox) -> None:
    runs(AlibabaImages, "done", "create 200, query 503 not JSON, query 200 finished, fetch 200, fetch 200")(sandbox)
    runs(Huawei, "done", f"{HUAWEI_CREATION}, query 503 not JSON, query 200 FINISHED, fetch 200")(sandbox)
    runs(DingTalk, "done", f"{DINGTALK_CREATION}, query 503 not JSON, query 200 1, login 302, fetch 200")(sandbox)
    assert sandbox.pauses == [7.0] * 3


def second_requests_succeed(sandbox: ScenarioSandbox) -> None:
    runs(
        AlibabaImages,
        "done",
        "create empty, create 200, query empty, query 200 running, query 200 finished, "
        "fetch empty, fetch 200, fetch empty, fetch 200",
        jobs=1,
    )(sandbox)
    for kind, first, second in (
        (AlibabaText, "create empty", "create 200 ready"),
        (Huawei, "token empty, token 201, create empty", "create 200"),
        (DingTalk, "token empty, token 200, upload empty, upload 200, create empty", "create 200"),
    ):
        jobs = len(sandbox.jobs)
        client = sandbox.client(kind)
        assert client.run().outcome == "in doubt"
        check_steps(client, first)
        assert len(sandbox.jobs) == jobs
        client.submit()
        client.query()
        assert client.record.steps_as_text[len(first.split(", ")) :][:2] == [second, "query empty"]


def answers_wait_for_the_clock(sandbox: ScenarioSandbox) -> None:
    for kind in (AlibabaText, Huawei, DingTalk):
        client = sandbox.client(kind)
        client.submit()
        thread = threading.Thread(target=client.query, daemon=True)
        thread.start()
        thread.join(0.05)
        seconds = 0
        while thread.is_alive():
            assert seconds < 1000
            sandbox.advance(10)
            seconds += 10
            thread.join(0.01)
        assert seconds >= 30
        assert client.has_ended(client.record.steps[-1].response.json)


def answers_have_more_members(sandbox: ScenarioSandbox) -> None:
    all_of(text_succeeds, huawei_succeeds, dingtalk_succeeds)(sandbox)
    text, huawei, dingtalk = (client.record.steps for client in sandbox.clients)
    assert text[-1].response is not None
    assert text[-1].response.json["TraceId"] == "abc"
    assert text[-1].response.json["Data"]["Engine"] == "nmt-7"
    for steps, detail in ((huawei, {"pages": 3}), (dingtalk, {"rows": 3})):
        last = [step.response for step in steps if step.call == "query"][-1]
        assert last is not None
        assert (last.json["progress"], last.json["detail"]) == (50, detail)


CHECKS: dict[str, Check] = {
    "huawei-down-while-others-serve": all_of(
        runs(Huawei, "unreachable", ", ".join(["token reset"] * 4)), text_succeeds, images_succeed, dingtalk_succeeds
    ),
    "everything-slow": all_answers_are_late,
    "flaky-five-percent": some_connections_drop,
    "frozen-clock": time_stands_still,
    "time-runs-a-thousand-times-faster": time_runs_fast,
    "jobs-finish-at-once": all_of(
        runs(AlibabaText, "done", "create 200 ready, query 200 ready"),
        runs(AlibabaImages, "done", "create 200, query 200 finished, fetch 200, fetch 200"),
        runs(Huawei, "done", f"{HUAWEI_CREATION}, query 200 FINISHED, fetch 200"),
        runs(DingTalk, "done", f"{DINGTALK_CREATION}, query 200 1, login 302, fetch 200"),
    ),
    "jobs-advance-with-each-poll": all_of(
        runs(AlibabaText, "done", TEXT_STEPS, poll_interval=0),
        runs(AlibabaImages, "done", f"{IMAGES_STEPS}, fetch 200, fetch 200", poll_interval=0),
        runs(
            Huawei,
            "done",
            f"{HUAWEI_CREATION}, query 200 WAITING, query 200 BGEIN, query 200 FINISHED, fetch 200",
            poll_interval=0,
        ),
        runs(DingTalk, "done", f"{DINGTALK_CREATION}, query 200 0, query 200 1, login 302, fetch 200", poll_interval=0),
    ),
    "jobs-move-by-hand": jobs_are_moved_by_hand,
    "slow-queues": jobs_take_over_twenty_minutes,
    "arrears-everywhere": all_of(
        alibaba.CHECKS["account-in-arrears"], huawei.CHECKS["account-in-arrears"], dingtalk_succeeds
    ),
    "credentials-expire-mid-poll": all_of(
        alibaba.CHECKS["security-token-expires-mid-poll"],
        huawei.CHECKS["token-expires-mid-poll"],
        dingtalk.CHECKS["token-expires-mid-poll"],
    ),
    "gateway-503-with-retry-after": clients_wait_seven_seconds,
    "every-request-fails-the-first-time": second_requests_succeed,
    "answers-wait-for-the-clock": answers_wait_for_the_clock,
    "answers-have-additional-members": answers_have_more_members,
    "callbacks-unreliable": all_of(
        alibaba.document_callbacks_arrive(2, (4, 63)), dingtalk.callbacks_arrive(None, None)
    ),
}
