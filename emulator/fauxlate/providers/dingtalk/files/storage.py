"""Storage 1.0 and 2.0: upload information with an upload key, and the commit, which makes a dentry of what was put."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from fauxlate.engine.exchange.reply import JSON
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.problems import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.engine.tables.parameters import Parameters
from fauxlate.providers.dingtalk.access.auth import authenticate_app
from fauxlate.providers.dingtalk.files import dentries, media, objects, upload_info
from fauxlate.providers.dingtalk.files.dentries import ConflictPolicy, Dentry
from fauxlate.providers.dingtalk.files.media import Media
from fauxlate.providers.dingtalk.models import storage as models
from fauxlate.providers.dingtalk.sources import SDK

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

_POLICIES: Mapping[models.ConflictStrategy, ConflictPolicy] = {
    "AUTO_RENAME": "autoRename",
    "OVERWRITE": "overwrite",
    "RETURN_DENTRY_IF_EXISTS": "returnExisting",
    "RETURN_ERROR_IF_EXISTS": "returnError",
}
"""By conflictStrategy, the same as drive 1.0 names it."""


async def get_file_upload_info(
    call: Call, parameters: models.GetFileUploadInfoV1 | models.GetFileUploadInfo
) -> models.GetFileUploadInfoResponse:
    """Return where to put a file, with the upload key that the commit wants."""
    if parameters.protocol != "HEADER_SIGNATURE":
        hint = f"protocol is {parameters.protocol!r:.40}; there is HEADER_SIGNATURE alone."
        raise Refusal("dentryUploadProtocolNotSupport", {"%s": hint}, hint=hint)
    check = parameters.option.pre_check_param if parameters.option is not None else None
    name = check.name if check is not None else None
    if name is not None and dentries.clean_name(name) is None:
        raise call.refuse(ProblemKind.INVALID, f"option.preCheckParam.name is {name!r:.80}, an illegal file name.")
    upload_key = b64encode(call.sandbox.secrets.draw("dingtalk.uploadKey", 48)).decode()
    upload = await upload_info.create_upload(call, (name or "").strip(" "), upload_key)
    return {
        "uploadKey": upload.media_id,
        "storageDriver": "DINGTALK",
        "protocol": "HEADER_SIGNATURE",
        "headerSignatureInfo": {
            "resourceUrls": [objects.make_url(call, upload)],
            "headers": upload_info.sign_headers(call, upload),
            "expirationSeconds": upload_info.EXPIRATION_SECONDS,
            "region": upload_info.REGION,
            "internalResourceUrls": [objects.make_url(call, upload)],
        },
    }


async def commit_file_v1(call: Call, parameters: models.CommitFileV1) -> models.CommitFileResponse:
    """Make a dentry of what was put, in a folder of a space."""
    return await _commit(call, parameters, parameters.space_id, parameters.parent_id)


async def commit_file(call: Call, parameters: models.CommitFile) -> models.CommitFileResponse:
    """Make a dentry of what was put, in the folder with a dentry uuid."""
    return await _commit(call, parameters, "0", parameters.parent_dentry_uuid)


async def _commit(
    call: Call, parameters: models.CommitFileV1 | models.CommitFile, space_id: str, parent_id: str
) -> models.CommitFileResponse:
    option = parameters.option or models.CommitOption()
    strategy = option.conflict_strategy or "AUTO_RENAME"
    name = dentries.clean_name(parameters.name)
    if name is None:
        hint = f"name is {parameters.name!r:.80}."
        raise Refusal("dentryNameIllegal", {"%s": parameters.name[:80]}, hint=hint)
    file = await media.find(call, parameters.upload_key)
    if file is None:
        detail = f"uploadKey {parameters.upload_key!r:.80} was not given to this corp, or nothing has been put for it."
        raise call.refuse(ProblemKind.INVALID, detail, "uploadKey")
    if option.size not in (None, len(file.data)):
        detail = f"option.size is {option.size!r:.40}, and {len(file.data)} bytes were put."
        raise call.refuse(ProblemKind.INVALID, detail)
    policy = _POLICIES[strategy]
    dentry = await dentries.save(call, space_id, parent_id, name, len(file.data), policy, parameters.union_id)
    if dentry is None:
        hint = f"{name!r:.80} is in the folder already, and conflictStrategy is {strategy}."
        raise Refusal("dentryNameConflict", {"%s": hint}, hint=hint)
    file = Media(tuple(dict.fromkeys((*file.names, name, dentry.name))), file.data, file.owner)
    for media_id in (parameters.upload_key, dentry.id, dentry.uuid):
        await media.save(call, media_id, file)
    return {"dentry": _format_dentry(dentry)}


def _format_dentry(dentry: Dentry) -> models.Dentry:
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
        "createTime": dentries.format_time(dentry.created),
        "modifiedTime": dentries.format_time(dentry.modified),
        "properties": {"readOnly": False},
        "uuid": dentry.uuid,
        "partitionType": "PUBLIC_OSS_PARTITION",
        "storageDriver": "DINGTALK",
        "category": "DOCUMENT" if dentry.extension in ("xlsx", "xls", "csv", "txt") else "OTHER",
    }


def _make_row(
    name: str,
    path: str,
    run: Callable[..., Awaitable[Any]],
    parameters: type[Parameters],
    response: type[Any],
    source: str,
) -> Operation:
    return Operation(
        name=name,
        path=path,
        media_types=(JSON,),
        run=run,
        parameters=parameters,
        response=response,
        family="storage",
        authenticate=authenticate_app,
        source=f"{source}; {SDK}",
    )


OPERATIONS = (
    _make_row(
        "GetFileUploadInfoV1",
        "/v1.0/storage/spaces/{spaceId}/files/uploadInfos/query",
        get_file_upload_info,
        models.GetFileUploadInfoV1,
        models.GetFileUploadInfoResponse,
        "obtain-storage-upload-information",
    ),
    _make_row(
        "CommitFileV1",
        "/v1.0/storage/spaces/{spaceId}/files/commit",
        commit_file_v1,
        models.CommitFileV1,
        models.CommitFileResponse,
        "submit-documents",
    ),
    _make_row(
        "GetFileUploadInfo",
        "/v2.0/storage/spaces/files/{parentDentryUuid}/uploadInfos/query",
        get_file_upload_info,
        models.GetFileUploadInfo,
        models.GetFileUploadInfoResponse,
        "obtain-file-upload-informations, to which seed 001 links",
    ),
    _make_row(
        "CommitFile",
        "/v2.0/storage/spaces/files/{parentDentryUuid}/commit",
        commit_file,
        models.CommitFile,
        models.CommitFileResponse,
        "submittal-file",
    ),
)
