"""DingTalk's drive: where to put a file ("obtain file upload information", of three generations), and its commit.

What is put goes to an object store beside DingTalk; `objects.py` is that.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fauxlate.engine.chance import BASE62, HEX
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.problems import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.dingtalk.files import media, objects
from fauxlate.providers.dingtalk.files.media import Media
from fauxlate.providers.dingtalk.files.objects import Upload

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.dingtalk.models import storage as models

SIGNED_SECONDS = 900
"""How long upload information is good: expirationSeconds, accessTokenExpirationMillis."""
REGION = "ZHANGJIAKOU"
_ILLEGAL = re.compile(r'[\t*"<>|]|\.$')
"""不能包含特殊字符，包括：制表符、*、"、<、>、| ; 不能以"."结尾"""
_POLICIES = ("autoRename", "overwrite", "returnExisting", "returnError")
_STRATEGIES = {
    "AUTO_RENAME": "autoRename",
    "OVERWRITE": "overwrite",
    "RETURN_DENTRY_IF_EXISTS": "returnExisting",
    "RETURN_ERROR_IF_EXISTS": "returnError",
}
_FOLDER = "dingtalk.dentry"


@dataclass(frozen=True, slots=True)
class _Dentry:
    """A file in a folder of a space."""

    id: str
    uuid: str
    space_id: str
    parent_id: str
    name: str
    size: int
    union_id: str
    created: float
    modified: float
    version: int = 1

    @property
    def extension(self) -> str:
        return PurePosixPath(self.name).suffix[1:]


def _legal(name: str) -> str | None:
    """Return a name as it is taken, spaces around it taken off (头尾不能包含空格); None where it is illegal."""
    name = name.strip(" ")
    return None if not name or _ILLEGAL.search(name) else name


async def _begin(call: Call, name: str, mark: str = "") -> Upload:
    """Open a place for a file to be put, for a quarter of an hour."""
    drawn = call.sandbox.chance
    key = f"{call.sandbox.tag}{drawn.text('dingtalk.object', 24, HEX)}.file"
    upload = Upload(
        key=key,
        mark=mark or f"yundisk0/{key}",
        name=name,
        owner=call.owner,
        access_key="STS.N" + drawn.text("dingtalk.sts", 24),
        secret=drawn.text("dingtalk.sts_secret", 44),
        token="CAIS" + drawn.text("dingtalk.sts_token", 60),
        expires=call.now + SIGNED_SECONDS,
    )
    await objects.expect(call, upload)
    return upload


def _headers(call: Call, upload: Upload) -> dict[str, str]:
    """Return the headers that a PUT has to carry, just these: signed for no content type."""
    from email.utils import formatdate  # only upload information needs it

    date = formatdate(call.now, usegmt=True)
    signed = objects.signature(upload, "PUT", {"x-oss-date": date})
    return {"Authorization": f"OSS {upload.access_key}:{signed}", "x-oss-date": date}


async def get_upload_info(call: Call, asked: models.GetUploadInfo) -> models.GetUploadInfoResponse:
    """Tell where to put a file, by drive 1.0: the one generation that gives a media id."""
    name = _legal(asked.file_name)
    if name is None:
        raise Refusal("filename.invalid", hint=f"fileName is {asked.file_name!r:.80}.")
    if asked.add_conflict_policy not in (None, *_POLICIES):
        detail = f"addConflictPolicy is {asked.add_conflict_policy!r:.40}; it is one of {', '.join(_POLICIES)}."
        raise call.refuse(ProblemKind.INVALID, detail, "addConflictPolicy")
    if asked.media_id is None:
        upload = await _begin(call, name)
    else:
        upload = await objects.renewed(call, asked.media_id, SIGNED_SECONDS)
    intern = {"internalEndPoint": call.base_url} if asked.with_internal_end_point in ("true", "True") else {}
    told: models.GetUploadInfoResponse = {
        "stsUploadInfo": {
            "bucket": objects.BUCKET,
            "endPoint": call.base_url,
            "accessKeyId": upload.access_key,
            "accessKeySecret": upload.secret,
            "accessToken": upload.token,
            "accessTokenExpirationMillis": SIGNED_SECONDS * 1000,
            "mediaId": upload.mark,
            **intern,  # type: ignore[typeddict-item]
        },
        "headerSignatureUploadInfo": {
            "resourceUrl": objects.url(call, upload),
            "internalResourceUrl": objects.url(call, upload),
            "expirationSeconds": SIGNED_SECONDS,
            "headers": _headers(call, upload),
            "mediaId": upload.mark,
        },
    }
    if asked.with_region in ("true", "True"):
        told["region"] = REGION
    return told


