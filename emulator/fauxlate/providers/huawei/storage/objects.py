"""Objects: put, got, looked at and deleted."""

from __future__ import annotations

import hashlib
import re
from email.utils import formatdate
from typing import TYPE_CHECKING
from urllib.parse import unquote

from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.huawei.access.storage_auth import get_results_bucket
from fauxlate.providers.huawei.storage import buckets, headers, results
from fauxlate.providers.huawei.storage.results import StoredObject

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.huawei.models import storage as models

OBJECTS = "huawei.object"
"""The kind of record under which the store keeps each object, by `bucket/key`."""
_RANGE = re.compile(r"bytes=([0-9]{0,19})-([0-9]{0,19})")


async def put_object(call: Call, parameters: models.PutObject) -> Reply:
    """Put an object, in place of one under the same key. A bucket that does not exist is created with it."""
    headers.read_subresources(call)
    buckets.check_writable(call, parameters.bucket)
    etag = f'"{headers.compute_digest(call).hex()}"'
    stored = StoredObject(
        call.request.body,
        headers.read_media_type(call),
        call.now,
        is_public=headers.is_public(call),
        etag=etag,
        headers=headers.read_stored_headers(call),
    )
    await store_object(call, parameters.bucket, parameters.key, stored)
    return Reply(200, b"", headers.build_headers(call) | {"ETag": etag}, "application/xml")


async def get_object(call: Call, parameters: models.GetObject) -> Reply:
    """Return an object, or a range of it. HEAD is answered by the same; the web layer leaves out the body."""
    subresources = headers.read_subresources(call)
    stored = await find_object(call, parameters.bucket, parameters.key)
    etag = stored.etag or f'"{hashlib.md5(stored.data, usedforsecurity=False).hexdigest()}"'
    reply_headers = headers.build_headers(call) | {
        "Accept-Ranges": "bytes",
        "ETag": etag,
        "Last-Modified": formatdate(stored.last_modified, usegmt=True),
    }
    request_headers = call.request.headers
    etags = (etag, etag.strip('"'), "*")
    # esdk-obs-python 3.26.6 percent-encodes the quotes of an ETag in these headers.
    if unquote(request_headers.get("if-match", etag)) not in etags:
        raise Refusal("PreconditionFailed", hint=f"If-Match is not the ETag, which is {etag}.")
    if unquote(request_headers.get("if-none-match", "")) in etags:
        return Reply(304, b"", reply_headers, stored.media_type)
    overrides = headers.OVERRIDES
    reply_headers |= headers.write_stored_headers(call, stored.headers)
    reply_headers |= {overrides[name]: value for name, value in subresources.items() if name in overrides}
    media_type = reply_headers.pop("Content-Type", stored.media_type)
    part = _parse_range(request_headers.get("range", ""), len(stored.data))
    if part is None:
        return Reply(200, stored.data, reply_headers, media_type)
    reply_headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{len(stored.data)}"
    return Reply(206, stored.data[part.start : part.stop], reply_headers, media_type)


def _parse_range(header: str, size: int) -> range | None:
    """Return the bytes that a Range header selects; None for all, as for a header of another form (RFC 9110)."""
    match = _RANGE.fullmatch(header)
    if match is None or not (match[1] or match[2]):
        return None
    first = int(match[1]) if match[1] else max(0, size - int(match[2]))
    last = int(match[2]) if match[1] and match[2] else size - 1
    if first > last and match[2] and match[1]:
        return None
    if first >= size or (not match[1] and int(match[2]) == 0):
        raise Refusal("InvalidRange", hint=f"The object has {size} bytes; asked for was {header}.")
    return range(first, min(last, size - 1) + 1)


async def delete_object(call: Call, parameters: models.DeleteObject) -> Reply:
    """Delete an object; it is no error if there is none."""
    headers.read_subresources(call)
    buckets.check_writable(call, parameters.bucket)
    await buckets.check_exists(call, parameters.bucket)
    await call.sandbox.store.take(OBJECTS, f"{parameters.bucket}/{parameters.key}")
    return Reply(204, b"", headers.build_headers(call), "application/xml")


async def store_object(call: Call, bucket: str, key: str, stored: StoredObject) -> None:
    """Keep an object, in place of one under the same key, and its bucket."""
    await buckets.put_bucket(call, bucket)
    await call.sandbox.store.put(OBJECTS, f"{bucket}/{key}", Record(stored))


async def find_object(call: Call, bucket: str, key: str) -> StoredObject:
    """Return an object. Raises `Refusal` where the bucket or the object does not exist."""
    if bucket == get_results_bucket(call):
        result = await results.find_result(call, key)
        if result is None:
            hint = (
                "No result lies there now: it is kept 24 hours after the job has finished, under the key of its link."
            )
            raise Refusal("NoSuchKey", hint=hint)
        return result
    await buckets.check_exists(call, bucket)
    record = await call.sandbox.store.get(OBJECTS, f"{bucket}/{key}")
    if record is None:
        raise Refusal("NoSuchKey", hint=f"Nothing was put under `{key[:200]}` in `{bucket[:63]}`.")
    stored: StoredObject = record.value
    return stored
