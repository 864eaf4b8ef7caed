"""The parameters and responses of storage 1.0 and 2.0: upload information, and the commit."""

from __future__ import annotations

from typing import Any, TypedDict

from fauxlate.engine.tables.parameters import Parameters, body, header, path, query
from fauxlate.providers.dingtalk.paths import TOKEN_HEADER


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


class HeaderSignatureInfo(TypedDict):
    """URLs and headers of a PUT of the file; `expirationSeconds` in seconds."""

    resourceUrls: list[str]
    headers: dict[str, str]
    expirationSeconds: int
    region: str
    internalResourceUrls: list[str]


class GetFileUploadInfoResponse(TypedDict):
    """Answer of GetFileUploadInfo, of both versions."""

    uploadKey: str
    storageDriver: str
    protocol: str
    headerSignatureInfo: HeaderSignatureInfo


class Properties(TypedDict):
    """The properties of a dentry."""

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
    """Answer of CommitFile, of both versions."""

    dentry: Dentry
