"""What a scenario's verb `callback` does to DingTalk's callbacks."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from contract_tests.clients.callback_apps import DingTalkApp, Json
from contract_tests.dingtalk.callbacks.callback_sandbox import EVENT, CallbackSandbox, read_job_id

pytestmark = pytest.mark.documented('page "configure-synchttp-push"; page "transfer_contact_id_job_result" (Chinese)')


@pytest.mark.assumed("a scenario's verb")
def test_a_late_callback_comes_after_its_delay(sandbox: CallbackSandbox, app: DingTalkApp) -> None:
    sandbox.subscribe(app)
    sandbox.follow_rule({"callback": {"how": "late", "for": "5m"}})
    job = sandbox.submit_job()
    sandbox.advance("3s")
    assert (sandbox.job_status(job), app.event_count()) == ("1", 0)
    sandbox.advance("299s")
    assert not app.event_count()
    sandbox.advance("1s")
    assert read_job_id(app.next_event()) == job
    assert sandbox.fault_counts() == {"callback late": 1}


@pytest.mark.assumed("a scenario's verb")
def test_a_lost_callback_never_comes(sandbox: CallbackSandbox, app: DingTalkApp) -> None:
    sandbox.subscribe(app)
    sandbox.follow_rule({"callback": "lost"})
    job = sandbox.submit_job()
    sandbox.advance("1h")
    assert (sandbox.job_status(job), app.event_count(), app.posts) == ("1", 0, [])
    entries = sandbox.journal()
    assert [entry["reply"]["fault"] for entry in entries] == ["callback lost"] * 3
    assert entries[0]["why"][0].endswith("applied to the call that started the job")
    assert entries[0]["rule"] is not None
    assert sandbox.fault_counts() == {"callback lost": 3}


@pytest.mark.assumed("a scenario's verb")
def test_a_first_try_that_is_lost_is_made_good_by_the_second(sandbox: CallbackSandbox, app: DingTalkApp) -> None:
    sandbox.subscribe(app)
    sandbox.follow_rule({"callback": {"how": "lost", "times": 1}}, times=1)
    job = sandbox.submit_job()
    sandbox.advance("12s")
    assert not app.event_count()
    sandbox.advance("1s")
    assert read_job_id(app.next_event()) == job


@pytest.mark.assumed("a scenario's verb")
def test_a_duplicated_callback_comes_several_times_with_one_event_id(
    sandbox: CallbackSandbox, app: DingTalkApp
) -> None:
    sandbox.subscribe(app)
    sandbox.follow_rule({"callback": {"how": "duplicated", "times": 3}})
    sandbox.submit_job()
    sandbox.advance("1h")
    events = [app.next_event() for _ in range(3)]
    assert events[0] == events[1] == events[2]
    assert len({query["nonce"] for query, _ in app.posts}) == 3  # sealed and signed anew
    assert not app.event_count()


@pytest.mark.assumed("a scenario's verb")
def test_reordered_callbacks_come_after_their_successor(sandbox: CallbackSandbox, app: DingTalkApp) -> None:
    sandbox.subscribe(app)
    sandbox.follow_rule({"callback": "reordered"}, times=1)
    first = sandbox.submit_job()
    sandbox.advance("1s")
    second = sandbox.submit_job()
    sandbox.advance("1h")
    assert [read_job_id(app.next_event()), read_job_id(app.next_event())] == [second, first]
    assert sandbox.fault_counts() == {"callback reordered": 1}


@pytest.mark.assumed("a scenario's verb")
def test_an_early_callback_comes_before_the_call_is_answered(sandbox: CallbackSandbox, app: DingTalkApp) -> None:
    response_received = threading.Event()
    were_early: list[bool] = []

    def answer(_: Json) -> tuple[int, bytes]:
        were_early.append(not response_received.is_set())
        return app.encrypt_answer("success")

    app.answer = answer
    sandbox.subscribe(app)
    sandbox.follow_rule({"callback": "early"})
    job = sandbox.submit_job()
    response_received.set()
    assert (were_early, read_job_id(app.next_event()), sandbox.job_status(job)) == ([True], job, "1")
    events = [entry["operation"] for entry in sandbox.call_sandbox("GET", "journal")["entries"]]
    assert events.index(f"dingtalk.{EVENT}") < events.index("dingtalk.TranslateFile")


@pytest.mark.assumed("a scenario's verb")
def test_a_missigned_callback_is_refused_by_a_careful_app(sandbox: CallbackSandbox, app: DingTalkApp) -> None:
    sandbox.subscribe(app)
    sandbox.follow_rule({"callback": {"how": "missigned", "times": 1}})
    job = sandbox.submit_job()
    sandbox.advance("3s")
    assert (app.event_count(), len(app.posts)) == (0, 1)
    assert sandbox.journal()[0]["reply"]["status"] == 403
    sandbox.advance("10s")
    assert read_job_id(app.next_event()) == job
    assert sandbox.fault_counts() == {"callback missigned": 1}


@pytest.mark.assumed("a scenario's verb")
def test_several_verbs_are_done_to_one_callback(sandbox: CallbackSandbox, app: DingTalkApp) -> None:
    sandbox.subscribe(app)
    sandbox.follow_rule(
        [{"timeline": ["0 1m", "1"]}, {"callback": "duplicated"}, {"callback": {"how": "late", "for": "1m"}}]
    )
    sandbox.submit_job()
    sandbox.advance("119s")
    assert not app.event_count()
    sandbox.advance("1s")
    assert app.event_count() == 2


WRONG = {
    "no job": ("dingtalk.GetAccessToken", "lost", "nobody is called back by dingtalk.GetAccessToken"),
    "no callbacks at all": ("huawei.RunFileTranslation", "lost", "huawei has no callbacks"),
    "no signature": ("alibaba.CreateDocTranslateTask", "missigned", "carries no signature"),
    "for with lost": ("dingtalk.TranslateFile", {"how": "lost", "for": "2s"}, "`for` says how late"),
    "times with late": ("dingtalk.TranslateFile", {"how": "late", "times": 2}, "`times` counts"),
    "another word": ("dingtalk.TranslateFile", "gone", "'lost', 'late'"),
    "no length": ("dingtalk.TranslateFile", {"how": "late", "for": "soon"}, "soon"),
}


@pytest.mark.assumed("our own surface")
@pytest.mark.parametrize(("operation", "callback", "reason"), WRONG.values(), ids=WRONG)
def test_a_verb_that_does_not_fit_is_refused(
    sandbox: CallbackSandbox, operation: str, callback: Any, reason: str
) -> None:
    rule = {"on": operation, "then": {"callback": callback}}
    refusal = sandbox.call_sandbox("PUT", "scenario", {"rules": [rule]}, status=400)
    assert reason in refusal["message"]


@pytest.mark.assumed("a scenario's verb")
def test_two_reordered_callbacks_change_places_and_neither_is_held_for_ever(
    sandbox: CallbackSandbox, app: DingTalkApp
) -> None:
    sandbox.subscribe(app)
    sandbox.follow_rule({"callback": "reordered"})
    jobs = [sandbox.submit_job() for _ in range(4)]
    sandbox.advance("1h")
    assert [read_job_id(app.next_event()) for _ in jobs] == [jobs[1], jobs[0], jobs[3], jobs[2]]
