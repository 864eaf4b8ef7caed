"""The parameters and responses of the translation job and its result."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from fauxlate.engine.tables.parameters import Parameters, body, header, path, query
from fauxlate.providers.dingtalk.paths import TOKEN_HEADER

MAX_FILES = 20
MAX_JOB_ID_LENGTH = 64


class TranslateFile(Parameters):
    """Source: seed 001. `medias` maps media ids to file names with extension."""

    token: str = header(TOKEN_HEADER)
    medias: dict[str, str] = body("medias", min_length=1, max_length=MAX_FILES)
    output_file_name: str | None = body("outputFileName", None)
    union_id: str = body("unionId", min_length=1)


class GetTranslateFileJobResult(Parameters):
    """Source: seed 000."""

    token: str = header(TOKEN_HEADER)
    job_id: str = query("jobId", min_length=1, max_length=MAX_JOB_ID_LENGTH)


class DownloadResult(Parameters):
    """The link in `url`; a login with the link as its redirect_uri appends `authCode`."""

    file: str = path("file")
    signature: str | None = query("signature", None)
    auth_code: str | None = query("authCode", None)


class TranslateFileResponse(TypedDict):
    """Answer of TranslateFile."""

    jobId: str


class GetTranslateFileJobResultResponse(TypedDict):
    """Answer of GetTranslateFileJobResult; `url` once the job has succeeded."""

    status: str
    url: NotRequired[str]
