"""DingTalk's callbacks in the journal, and in sandboxes beside each other."""

from __future__ import annotations

import json

import pytest

from contract_tests.clients.callback_apps import DingTalkApp, serve_app
from contract_tests.dingtalk.callbacks.callback_sandbox import EVENT, CallbackSandbox, read_job_id
from contract_tests.harness.target import Target

pytestmark = pytest.mark.documented('page "configure-synchttp-push"; page "transfer_contact_id_job_result" (Chinese)')


@pytest.mark.assumed("sandboxes are worlds of their own")
def test_callbacks_of_one_sandbox_do_not_come_to_another(
    server: Target, sandbox: CallbackSandbox, app: DingTalkApp
) -> None:
    sandbox.subscribe(app)
    other = CallbackSandbox(server)
    fork = sandbox.call_sandbox("POST", "fork", {}, status=201)
    other.submit_job()
    other.advance("1h")
    assert (app.event_count(), other.journal()) == (0, [])
    assert sandbox.call_admin("GET", f"sandboxes/{fork['id']}/callbacks")["receivers"]["dingtalk"]["url"] == app.url
    job = sandbox.submit_job()
    sandbox.call_admin("PATCH", f"sandboxes/{fork['id']}/clock", {"advance": "1h"})
    assert not app.event_count()
    sandbox.advance("3s")
    assert read_job_id(app.next_event()) == job


@pytest.mark.assumed("sandboxes are worlds of their own")
def test_the_callbacks_of_a_fork_are_sealed_with_its_own_keys(sandbox: CallbackSandbox, app: DingTalkApp) -> None:
    sandbox.subscribe(app)
    fork = sandbox.call_sandbox("POST", "fork", {}, status=201)
    app.crypto = DingTalkApp(fork["credentials"]["dingtalk"]).crypto
    path = f"sandboxes/{fork['id']}/callbacks"
    attempt = sandbox.call_admin("POST", f"{path}/dingtalk/events", {"event": "check_url"})
    assert attempt["acknowledged"], attempt
    credentials = fork["credentials"]["dingtalk"]
    assert sandbox.call_admin("GET", path)["receivers"]["dingtalk"]["token"] == credentials["callback_token"]


@pytest.mark.assumed("our own surface")
def test_the_journal_tells_what_was_sent_said_and_answered(sandbox: CallbackSandbox, app: DingTalkApp) -> None:
    sandbox.subscribe(app)
    job = sandbox.submit_job()
    sandbox.advance("3s")
    (entry,) = sandbox.journal(f"dingtalk.{EVENT}")
    assert (entry["provider"], entry["job"], entry["reply"]["status"]) == ("dingtalk", job, 200)
    assert entry["sandbox_time"] == "2026-01-01T00:00:03Z"
    assert entry["request"]["method"] == "POST"
    assert entry["request"]["target"].startswith(f"{app.url}?signature=<redacted>")
    assert json.loads(entry["request"]["body"])["encrypt"] == json.loads(app.posts[0][1])["encrypt"]
    assert "encrypt" in json.loads(entry["reply"]["body"])
    callback = entry["callback"]
    assert read_job_id(json.loads(callback.pop("said"))) == job
    assert callback == {"form": "sync_http", "attempt": 1, "acknowledged": True, "refusal": None}
    assert [item["number"] for item in sandbox.call_sandbox("GET", f"journal?job={job}")["entries"]] == sorted(
        item["number"] for item in sandbox.call_sandbox("GET", f"journal?job={job}")["entries"]
    )
    har = sandbox.call_sandbox("GET", f"journal?operation={EVENT}&format=har")["log"]["entries"][0]
    assert har["request"]["url"].startswith(app.url)
    assert sandbox.journal("TranslateFile")[0]["callback"] is None


@pytest.mark.assumed("the same seed and the same requests give the same bytes")
def test_the_same_seed_gives_the_same_bytes(server: Target) -> None:
    ids = []
    sandbox = CallbackSandbox(server)
    with serve_app(DingTalkApp(sandbox.credentials)) as app:
        for _ in range(2):
            sandbox.call_sandbox("POST", "reset", {})
            sandbox.token = ""
            sandbox.call_sandbox("PATCH", "clock", {"mode": "frozen"})
            sandbox.subscribe(app)
            sandbox.submit_job()
            sandbox.advance("1h")
            query, _ = app.posts[-1]
            ids.append((app.next_event()["bizData"][0]["biz_id"], query["nonce"]))
    assert ids[0] == ids[1]
