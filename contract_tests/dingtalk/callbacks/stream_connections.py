"""Connections of DingTalk's Stream mode: how many a sandbox has, and raw ones by a WebSocket client."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect

from contract_tests.clients.callback_apps import Json
from contract_tests.dingtalk.callbacks.callback_sandbox import EVENT_TIMEOUT, CallbackSandbox

OPEN_PATH = "/v1.0/gateway/connections/open"


def count_connections(sandbox: CallbackSandbox) -> int:
    """Return how many connections are open."""
    return int(sandbox.call_sandbox("GET", "callbacks")["connections"])


def wait_until(condition: Callable[[], object]) -> None:
    """Wait until a condition is true that another process brings about."""
    deadline = time.monotonic() + EVENT_TIMEOUT
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.005)


def request_ticket(sandbox: CallbackSandbox, kind: str = "EVENT") -> tuple[str, str]:
    """Return endpoint and ticket of a connection that is subscribed to events, or to callbacks alone."""
    keys = {"clientId": sandbox.credentials["suite_key"], "clientSecret": sandbox.credentials["suite_secret"]}
    answer = sandbox.post(OPEN_PATH, json={**keys, "subscriptions": [{"type": kind, "topic": "*"}]})
    assert sorted(answer) == ["endpoint", "ticket"]
    return str(answer["endpoint"]), str(answer["ticket"])


def open_connection(sandbox: CallbackSandbox, kind: str = "EVENT") -> ClientConnection:
    """Open a connection; wait until the sandbox knows of it."""
    endpoint, ticket = request_ticket(sandbox, kind)
    count = count_connections(sandbox)
    socket = connect(f"{endpoint}?ticket={ticket}", proxy=None)
    wait_until(lambda: count_connections(sandbox) == count + 1)
    return socket


def receive(socket: ClientConnection) -> Json:
    """Return the next frame."""
    frame: Json = json.loads(socket.recv(timeout=EVENT_TIMEOUT))
    return frame


def acknowledgement_of(frame: Json, code: Any = 200, data: Any = None) -> str:
    """Return the acknowledgement of a frame."""
    answer = {"code": code, "headers": {"messageId": frame["headers"]["messageId"]}, "message": "OK"}
    return json.dumps(answer if data is None else {**answer, "data": data})


@contextmanager
def advance_beside(sandbox: CallbackSandbox, duration: str) -> Iterator[None]:
    """Move the clock while the context runs: the move waits for the acknowledgement."""
    thread = threading.Thread(target=sandbox.advance, args=(duration,))
    thread.start()
    try:
        yield
    finally:
        thread.join()
