"""Objects put in parts, as the storage SDK's `uploadFile` does: begun, its parts put in any order, joined or given up."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from fauxlate.content.office import markup
from fauxlate.content.unreadable import Unreadable
from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.huawei.access import storage_signing
from fauxlate.providers.huawei.results import StoredObject
from fauxlate.providers.huawei.storage import objects

if TYPE_CHECKING:
    from fauxlate.engine.exchange.request import Request
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.huawei import models

_UPLOADS = "huawei.upload"
_PARTS = "huawei.part"
MOST_PARTS = 10_000
SMALLEST = 100 * 1024
"""Bytes of each part but the last. Source: obs_04_0102."""
LARGEST = 256 * 1024 * 1024
"""Bytes of all parts together; the service takes 48.8 TB."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that was begun: for which object, of which type, and whether everybody may read it."""

    bucket: str
    key: str
    media_type: str
    public: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part that was put."""

    etag: str
    data: bytes


def named(*names: str) -> Callable[[Request], bool]:
    """Return whether a request carries a storage signature and these parameters."""

    def holds(request: Request) -> bool:
        query = request.raw_query
        return (
            bool(query)
            and all(name in query for name in names)
            and storage_signing.carried(request)
            and set(names) <= storage_signing.subresources(request).keys()
        )

    return holds


async def initiate(call: Call, asked: models.InitiateMultipartUpload) -> Reply:
    """Begin an upload, and give its id. What the object is to be is said now."""
    objects.not_the_services(call, asked.bucket)
    upload_id = call.sandbox.chance.draw("huawei.upload").hex().upper()
    upload = Upload(asked.bucket, asked.key, objects.media_type(call), objects.for_all(call))
    await call.sandbox.store.put(_UPLOADS, upload_id, Record(upload))
    return _xml(
        call, "InitiateMultipartUploadResult", {"Bucket": asked.bucket, "Key": asked.key, "UploadId": upload_id}
    )


async def put_part(call: Call, asked: models.UploadPart) -> Reply:
    """Keep a part, over the one of the same number."""
    await _upload(call, asked.bucket, asked.key, asked.upload_id)
    number = asked.part_number
    if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= MOST_PARTS:
        raise Refusal("InvalidArgument", hint=f"partNumber is {number[:20]!r}; it lies between 1 and {MOST_PARTS}.")
    etag = f'"{objects.digest(call).hex()}"'
    await call.sandbox.store.put(_PARTS, f"{asked.upload_id}/{int(number)}", Record(Part(etag, call.request.body)))
    return Reply(200, b"", objects.headers(call) | {"ETag": etag}, "application/xml")


async def complete(call: Call, asked: models.CompleteMultipartUpload) -> Reply:
    """Join the parts that the body lists into the object, and forget the upload."""
    upload = await _upload(call, asked.bucket, asked.key, asked.upload_id)
    listed = _listed(call.request.body)
    if [number for number, _ in listed] != sorted({number for number, _ in listed}):
        raise Refusal("InvalidPartOrder", hint="The parts are listed by ascending number, each once.")
    parts = [await _part(call, asked.upload_id, number, etag) for number, etag in listed]
    for (number, _), part in zip(listed[:-1], parts, strict=False):
        if len(part.data) < SMALLEST:
            raise Refusal(
                "EntityTooSmall", hint=f"Part {number} has {len(part.data)} bytes; all but the last have {SMALLEST}."
            )
    data = b"".join(part.data for part in parts)
    if len(data) > LARGEST:
        raise Refusal(
            "EntityTooLarge", hint=f"All parts together have {len(data)} bytes; here they have {LARGEST} at most."
        )
    joined = b"".join(bytes.fromhex(part.etag.strip('"')) for part in parts)
    etag = f'"{hashlib.md5(joined, usedforsecurity=False).hexdigest()}-{len(parts)}"'
    await objects.keep(
        call, asked.bucket, asked.key, StoredObject(data, upload.media_type, call.now, upload.public, etag)
    )
    await _forget(call, asked.upload_id)
    at = f"{call.base_url}/{asked.bucket}/{quote(asked.key)}"
    told = {"Location": at, "Bucket": asked.bucket, "Key": asked.key, "ETag": etag}
    return _xml(call, "CompleteMultipartUploadResult", told)


async def abort(call: Call, asked: models.AbortMultipartUpload) -> Reply:
    """Give an upload up, and forget its parts."""
    await _upload(call, asked.bucket, asked.key, asked.upload_id)
    await _forget(call, asked.upload_id)
    return Reply(204, b"", objects.headers(call), "application/xml")


async def _upload(call: Call, bucket: str, key: str, upload_id: str) -> Upload:
    record = await call.sandbox.store.get(_UPLOADS, upload_id)
    if record is None or (record.value.bucket, record.value.key) != (bucket, key):
        hint = f"Upload `{upload_id[:64]}` of this object was not begun here, or has been completed or aborted."
        raise Refusal("NoSuchUpload", hint=hint)
    upload: Upload = record.value
    return upload


async def _part(call: Call, upload_id: str, number: int, etag: str) -> Part:
    record = await call.sandbox.store.get(_PARTS, f"{upload_id}/{number}")
    if record is None or record.value.etag.strip('"') != etag:
        why = "was not put" if record is None else f"has the ETag {record.value.etag}, not {etag[:40]}"
        raise Refusal("InvalidPart", hint=f"Part {number} {why}.")
    part: Part = record.value
    return part


async def _forget(call: Call, upload_id: str) -> None:
    store = call.sandbox.store
    await store.take(_UPLOADS, upload_id)
    for number in range(1, MOST_PARTS + 1):
        if await store.take(_PARTS, f"{upload_id}/{number}") is None and number > 1:
            break  # SDKs number without gaps; what lies behind one stays until the sandbox is reset


def _listed(body: bytes) -> list[tuple[int, str]]:
    """Return number and ETag, without its quotes, of each part that the body lists."""
    found: list[dict[str, str]] = []
    within: list[str] = []

    def start(name: str, _attributes: object, _at: int) -> None:
        within.append(name.rpartition(markup.SEPARATOR)[2])
        if within[1:] == ["Part"]:
            found.append({"PartNumber": "", "ETag": ""})

    def text(characters: str) -> None:
        if within[1:-1] == ["Part"] and within[-1] in found[-1]:
            found[-1][within[-1]] += characters

    def end(_name: str, _at: int) -> None:
        within.pop()

    try:
        markup.read(body, start=start, end=end, text=text)
        listed = [(int(part["PartNumber"]), unquote(part["ETag"].strip()).strip('"')) for part in found]
    except (Unreadable, ValueError) as fault:
        raise Refusal("MalformedXML", hint=f"The list of parts cannot be read: {fault}.") from None
    if not listed:
        raise Refusal("MalformedXML", hint="The body lists no part: <CompleteMultipartUpload><Part>… is wanted.")
    return listed


def _xml(call: Call, name: str, values: dict[str, str]) -> Reply:
    in_url = call.request.query.get("encoding-type") == "url"
    if in_url:
        values = {"EncodingType": "url", **values, "Key": quote(values["Key"], safe="")}
    inside = "".join(f"<{part}>{escape(value)}</{part}>" for part, value in values.items())
    text = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<{name}>{inside}</{name}>'
    return Reply(200, text.encode("utf-8", "replace"), objects.headers(call), "application/xml")
