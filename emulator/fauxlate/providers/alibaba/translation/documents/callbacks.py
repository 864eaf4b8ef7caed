"""The callback of a document task: a POST to its CallbackUrl when it has ended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fauxlate.engine.sandboxes.callbacks import Receiver
from fauxlate.engine.service.events import Attempt, Event, Form, Message
from fauxlate.providers.alibaba.translation.documents.links import build_link

if TYPE_CHECKING:
    from fauxlate.engine.sandboxes.sandbox import Sandbox
    from fauxlate.engine.timing.jobs import Job
    from fauxlate.providers.alibaba.translation.documents.facts import DocumentTask


def _find_receiver(_: Sandbox, job: Job[DocumentTask] | None) -> Receiver | None:
    url = job.facts.callback_url if job is not None else None
    return None if url is None else Receiver(CALLBACK_URL.name, url)


def _build_message(attempt: Attempt) -> Message | None:
    job = attempt.job
    if job is None:
        return None
    final = job.timeline.steps[-1]
    failed = final.state == "error"
    data = {
        "task_id": job.id,
        "status": final.state,
        "errCode": final.error or ("19999" if failed else "200"),
        "errMsg": "" if final.error is None else attempt.error_row(final.error).format(attempt.quirk, {})[1],
        "translateFileUrl": "" if failed else build_link(attempt, job, attempt.event_time),
    }
    body = json.dumps(data, ensure_ascii=False).encode()
    return Message(body, body, lambda _status, _body: None, attempt.receiver.url)


CALLBACK_URL = Form(
    "CallbackUrl",
    "A POST of JSON to the CallbackUrl of the task; any answer counts, and nothing is sent twice.",
    "api-alimt-2018-10-12-createdoctranslatetask; that it is not repeated is assumed",
)
TASK_END = Event(
    name="CallbackUrl",
    about="A document task has ended, well or not.",
    source="api-alimt-2018-10-12-createdoctranslatetask",
    make_message=_build_message,
    find_receiver=_find_receiver,
    forms=(CALLBACK_URL,),
)
