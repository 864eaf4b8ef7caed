"""The uploaded files, by each id with which `medias` can name one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fauxlate.engine.sandboxes.store import Record

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

_MEDIA = "dingtalk.media"
"""The kind of record under which the store keeps the `Media` of each id."""


@dataclass(frozen=True, slots=True)
class Media:
    """An uploaded file; `owner` is the corp whose token uploaded it.

    `names`: those that the upload gave it, each of which `medias` may give it; none where the upload had no name.
    """

    names: tuple[str, ...]
    data: bytes
    owner: str


async def save(call: Call, media_id: str, media: Media) -> None:
    """Store a file by one of its ids: media id, upload key, dentry id or dentry uuid."""
    await call.sandbox.store.put(_MEDIA, media_id, Record(media))


async def find(call: Call, media_id: str) -> Media | None:
    """Return the file with this id, None where the caller's corp has uploaded none."""
    record = await call.sandbox.store.get(_MEDIA, media_id)
    media: Media | None = record.value if record is not None else None
    return media if media is not None and media.owner == call.owner else None
