"""The parameters and responses of uploads over the legacy host."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from fauxlate.engine.tables.parameters import Parameters, query

_NUMBER = r"^[0-9]{1,15}$"


class UploadSingle(Parameters):
    """Source: single-step-file-upload. The file is a part of a multipart body, `file` by name.

    agent_id and file_size are required by the page, and optional here.
    """

    access_token: str = query("access_token")
    agent_id: str | None = query("agent_id", None)
    file_size: str | None = query("file_size", None)


class UploadTransaction(Parameters):
    """Source: enable-upload-transaction, submit-a-file-upload-transaction. With `upload_id` it is submitted."""

    access_token: str = query("access_token")
    agent_id: str | None = query("agent_id", None)
    file_size: str = query("file_size", pattern=_NUMBER)
    chunk_numbers: str = query("chunk_numbers", pattern=_NUMBER)
    upload_id: str | None = query("upload_id", None)


class UploadChunk(Parameters):
    """Source: upload-file-blocks. The chunk is a part of a multipart body, `file` by name."""

    access_token: str = query("access_token")
    agent_id: str | None = query("agent_id", None)
    upload_id: str = query("upload_id", min_length=1)
    chunk_sequence: str = query("chunk_sequence", pattern=_NUMBER)


class MediaUpload(Parameters):
    """Source: upload-media-files. `type` is in the form, or in the query as some clients send it."""

    access_token: str | None = query("access_token", None)
    type: str | None = query("type", None)


class UploadResponse(TypedDict):
    """Answer of UploadSingle."""

    errcode: int
    errmsg: str
    media_id: str


class UploadTransactionResponse(TypedDict):
    """Answer of UploadTransaction: `upload_id` when it begins, `media_id` when it is submitted."""

    errcode: int
    errmsg: str
    upload_id: NotRequired[str]
    media_id: NotRequired[str]


class UploadChunkResponse(TypedDict):
    """Answer of UploadChunk."""

    errcode: int
    errmsg: str


class MediaUploadResponse(TypedDict):
    """Answer of MediaUpload; `created_at` in milliseconds."""

    errcode: int
    errmsg: str
    media_id: str
    created_at: int
    type: str
