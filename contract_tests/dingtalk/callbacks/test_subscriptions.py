"""How a callback URL of DingTalk is set, checked and taken back, and which jobs are then told of."""

from __future__ import annotations

import json

import pytest

from contract_tests.clients.callback_apps import DingTalkApp, Json, serve_app
from contract_tests.dingtalk.callbacks.callback_sandbox import EVENT_TIMEOUT, CallbackSandbox, read_job_id
from contract_tests.harness.target import Target

pytestmark = pytest.mark.documented('page "configure-synchttp-push"; page "transfer_contact_id_job_result" (Chinese)')


def test_a_url_is_taken_once_it_answers_its_check(sandbox: CallbackSandbox, app: DingTalkApp) -> None:
    answer = sandbox.call_sandbox("PUT", "callbacks/dingtalk", {"url": app.url})
    first = app.next_event()
    assert (first["EventType"], sorted(first)) == ("check_create_suite_url", ["EventType", "Random"])
    assert answer["receivers"]["dingtalk"] == {
        "form": "sync_http",
        "url": app.url,
        "token": sandbox.credentials["callback_token"],
        "aes_key": sandbox.credentials["callback_aes_key"],
    }
    sandbox.call_sandbox("PUT", "callbacks/dingtalk", {"url": app.url, "form": "http"})
    second = app.next_event()
    assert (second["EventType"], second["TestSuiteKey"]) == ("check_update_suite_url", sandbox.credentials["suite_key"])


def test_a_url_that_does_not_answer_its_check_is_not_taken(sandbox: CallbackSandbox, app: DingTalkApp) -> None:
    app.answer = lambda _: app.encrypt_answer("fail")
    refusal = sandbox.call_sandbox("PUT", "callbacks/dingtalk", {"url": app.url}, status=409)
    assert "success is wanted" in refusal["message"]
    assert sandbox.call_sandbox("GET", "callbacks")["receivers"] == {}


@pytest.mark.parametrize("name", ["check_url", "suite_ticket"])
@pytest.mark.parametrize("form", ["sync_http", "http"])
def test_the_console_sends_events_on_demand(sandbox: CallbackSandbox, app: DingTalkApp, name: str, form: str) -> None:
    sandbox.subscribe(app, form)
    attempt = sandbox.call_sandbox("POST", "callbacks/dingtalk/events", {"event": name})
    assert (attempt["acknowledged"], attempt["status"], attempt["form"]) == (True, 200, form)
    event = app.next_event()
    if name == "check_url":
        assert event == {"EventType": "check_url"}
    elif form == "http":
        assert (event["EventType"], event["SuiteKey"]) == ("suite_ticket", sandbox.credentials["suite_key"])
    else:
        assert (event["EventType"], event["bizData"][0]["biz_type"]) == ("SYNC_HTTP_PUSH_HIGH", 2)
        assert json.loads(event["bizData"][0]["biz_data"])["syncAction"] == "suite_ticket"


def test_a_token_and_a_key_of_ones_own_are_used(sandbox: CallbackSandbox) -> None:
    credentials = {**sandbox.credentials, "callback_token": "mine", "callback_aes_key": "A" * 43}
    with serve_app(DingTalkApp(credentials)) as app:
        sandbox.call_sandbox("PUT", "callbacks/dingtalk", {"url": app.url, "token": "mine", "aes_key": "A" * 43})
        sandbox.submit_job()
        sandbox.advance("3s")
    assert app.event_count() == 2


@pytest.mark.parametrize(
    ("subscription", "reason"),
    [
        ({"url": "http://198.51.100.7/callback"}, "--callbacks-anywhere"),
        ({"url": "http://example.com/callback"}, "--callbacks-anywhere"),
        ({"url": "http://localhost.example.com/"}, "--callbacks-anywhere"),
        ({"url": "nowhere"}, "no URL"),
        ({"url": "file:///etc/passwd"}, "no URL"),
        ({"url": "http://[::1"}, "no URL"),
        ({"url": ""}, "no URL"),
        ({"url": "http://127.0.0.1:1/", "form": "synchttp"}, "sync_http"),
        ({"url": "http://127.0.0.1:1/", "token": "no"}, "3 to 32"),
        ({"url": "http://127.0.0.1:1/", "aes_key": "short"}, "43"),
        ({"url": "http://127.0.0.1:1/", "form": "stream"}, "Stream takes no url"),
    ],
)
@pytest.mark.assumed("our own surface: what cannot be set is refused, with what to write instead")
def test_what_cannot_be_set_is_refused_with_the_reason(
    sandbox: CallbackSandbox, subscription: Json, reason: str
) -> None:
    refusal = sandbox.call_sandbox("PUT", "callbacks/dingtalk", subscription, status=400)
    assert reason in refusal["message"]
    creation = sandbox.call_admin("POST", "sandboxes", {"callbacks": {"dingtalk": subscription}}, status=400)
    assert reason in creation["message"]


