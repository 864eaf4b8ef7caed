"""Uploads over the legacy host: in a single step, in chunks, and as a message's media file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import PurePath
from typing import TYPE_CHECKING

from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.problems import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.dingtalk.files.media import Media, keep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fauxlate.engine.service.call import Call
    from fauxlate.providers.dingtalk.models import uploads as models

MB = 1024 * 1024
LARGEST = 8 * MB
"""Bytes of a file uploaded in a single step, and of a chunk: 文件大小不得超过8M, 最大不超过8M."""
SMALLEST_CHUNK = 100 * 1024
"""Bytes of every chunk but the last: 分块最小需大于100KB."""
MOST_CHUNKS = 10_000
TRANSACTION_SECONDS = 24 * 3600
"""系统会删除超过 24 小时没有提交的分块文件上传事务"""
_TRANSACTIONS = "dingtalk.upload"
_MOST_PARTS = 16
_KEPT = 64 * MB  # in memory; the body as a whole has been limited before

TYPES: Mapping[str, tuple[int, frozenset[str]]] = {
    "image": (20 * MB, frozenset({"jpg", "gif", "png", "bmp"})),
    "voice": (2 * MB, frozenset({"amr", "mp3", "wav"})),
    "video": (20 * MB, frozenset({"mp4"})),
    "file": (20 * MB, frozenset({"doc", "docx", "xls", "xlsx", "ppt", "pptx", "zip", "pdf", "rar"})),
}
"""By type of a media file: the most bytes, and the extensions (upload-media-files). No csv, and no txt."""


@dataclass(frozen=True, slots=True)
class _Transaction:
    """A file on its way in chunks; `name` is the one that its first chunk's part had."""

    size: int
    chunks: int
    owner: str
    name: str = ""
    done: tuple[tuple[int, bytes], ...] = ()


async def upload_single(call: Call, asked: models.UploadSingle) -> models.UploadResponse:
    """Remember a file and return its media id."""
    name, data, _ = _parts(call)
    _check_size(data, LARGEST)
    if asked.file_size is not None and asked.file_size != str(len(data)):
        hint = f"file_size is {asked.file_size!r:.40}, and the file has {len(data)} bytes."
        raise Refusal("40006", hint=hint)
    return {"errcode": 0, "errmsg": "ok", "media_id": await _kept(call, name, data)}


async def _kept(call: Call, name: str, data: bytes) -> str:
    media_id = "#iAEH" + call.sandbox.chance.text("dingtalk.media_id", 60)
    await keep(call, media_id, Media((name,) if name else (), data, call.owner))
    return media_id


def _check_size(data: bytes, most: int) -> None:
    if not data:
        raise Refusal("44001", hint="The file is empty.")
    if len(data) > most:
        raise Refusal("45001", hint=f"The file has {len(data)} bytes; {most} are the most here.")


async def upload_transaction(call: Call, asked: models.UploadTransaction) -> models.UploadTransactionResponse:
    """Begin an upload in chunks; asked again with its upload_id, end it and return the media id."""
    size, chunks = int(asked.file_size), int(asked.chunk_numbers)
    if not 1 <= chunks <= MOST_CHUNKS:
        raise call.refuse(ProblemKind.INVALID, f"chunk_numbers is {chunks}; it is 1 to {MOST_CHUNKS}.", "chunk_numbers")
    if asked.upload_id is not None:
        return {"errcode": 0, "errmsg": "ok", "media_id": await _commit(call, asked.upload_id, size, chunks)}
    if not 1 <= size <= chunks * LARGEST or size <= (chunks - 1) * SMALLEST_CHUNK:
        detail = f"{size} bytes make no {chunks} chunks: each has over 100 KB (but for the last) and 8 MB at most."
        raise Refusal("40006", hint=detail)
    drawn = call.sandbox.chance
    upload_id = drawn.uuid("dingtalk.upload_id").replace("-", "").upper() + "_0#iAEA" + drawn.text("dingtalk.up", 54)
    transaction = _Transaction(size, chunks, call.owner)
    await call.sandbox.store.put(_TRANSACTIONS, upload_id, Record(transaction, call.now + TRANSACTION_SECONDS))
    return {"errcode": 0, "errmsg": "ok", "upload_id": upload_id}


