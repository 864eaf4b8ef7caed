"""What the scenarios do that concern several providers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from contract_tests.reference_client import AlibabaImages, AlibabaText, BrokenError, Client, DingTalk, Huawei
from contract_tests.scenario_checks import alibaba, dingtalk, huawei
from contract_tests.scenario_checks.world import (
    FILE,
    IMAGES,
    JOB,
    TEXT,
    Check,
    World,
    all_of,
    dingtalk_well,
    huawei_well,
    images_well,
    runs,
    stopped,
    tells,
    text_well,
)

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


CHECKS: dict[str, Check] = {
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
    "arrears-everywhere": all_of(
        alibaba.CHECKS["account-in-arrears"], huawei.CHECKS["account-in-arrears"], dingtalk_well
    ),
    "credentials-expire-mid-poll": all_of(
        alibaba.CHECKS["security-token-expires-mid-poll"],
        huawei.CHECKS["token-expires-mid-poll"],
        dingtalk.CHECKS["token-expires-mid-poll"],
    ),
    "gateway-503-with-retry-after": seven_seconds,
    "every-request-fails-the-first-time": second_time_lucky,
    "answers-wait-for-the-clock": answered_when_time_passes,
    "answers-have-additional-members": more_members,
    "callbacks-unreliable": all_of(alibaba.document_called_back(2, (4, 63)), dingtalk.called_back(None, None)),
}
