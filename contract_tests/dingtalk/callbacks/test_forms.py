"""The contents of DingTalk's callbacks over HTTP, in either form."""

from __future__ import annotations

import json

import pytest

from contract_tests.clients.callback_apps import DingTalkApp
from contract_tests.dingtalk.callbacks.callback_sandbox import EPOCH, EVENT, CallbackSandbox

pytestmark = pytest.mark.documented('page "configure-synchttp-push"; page "transfer_contact_id_job_result" (Chinese)')


def test_sync_http_pushes_a_row_of_biz_type_139(sandbox: CallbackSandbox, app: DingTalkApp) -> None:
    sandbox.subscribe(app)
    job = sandbox.submit_job()
    sandbox.advance("2s")
    assert not app.event_count()
    sandbox.advance("1s")
    event = app.next_event()
    assert event["EventType"] == "SYNC_HTTP_PUSH_MEDIUM"
    (row,) = event["bizData"]
    assert (row["biz_type"], row["corp_id"], row["status"], row["open_cursor"]) == (
        139,
        sandbox.credentials["corp_id"],
        0,
        0,
    )
    assert row["gmt_create"] == row["gmt_modified"] == EPOCH + 3000
    assert row["subscribe_id"].endswith("_0")
    data = json.loads(row["biz_data"])
    assert data == {"syncAction": EVENT, "jobId": job, "status": "1", "eventId": data["eventId"]}
    assert sandbox.job_status(job) == "1"


@pytest.mark.documented("the archived page of the event: its status is a number")
def test_the_archived_form_pushes_the_event_alone(sandbox: CallbackSandbox, app: DingTalkApp) -> None:
    sandbox.subscribe(app, "http")
    job = sandbox.submit_job()
    sandbox.advance("3s")
    assert app.next_event() == {
        "EventType": EVENT,
        "EventTime": EPOCH + 3000,
        "CorpId": sandbox.credentials["corp_id"],
        "BizId": job,
        "jobId": job,
        "status": 1,
    }


def test_the_signature_comes_under_both_names_and_the_timestamp_is_the_sandboxs(
    sandbox: CallbackSandbox, app: DingTalkApp
) -> None:
    sandbox.subscribe(app)
    sandbox.submit_job()
    sandbox.advance("3s")
    query, body = app.posts[0]
    assert query["signature"] == query["msg_signature"]
    assert int(query["timestamp"]) == EPOCH + 3000
    assert list(json.loads(body)) == ["encrypt"]


@pytest.mark.documented("seeds 000 and 001: if the file is translated successfully")
def test_a_failed_job_is_told_of_where_the_quirk_says_so(sandbox: CallbackSandbox, app: DingTalkApp) -> None:
    sandbox.subscribe(app, "http")
    sandbox.follow_rule({"timeline": ["0 3s", "2"]})
    job = sandbox.submit_job()
    sandbox.advance("1m")
    assert (sandbox.job_status(job), app.event_count(), sandbox.journal()) == ("2", 0, [])
    rule = {"on": "dingtalk.TranslateFile", "then": {"timeline": ["0 3s", "2"]}}
    sandbox.call_sandbox("PUT", "scenario", {"quirks": {"dingtalk.callback_when": "ended"}, "rules": [rule]})
    job = sandbox.submit_job()
    sandbox.advance("3s")
    event = app.next_event()
    assert (event["jobId"], event["status"]) == (job, 2)