async def upload_chunk(call: Call, asked: models.UploadChunk) -> models.UploadChunkResponse:
    """Take one chunk; sent again, it takes the place of the former."""
    transaction, expires = await _transaction(call, asked.upload_id)
    number = int(asked.chunk_sequence)
    name, data, _ = _parts(call)
    _check_size(data, LARGEST)
    if not 1 <= number <= transaction.chunks:
        detail = f"chunk_sequence is {number}; the transaction has {transaction.chunks} chunks, counted from 1."
        raise call.refuse(ProblemKind.INVALID, detail, "chunk_sequence")
    if number < transaction.chunks and len(data) <= SMALLEST_CHUNK:
        raise Refusal("40006", hint=f"Chunk {number} has {len(data)} bytes; only the last may have 100 KB or less.")
    others = tuple(chunk for chunk in transaction.done if chunk[0] != number)
    grown = replace(transaction, name=transaction.name or name, done=(*others, (number, data)))
    await call.sandbox.store.put(_TRANSACTIONS, asked.upload_id, Record(grown, expires))
    return {"errcode": 0, "errmsg": "ok"}


async def _transaction(call: Call, upload_id: str) -> tuple[_Transaction, float | None]:
    record = await call.sandbox.store.get(_TRANSACTIONS, upload_id)
    if record is None or not record.is_valid(call.now) or record.value.owner != call.owner:
        detail = f"upload_id {upload_id!r:.60} was not given to this corp, was submitted, or is over 24 hours old."
        raise call.refuse(ProblemKind.INVALID, detail, "upload_id")
    return record.value, record.expires


async def _commit(call: Call, upload_id: str, size: int, chunks: int) -> str:
    transaction, _ = await _transaction(call, upload_id)
    came = dict(sorted(transaction.done))
    missing = [str(number) for number in range(1, transaction.chunks + 1) if number not in came]
    if missing:
        raise Refusal("41005", hint=f"Chunks {', '.join(missing[:10])} of {transaction.chunks} have not been uploaded.")
    data = b"".join(came.values())
    if (size, chunks) != (transaction.size, transaction.chunks) or size != len(data):
        hint = (
            f"file_size {size} and chunk_numbers {chunks} were {transaction.size} and {transaction.chunks} in the "
            f"beginning, and {len(data)} bytes have come."
        )
        raise Refusal("40006", hint=hint)
    await call.sandbox.store.take(_TRANSACTIONS, upload_id)
    return await _kept(call, transaction.name, data)


async def media_upload(call: Call, asked: models.MediaUpload) -> models.MediaUploadResponse:
    """Remember a media file of one of four types."""
    name, data, fields = _parts(call)
    kind = asked.type or fields.get("type", "")
    if kind not in TYPES:
        raise Refusal("40004", hint=f"type is {kind!r:.40}; it is one of {', '.join(TYPES)}.")
    most, extensions = TYPES[kind]
    if PurePath(name).suffix.lower()[1:] not in extensions:
        known = ", ".join(sorted(extensions))
        raise Refusal("40005", hint=f"The file is called {name!r:.80}; type {kind} takes {known}.")
    _check_size(data, most)
    media_id = "$iAEK" + call.sandbox.chance.text("dingtalk.media_id", 60)
    await keep(call, media_id, Media((name,), data, call.owner))
    return {"errcode": 0, "errmsg": "ok", "media_id": media_id, "created_at": int(call.now * 1000), "type": kind}


def _parts(call: Call) -> tuple[str, bytes, dict[str, str]]:
    """Return name and bytes of the first file part (`file` by the page, though clients send `media` too) and the fields."""
    import multipart  # only an upload needs it

    boundary = multipart.parse_options_header(call.request.headers.get("content-type", ""))[1].get("boundary")
    if not boundary:
        raise call.refuse(ProblemKind.MEDIA_TYPE, "The multipart body has no boundary.")
    body = BytesIO(call.request.body)
    file: tuple[str, bytes] | None = None
    fields: dict[str, str] = {}
    try:
        parts = multipart.MultipartParser(body, boundary, part_limit=_MOST_PARTS, spool_limit=_KEPT, memory_limit=_KEPT)
        for part in parts:
            if part.filename or part.name in ("file", "media"):
                file = file or (part.filename or "", part.raw)
            else:
                fields[part.name] = part.raw.decode(errors="replace")
    except multipart.ParserLimitReached as fault:
        raise call.refuse(ProblemKind.TOO_LARGE, f"The multipart body is over a limit: {fault}.") from None
    except multipart.MultipartError as fault:
        raise call.refuse(ProblemKind.MALFORMED, f"The multipart body cannot be read: {fault}.") from None
    if file is None:
        raise Refusal("41005", hint="No part of the multipart body is a file.")
    return (*file, fields)
