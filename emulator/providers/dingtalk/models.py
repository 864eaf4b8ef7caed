"""What DingTalk's operations are asked and what they answer, field by field."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from emulator.engine.parameters import Parameters, body, header, path, query
from emulator.providers.dingtalk.auth import TOKEN_HEADER

MOST_FILES = 20
LONGEST_JOB_ID = 64


class GetAccessToken(Parameters):
    """Source: Obtain the access token of an internal app."""

    app_key: str = body("appKey", min_length=1)
    app_secret: str = body("appSecret", min_length=1)


class GetCorpAccessToken(Parameters):
    """Source: Obtain the access token of an organization authorized to a third-party app."""

    suite_key: str = body("suiteKey", min_length=1)
    suite_secret: str = body("suiteSecret", min_length=1)
    auth_corp_id: str = body("authCorpId", min_length=1)
    suite_ticket: str = body("suiteTicket", min_length=1)


class UploadSingle(Parameters):
    """Source: Upload a file in a single step. The file is a part of a multipart body, `file` by name."""

    access_token: str = query("access_token")
    agent_id: str | None = query("agent_id", None)
    file_size: str | None = query("file_size", None)


class TranslateFile(Parameters):
    """Source: seed 001. `medias` maps media ids to file names with extension."""

    token: str = header(TOKEN_HEADER)
    medias: dict[str, str] = body("medias", min_length=1, max_length=MOST_FILES)
    output_file_name: str | None = body("outputFileName", None)
    union_id: str = body("unionId", min_length=1)


class GetTranslateFileJobResult(Parameters):
    """Source: seed 000."""

    token: str = header(TOKEN_HEADER)
    job_id: str = query("jobId", min_length=1, max_length=LONGEST_JOB_ID)


class DownloadResult(Parameters):
    """The link that `url` holds: `/contact/files/{ticket}`."""

    ticket: str = path("ticket")


class TokenResponse(TypedDict):
    """Answer of both token calls; `expireIn` in seconds."""

    accessToken: str
    expireIn: int


class UploadSingleResponse(TypedDict):
    """Answer of the upload."""

    errcode: int
    errmsg: str
    media_id: str


class TranslateFileResponse(TypedDict):
    """Answer of TranslateFile."""

    jobId: str


class GetTranslateFileJobResultResponse(TypedDict):
    """Answer of the query; `url` once the job has succeeded."""

    status: str
    url: NotRequired[str]
