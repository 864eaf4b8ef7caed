"""Uploads of the legacy host."""

from __future__ import annotations

from typing import TypedDict

from emulator.engine.parameters import Parameters, query


class UploadSingle(Parameters):
    """Source: Upload a file in a single step. The file is a part of a multipart body, `file` by name."""

    access_token: str = query("access_token")
    agent_id: str | None = query("agent_id", None)
    file_size: str | None = query("file_size", None)


class UploadSingleResponse(TypedDict):
    """Answer of the upload."""

    errcode: int
    errmsg: str
    media_id: str
