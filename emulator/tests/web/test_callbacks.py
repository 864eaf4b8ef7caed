"""What callbacks leave behind in a server: nothing."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from fauxlate.testing.session import Session
from tests.web.clients import PATIENCE, direct
from tests.web.conftest import Alone, Box, rule, tasks, until, waiting
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

NOBODY = {"url": "http://127.0.0.1:1/nobody", "check": False}


def stream(box: Box, *types: str) -> ClientConnection:
    """Open a connection by which the app is told of these types of subscriptions."""
    own = box.credentials["dingtalk"]
    asked: dict[str, Any] = {
        "clientId": own["suite_key"],
        "clientSecret": own["suite_secret"],
        "subscriptions": [{"type": one, "topic": "*"} for one in types],
    }
    told = box.session.post(f"{box.url}/v1.0/gateway/connections/open", json=asked, timeout=PATIENCE).json()
    return connect(f"{told['endpoint']}?ticket={told['ticket']}", proxy=None, open_timeout=PATIENCE)


def test_a_callback_that_was_tried_to_the_end_leaves_nothing_waiting(alone: Alone) -> None:
    emulator, box = alone()
    box.dingtalk.token  # noqa: B018  (the connection that it opens stays)
    before = tasks(emulator)
    assert box.admin("PUT", "/callbacks/dingtalk", NOBODY).status_code == 200
    box.dingtalk.session.send(box.dingtalk.session.prepare_request(box.dingtalk.creating()))
    assert waiting(emulator, box) == 1
    box.advance("1h")
    assert len(box.journal("?operation=transfer_contact_id_job_result")) == 3
    assert waiting(emulator, box) == 0
    assert emulator.engine_sandbox(box.id).pending_callbacks == {}
    until(lambda: tasks(emulator) <= before)


def test_a_reset_lets_go_of_what_was_due(alone: Alone) -> None:
    emulator, box = alone()
    box.dingtalk.token  # noqa: B018
    before = tasks(emulator)
    box.admin("PUT", "/callbacks/dingtalk", NOBODY)
    box.dingtalk.session.send(box.dingtalk.session.prepare_request(box.dingtalk.creating()))
    assert waiting(emulator, box) == 1
    box.admin("POST", "/reset", {})
    assert waiting(emulator, box) == 0
    until(lambda: tasks(emulator) <= before)


def test_a_job_whose_end_nobody_wants_to_know_is_put_down_for_no_time(alone: Alone) -> None:
    emulator, box = alone()
    box.dingtalk.session.send(box.dingtalk.session.prepare_request(box.dingtalk.creating()))
    assert (waiting(emulator, box), len(emulator.engine_sandbox(box.id).pending_callbacks)) == (0, 1)


def test_a_clock_that_runs_by_itself_leaves_nothing_waiting_either(alone: Alone) -> None:
    emulator, box = alone(rule("dingtalk.TranslateFile", '{timeline: ["0 10ms", "2"]}'), clock={"mode": "real"})
    box.admin("PUT", "/callbacks/dingtalk", NOBODY)
    box.dingtalk.session.send(box.dingtalk.session.prepare_request(box.dingtalk.creating()))
    until(lambda: waiting(emulator, box) == 0)
    assert emulator.engine_sandbox(box.id).pending_callbacks == {}


END: dict[str, Callable[[Box], object]] = {
    "reset": lambda box: box.admin("POST", "/reset", {}),
    "deletion": lambda box: box.admin("DELETE"),
}


@pytest.mark.parametrize("end", END)
def test_a_connection_that_is_opened_late_does_not_outlive_its_world(alone: Alone, end: str) -> None:
    emulator, box = alone(rule("dingtalk.Connect", "{delay: {for: 10m, clock: sandbox}}"))
    outcome: list[BaseException] = []

    def hold() -> None:
        try:
            with stream(box, "EVENT") as client:
                client.recv(timeout=PATIENCE)
        except (ConnectionClosed, InvalidStatus, TimeoutError) as fault:
            outcome.append(fault)

    opening = threading.Thread(target=hold)
    opening.start()
    until(lambda: waiting(emulator, box) == 1)
    END[end](box)
    opening.join()
    assert isinstance(outcome[0], ConnectionClosed | InvalidStatus)


def test_a_sandbox_with_an_open_connection_is_not_idle(alone: Alone) -> None:
    emulator, box = alone(idle="1s")
    with stream(box, "EVENT"):
        until(lambda: waiting(emulator, box) == 1)
        assert emulator.world.sandboxes.expire(emulator.engine_sandbox(box.id).wall + 3600) == []
    until(lambda: waiting(emulator, box) == 0)
    assert emulator.world.sandboxes.expire(emulator.engine_sandbox(box.id).wall + 3600) == [box.id]


def test_the_test_kit_closes_what_a_sandbox_held_open_though_no_event_is_wanted() -> None:
    session = Session()
    with session.sandbox() as fauxlate:
        asked = Box(session.url, {"id": fauxlate.id, "credentials": fauxlate.environment}, direct())
        client = stream(asked, "CALLBACK")
    with pytest.raises(ConnectionClosed):
        client.recv(timeout=PATIENCE)
    session.stop()


def test_a_deleted_sandbox_is_forgotten_with_the_callbacks_that_it_held_back(alone: Alone) -> None:
    emulator, box = alone(rule("dingtalk.TranslateFile", "{callback: reordered}"))
    box.admin("PUT", "/callbacks/dingtalk", NOBODY)
    box.dingtalk.session.send(box.dingtalk.session.prepare_request(box.dingtalk.creating()))
    box.advance("1h")
    assert box.journal("?operation=transfer_contact_id_job_result") == []
    gone = weakref.ref(emulator.engine_sandbox(box.id))
    box.admin("DELETE")

    def forgotten() -> bool:
        gc.collect()
        return gone() is None

    until(forgotten, "the sandbox is still held")
