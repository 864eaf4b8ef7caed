"""DingTalk's Stream mode by the official dingtalk-stream, unmodified."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from contract_tests.clients.callback_apps import Json
from contract_tests.dingtalk.callbacks.callback_sandbox import EPOCH, EVENT, EVENT_TIMEOUT, CallbackSandbox
from contract_tests.dingtalk.callbacks.stream_connections import count_connections, wait_until
from contract_tests.harness.machine import CLIENTS

pytestmark = pytest.mark.documented("open-dingtalk developerpedia, Stream protocol")

SCRIPT = CLIENTS / "dingtalk" / "stream_app.py"


@contextmanager
def run_app(sandbox: CallbackSandbox, *answers: str) -> Iterator[queue.Queue[Json]]:
    """Run the official client until the end of the context; give its events."""
    environment = {**os.environ, "DINGTALK_OPENAPI_ENDPOINT": sandbox.url, "NO_PROXY": "127.0.0.1"}
    command = [
        sys.executable,
        str(SCRIPT),
        sandbox.credentials["suite_key"],
        sandbox.credentials["suite_secret"],
        *answers,
    ]
    events: queue.Queue[Json] = queue.Queue()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        lines = process.stdout

        def read() -> None:
            for line in lines:
                events.put(json.loads(line))

        reader = threading.Thread(target=read)
        reader.start()
        try:
            wait_until(lambda: count_connections(sandbox) == 1)
            yield events
        finally:
            process.kill()
            reader.join()


def test_the_official_client_is_told_of_a_jobs_end_and_acknowledges(sandbox: CallbackSandbox) -> None:
    with run_app(sandbox) as events:
        job = sandbox.submit_job()
        sandbox.advance("3s")
        event = events.get(timeout=EVENT_TIMEOUT)
        assert event["data"] == {"jobId": job, "status": "1"}
        assert (event["type"], event["topic"]) == (EVENT, "*")
        assert (event["corp"], event["timestamp"]) == (sandbox.credentials["corp_id"], EPOCH + 3000)
        assert event["id"]
        assert event["app"]
        (entry,) = sandbox.journal()
        assert (entry["reply"]["status"], entry["callback"]["form"]) == (200, "stream")
        assert entry["callback"]["acknowledged"]
        sandbox.advance("1h")
        assert len(sandbox.journal()) == 1


def test_a_client_that_connects_while_the_job_runs_is_told(sandbox: CallbackSandbox) -> None:
    job = sandbox.submit_job()
    with run_app(sandbox) as events:
        sandbox.advance("3s")
        assert events.get(timeout=EVENT_TIMEOUT)["data"]["jobId"] == job


@pytest.mark.sdk("dingtalk-stream 2.1.5: what is not acknowledged is sent again within 60 s")
def test_what_is_not_acknowledged_is_sent_again_by_the_sandboxs_clock(sandbox: CallbackSandbox) -> None:
    with run_app(sandbox, "500") as events:
        sandbox.submit_job()
        sandbox.advance("3s")
        first = events.get(timeout=EVENT_TIMEOUT)
        sandbox.advance("59s")
        assert events.empty()
        sandbox.advance("1s")
        assert events.get(timeout=EVENT_TIMEOUT) == first  # the same event, under the same ids
        sandbox.advance("1h")
    assert [entry["callback"]["acknowledged"] for entry in sandbox.journal()] == [False, True]


@pytest.mark.sdk("dingtalk-stream 2.1.5: what is not acknowledged is sent again within 60 s")
def test_silence_is_no_acknowledgement(sandbox: CallbackSandbox) -> None:
    with run_app(sandbox, "silence") as events:
        sandbox.submit_job()
        sandbox.advance("3s")
        sandbox.advance("60s")
        assert events.get(timeout=EVENT_TIMEOUT) == events.get(timeout=EVENT_TIMEOUT)
    first, second = sandbox.journal()
    assert "not acknowledged" in first["callback"]["refusal"]
    assert second["callback"]["acknowledged"]


def test_the_official_client_answers_a_ping(sandbox: CallbackSandbox) -> None:
    with run_app(sandbox):
        attempt = sandbox.call_sandbox("POST", "callbacks/dingtalk/events", {"event": "ping"})
        assert (attempt["acknowledged"], attempt["status"]) == (True, 200)


def test_the_official_client_leaves_when_told_to_and_comes_back(sandbox: CallbackSandbox) -> None:
    with run_app(sandbox) as events:
        assert sandbox.call_sandbox("POST", "callbacks/dingtalk/events", {"event": "disconnect"})["acknowledged"]
        wait_until(lambda: len(sandbox.journal("Connect")) == 2 and count_connections(sandbox) == 1)
        job = sandbox.submit_job()
        sandbox.advance("3s")
        assert events.get(timeout=EVENT_TIMEOUT)["data"]["jobId"] == job


@pytest.mark.assumed("scenario verbs apply to each form")
def test_what_a_scenario_does_applies_to_stream_as_well(sandbox: CallbackSandbox) -> None:
    sandbox.follow_rule({"callback": "duplicated"})
    with run_app(sandbox) as events:
        sandbox.submit_job()
        sandbox.advance("3s")
        assert events.get(timeout=EVENT_TIMEOUT) == events.get(timeout=EVENT_TIMEOUT)
        sandbox.follow_rule({"callback": "lost"})
        sandbox.submit_job()
        sandbox.advance("1h")
        assert events.empty()
