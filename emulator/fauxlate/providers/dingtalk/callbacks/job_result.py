"""The event that a translation job has ended, `transfer_contact_id_job_result`, in its three forms.

"After this API is called, if the file is translated successfully, an asynchronous job callback notification is
triggered." (seed 001)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fauxlate.engine.service.events import Attempt, Event, Message
from fauxlate.providers.dingtalk.callbacks import frames
from fauxlate.providers.dingtalk.callbacks.forms import HTTP, JOB_RESULT_PAGE, STREAM, SYNC_HTTP, find_receiver
from fauxlate.providers.dingtalk.callbacks.posts import build_post, build_sync_post, derive_id, derive_number

if TYPE_CHECKING:
    from fauxlate.engine.timing.jobs import Job

_NAME = "transfer_contact_id_job_result"


def _build_message(attempt: Attempt) -> Message | None:
    """Return what an attempt sends in the receiver's form, None for a job whose end is not to be told."""
    job = attempt.job
    if job is None:
        return None
    status = job.timeline.steps[-1].state
    if status != "1" and attempt.quirk("dingtalk.callback_when") == "successful":
        return None
    return _BUILDERS[attempt.receiver.form](attempt, job, status)


def _build_stream_message(attempt: Attempt, job: Job[Any], status: str) -> Message:
    headers = {
        "eventType": _NAME,
        "eventBornTime": str(int(attempt.event_time * 1000)),
        "eventId": derive_id("event", job.id),
        "eventCorpId": _get_corp_id(attempt, job),
        "eventUnifiedAppId": _derive_unified_app_id(attempt),
        "appId": _derive_unified_app_id(attempt),
    }
    return frames.build_event(attempt, derive_id("message", job.id), headers, {"jobId": job.id, "status": status})


def _build_sync_http_message(attempt: Attempt, job: Job[Any], status: str) -> Message:
    return build_sync_post(
        attempt,
        "SYNC_HTTP_PUSH_MEDIUM",
        139,
        {"syncAction": _NAME, "jobId": job.id, "status": status, "eventId": derive_id("event", job.id)},
        row_id=derive_number("row", job.id),
        biz_id=job.id,
        corp_id=_get_corp_id(attempt, job),
        timestamp=int(attempt.event_time * 1000),
    )


def _build_http_message(attempt: Attempt, job: Job[Any], status: str) -> Message:
    data = {
        "EventType": _NAME,
        "EventTime": int(attempt.event_time * 1000),
        "CorpId": _get_corp_id(attempt, job),
        "BizId": job.id,
        "jobId": job.id,
        "status": int(status),
    }
    return build_post(attempt, data)


_BUILDERS: Mapping[str, Callable[[Attempt, Job[Any], str], Message]] = {
    STREAM.name: _build_stream_message,
    SYNC_HTTP.name: _build_sync_http_message,
    HTTP.name: _build_http_message,
}


def _get_corp_id(attempt: Attempt, job: Job[Any]) -> str:
    credentials = attempt.sandbox.credentials["dingtalk"]
    return credentials.get(job.owner.removeprefix("@"), job.owner)  # as `Call.alias` remembers it


def _derive_unified_app_id(attempt: Attempt) -> str:
    digits = derive_id("app", attempt.sandbox.tag)
    return re.sub(r"(.{8})(.{4})(.{4})(.{4})(.{12})", r"\1-\2-\3-\4-\5", digits)


TRANSFER_CONTACT_ID_JOB_RESULT = Event(
    name=_NAME,
    about="A translation job has ended (异步转译通讯录id任务完成通知).",
    source=JOB_RESULT_PAGE,
    make_message=_build_message,
    find_receiver=find_receiver,
    forms=(STREAM, SYNC_HTTP, HTTP),
)
