"""The parameters and responses of drive 1.0: upload information, and the file that is added."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from fauxlate.engine.tables.parameters import Parameters, body, header, path, query
from fauxlate.providers.dingtalk.paths import TOKEN_HEADER


class GetUploadInfo(Parameters):
    """Source: obtain-upload-information (drive 1.0). With `mediaId`, an earlier upload is signed again."""

    token: str = header(TOKEN_HEADER)
    space_id: str = path("spaceId")
    parent_id: str = path("parentId")
    union_id: str = query("unionId", min_length=1)
    file_name: str = query("fileName", min_length=1)
    file_size: str = query("fileSize", pattern=r"^[0-9]{1,15}$")
    md5: str = query("md5", min_length=1)
    add_conflict_policy: str | None = query("addConflictPolicy", None)
    media_id: str | None = query("mediaId", None)
    with_region: str | None = query("withRegion", None)
    with_internal_end_point: str | None = query("withInternalEndPoint", None)
    caller_region: str | None = query("callerRegion", None)


class AddFile(Parameters):
    """Source: add-file-and-folder (drive 1.0)."""

    token: str = header(TOKEN_HEADER)
    space_id: str = path("spaceId")
    file_type: str = body("fileType", min_length=1)
    file_name: str = body("fileName", min_length=1)
    union_id: str = body("unionId", min_length=1)
    parent_id: str | None = body("parentId", None)
    media_id: str | None = body("mediaId", None)
    add_conflict_policy: str | None = body("addConflictPolicy", None)


class StsUploadInfo(TypedDict):
    """Credentials with which an OSS SDK can put the file."""

    bucket: str
    endPoint: str
    internalEndPoint: NotRequired[str]
    accessKeyId: str
    accessKeySecret: str
    accessToken: str
    accessTokenExpirationMillis: int
    mediaId: str


class HeaderSignatureUploadInfo(TypedDict):
    """URL and headers of a plain PUT of the file; `expirationSeconds` in seconds."""

    resourceUrl: str
    internalResourceUrl: str
    expirationSeconds: int
    headers: dict[str, str]
    mediaId: str


class GetUploadInfoResponse(TypedDict):
    """Answer of GetUploadInfo: where to put the file, in two ways."""

    stsUploadInfo: StsUploadInfo
    headerSignatureUploadInfo: HeaderSignatureUploadInfo
    region: NotRequired[str]


class AddFileResponse(TypedDict):
    """Answer of AddFile; times as 2022-07-29T14:55Z."""

    spaceId: str
    parentId: str
    fileId: str
    fileName: str
    filePath: str
    fileSize: int
    fileType: str
    fileExtension: str
    contentType: str
    creator: str
    modifier: str
    createTime: str
    modifyTime: str
