"""Buckets: created, looked up, and the service's own one protected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.huawei.access.storage_auth import get_results_bucket
from fauxlate.providers.huawei.storage.headers import build_headers, read_subresources

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.huawei.models import storage as models

BUCKETS = "huawei.bucket"
"""The kind of record under which the store keeps the owner of each bucket."""


async def create_bucket(call: Call, parameters: models.CreateBucket) -> Reply:
    """Create a bucket; one that exists stays as it is."""
    read_subresources(call)
    check_writable(call, parameters.bucket)
    await put_bucket(call, parameters.bucket)
    return Reply(200, b"", build_headers(call) | {"Location": f"/{parameters.bucket}"}, "application/xml")


async def head_bucket(call: Call, parameters: models.HeadBucket) -> Reply:
    """Answer 200 for a bucket that exists. Raises `Refusal` for any other."""
    if parameters.bucket != get_results_bucket(call):
        await check_exists(call, parameters.bucket)
    return Reply(200, b"", build_headers(call), "application/xml")


async def put_bucket(call: Call, bucket: str) -> None:
    """Put a bucket into the store; the caller is its owner."""
    await call.sandbox.store.put(BUCKETS, bucket, Record(call.owner))


async def check_exists(call: Call, bucket: str) -> None:
    """Refuse a bucket that does not exist."""
    if await call.sandbox.store.get(BUCKETS, bucket) is None:
        hint = f"There is no bucket `{bucket[:63]}`; it comes to be by creating it, or by putting an object into it."
        raise Refusal("NoSuchBucket", hint=hint)


def check_writable(call: Call, bucket: str) -> None:
    """Refuse to write into the bucket of results."""
    if bucket == get_results_bucket(call):
        raise Refusal("AccessDenied#not_owner", hint="This bucket is the service's; its objects are results of jobs.")
