"""Uploaded files, under every id by which `medias` may name one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fauxlate.engine.sandboxes.store import Record

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

_MEDIA = "dingtalk.media"


@dataclass(frozen=True, slots=True)
class Media:
    """An uploaded file; `owner` is the corp whose token uploaded it.

    `names`: what it was called on its way, by any of which it may be called again; none where nobody has named it.
    """

    names: tuple[str, ...]
    data: bytes
    owner: str


async def keep(call: Call, media_id: str, media: Media) -> None:
    """Remember a file under one of its ids: media id, upload key, dentry id or dentry uuid."""
    await call.sandbox.store.put(_MEDIA, media_id, Record(media))


async def find(call: Call, media_id: str) -> Media | None:
    """Return the file under `media_id` if this caller's corp uploaded it."""
    record = await call.sandbox.store.get(_MEDIA, media_id)
    media: Media | None = record.value if record is not None else None
    return media if media is not None and media.owner == call.owner else None
