"""Uploads over the legacy host: in a single step, in chunks, and as a message's media file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import PurePath
from typing import TYPE_CHECKING

from fauxlate.engine.exchange.reading import is_text, parse_text
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.problems import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.dingtalk.access.auth import authenticate_legacy
from fauxlate.providers.dingtalk.files import media
from fauxlate.providers.dingtalk.files.media import Media
from fauxlate.providers.dingtalk.models import uploads as models

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fauxlate.engine.service.call import Call

MB = 1024 * 1024
MAX_FILE_SIZE = 8 * MB
"""Bytes of a file uploaded in a single step, and of a chunk: 文件大小不得超过8M, 最大不超过8M."""
MIN_CHUNK_SIZE = 100 * 1024
"""Bytes that every chunk but the last has to exceed: 分块最小需大于100KB."""
MAX_CHUNKS = 10_000
TRANSACTION_SECONDS = 24 * 3600
"""系统会删除超过 24 小时没有提交的分块文件上传事务"""
MEDIA_TYPES: Mapping[str, tuple[int, frozenset[str]]] = {
    "image": (20 * MB, frozenset({"jpg", "gif", "png", "bmp"})),
    "voice": (2 * MB, frozenset({"amr", "mp3", "wav"})),
    "video": (20 * MB, frozenset({"mp4"})),
    "file": (20 * MB, frozenset({"doc", "docx", "xls", "xlsx", "ppt", "pptx", "zip", "pdf", "rar"})),
}
"""By `type` of a media file: the most bytes, and the extensions (upload-media-files). No csv, and no txt."""
_TRANSACTIONS = "dingtalk.upload"
"""The kind of record under which the store keeps the `_Transaction` of each upload_id."""
_MAX_PARTS = 16
_MAX_MEMORY = 64 * MB
"""Bytes of a multipart body that its parser keeps in memory; the size of a body is limited before."""
_MULTIPART = ("multipart/form-data",)


@dataclass(frozen=True, slots=True)
class _Transaction:
    """An upload in chunks: its size in bytes, the number of its chunks, and those that have come, each with its number.

    `name` is the first that a chunk's part had.
    """

    size: int
    chunk_count: int
    owner: str
    name: str = ""
    chunks: tuple[tuple[int, bytes], ...] = ()


async def upload_single(call: Call, parameters: models.UploadSingle) -> models.UploadResponse:
    """Store a file and return its media id."""
    name, data, _ = _parse_body(call)
    _check_size(data, MAX_FILE_SIZE)
    if parameters.file_size is not None and parameters.file_size != str(len(data)):
        hint = f"file_size is {parameters.file_size!r:.40}, and the file has {len(data)} bytes."
        raise Refusal("40006", hint=hint)
    return {"errcode": 0, "errmsg": "ok", "media_id": await _save_file(call, name, data)}


async def _save_file(call: Call, name: str, data: bytes) -> str:
    """Store a file and return its new media id."""
    media_id = "#iAEH" + call.sandbox.secrets.text("dingtalk.media_id", 60)
    await media.save(call, media_id, Media((name,) if name else (), data, call.owner))
    return media_id


def _check_size(data: bytes, max_size: int) -> None:
    if not data:
        raise Refusal("44001", hint="The file is empty.")
    if len(data) > max_size:
        raise Refusal("45001", hint=f"The file has {len(data)} bytes; {max_size} are the most here.")


async def upload_transaction(call: Call, parameters: models.UploadTransaction) -> models.UploadTransactionResponse:
    """Start an upload in chunks and return its upload_id; with an upload_id, submit that upload and return the media id."""
    size, chunk_count = int(parameters.file_size), int(parameters.chunk_numbers)
    if not 1 <= chunk_count <= MAX_CHUNKS:
        detail = f"chunk_numbers is {chunk_count}; it is 1 to {MAX_CHUNKS}."
        raise call.refuse(ProblemKind.INVALID, detail, "chunk_numbers")
    if parameters.upload_id is not None:
        media_id = await _submit_transaction(call, parameters.upload_id, size, chunk_count)
        return {"errcode": 0, "errmsg": "ok", "media_id": media_id}
    if not 1 <= size <= chunk_count * MAX_FILE_SIZE or size <= (chunk_count - 1) * MIN_CHUNK_SIZE:
        hint = f"{size} bytes make no {chunk_count} chunks: each has over 100 KB (but for the last) and 8 MB at most."
        raise Refusal("40006", hint=hint)
    secrets = call.sandbox.secrets
    upload_id = (
        secrets.uuid("dingtalk.upload_id").replace("-", "").upper() + "_0#iAEA" + secrets.text("dingtalk.up", 54)
    )
    transaction = _Transaction(size, chunk_count, call.owner)
    await call.sandbox.store.put(_TRANSACTIONS, upload_id, Record(transaction, call.now + TRANSACTION_SECONDS))
    return {"errcode": 0, "errmsg": "ok", "upload_id": upload_id}


async def upload_chunk(call: Call, parameters: models.UploadChunk) -> models.UploadChunkResponse:
    """Store one chunk; it replaces an earlier one of its number."""
    transaction, expires = await _find_transaction(call, parameters.upload_id)
    number = int(parameters.chunk_sequence)
    name, data, _ = _parse_body(call)
    _check_size(data, MAX_FILE_SIZE)
    if not 1 <= number <= transaction.chunk_count:
        detail = f"chunk_sequence is {number}; the transaction has {transaction.chunk_count} chunks, counted from 1."
        raise call.refuse(ProblemKind.INVALID, detail, "chunk_sequence")
    if number < transaction.chunk_count and len(data) <= MIN_CHUNK_SIZE:
        raise Refusal("40006", hint=f"Chunk {number} has {len(data)} bytes; only the last may have 100 KB or less.")
    others = tuple(chunk for chunk in transaction.chunks if chunk[0] != number)
    transaction = replace(transaction, name=transaction.name or name, chunks=(*others, (number, data)))
    await call.sandbox.store.put(_TRANSACTIONS, parameters.upload_id, Record(transaction, expires))
    return {"errcode": 0, "errmsg": "ok"}


async def _find_transaction(call: Call, upload_id: str) -> tuple[_Transaction, float | None]:
    """Return an upload in chunks, and when it expires. Raises `Refusal` where there is none."""
    record = await call.sandbox.store.get(_TRANSACTIONS, upload_id)
    if record is None or not record.is_valid(call.now) or record.value.owner != call.owner:
        detail = f"upload_id {upload_id!r:.60} was not given to this corp, was submitted, or is over 24 hours old."
        raise call.refuse(ProblemKind.INVALID, detail, "upload_id")
    return record.value, record.expires


async def _submit_transaction(call: Call, upload_id: str, size: int, chunk_count: int) -> str:
    """Store the file that the chunks make, and return its media id."""
    transaction, _ = await _find_transaction(call, upload_id)
    chunks = dict(sorted(transaction.chunks))
    missing = [str(number) for number in range(1, transaction.chunk_count + 1) if number not in chunks]
    if missing:
        hint = f"Chunks {', '.join(missing[:10])} of {transaction.chunk_count} have not been uploaded."
        raise Refusal("41005", hint=hint)
    data = b"".join(chunks.values())
    if (size, chunk_count) != (transaction.size, transaction.chunk_count) or size != len(data):
        hint = (
            f"file_size {size} and chunk_numbers {chunk_count} were {transaction.size} and {transaction.chunk_count} "
            f"in the beginning, and {len(data)} bytes have come."
        )
        raise Refusal("40006", hint=hint)
    await call.sandbox.store.take(_TRANSACTIONS, upload_id)
    return await _save_file(call, transaction.name, data)


async def media_upload(call: Call, parameters: models.MediaUpload) -> models.MediaUploadResponse:
    """Store a media file of one of four types."""
    name, data, fields = _parse_body(call)
    media_type = parameters.type or fields.get("type", "")
    if media_type not in MEDIA_TYPES:
        raise Refusal("40004", hint=f"type is {media_type!r:.40}; it is one of {', '.join(MEDIA_TYPES)}.")
    max_size, extensions = MEDIA_TYPES[media_type]
    if PurePath(name).suffix.lower()[1:] not in extensions:
        known = ", ".join(sorted(extensions))
        raise Refusal("40005", hint=f"The file is called {name!r:.80}; type {media_type} takes {known}.")
    _check_size(data, max_size)
    media_id = "$iAEK" + call.sandbox.secrets.text("dingtalk.media_id", 60)
    await media.save(call, media_id, Media((name,), data, call.owner))
    created_at = int(call.now * 1000)
    return {"errcode": 0, "errmsg": "ok", "media_id": media_id, "created_at": created_at, "type": media_type}


def _parse_body(call: Call) -> tuple[str, bytes, dict[str, str]]:
    """Return name and bytes of the first file part (`file` by the page, though clients send `media` too) and the fields."""
    import multipart  # only an upload needs it

    boundary = multipart.parse_options_header(call.request.headers.get("content-type", ""))[1].get("boundary")
    if not boundary:
        raise call.refuse(ProblemKind.MEDIA_TYPE, "The multipart body has no boundary.")
    body = BytesIO(call.request.body)
    file: tuple[str, bytes] | None = None
    fields: dict[str, str] = {}
    try:
        parts = multipart.MultipartParser(
            body, boundary, part_limit=_MAX_PARTS, spool_limit=_MAX_MEMORY, memory_limit=_MAX_MEMORY
        )
        for part in parts:
            if part.filename or part.name in ("file", "media"):
                file = file or (part.filename or "", part.raw)
            else:
                fields[part.name] = parse_text(part.raw)
    except multipart.ParserLimitReached as fault:
        raise call.refuse(ProblemKind.TOO_LARGE, f"The multipart body is over a limit: {fault}.") from None
    except multipart.MultipartError as fault:
        raise call.refuse(ProblemKind.MALFORMED, f"The multipart body cannot be read: {fault}.") from None
    except ValueError as fault:
        raise call.refuse(ProblemKind.MALFORMED, f"A field of the multipart body is no text: {fault}.") from None
    if file is None:
        raise Refusal("41005", hint="No part of the multipart body is a file.")
    if not is_text(file[0]):
        raise call.refuse(
            ProblemKind.MALFORMED, f"The name of the file holds NUL, or half a character: {file[0]!r:.80}."
        )
    return (*file, fields)


OPERATIONS = (
    Operation(
        name="UploadSingle",
        path="/file/upload/single",
        media_types=_MULTIPART,
        run=upload_single,
        parameters=models.UploadSingle,
        response=models.UploadResponse,
        family="legacy",
        authenticate=authenticate_legacy,
        source="seed 000 (Upload a file in a single step); single-step-file-upload",
    ),
    Operation(
        name="UploadTransaction",
        methods=("GET",),
        path="/file/upload/transaction",
        run=upload_transaction,
        parameters=models.UploadTransaction,
        response=models.UploadTransactionResponse,
        family="legacy",
        authenticate=authenticate_legacy,
        source="enable-upload-transaction; submit-a-file-upload-transaction",
    ),
    Operation(
        name="UploadChunk",
        path="/file/upload/chunk",
        media_types=_MULTIPART,
        run=upload_chunk,
        parameters=models.UploadChunk,
        response=models.UploadChunkResponse,
        family="legacy",
        authenticate=authenticate_legacy,
        source="upload-file-blocks",
    ),
    Operation(
        name="MediaUpload",
        path="/media/upload",
        media_types=_MULTIPART,
        run=media_upload,
        parameters=models.MediaUpload,
        response=models.MediaUploadResponse,
        family="legacy",
        authenticate=authenticate_legacy,
        source="upload-media-files",
    ),
)
