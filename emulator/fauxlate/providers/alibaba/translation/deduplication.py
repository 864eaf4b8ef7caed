"""Deduplication of jobs by a token of the client, CustomTaskId or ClientToken."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from fauxlate.engine.sandboxes.store import Record

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

DEDUPE_SECONDS = 180
"""The same CustomTaskId or ClientToken within 3 minutes is processed once."""
_DEDUPE_RECORDS = "alibaba.dedupe"


async def start_once(call: Call, token: str | None, start: Callable[[], Awaitable[str]]) -> str:
    """Return the id of the job that `start` starts, or of the one that `token` started in the last three minutes.

    `start` returns the new id; without a token it is always called. What the second call is answered is not documented;
    the first id is assumed.
    """
    if not token:
        return await start()
    assert call.operation is not None
    key = f"{call.operation.name}/{call.alias(call.owner)}/{token}"
    record = await call.sandbox.store.get(_DEDUPE_RECORDS, key)
    if record is not None and record.is_valid(call.now):
        return str(record.value)
    job_id = await start()
    await call.sandbox.store.put(_DEDUPE_RECORDS, key, Record(job_id, call.now + DEDUPE_SECONDS))
    return job_id
