"""Multipart uploads, as by `uploadFile` of the storage SDK: initiated, parts put in any order, completed or aborted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from fauxlate.content.errors import ContentError
from fauxlate.content.office import markup
from fauxlate.engine.exchange.reading import parse_number
from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.exchange.xml import Element, elements, encode_xml
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.huawei.access import storage_signing
from fauxlate.providers.huawei.storage import buckets, headers, objects
from fauxlate.providers.huawei.storage.results import StoredObject

if TYPE_CHECKING:
    from fauxlate.engine.exchange.request import Request
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.huawei.models import storage as models

MAX_PARTS = 10_000
MIN_PART_SIZE = 100 * 1024
"""Bytes of each part but the last. Source: obs_04_0102."""
MAX_LIST_SIZE = 4 * 1024 * 1024
"""Bytes of the list of parts that completes an upload: far more than any client writes for all of them."""
MAX_LIST_DEPTH = 16
MAX_OBJECT_SIZE = 256 * 1024 * 1024
"""Bytes of all parts together; the service takes 48.8 TB."""
_UPLOADS = "huawei.upload"
_PARTS = "huawei.part"


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload in progress: its object, the media type, whether everybody may read it, and what comes back with it."""

    bucket: str
    key: str
    media_type: str
    is_public: bool
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A part; `etag` has its quotes."""

    etag: str
    data: bytes


def has_parameters(*names: str) -> Callable[[Request], bool]:
    """Return a predicate: whether a request has a storage signature and these parameters in its query."""

    def matches(request: Request) -> bool:
        query = request.raw_query
        return (
            bool(query)
            and all(name in query for name in names)
            and storage_signing.has_storage_signature(request)
            and set(names) <= storage_signing.find_subresources(request).keys()
        )

    return matches


async def initiate(call: Call, parameters: models.InitiateMultipartUpload) -> Reply:
    """Initiate an upload, and return its id. The media type and the access of the object come with this call."""
    buckets.check_writable(call, parameters.bucket)
    upload_id = call.sandbox.secrets.draw("huawei.upload").hex().upper()
    upload = Upload(
        parameters.bucket,
        parameters.key,
        headers.read_media_type(call),
        headers.is_public(call),
        headers.read_stored_headers(call),
    )
    await call.sandbox.store.put(_UPLOADS, upload_id, Record(upload))
    return _encode_xml(
        call,
        "InitiateMultipartUploadResult",
        {"Bucket": parameters.bucket, "Key": parameters.key, "UploadId": upload_id},
    )


async def upload_part(call: Call, parameters: models.UploadPart) -> Reply:
    """Keep a part, in place of one with the same number."""
    await _find_upload(call, parameters.bucket, parameters.key, parameters.upload_id)
    number = parse_number(parameters.part_number, MAX_PARTS)
    if not number:
        hint = f"partNumber is {parameters.part_number[:20]!r}; it lies between 1 and {MAX_PARTS}."
        raise Refusal("InvalidArgument", hint=hint)
    etag = f'"{headers.compute_digest(call).hex()}"'
    await call.sandbox.store.put(_PARTS, f"{parameters.upload_id}/{number}", Record(Part(etag, call.request.body)))
    return Reply(200, b"", headers.build_headers(call) | {"ETag": etag}, "application/xml")


async def complete(call: Call, parameters: models.CompleteMultipartUpload) -> Reply:
    """Join the parts that the body lists into the object, and delete the upload."""
    upload = await _find_upload(call, parameters.bucket, parameters.key, parameters.upload_id)
    part_list = _parse_part_list(call.request.body)
    if [number for number, _ in part_list] != sorted({number for number, _ in part_list}):
        raise Refusal("InvalidPartOrder", hint="The parts are listed by ascending number, each once.")
    parts = [await _find_part(call, parameters.upload_id, number, etag) for number, etag in part_list]
    for (number, _), part in zip(part_list[:-1], parts, strict=False):
        if len(part.data) < MIN_PART_SIZE:
            raise Refusal(
                "EntityTooSmall",
                hint=f"Part {number} has {len(part.data)} bytes; all but the last have {MIN_PART_SIZE}.",
            )
    data = b"".join(part.data for part in parts)
    if len(data) > MAX_OBJECT_SIZE:
        raise Refusal(
            "EntityTooLarge",
            hint=f"All parts together have {len(data)} bytes; here they have {MAX_OBJECT_SIZE} at most.",
        )
    digests = b"".join(bytes.fromhex(part.etag.strip('"')) for part in parts)
    etag = f'"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"'
    await objects.store_object(
        call,
        parameters.bucket,
        parameters.key,
        StoredObject(data, upload.media_type, call.now, upload.is_public, etag, upload.headers),
    )
    await _delete_upload(call, parameters.upload_id)
    url = f"{call.base_url}/{parameters.bucket}/{quote(parameters.key)}"
    values = {"Location": url, "Bucket": parameters.bucket, "Key": parameters.key, "ETag": etag}
    return _encode_xml(call, "CompleteMultipartUploadResult", values)


async def abort(call: Call, parameters: models.AbortMultipartUpload) -> Reply:
    """Abort an upload, and delete its parts."""
    await _find_upload(call, parameters.bucket, parameters.key, parameters.upload_id)
    await _delete_upload(call, parameters.upload_id)
    return Reply(204, b"", headers.build_headers(call), "application/xml")


async def _find_upload(call: Call, bucket: str, key: str, upload_id: str) -> Upload:
    record = await call.sandbox.store.get(_UPLOADS, upload_id)
    if record is None or (record.value.bucket, record.value.key) != (bucket, key):
        hint = f"Upload `{upload_id[:64]}` of this object was not begun here, or has been completed or aborted."
        raise Refusal("NoSuchUpload", hint=hint)
    upload: Upload = record.value
    return upload


async def _find_part(call: Call, upload_id: str, number: int, etag: str) -> Part:
    record = await call.sandbox.store.get(_PARTS, f"{upload_id}/{number}")
    if record is None or record.value.etag.strip('"') != etag:
        reason = "was not put" if record is None else f"has the ETag {record.value.etag}, not {etag[:40]}"
        raise Refusal("InvalidPart", hint=f"Part {number} {reason}.")
    part: Part = record.value
    return part


async def _delete_upload(call: Call, upload_id: str) -> None:
    store = call.sandbox.store
    await store.take(_UPLOADS, upload_id)
    for number in range(1, MAX_PARTS + 1):
        if await store.take(_PARTS, f"{upload_id}/{number}") is None and number > 1:
            break  # SDKs number without gaps; what lies behind one stays until the sandbox is reset


def _parse_part_list(body: bytes) -> list[tuple[int, str]]:
    """Return number and ETag, without its quotes, of each part in the body. Raises `Refusal` for another body."""
    if len(body) > MAX_LIST_SIZE:
        hint = f"The list of parts has {len(body)} bytes; one of {MAX_PARTS} parts has {MAX_LIST_SIZE} at most."
        raise Refusal("MalformedXML", hint=hint)
    reader = _PartListReader()
    try:
        markup.parse(body, start=reader.start, end=reader.end, text=reader.text)
    except ContentError as fault:
        raise Refusal("MalformedXML", hint=f"The list of parts cannot be read: {fault}.") from None
    if not reader.parts:
        raise Refusal("MalformedXML", hint="The body lists no part: <CompleteMultipartUpload><Part>… is wanted.")
    return reader.parts


class _PartListReader:
    """The handlers of one parse: `parts` are number and ETag of each part so far. They raise `ContentError`."""

    def __init__(self) -> None:
        self.parts: list[tuple[int, str]] = []
        self._path: list[str] = []
        self._texts: dict[str, list[str]] = {}

    def start(self, name: str, _attributes: object, _position: int) -> None:
        """Enter an element."""
        self._path.append(name.rpartition(markup.SEPARATOR)[2])
        if len(self._path) > MAX_LIST_DEPTH:
            raise ContentError("unreadable", f"elements are more than {MAX_LIST_DEPTH} deep in each other")
        if self._path[1:] == ["Part"]:
            self._texts = {"PartNumber": [], "ETag": []}

    def text(self, characters: str) -> None:
        """Keep text of the two elements that count."""
        if self._path[1:-1] == ["Part"] and self._path[-1] in self._texts:
            self._texts[self._path[-1]].append(characters)

    def end(self, _name: str, _position: int) -> None:
        """Leave an element."""
        if self._path[1:] == ["Part"]:
            self.parts.append(_parse_part("".join(self._texts["PartNumber"]), "".join(self._texts["ETag"])))
        self._path.pop()


def _parse_part(number: str, etag: str) -> tuple[int, str]:
    """Return number and ETag of a part in the list. Raises `ContentError`."""
    value = parse_number(number.strip(), MAX_PARTS)
    if value is None:
        raise ContentError("unreadable", f"PartNumber is {number[:20]!r}; it lies between 1 and {MAX_PARTS}")
    return value, unquote(etag.strip()).strip('"')


def _encode_xml(call: Call, name: str, values: dict[str, str]) -> Reply:
    """Return an answer in XML; the key in it is percent-encoded where the request has `encoding-type=url`."""
    if call.request.query.get("encoding-type") == "url":
        values = {"EncodingType": "url", **values, "Key": quote(values["Key"], safe="")}
    body = encode_xml(Element(name, elements(values.items())), standalone=True)
    return Reply(200, body, headers.build_headers(call), "application/xml")
