"""What DingTalk takes for an acknowledgement of a callback, and how it tries again without one."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable

import pytest
import requests

from contract_tests.clients.callback_apps import DingTalkApp, Json, serve_app
from contract_tests.dingtalk.callbacks.callback_sandbox import EPOCH, TIMEOUT, CallbackSandbox, read_job_id

pytestmark = pytest.mark.documented('page "configure-synchttp-push"; page "transfer_contact_id_job_result" (Chinese)')


def missign(app: DingTalkApp) -> tuple[int, bytes]:
    return app.encrypt_answer("success", msg_signature="0" * 40)


REFUSED_ANSWERS: dict[str, tuple[Callable[[DingTalkApp], tuple[int, bytes]], str]] = {
    "another status": (lambda app: (500, app.encrypt_answer("success")[1]), "HTTP 500"),
    "plain text": (lambda _: (200, b"success"), "no JSON"),
    "an empty body": (lambda _: (200, b""), "no JSON"),
    "another word": (lambda app: app.encrypt_answer("fail"), "fail"),
    "wrongly signed": (missign, "msg_signature"),
    "not encrypted": (lambda app: app.encrypt_answer("success", encrypt="c3VjY2Vzcw=="), "msg_signature"),
    "a list": (lambda _: (200, b"[]"), "no JSON"),
}


@pytest.mark.documented('page "obtain-the-event-list-of-failed-push-messages": again after 10 s, and 30 s later')
@pytest.mark.parametrize(("answer", "refusal"), REFUSED_ANSWERS.values(), ids=REFUSED_ANSWERS)
def test_what_is_not_the_sealed_success_is_pushed_again_twice(
    sandbox: CallbackSandbox, app: DingTalkApp, answer: Callable[[DingTalkApp], tuple[int, bytes]], refusal: str
) -> None:
    app.answer = lambda _: answer(app)
    sandbox.subscribe(app)
    job_id = sandbox.submit_job()
    sandbox.advance("3s")
    assert app.event_count() == 1
    sandbox.advance("9s")
    assert app.event_count() == 1
    sandbox.advance("1s")
    assert app.event_count() == 2
    sandbox.advance("29s")
    assert app.event_count() == 2
    sandbox.advance("1s")
    assert app.event_count() == 3
    sandbox.advance("1h")
    events = [app.next_event() for _ in range(3)]
    assert [read_job_id(event) for event in events] == [job_id] * 3
    assert len({json.dumps(event) for event in events}) == 1  # each try says the same
    attempts = [entry["callback"] for entry in sandbox.journal()]
    assert [event["attempt"] for event in attempts] == [1, 2, 3]
    assert all(not event["acknowledged"] and refusal in event["refusal"] for event in attempts)


@pytest.mark.documented('page "obtain-the-event-list-of-failed-push-messages": again after 10 s, and 30 s later')
def test_one_jump_of_the_clock_makes_every_try_at_its_time(sandbox: CallbackSandbox, app: DingTalkApp) -> None:
    app.answer = lambda _: (200, b"") if len(app.posts) < 3 else app.encrypt_answer("success")
    sandbox.subscribe(app)
    sandbox.submit_job()
    sandbox.advance("1h")
    assert [(int(query["timestamp"]) - EPOCH) / 1000 for query, _ in app.posts] == [3, 13, 43]
    assert [entry["callback"]["acknowledged"] for entry in sandbox.journal()] == [False, False, True]


def test_an_app_that_is_not_there_is_tried_again(sandbox: CallbackSandbox) -> None:
    with serve_app(DingTalkApp(sandbox.credentials)) as app:
        sandbox.subscribe(app)
    sandbox.submit_job()
    sandbox.advance("1h")
    entries = sandbox.journal()
    assert [entry["reply"]["status"] for entry in entries] == [0, 0, 0]
    assert all("there was no answer" in entry["callback"]["refusal"] for entry in entries)


@pytest.mark.assumed("an answer may come in pieces, without end, or too late")
@pytest.mark.parametrize(("pieces", "is_acknowledged"), [(1, True), (5, True), (0, False), (-1, False)])
def test_an_answer_is_read_to_its_end_and_no_further(
    sandbox: CallbackSandbox, pieces: int, *, is_acknowledged: bool
) -> None:
    """`pieces` 0 is an answer that never comes, -1 one that never ends."""
    app, session = DingTalkApp(sandbox.credentials), requests.Session()
    session.trust_env = False
    with session, socket.create_server(("127.0.0.1", 0)) as server:
        app.url = f"http://127.0.0.1:{server.getsockname()[1]}/"

        def answer() -> None:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.recv(65536)
                if not pieces:
                    connection.recv(1)  # until the other side has had enough
                    return
                body = app.encrypt_answer("success")[1] if pieces > 0 else b"x" * 1000
                length = f"Content-Length: {len(body)}\r\n" if pieces > 0 else ""
                connection.sendall(f"HTTP/1.1 200 OK\r\n{length}\r\n".encode())
                size = -(-len(body) // max(pieces, 1))
                for start in range(0, len(body), size):
                    connection.sendall(body[start : start + size])
                    session.get(f"{sandbox.url}/__fauxlate/health", timeout=TIMEOUT)  # the server has read it by then
                while pieces < 0:
                    connection.sendall(body)

        thread = threading.Thread(target=answer)
        thread.start()
        sandbox.subscribe(app)
        sandbox.submit_job()
        sandbox.advance("3s")
        thread.join()
    assert sandbox.journal()[0]["callback"]["acknowledged"] is is_acknowledged


@pytest.mark.sdk("the official Python class breaks encrypt into lines (open-dingtalk/DingTalk-Callback-Crypto)")
@pytest.mark.parametrize("spelling", ["timeStamp", "timestamp"])
def test_answers_are_taken_as_the_samples_write_them(sandbox: CallbackSandbox, app: DingTalkApp, spelling: str) -> None:
    def answer(_: Json) -> tuple[int, bytes]:
        document = app.crypto.encrypt_message("success")
        document[spelling] = document.pop("timeStamp")
        return 200, json.dumps(document).encode()

    app.answer = answer
    sandbox.subscribe(app)
    sandbox.submit_job()
    sandbox.advance("3s")
    assert sandbox.journal()[0]["callback"]["acknowledged"]
