"""The signed link to a translated document."""

from __future__ import annotations

import hmac
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from fauxlate.engine.exchange.reading import parse_number
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.alibaba.access.auth import RESULTS_PATH
from fauxlate.providers.alibaba.lifecycles import DOCUMENT

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.engine.service.events import Attempt
    from fauxlate.engine.timing.jobs import Job
    from fauxlate.providers.alibaba.models import documents as models
    from fauxlate.providers.alibaba.translation.documents.facts import DocumentTask

_MAX_EPOCH_SECONDS = 10**12 - 1


def build_link(call: Call | Attempt, job: Job[DocumentTask], now: float) -> str:
    """Return the link to the result of `job`, made at `now`, sandbox time in seconds."""
    task = job.facts
    name = quote(f"{PurePosixPath(task.file_name).stem or 'document'}_{task.target}.{task.type.extension}", safe="")
    expires = str(int(now + call.sandbox.link_lifetime(DOCUMENT)))
    query = f"Expires={expires}&Signature={_compute_signature(call, job.id, expires)}"
    return f"{call.base_url}{RESULTS_PATH}{call.sandbox.tag}/{job.id}/{name}?{query}"


def check_link(call: Call, job: Job[DocumentTask], parameters: models.DocumentResult) -> None:
    """Refuse a link that was altered, or whose hour is over. Raises `Refusal`."""
    expires, signature = parameters.expires or "", parameters.signature or ""
    seconds = parse_number(expires, _MAX_EPOCH_SECONDS)
    if seconds is None or not hmac.compare_digest(
        signature.encode(errors="replace"), _compute_signature(call, job.id, expires).encode()
    ):
        raise Refusal("AccessDenied", hint="The link was altered: its signature does not fit.")
    if call.now >= seconds:
        raise Refusal("AccessDenied", hint="The link was good for an hour; GetDocTranslateTask gives a new one.")


def _compute_signature(call: Call | Attempt, task_id: str, expires: str) -> str:
    secret = call.sandbox.credentials["alibaba"]["access_key_secret"]
    return hmac.digest(secret.encode(), f"{task_id}\n{expires}".encode(), "sha256").hex()
