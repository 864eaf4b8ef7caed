"""Drive 1.0: upload information with a media id, and the file that is added to a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast, get_args

from fauxlate.engine.exchange.reply import JSON
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.problems import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.dingtalk.access.auth import authenticate_app
from fauxlate.providers.dingtalk.files import dentries, media, objects, upload_info
from fauxlate.providers.dingtalk.files.dentries import ConflictPolicy
from fauxlate.providers.dingtalk.files.media import Media
from fauxlate.providers.dingtalk.models import drive as models
from fauxlate.providers.dingtalk.sources import SDK

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

_POLICIES = get_args(ConflictPolicy)
_TRUE = ("true", "True")


async def get_upload_info(call: Call, parameters: models.GetUploadInfo) -> models.GetUploadInfoResponse:
    """Return where to put a file, with the media id that it gets; of the three generations, only this one gives one."""
    name = _check_name(parameters.file_name)
    if parameters.add_conflict_policy is not None:
        _check_policy(call, parameters.add_conflict_policy)
    if parameters.media_id is None:
        upload = await upload_info.create_upload(call, name)
    else:
        upload = await objects.renew_upload(call, parameters.media_id, upload_info.EXPIRATION_SECONDS)
    response: models.GetUploadInfoResponse = {
        "stsUploadInfo": {
            "bucket": objects.BUCKET,
            "endPoint": call.base_url,
            "accessKeyId": upload.access_key,
            "accessKeySecret": upload.secret,
            "accessToken": upload.token,
            "accessTokenExpirationMillis": upload_info.EXPIRATION_SECONDS * 1000,
            "mediaId": upload.media_id,
        },
        "headerSignatureUploadInfo": {
            "resourceUrl": objects.make_url(call, upload),
            "internalResourceUrl": objects.make_url(call, upload),
            "expirationSeconds": upload_info.EXPIRATION_SECONDS,
            "headers": upload_info.sign_headers(call, upload),
            "mediaId": upload.media_id,
        },
    }
    if parameters.with_internal_end_point in _TRUE:
        response["stsUploadInfo"]["internalEndPoint"] = call.base_url
    if parameters.with_region in _TRUE:
        response["region"] = upload_info.REGION
    return response


async def add_file(call: Call, parameters: models.AddFile) -> models.AddFileResponse:
    """Add the file that was put to a folder."""
    name = _check_name(parameters.file_name)
    policy = _check_policy(call, parameters.add_conflict_policy or "autoRename")
    if parameters.file_type != "file":
        hint = f"fileType is {parameters.file_type!r:.40}; only `file` is emulated."
        raise Refusal("unsupported.operation", hint=hint)
    file = await media.find(call, parameters.media_id or "")
    if file is None:
        detail = f"mediaId {parameters.media_id!r:.80} was not given to this corp, or nothing has been put for it."
        raise call.refuse(ProblemKind.INVALID, detail, "mediaId")
    parent_id = parameters.parent_id or "0"
    dentry = await dentries.save(
        call, parameters.space_id, parent_id, name, len(file.data), policy, parameters.union_id
    )
    if dentry is None:
        raise call.refuse(ProblemKind.INVALID, f"{name!r:.80} is in the folder already, and the policy is {policy}.")
    file = Media(tuple(dict.fromkeys((*file.names, name, dentry.name))), file.data, file.owner)
    for media_id in (parameters.media_id or "", dentry.id):
        await media.save(call, media_id, file)
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
        "createTime": _format_minute(dentry.created),
        "modifyTime": _format_minute(dentry.modified),
    }


def _check_name(file_name: str) -> str:
    """Return a file name without the spaces around it. Raises `Refusal` where it is illegal."""
    name = dentries.clean_name(file_name)
    if name is None:
        raise Refusal("filename.invalid", hint=f"fileName is {file_name!r:.80}.")
    return name


def _check_policy(call: Call, policy: str) -> ConflictPolicy:
    if policy not in _POLICIES:
        detail = f"addConflictPolicy is {policy!r:.40}; it is one of {', '.join(_POLICIES)}."
        raise call.refuse(ProblemKind.INVALID, detail, "addConflictPolicy")
    return cast("ConflictPolicy", policy)


def _format_minute(time: float) -> str:
    """Return a time as 2022-07-29T14:55Z."""
    return dentries.format_time(time)[:16] + "Z"


OPERATIONS = (
    Operation(
        name="GetUploadInfo",
        methods=("GET",),
        path="/v1.0/drive/spaces/{spaceId}/files/{parentId}/uploadInfos",
        run=get_upload_info,
        parameters=models.GetUploadInfo,
        response=models.GetUploadInfoResponse,
        family="drive",
        authenticate=authenticate_app,
        source=f"obtain-upload-information; {SDK}",
    ),
    Operation(
        name="AddFile",
        path="/v1.0/drive/spaces/{spaceId}/files",
        media_types=(JSON,),
        run=add_file,
        parameters=models.AddFile,
        response=models.AddFileResponse,
        family="drive",
        authenticate=authenticate_app,
        source=f"add-file-and-folder; {SDK}",
    ),
)
