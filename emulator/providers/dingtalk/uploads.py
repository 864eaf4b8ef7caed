"""Single-step upload: one file in a multipart body, remembered under a media id."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from emulator.engine.errors import Refusal
from emulator.engine.provider import Trouble
from emulator.engine.store import Record

if TYPE_CHECKING:
    from emulator.engine.call import Call
    from emulator.providers.dingtalk.models import uploads as models

LARGEST = 8 * 1024 * 1024
"""Bytes of a file uploaded in a single step."""
_MEDIA = "dingtalk.media"
_MOST_PARTS = 16
_KEPT = 64 * 1024 * 1024  # in memory; the body as a whole has been limited before


@dataclass(frozen=True, slots=True)
class Media:
    """An uploaded file; `owner` is the corp whose token uploaded it."""

    name: str
    data: bytes
    owner: str


async def upload_single(call: Call, _asked: models.UploadSingle) -> models.UploadSingleResponse:
    """Remember a file and return its media id."""
    name, data = _file(call)
    if not data:
        raise Refusal("44001", hint="The file is empty.")
    if len(data) > LARGEST:
        raise Refusal("45001", hint=f"The file has {len(data)} bytes; {LARGEST} are the most in a single step.")
    media_id = "#iAEH" + call.sandbox.chance.text("dingtalk.media_id", 60)
    await call.sandbox.store.put(_MEDIA, media_id, Record(Media(name, data, call.owner)))
    return {"errcode": 0, "errmsg": "ok", "media_id": media_id}


async def find(call: Call, media_id: str) -> Media | None:
    """Return the file under `media_id` if this caller's corp uploaded it."""
    record = await call.sandbox.store.get(_MEDIA, media_id)
    media: Media | None = record.value if record is not None else None
    return media if media is not None and media.owner == call.owner else None


def _file(call: Call) -> tuple[str, bytes]:
    """Return name and bytes of the first file part; `file` by the page, though clients send `media` too."""
    import multipart  # only an upload needs it

    boundary = multipart.parse_options_header(call.request.headers.get("content-type", ""))[1].get("boundary")
    if not boundary:
        raise call.refuse(Trouble.MEDIA_TYPE, "The multipart body has no boundary.")
    body = BytesIO(call.request.body)
    try:
        parts = multipart.MultipartParser(body, boundary, part_limit=_MOST_PARTS, spool_limit=_KEPT, memory_limit=_KEPT)
        for part in parts:
            if part.filename or part.name in ("file", "media"):
                return part.filename or "", part.raw
    except multipart.ParserLimitReached as fault:
        raise call.refuse(Trouble.TOO_LARGE, f"The multipart body is over a limit: {fault}.") from None
    except multipart.MultipartError as fault:
        raise call.refuse(Trouble.MALFORMED, f"The multipart body cannot be read: {fault}.") from None
    raise Refusal("41005", hint="No part of the multipart body is a file.")
