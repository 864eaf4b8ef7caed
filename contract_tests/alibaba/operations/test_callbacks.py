"""The callbacks of alimt's document tasks."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests

from contract_tests.alibaba.operations.alimt_sandbox import DOCUMENT_FORM, TIMEOUT, AlimtSandbox, Json
from contract_tests.clients.callback_apps import AlibabaApp, serve_app
from contract_tests.harness.target import Target


@pytest.fixture
def listener() -> Iterator[tuple[str, queue.Queue[Json]]]:
    """An app that listens for callbacks: its address, and what it receives."""
    callbacks: queue.Queue[Json] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            callbacks.put({"type": self.headers["Content-Type"], **json.loads(body)})
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/done", callbacks
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.documented("help.aliyun.com document_detail/163814: CallbackUrl")
def test_a_jump_of_the_clock_calls_back_before_it_returns(
    listener: tuple[str, queue.Queue[Json]], sandbox: AlimtSandbox
) -> None:
    url, callbacks = listener
    sandbox.call_sandbox("PATCH", "clock", {"mode": "frozen"})
    task_id = sandbox.call("CreateDocTranslateTask", **DOCUMENT_FORM, CallbackUrl=url)["TaskId"]
    sandbox.advance("2s")
    assert callbacks.empty()
    sandbox.advance("2s")
    callback = callbacks.get_nowait()
    assert (callback["type"], callback["task_id"], callback["status"]) == ("application/json", task_id, "translated")
    assert (callback["errCode"], callback["errMsg"]) == ("200", "")
    assert sandbox.download(callback["translateFileUrl"]).status_code == 200


@pytest.mark.documented("help.aliyun.com document_detail/163814: CallbackUrl")
def test_a_clock_that_runs_by_itself_calls_back_too(
    listener: tuple[str, queue.Queue[Json]], sandbox: AlimtSandbox
) -> None:
    url, callbacks = listener
    rule = {"on": "alibaba.CreateDocTranslateTask", "then": {"timeline": ["ready 20ms", "error 10030"]}}
    sandbox.call_sandbox("PUT", "scenario", {"rules": [rule]})
    sandbox.call("CreateDocTranslateTask", **DOCUMENT_FORM, CallbackUrl=url)
    callback = callbacks.get(timeout=TIMEOUT)
    assert (callback["status"], callback["errCode"]) == ("error", "10030")
    assert callback["errMsg"] == "The file size exceeds the limit."


@pytest.mark.assumed("a reset is the emulator's own")
def test_a_sandbox_that_is_reset_calls_nobody_back(
    listener: tuple[str, queue.Queue[Json]], sandbox: AlimtSandbox
) -> None:
    url, callbacks = listener
    sandbox.call("CreateDocTranslateTask", **DOCUMENT_FORM, CallbackUrl=url)
    sandbox.call_sandbox("POST", "reset", {})
    sandbox.advance("1m")
    assert callbacks.empty()


def create_sandbox(server: Target, session: requests.Session) -> AlimtSandbox:
    """Return a sandbox whose clock stands still."""
    return AlimtSandbox(server, session, clock={"mode": "frozen", "at": "2026-01-01T00:00:00Z"})


@pytest.mark.documented("help.aliyun.com document_detail/163814: CallbackUrl")
@pytest.mark.parametrize(
    ("callback", "seconds"), [(None, [3]), ("lost", []), ("duplicated", [3, 3]), ({"how": "late", "for": "1m"}, [63])]
)
def test_what_a_scenario_does_applies_to_alibabas_callback_as_well(
    server: Target, session: requests.Session, callback: Any, seconds: list[float]
) -> None:
    sandbox = create_sandbox(server, session)
    rules = [{"on": "alibaba.CreateDocTranslateTask", "then": {"callback": callback}}] if callback else []
    sandbox.call_sandbox("PUT", "scenario", {"rules": rules})
    with serve_app(AlibabaApp()) as app:
        task_id = sandbox.call("CreateDocTranslateTask", **DOCUMENT_FORM, CallbackUrl=app.url)["TaskId"]
        sandbox.advance("1h")
        assert [app.next_event()["task_id"] for _ in seconds] == [task_id] * len(seconds)
        assert not app.event_count()
    entries = sandbox.call_sandbox("GET", "journal?operation=alibaba.CallbackUrl")["entries"]
    times = [entry["sandbox_time"] for entry in entries if entry["reply"]["fault"] is None]
    assert times == [f"2026-01-01T00:{int(second) // 60:02}:{int(second) % 60:02}Z" for second in seconds]


@pytest.mark.assumed("callbacks stay on this machine unless a setting says otherwise")
def test_a_callback_to_another_machine_is_noted_and_not_sent(server: Target, session: requests.Session) -> None:
    sandbox = create_sandbox(server, session)
    sandbox.call("CreateDocTranslateTask", **DOCUMENT_FORM, CallbackUrl="http://callback.example.com/done")
    sandbox.advance("1h")
    (entry,) = sandbox.call_sandbox("GET", "journal?operation=alibaba.CallbackUrl")["entries"]
    assert entry["reply"]["status"] == 0
    assert "it is not sent: it does not lead to this machine" in entry["callback"]["refusal"]