async def get_file_upload_info(
    call: Call, asked: models.GetFileUploadInfoV1 | models.GetFileUploadInfo
) -> models.GetFileUploadInfoResponse:
    """Tell where to put a file, by storage 1.0 or 2.0: an upload key, which the commit wants."""
    if asked.protocol != "HEADER_SIGNATURE":
        hint = f"protocol is {asked.protocol!r:.40}; there is HEADER_SIGNATURE alone."
        raise Refusal("dentryUploadProtocolNotSupport", {"%s": hint}, hint=hint)
    option = asked.option or {}
    if option.get("storageDriver", "DINGTALK") != "DINGTALK":
        raise call.refuse(ProblemKind.INVALID, "option.storageDriver: only DINGTALK is supported.", "storageDriver")
    check = option.get("preCheckParam") or {}
    if not isinstance(check, dict):
        raise call.refuse(ProblemKind.INVALID, f"option.preCheckParam is {check!r:.80}, which is no object.")
    name, size = check.get("name"), check.get("size")
    if name is not None and (not isinstance(name, str) or _legal(name) is None):
        raise call.refuse(ProblemKind.INVALID, f"option.preCheckParam.name is {name!r:.80}, an illegal file name.")
    if size is not None and (not isinstance(size, int) or size < 0):
        raise call.refuse(ProblemKind.INVALID, f"option.preCheckParam.size is {size!r:.40}; it is a number of bytes.")
    upload_key = b64encode(call.sandbox.chance.draw("dingtalk.uploadKey", 48)).decode()
    upload = await _begin(call, (name or "").strip(" "), upload_key)
    return {
        "uploadKey": upload.mark,
        "storageDriver": "DINGTALK",
        "protocol": "HEADER_SIGNATURE",
        "headerSignatureInfo": {
            "resourceUrls": [objects.url(call, upload)],
            "headers": _headers(call, upload),
            "expirationSeconds": SIGNED_SECONDS,
            "region": REGION,
            "internalResourceUrls": [objects.url(call, upload)],
        },
    }


async def commit_file_v1(call: Call, asked: models.CommitFileV1) -> models.CommitFileResponse:
    """Make a file of what was put, in a folder of a space."""
    return await _commit(call, asked, asked.space_id, asked.parent_id)


async def commit_file(call: Call, asked: models.CommitFile) -> models.CommitFileResponse:
    """Make a file of what was put, in the folder that a dentry uuid names."""
    return await _commit(call, asked, "0", asked.parent_dentry_uuid)


async def _commit(
    call: Call, asked: models.CommitFileV1 | models.CommitFile, space_id: str, parent_id: str
) -> models.CommitFileResponse:
    option = asked.option or {}
    strategy = option.get("conflictStrategy") or "AUTO_RENAME"
    if strategy not in _STRATEGIES:
        detail = f"option.conflictStrategy is {strategy!r:.40}; it is one of {', '.join(_STRATEGIES)}."
        raise call.refuse(ProblemKind.INVALID, detail, "conflictStrategy")
    name = _legal(asked.name)
    if name is None:
        raise Refusal("dentryNameIllegal", {"%s": asked.name[:80]}, hint=f"name is {asked.name!r:.80}.")
    file = await media.find(call, asked.upload_key)
    if file is None:
        detail = f"uploadKey {asked.upload_key!r:.80} was not given to this corp, or nothing has been put for it."
        raise call.refuse(ProblemKind.INVALID, detail, "uploadKey")
    size = option.get("size")
    if size is not None and size != len(file.data):
        raise call.refuse(ProblemKind.INVALID, f"option.size is {size!r:.40}, and {len(file.data)} bytes were put.")
    dentry = await _placed(call, file, (space_id, parent_id, name), _STRATEGIES[strategy], asked.union_id)
    if dentry is None:
        hint = f"{name!r:.80} is in the folder already, and conflictStrategy is {strategy}."
        raise Refusal("dentryNameConflict", {"%s": hint}, hint=hint)
    file = Media(tuple(dict.fromkeys((*file.names, name, dentry.name))), file.data, file.owner)
    for key in (asked.upload_key, dentry.id, dentry.uuid):
        await media.keep(call, key, file)
    return {"dentry": _told(dentry)}


