"""DingTalk's Stream mode, by the official dingtalk-stream, unmodified, and by a WebSocket client for what it never does."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from contract_tests.conftest import ROOT
from contract_tests.target import Target
from contract_tests.test_dingtalk_callbacks import EPOCH, EVENT, PATIENCE, Box

pytestmark = pytest.mark.documented("open-dingtalk developerpedia, Stream protocol")

CLIENT = ROOT / "contract_tests" / "clients" / "dingtalk_stream_app.py"
OPEN = "/v1.0/gateway/connections/open"
Json = dict[str, Any]


@pytest.fixture
def box(server: Target) -> Iterator[Box]:
    box = Box(server)
    with box.session:
        yield box


def open_connections(box: Box) -> int:
    return int(box.admin("GET", "callbacks")["connections"])


def until(what: Any) -> None:
    """Wait for what another process brings about."""
    ends = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < ends, "it never came about"
        time.sleep(0.005)


@contextmanager
def app(box: Box, *answers: str) -> Iterator[queue.Queue[Json]]:
    """Run the official client until the end of the context; gives what it is told."""
    environment = {**os.environ, "DINGTALK_OPENAPI_ENDPOINT": box.url, "NO_PROXY": "127.0.0.1"}
    command = [sys.executable, str(CLIENT), box.own["suite_key"], box.own["suite_secret"], *answers]
    said: queue.Queue[Json] = queue.Queue()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        lines = process.stdout

        def read() -> None:
            for line in lines:
                said.put(json.loads(line))

        reader = threading.Thread(target=read)
        reader.start()
        try:
            until(lambda: open_connections(box) == 1)
            yield said
        finally:
            process.kill()
            reader.join()


def test_the_official_client_is_told_of_a_jobs_end_and_acknowledges(box: Box) -> None:
    with app(box) as told:
        job = box.submitted()
        box.advance("3s")
        said = told.get(timeout=PATIENCE)
        assert said["data"] == {"jobId": job, "status": "1"}
        assert (said["type"], said["topic"]) == (EVENT, "*")
        assert (said["corp"], said["born"]) == (box.own["corp_id"], EPOCH + 3000)
        assert said["id"]
        assert said["app"]
        (entry,) = box.journal()
        assert (entry["reply"]["status"], entry["callback"]["form"]) == (200, "stream")
        assert entry["callback"]["acknowledged"]
        box.advance("1h")
        assert len(box.journal()) == 1


def test_a_client_that_connects_while_the_job_runs_is_told(box: Box) -> None:
    job = box.submitted()
    with app(box) as told:
        box.advance("3s")
        assert told.get(timeout=PATIENCE)["data"]["jobId"] == job


@pytest.mark.sdk("dingtalk-stream 2.1.5: what is not acknowledged is sent again within 60 s")
def test_what_is_not_acknowledged_is_sent_again_by_the_sandboxs_clock(box: Box) -> None:
    with app(box, "500") as told:
        box.submitted()
        box.advance("3s")
        first = told.get(timeout=PATIENCE)
        box.advance("59s")
        assert told.empty()
        box.advance("1s")
        assert told.get(timeout=PATIENCE) == first  # the same event, under the same ids
        box.advance("1h")
    assert [entry["callback"]["acknowledged"] for entry in box.journal()] == [False, True]


@pytest.mark.sdk("dingtalk-stream 2.1.5: what is not acknowledged is sent again within 60 s")
def test_silence_is_no_acknowledgement(box: Box) -> None:
    with app(box, "silence") as told:
        box.submitted()
        box.advance("3s")
        box.advance("60s")
        assert told.get(timeout=PATIENCE) == told.get(timeout=PATIENCE)
    first, second = box.journal()
    assert "not acknowledged" in first["callback"]["refusal"]
    assert second["callback"]["acknowledged"]


def test_the_official_client_answers_a_ping(box: Box) -> None:
    with app(box):
        tried = box.admin("POST", "callbacks/dingtalk/events", {"event": "ping"})
        assert (tried["acknowledged"], tried["status"]) == (True, 200)


def test_the_official_client_leaves_when_told_to_and_comes_back(box: Box) -> None:
    with app(box) as told:
        assert box.admin("POST", "callbacks/dingtalk/events", {"event": "disconnect"})["acknowledged"]
        until(lambda: len(box.journal("Connect")) == 2 and open_connections(box) == 1)
        job = box.submitted()
        box.advance("3s")
        assert told.get(timeout=PATIENCE)["data"]["jobId"] == job


@pytest.mark.assumed("scenario verbs apply to each form")
def test_what_a_scenario_does_applies_to_stream_as_well(box: Box) -> None:
    box.follow({"callback": "duplicated"})
    with app(box) as told:
        box.submitted()
        box.advance("3s")
        assert told.get(timeout=PATIENCE) == told.get(timeout=PATIENCE)
        box.follow({"callback": "lost"})
        box.submitted()
        box.advance("1h")
        assert told.empty()


# What the official client never does.


def ticket(box: Box, events: bool = True) -> tuple[str, str]:  # noqa: FBT001, FBT002
    kind = "EVENT" if events else "CALLBACK"
    keys = {"clientId": box.own["suite_key"], "clientSecret": box.own["suite_secret"]}
    told = box.post(OPEN, json={**keys, "subscriptions": [{"type": kind, "topic": "*"}]})
    assert sorted(told) == ["endpoint", "ticket"]
    return str(told["endpoint"]), str(told["ticket"])


def connected(box: Box, *, events: bool = True) -> ClientConnection:
    endpoint, good = ticket(box, events)
    before = open_connections(box)
    socket = connect(f"{endpoint}?ticket={good}", proxy=None)
    until(lambda: open_connections(box) == before + 1)
    return socket


def received(socket: ClientConnection) -> Json:
    frame: Json = json.loads(socket.recv(timeout=PATIENCE))
    return frame


def acknowledgement(frame: Json, code: int = 200, data: Any = None) -> str:
    said = {"code": code, "headers": {"messageId": frame["headers"]["messageId"]}, "message": "OK"}
    return json.dumps(said if data is None else {**said, "data": data})


@contextmanager
def advancing(box: Box, by: str) -> Iterator[None]:
    """Move the clock beside what the context does: the move waits for the acknowledgement."""
    mover = threading.Thread(target=box.advance, args=(by,))
    mover.start()
    try:
        yield
    finally:
        mover.join()


def test_a_ticket_opens_one_connection_within_ninety_seconds(box: Box) -> None:
    endpoint, good = ticket(box)
    with connect(f"{endpoint}?ticket={good}", proxy=None):
        with pytest.raises(InvalidStatus) as used:
            connect(f"{endpoint}?ticket={good}", proxy=None)
        assert used.value.response.status_code == 401
    _, other = ticket(box)
    box.advance("90s")
    with pytest.raises(InvalidStatus) as over:
        connect(f"{endpoint}?ticket={other}", proxy=None)
    assert json.loads(over.value.response.body or b"")["code"] == "authFailed"
    _, third = ticket(box)
    box.advance("89s")
    with connect(f"{endpoint}?ticket={third}", proxy=None):
        pass


@pytest.mark.reported("zfanswer/dify-on-dingtalk#28")
def test_a_wrong_secret_gets_no_ticket(box: Box) -> None:
    body = {"clientId": box.own["suite_key"], "clientSecret": "x", "subscriptions": [{"type": "EVENT", "topic": "*"}]}
    answer = box.session.post(f"{box.url}{OPEN}", json=body, timeout=PATIENCE)
    assert (answer.status_code, answer.json()["code"], answer.json()["message"]) == (401, "authFailed", "鉴权失败")


def test_an_event_is_a_frame_with_its_headers_and_data_as_text(box: Box) -> None:
    with connected(box) as socket:
        job = box.submitted()
        with advancing(box, "3s"):
            frame = received(socket)
            socket.send(acknowledgement(frame, data=json.dumps({"status": "SUCCESS", "message": "ok"})))
    headers = frame["headers"]
    assert (frame["specVersion"], frame["type"]) == ("1.0", "EVENT")
    assert json.loads(frame["data"]) == {"jobId": job, "status": "1"}
    assert headers["time"] == headers["eventBornTime"] == str(EPOCH + 3000)
    assert (headers["contentType"], headers["topic"], headers["eventType"]) == ("application/json", "*", EVENT)
    assert headers["appId"] == headers["eventUnifiedAppId"]
    assert headers["connectionId"]
    assert box.journal()[0]["callback"]["acknowledged"]


def test_later_is_no_acknowledgement(box: Box) -> None:
    with connected(box) as socket:
        box.submitted()
        with advancing(box, "3s"):
            socket.send(acknowledgement(received(socket), data='{"status": "LATER"}'))
        with advancing(box, "60s"):
            socket.send(acknowledgement(received(socket), data='{"status": "SUCCESS"}'))
    first, second = box.journal()
    assert "LATER" in first["callback"]["refusal"]
    assert second["callback"]["acknowledged"]


@pytest.mark.parametrize(
    "noise", ["", "no json", "[]", "{}", '{"headers": 1}', '{"headers": {"messageId": "x"}, "code": 200}', "null"]
)
def test_noise_answers_nothing_and_breaks_nothing(box: Box, noise: str) -> None:
    with connected(box) as socket:
        socket.send(noise)
        socket.send(b"\x00\xff")
        box.submitted()
        with advancing(box, "3s"):
            frame = received(socket)
            socket.send(noise)
            socket.send(acknowledgement(frame))
    assert box.journal()[0]["callback"]["acknowledged"]


def test_a_ping_wants_its_opaque_back(box: Box) -> None:
    with connected(box) as socket:
        tried: list[Json] = []
        asked = {"event": "ping"}
        for data in ('{"opaque": "other"}', None):
            asking = threading.Thread(
                target=lambda: tried.append(box.admin("POST", "callbacks/dingtalk/events", asked))
            )
            asking.start()
            frame = received(socket)
            assert (frame["type"], frame["headers"]["topic"]) == ("SYSTEM", "ping")
            socket.send(acknowledgement(frame, data=data or frame["data"]))
            asking.join()
    assert [one["acknowledged"] for one in tried] == [False, True]


def test_ten_seconds_after_a_disconnect_the_connection_is_closed(box: Box) -> None:
    with connected(box) as socket:
        box.admin("POST", "callbacks/dingtalk/events", {"event": "disconnect"})
        frame = received(socket)
        assert (frame["type"], frame["headers"]["topic"]) == ("SYSTEM", "disconnect")
        assert json.loads(frame["data"]) == {"reason": "connection is expired"}
        box.advance("9s")
        assert open_connections(box) == 1
        with advancing(box, "1s"), pytest.raises(ConnectionClosed):
            socket.recv(timeout=PATIENCE)
    until(lambda: open_connections(box) == 0)


def test_of_several_connections_one_is_chosen_by_chance(box: Box) -> None:
    with connected(box) as first, connected(box) as second, connected(box, events=False) as neither:
        sockets = [first, second, neither]
        heard = [0, 0, 0]

        def answer(number: int) -> None:
            try:
                while True:
                    frame = json.loads(sockets[number].recv())
                    heard[number] += 1
                    sockets[number].send(acknowledgement(frame))
            except ConnectionClosed:
                return

        threads = [threading.Thread(target=answer, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(16):
            box.submitted()
        box.advance("3s")
        box.admin("POST", "reset", {})
        for thread in threads:
            thread.join()
    assert sum(heard) == 16
    assert heard[2] == 0
    assert min(heard[:2]) > 0


@pytest.mark.assumed("nobody says what becomes of an event while no connection is open")
def test_an_event_without_a_connection_waits_for_the_next_try(box: Box) -> None:
    with connected(box):
        box.submitted()
    until(lambda: open_connections(box) == 0)
    box.advance("3s")
    assert box.journal()[0]["callback"]["refusal"] == "no connection is open"
    with connected(box) as socket, advancing(box, "60s"):
        socket.send(acknowledgement(received(socket)))
    assert box.journal()[1]["callback"]["acknowledged"]


@pytest.mark.assumed("a client that breaks off in the middle has not acknowledged")
def test_a_connection_that_breaks_is_no_acknowledgement(box: Box) -> None:
    socket = connected(box)
    box.submitted()
    with advancing(box, "3s"):
        received(socket)
        socket.socket.close()
        socket.close()
    assert "the connection broke" in box.journal()[0]["callback"]["refusal"]


@pytest.mark.assumed("our own surface")
@pytest.mark.parametrize(("method", "path"), [("POST", "reset"), ("DELETE", "")])
def test_a_sandbox_that_ends_closes_its_connections(box: Box, method: str, path: str) -> None:
    with connected(box) as socket:
        ending = threading.Thread(
            target=lambda: box.asked(method, f"sandboxes/{box.id}/{path}".rstrip("/"), {} if path else None)
        )
        ending.start()
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=PATIENCE)
        ending.join()


@pytest.mark.assumed("what is no handshake gets the provider's error")
@pytest.mark.parametrize(
    "headers",
    [{}, {"Upgrade": "websocket"}, {"Connection": "Upgrade"}, {"Upgrade": "h2c", "Connection": "Upgrade"}],
)
def test_what_is_no_handshake_is_refused_and_leaves_the_ticket_good(box: Box, headers: dict[str, str]) -> None:
    endpoint, good = ticket(box)
    at = endpoint.replace("ws://", "http://")
    answer = box.session.get(at, params={"ticket": good}, headers=headers, timeout=PATIENCE)
    assert (answer.status_code, answer.json()["code"]) == (400, "param.invalid")
    with connect(f"{endpoint}?ticket={good}", proxy=None):
        pass


@pytest.mark.assumed("a handshake that is cut short is refused before a connection is made")
def test_half_a_handshake_is_refused(box: Box) -> None:
    endpoint, good = ticket(box)
    at = endpoint.replace("ws://", "http://")
    headers = {"Upgrade": "websocket", "Connection": "Upgrade"}
    answer = box.session.get(at, params={"ticket": good}, headers=headers, timeout=PATIENCE)
    assert answer.status_code == 400
    assert open_connections(box) == 0
