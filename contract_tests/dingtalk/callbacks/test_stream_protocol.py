"""DingTalk's Stream mode by a raw WebSocket client, for what the official one never does."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from contract_tests.clients.callback_apps import Json
from contract_tests.dingtalk.callbacks.callback_sandbox import EPOCH, EVENT, EVENT_TIMEOUT, CallbackSandbox
from contract_tests.dingtalk.callbacks.stream_connections import (
    OPEN_PATH,
    acknowledgement_of,
    advance_beside,
    count_connections,
    open_connection,
    receive,
    request_ticket,
    wait_until,
)

pytestmark = pytest.mark.documented("open-dingtalk developerpedia, Stream protocol")


def test_a_ticket_opens_one_connection_within_ninety_seconds(sandbox: CallbackSandbox) -> None:
    endpoint, first = request_ticket(sandbox)
    with connect(f"{endpoint}?ticket={first}", proxy=None):
        with pytest.raises(InvalidStatus) as refusal:
            connect(f"{endpoint}?ticket={first}", proxy=None)
        assert refusal.value.response.status_code == 401
    _, second = request_ticket(sandbox)
    sandbox.advance("90s")
    with pytest.raises(InvalidStatus) as expiry:
        connect(f"{endpoint}?ticket={second}", proxy=None)
    assert json.loads(expiry.value.response.body or b"")["code"] == "authFailed"
    _, third = request_ticket(sandbox)
    sandbox.advance("89s")
    with connect(f"{endpoint}?ticket={third}", proxy=None):
        pass


@pytest.mark.reported("zfanswer/dify-on-dingtalk#28")
def test_a_wrong_secret_gets_no_ticket(sandbox: CallbackSandbox) -> None:
    body = {
        "clientId": sandbox.credentials["suite_key"],
        "clientSecret": "x",
        "subscriptions": [{"type": "EVENT", "topic": "*"}],
    }
    response = sandbox.session.post(f"{sandbox.url}{OPEN_PATH}", json=body, timeout=EVENT_TIMEOUT)
    assert (response.status_code, response.json()["code"], response.json()["message"]) == (
        401,
        "authFailed",
        "鉴权失败",
    )


def test_an_event_is_a_frame_with_its_headers_and_data_as_text(sandbox: CallbackSandbox) -> None:
    with open_connection(sandbox) as socket:
        job = sandbox.submit_job()
        with advance_beside(sandbox, "3s"):
            frame = receive(socket)
            socket.send(acknowledgement_of(frame, data=json.dumps({"status": "SUCCESS", "message": "ok"})))
    headers = frame["headers"]
    assert (frame["specVersion"], frame["type"]) == ("1.0", "EVENT")
    assert json.loads(frame["data"]) == {"jobId": job, "status": "1"}
    assert headers["time"] == headers["eventBornTime"] == str(EPOCH + 3000)
    assert (headers["contentType"], headers["topic"], headers["eventType"]) == ("application/json", "*", EVENT)
    assert headers["appId"] == headers["eventUnifiedAppId"]
    assert headers["connectionId"]
    assert sandbox.journal()[0]["callback"]["acknowledged"]


def test_later_is_no_acknowledgement(sandbox: CallbackSandbox) -> None:
    with open_connection(sandbox) as socket:
        sandbox.submit_job()
        with advance_beside(sandbox, "3s"):
            socket.send(acknowledgement_of(receive(socket), data='{"status": "LATER"}'))
        with advance_beside(sandbox, "60s"):
            socket.send(acknowledgement_of(receive(socket), data='{"status": "SUCCESS"}'))
    first, second = sandbox.journal()
    assert "LATER" in first["callback"]["refusal"]
    assert second["callback"]["acknowledged"]


@pytest.mark.parametrize(
    "noise",
    [
        *("", "no json", "[]", "{}", '{"headers": 1}', '{"headers": {"messageId": "x"}, "code": 200}', "null"),
        *('{"code": 1e400}', '{"headers": {"messageId": ["x"]}}', '{"headers": {"messageId": {}}}', '"\\ud800"'),
        *("[" * 100_000, '{"a":' * 100_000, "9" * 5000, "NaN"),
    ],
    ids=lambda noise: noise[:20],
)
def test_noise_answers_nothing_and_breaks_nothing(sandbox: CallbackSandbox, noise: str) -> None:
    with open_connection(sandbox) as socket:
        socket.send(noise)
        socket.send(b"\x00\xff")
        sandbox.submit_job()
        with advance_beside(sandbox, "3s"):
            frame = receive(socket)
            socket.send(noise)
            socket.send(acknowledgement_of(frame))
    assert sandbox.journal()[0]["callback"]["acknowledged"]


@pytest.mark.assumed("no page says what becomes of an answer without a code")
@pytest.mark.parametrize("code", ["two hundred", None, [200], {"code": 200}, 1.5, -1, "9" * 5000])
def test_an_answer_whose_code_is_no_number_does_not_count(sandbox: CallbackSandbox, code: Any) -> None:
    with open_connection(sandbox) as socket:
        sandbox.submit_job()
        with advance_beside(sandbox, "3s"):
            socket.send(acknowledgement_of(receive(socket), code=code))
        assert "the answer's code is" in sandbox.journal()[0]["callback"]["refusal"]
        with advance_beside(sandbox, "60s"):
            socket.send(acknowledgement_of(receive(socket)))
    assert [entry["callback"]["acknowledged"] for entry in sandbox.journal()] == [False, True]


@pytest.mark.parametrize("data", ["[" * 10_000, '{"status": 1e400}', '"\\ud800"', 5, [], None, {"status": ["LATER"]}])
def test_data_of_an_answer_that_cannot_be_read_changes_nothing(sandbox: CallbackSandbox, data: Any) -> None:
    with open_connection(sandbox) as socket:
        sandbox.submit_job()
        with advance_beside(sandbox, "3s"):
            socket.send(acknowledgement_of(receive(socket), data=data))
    assert sandbox.journal()[0]["callback"]["acknowledged"]


@pytest.mark.assumed("no page says what becomes of a frame that answers nothing")
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ('{"code": 1e400, "headers": {"messageId": "<id>"}}', "a frame was no JSON: number is infinity"),
        ("[" * 100_000, "a frame was no JSON"),
        ('"no object"', "to which nothing was sent"),
        ('{"code": 200, "headers": {"messageId": "other"}}', "the messageId 'other', to which nothing was sent"),
    ],
    ids=["no number", "deep", "no object", "other"],
)
def test_the_journal_says_why_a_frame_was_taken_for_no_answer(
    sandbox: CallbackSandbox, answer: str, reason: str
) -> None:
    with open_connection(sandbox) as socket:
        sandbox.submit_job()
        with advance_beside(sandbox, "3s"):
            socket.send(answer.replace("<id>", receive(socket)["headers"]["messageId"]))
            socket.close()
    refusal = sandbox.journal()[0]["callback"]["refusal"]
    assert refusal.startswith("the connection broke")
    assert reason in refusal


def test_a_ping_wants_its_opaque_back(sandbox: CallbackSandbox) -> None:
    with open_connection(sandbox) as socket:
        answers: list[Json] = []
        body = {"event": "ping"}
        for data in ('{"opaque": "other"}', None):
            thread = threading.Thread(
                target=lambda: answers.append(sandbox.call_sandbox("POST", "callbacks/dingtalk/events", body))
            )
            thread.start()
            frame = receive(socket)
            assert (frame["type"], frame["headers"]["topic"]) == ("SYSTEM", "ping")
            socket.send(acknowledgement_of(frame, data=data or frame["data"]))
            thread.join()
    assert [answer["acknowledged"] for answer in answers] == [False, True]


def test_ten_seconds_after_a_disconnect_the_connection_is_closed(sandbox: CallbackSandbox) -> None:
    with open_connection(sandbox) as socket:
        sandbox.call_sandbox("POST", "callbacks/dingtalk/events", {"event": "disconnect"})
        frame = receive(socket)
        assert (frame["type"], frame["headers"]["topic"]) == ("SYSTEM", "disconnect")
        assert json.loads(frame["data"]) == {"reason": "connection is expired"}
        sandbox.advance("9s")
        assert count_connections(sandbox) == 1
        with advance_beside(sandbox, "1s"), pytest.raises(ConnectionClosed):
            socket.recv(timeout=EVENT_TIMEOUT)
    wait_until(lambda: count_connections(sandbox) == 0)


def test_of_several_connections_one_is_chosen_by_chance(sandbox: CallbackSandbox) -> None:
    with (
        open_connection(sandbox) as first,
        open_connection(sandbox) as second,
        open_connection(sandbox, "CALLBACK") as without_events,
    ):
        sockets = [first, second, without_events]
        counts = [0, 0, 0]

        def answer(number: int) -> None:
            try:
                while True:
                    frame = json.loads(sockets[number].recv())
                    counts[number] += 1
                    sockets[number].send(acknowledgement_of(frame))
            except ConnectionClosed:
                return

        threads = [threading.Thread(target=answer, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(16):
            sandbox.submit_job()
        sandbox.advance("3s")
        sandbox.call_sandbox("POST", "reset", {})
        for thread in threads:
            thread.join()
    assert sum(counts) == 16
    assert counts[2] == 0
    assert min(counts[:2]) > 0


@pytest.mark.assumed("nobody says what becomes of an event while no connection is open")
def test_an_event_without_a_connection_waits_for_the_next_try(sandbox: CallbackSandbox) -> None:
    with open_connection(sandbox):
        sandbox.submit_job()
    wait_until(lambda: count_connections(sandbox) == 0)
    sandbox.advance("3s")
    assert sandbox.journal()[0]["callback"]["refusal"] == "no connection is open"
    with open_connection(sandbox) as socket, advance_beside(sandbox, "60s"):
        socket.send(acknowledgement_of(receive(socket)))
    assert sandbox.journal()[1]["callback"]["acknowledged"]


@pytest.mark.assumed("a client that breaks off in the middle has not acknowledged")
def test_a_connection_that_breaks_is_no_acknowledgement(sandbox: CallbackSandbox) -> None:
    socket = open_connection(sandbox)
    sandbox.submit_job()
    with advance_beside(sandbox, "3s"):
        receive(socket)
        socket.socket.close()
        socket.close()
    assert "the connection broke" in sandbox.journal()[0]["callback"]["refusal"]


@pytest.mark.assumed("our own surface")
@pytest.mark.parametrize(("method", "path"), [("POST", "reset"), ("DELETE", "")])
def test_a_sandbox_that_ends_closes_its_connections(sandbox: CallbackSandbox, method: str, path: str) -> None:
    with open_connection(sandbox) as socket:
        thread = threading.Thread(
            target=lambda: sandbox.call_admin(
                method, f"sandboxes/{sandbox.id}/{path}".rstrip("/"), {} if path else None
            )
        )
        thread.start()
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=EVENT_TIMEOUT)
        thread.join()


@pytest.mark.assumed("what is no handshake gets the provider's error")
@pytest.mark.parametrize(
    "headers",
    [{}, {"Upgrade": "websocket"}, {"Connection": "Upgrade"}, {"Upgrade": "h2c", "Connection": "Upgrade"}],
)
def test_what_is_no_handshake_is_refused_and_leaves_the_ticket_good(
    sandbox: CallbackSandbox, headers: dict[str, str]
) -> None:
    endpoint, ticket = request_ticket(sandbox)
    url = endpoint.replace("ws://", "http://")
    response = sandbox.session.get(url, params={"ticket": ticket}, headers=headers, timeout=EVENT_TIMEOUT)
    assert (response.status_code, response.json()["code"]) == (400, "param.invalid")
    with connect(f"{endpoint}?ticket={ticket}", proxy=None):
        pass


@pytest.mark.assumed("a handshake that is cut short is refused before a connection is made")
def test_half_a_handshake_is_refused(sandbox: CallbackSandbox) -> None:
    endpoint, ticket = request_ticket(sandbox)
    url = endpoint.replace("ws://", "http://")
    headers = {"Upgrade": "websocket", "Connection": "Upgrade"}
    response = sandbox.session.get(url, params={"ticket": ticket}, headers=headers, timeout=EVENT_TIMEOUT)
    assert response.status_code == 400
    assert count_connections(sandbox) == 0
