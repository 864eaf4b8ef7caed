"""The three forms in which DingTalk sends events, and the receivers that a client sets for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fauxlate.engine.sandboxes.callbacks import Receiver
from fauxlate.engine.service.events import Form
from fauxlate.providers.dingtalk.callbacks import envelope
from fauxlate.providers.dingtalk.sources import STREAM_PROTOCOL

if TYPE_CHECKING:
    from fauxlate.engine.sandboxes.sandbox import Sandbox
    from fauxlate.engine.timing.jobs import Job

JOB_RESULT_PAGE = 'page "transfer_contact_id_job_result" (Chinese, 2025-08-28)'
_FAILED_PUSHES_PAGE = 'page "obtain-the-event-list-of-failed-push-messages" (Chinese, 2026-05-08)'
STREAM = Form(
    "stream",
    "An EVENT frame over the connection that the app's Stream client holds open.",
    f"{JOB_RESULT_PAGE}; {STREAM_PROTOCOL}; sent again within 60 s (dingtalk-stream 2.1.5), twice assumed",
    has_url=False,
    retry_delays=(60.0, 60.0),
)
SYNC_HTTP = Form(
    "sync_http",
    "An encrypted and signed POST of SYNC_HTTP_PUSH_MEDIUM, biz_type 139.",
    f'{JOB_RESULT_PAGE}; page "configure-synchttp-push"; sent again after 10 s and 30 s ({_FAILED_PUSHES_PAGE})',
    is_signed=True,
    retry_delays=(10.0, 30.0),
)
HTTP = Form(
    "http",
    "The archived form: an encrypted and signed POST of the event alone, its status a number.",
    f"archived page of the event; sent again after 10 s and 30 s ({_FAILED_PUSHES_PAGE})",
    is_signed=True,
    retry_delays=(10.0, 30.0),
)
_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
"""「必须为英文或数字，长度为3~32个字符」 (configure-synchttp-push)"""


def create_receiver(form: str, url: str, token: str, aes_key: str) -> Receiver:
    """Return the receiver that a client sets; an empty token or key stands for the sandbox's. Raises `ValueError`."""
    if form == STREAM.name:
        if url:
            raise ValueError("Stream takes no url: the client opens the connection")
        return Receiver(STREAM.name)
    if token and not _TOKEN.fullmatch(token):
        raise ValueError(f"the token has 3 to 32 letters and digits; it came as {token!r:.60}")
    if aes_key:
        envelope.decode_key(aes_key)
    return Receiver(form, url, token, aes_key)


def with_credentials(credentials: Mapping[str, str], receiver: Receiver) -> Receiver:
    """Return a receiver with token and key: its own, else those in the credentials of the sandbox (a fork has others)."""
    if receiver.form == STREAM.name:
        return receiver
    token = receiver.token or credentials["callback_token"]
    aes_key = receiver.aes_key or credentials["callback_aes_key"]
    return replace(receiver, token=token, aes_key=aes_key)


def find_receiver(sandbox: Sandbox, _job: Job[Any] | None) -> Receiver | None:
    """Return the receiver of every event, None where none has been set."""
    return sandbox.receivers.get("dingtalk")