@pytest.mark.assumed("our own surface")
def test_a_provider_without_a_console_is_refused(sandbox: CallbackSandbox) -> None:
    refusal = sandbox.call_sandbox("PUT", "callbacks/dingtolk", {"url": "http://127.0.0.1:1/"}, status=404)
    assert "Did you mean `dingtalk`" in refusal["message"]
    sandbox.call_sandbox("PUT", "callbacks/dingtalk", {"form": "stream"})
    refusal = sandbox.call_sandbox("POST", "callbacks/dingtalk/events", {"event": "check_url"}, status=400)
    assert "ping, disconnect" in refusal["message"]


@pytest.mark.assumed("nobody says what becomes of events before a URL is set")
def test_a_url_set_while_a_job_runs_is_told_of_its_end(sandbox: CallbackSandbox, app: DingTalkApp) -> None:
    first = sandbox.submit_job()
    sandbox.advance("3s")
    second = sandbox.submit_job()
    sandbox.subscribe(app)
    sandbox.advance("1h")
    assert read_job_id(app.next_event()) == second != first
    assert not app.event_count()


@pytest.mark.assumed("our own surface")
def test_a_url_that_is_taken_back_is_told_nothing(sandbox: CallbackSandbox, app: DingTalkApp) -> None:
    sandbox.subscribe(app)
    sandbox.submit_job()
    assert sandbox.call_sandbox("DELETE", "callbacks/dingtalk")["receivers"] == {}
    sandbox.advance("1h")
    assert (app.event_count(), sandbox.journal()) == (0, [])


@pytest.mark.assumed("our own surface")
def test_a_sandbox_is_created_with_its_callbacks_and_has_them_after_a_reset(server: Target) -> None:
    with serve_app(DingTalkApp(CallbackSandbox(server).credentials)) as app:
        keys = {"token": "mine", "aes_key": "A" * 43}
        sandbox = CallbackSandbox(server, callbacks={"dingtalk": {"url": app.url, **keys}})
        app.crypto = DingTalkApp({**sandbox.credentials, "callback_token": "mine", "callback_aes_key": "A" * 43}).crypto
        sandbox.submit_job()
        sandbox.call_sandbox("POST", "reset", {})
        sandbox.advance("1h")
        assert not app.event_count()  # the job is gone with all that was due
        sandbox.token = ""
        sandbox.submit_job()
        sandbox.advance("1h")
        assert app.event_count() == 1


@pytest.mark.assumed("a job whose end only polls bring is told of when it has come")
def test_a_job_moved_by_polls_or_by_hand_is_told_of_when_it_ends(sandbox: CallbackSandbox, app: DingTalkApp) -> None:
    sandbox.subscribe(app)
    sandbox.follow_rule({"timeline": ["0 2 polls", "1"]})
    first = sandbox.submit_job()
    assert sandbox.job_status(first) == "0"
    sandbox.advance("1h")
    assert not app.event_count()
    assert sandbox.job_status(first) == "0"
    sandbox.advance("0s")
    assert read_job_id(app.next_event()) == first
    sandbox.follow_rule({"timeline": ["0 manual", "1"]})
    second = sandbox.submit_job()
    sandbox.call_sandbox("POST", f"jobs/{second}/move", {})
    sandbox.advance("0s")
    assert read_job_id(app.next_event()) == second


@pytest.mark.assumed("a course that never ends is never told of")
def test_a_job_that_is_stuck_is_not_told_of(sandbox: CallbackSandbox, app: DingTalkApp) -> None:
    sandbox.subscribe(app)
    sandbox.follow_rule({"timeline": ["0"]})
    sandbox.submit_job()
    sandbox.advance("10h")
    assert not app.event_count()


@pytest.mark.assumed("with the real clock, callbacks come in time")
def test_a_clock_that_runs_by_itself_calls_back_too(server: Target) -> None:
    sandbox = CallbackSandbox(server, clock={"mode": "real"})
    sandbox.call_sandbox("PUT", "scenario", {"lifecycles": {"dingtalk.file_translation": {"0": "20ms"}}})
    with serve_app(DingTalkApp(sandbox.credentials)) as app:
        sandbox.subscribe(app)
        job = sandbox.submit_job()
        assert read_job_id(app.events.get(timeout=EVENT_TIMEOUT)) == job
