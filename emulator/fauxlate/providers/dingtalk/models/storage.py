"""The parameters and responses of storage 1.0 and 2.0: upload information, and the commit."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from pydantic import Field

from fauxlate.engine.tables.parameters import Nested, Parameters, body, header, path, query
from fauxlate.providers.dingtalk.paths import TOKEN_HEADER

ConflictStrategy = Literal["AUTO_RENAME", "OVERWRITE", "RETURN_DENTRY_IF_EXISTS", "RETURN_ERROR_IF_EXISTS"]
Size = Annotated[int, Field(ge=0)]
"""Bytes."""


class PreCheckParam(Nested):
    """What is checked before the upload."""

    name: str | None = None
    size: Size | None = None


class UploadOption(Nested):
    """`option` of a request for upload information; what it does not list is ignored."""

    storage_driver: Literal["DINGTALK"] | None = Field(None, alias="storageDriver")
    pre_check_param: PreCheckParam | None = Field(None, alias="preCheckParam")


class CommitOption(Nested):
    """`option` of a commit; what it does not list is ignored."""

    size: Size | None = None
    conflict_strategy: ConflictStrategy | None = Field(None, alias="conflictStrategy")


class GetFileUploadInfoV1(Parameters):
    """Source: obtain-storage-upload-information (storage 1.0)."""

    token: str = header(TOKEN_HEADER)
    space_id: str = path("spaceId")
    union_id: str = query("unionId", min_length=1)
    protocol: str = body("protocol", min_length=1)
    multipart: bool | None = body("multipart", None)
    option: UploadOption | None = body("option", None)


class GetFileUploadInfo(Parameters):
    """Source: obtain-file-upload-informations (storage 2.0), to which seed 001 links."""

    token: str = header(TOKEN_HEADER)
    parent_dentry_uuid: str = path("parentDentryUuid")
    union_id: str = query("unionId", min_length=1)
    protocol: str = body("protocol", min_length=1)
    option: UploadOption | None = body("option", None)


class CommitFileV1(Parameters):
    """Source: submit-documents (storage 1.0)."""

    token: str = header(TOKEN_HEADER)
    space_id: str = path("spaceId")
    union_id: str = query("unionId", min_length=1)
    upload_key: str = body("uploadKey", min_length=1)
    name: str = body("name", min_length=1)
    parent_id: str = body("parentId", min_length=1)
    option: CommitOption | None = body("option", None)


class CommitFile(Parameters):
    """Source: submittal-file (storage 2.0)."""

    token: str = header(TOKEN_HEADER)
    parent_dentry_uuid: str = path("parentDentryUuid")
    union_id: str = query("unionId", min_length=1)
    upload_key: str = body("uploadKey", min_length=1)
    name: str = body("name", min_length=1)
    option: CommitOption | None = body("option", None)


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