async def add_file(call: Call, asked: models.AddFile) -> models.AddFileResponse:
    """Make a file of what was put, by drive 1.0."""
    policy = asked.add_conflict_policy or "autoRename"
    name = _legal(asked.file_name)
    if name is None:
        raise Refusal("filename.invalid", hint=f"fileName is {asked.file_name!r:.80}.")
    if policy not in _POLICIES:
        detail = f"addConflictPolicy is {policy!r:.40}; it is one of {', '.join(_POLICIES)}."
        raise call.refuse(ProblemKind.INVALID, detail, "addConflictPolicy")
    if asked.file_type != "file":
        raise Refusal("unsupported.operation", hint=f"fileType is {asked.file_type!r:.40}; only `file` is emulated.")
    file = await media.find(call, asked.media_id or "")
    if file is None:
        detail = f"mediaId {asked.media_id!r:.80} was not given to this corp, or nothing has been put for it."
        raise call.refuse(ProblemKind.INVALID, detail, "mediaId")
    parent_id = asked.parent_id or "0"
    dentry = await _placed(call, file, (asked.space_id, parent_id, name), policy, asked.union_id)
    if dentry is None:
        raise call.refuse(ProblemKind.INVALID, f"{name!r:.80} is in the folder already, and the policy is {policy}.")
    file = Media(tuple(dict.fromkeys((*file.names, name, dentry.name))), file.data, file.owner)
    for key in (asked.media_id or "", dentry.id):
        await media.keep(call, key, file)
    return {
        "spaceId": dentry.space_id,
        "parentId": dentry.parent_id,
        "fileId": dentry.id,
        "fileName": dentry.name,
        "filePath": f"/{dentry.name}",
        "fileSize": dentry.size,
        "fileType": "file",
        "fileExtension": dentry.extension,
        "contentType": "document",
        "creator": dentry.union_id,
        "modifier": dentry.union_id,
        "createTime": _iso(dentry.created)[:16] + "Z",
        "modifyTime": _iso(dentry.modified)[:16] + "Z",
    }


async def _placed(call: Call, file: Media, where: tuple[str, str, str], policy: str, union_id: str) -> _Dentry | None:
    """Put a file into a folder under a name; None where one is there and the policy is to say so."""
    space_id, parent_id, name = where
    store = call.sandbox.store
    there = await _there(call, space_id, parent_id, name)
    if there is not None and policy == "returnError":
        return None
    if there is not None and policy == "returnExisting":
        return there
    number, stem = 0, PurePosixPath(name)
    while there is not None and policy == "autoRename":
        number += 1
        name = f"{stem.stem}({number}){stem.suffix}"
        there = await _there(call, space_id, parent_id, name)
    drawn = call.sandbox.chance
    dentry = _Dentry(
        id=drawn.text("dingtalk.dentry", 12, BASE62[:10]) if there is None else there.id,
        uuid=drawn.text("dingtalk.dentry_uuid", 32) if there is None else there.uuid,
        space_id=space_id,
        parent_id=parent_id,
        name=name,
        size=len(file.data),
        union_id=union_id,
        created=call.now if there is None else there.created,
        modified=call.now,
        version=1 if there is None else there.version + 1,
    )
    await store.put(_FOLDER, _place(call, space_id, parent_id, name), Record(dentry))
    return dentry


async def _there(call: Call, space_id: str, parent_id: str, name: str) -> _Dentry | None:
    record = await call.sandbox.store.get(_FOLDER, _place(call, space_id, parent_id, name))
    return record.value if record is not None else None


def _place(call: Call, *where: str) -> str:
    return "/".join((call.owner, *where))


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _told(dentry: _Dentry) -> models.Dentry:
    return {
        "id": dentry.id,
        "spaceId": dentry.space_id,
        "parentId": dentry.parent_id,
        "type": "FILE",
        "name": dentry.name,
        "size": dentry.size,
        "path": f"/{dentry.name}",
        "version": dentry.version,
        "status": "NORMAL",
        "extension": dentry.extension,
        "creatorId": dentry.union_id,
        "modifierId": dentry.union_id,
        "createTime": _iso(dentry.created),
        "modifiedTime": _iso(dentry.modified),
        "properties": {"readOnly": False},
        "uuid": dentry.uuid,
        "partitionType": "PUBLIC_OSS_PARTITION",
        "storageDriver": "DINGTALK",
        "category": "DOCUMENT" if dentry.extension in ("xlsx", "xls", "csv", "txt") else "OTHER",
    }
