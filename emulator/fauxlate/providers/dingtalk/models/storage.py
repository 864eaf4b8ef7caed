"""The drive: obtain file upload information in three generations, the put, and the commit."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from fauxlate.engine.tables.parameters import Parameters, body, header, path, query
from fauxlate.providers.dingtalk.access.auth import TOKEN_HEADER


class GetUploadInfo(Parameters):
    """Source: obtain-upload-information (drive 1.0). With `mediaId`, what was signed for it is signed anew."""

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


class GetFileUploadInfoV1(Parameters):
    """Source: obtain-storage-upload-information (storage 1.0)."""

    token: str = header(TOKEN_HEADER)
    space_id: str = path("spaceId")
    union_id: str = query("unionId", min_length=1)
    protocol: str = body("protocol", min_length=1)
    multipart: bool | None = body("multipart", None)
    option: dict[str, Any] | None = body("option", None)


class GetFileUploadInfo(Parameters):
    """Source: obtain-file-upload-informations (storage 2.0), to which seed 001 links."""

    token: str = header(TOKEN_HEADER)
    parent_dentry_uuid: str = path("parentDentryUuid")
    union_id: str = query("unionId", min_length=1)
    protocol: str = body("protocol", min_length=1)
    option: dict[str, Any] | None = body("option", None)


class CommitFileV1(Parameters):
    """Source: submit-documents (storage 1.0)."""

    token: str = header(TOKEN_HEADER)
    space_id: str = path("spaceId")
    union_id: str = query("unionId", min_length=1)
    upload_key: str = body("uploadKey", min_length=1)
    name: str = body("name", min_length=1)
    parent_id: str = body("parentId", min_length=1)
    option: dict[str, Any] | None = body("option", None)


class CommitFile(Parameters):
    """Source: submittal-file (storage 2.0)."""

    token: str = header(TOKEN_HEADER)
    parent_dentry_uuid: str = path("parentDentryUuid")
    union_id: str = query("unionId", min_length=1)
    upload_key: str = body("uploadKey", min_length=1)
    name: str = body("name", min_length=1)
    option: dict[str, Any] | None = body("option", None)


class PutObject(Parameters):
    """The `resourceUrl` of upload information, or the object that its security token signs for."""

    key: str = path("key")


class StsUploadInfo(TypedDict):
    """With which an OSS SDK may put the file."""

    bucket: str
    endPoint: str
    internalEndPoint: NotRequired[str]
    accessKeyId: str
    accessKeySecret: str
    accessToken: str
    accessTokenExpirationMillis: int
    mediaId: str


class HeaderSignatureUploadInfo(TypedDict):
    """With which a plain PUT may do so."""

    resourceUrl: str
    internalResourceUrl: str
    expirationSeconds: int
    headers: dict[str, str]
    mediaId: str


class GetUploadInfoResponse(TypedDict):
    """Answer of drive 1.0."""

    stsUploadInfo: StsUploadInfo
    headerSignatureUploadInfo: HeaderSignatureUploadInfo
    region: NotRequired[str]


class AddFileResponse(TypedDict):
    """Answer of drive 1.0; times as 2022-07-29T14:55Z."""

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


class HeaderSignatureInfo(TypedDict):
    """Where, and with which headers."""

    resourceUrls: list[str]
    headers: dict[str, str]
    expirationSeconds: int
    region: str
    internalResourceUrls: list[str]


class GetFileUploadInfoResponse(TypedDict):
    """Answer of storage 1.0 and 2.0."""

    uploadKey: str
    storageDriver: str
    protocol: str
    headerSignatureInfo: HeaderSignatureInfo


class Properties(TypedDict):
    """Properties of a file."""

    readOnly: bool


class Dentry(TypedDict):
    """A file in a folder; times as 2022-01-01T10:00:00Z."""

    id: str
    spaceId: str
    parentId: str
    type: str
    name: str
    size: int
    path: str
    version: int
    status: str
    extension: str
    creatorId: str
    modifierId: str
    createTime: str
    modifiedTime: str
    properties: Properties
    uuid: str
    partitionType: str
    storageDriver: str
    category: str


class CommitFileResponse(TypedDict):
    """Answer of the commit."""

    dentry: Dentry
