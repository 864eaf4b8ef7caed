"""DingTalk's operations: the table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fauxlate.engine.exchange.reply import JSON
from fauxlate.engine.service.provider import Alias, Operation
from fauxlate.engine.tables.evidence import Evidence
from fauxlate.engine.tables.parameters import Parameters
from fauxlate.providers.dingtalk import translation, users
from fauxlate.providers.dingtalk.access import auth, login, silent_login, tokens
from fauxlate.providers.dingtalk.callbacks import events, stream
from fauxlate.providers.dingtalk.files import objects, storage, uploads
from fauxlate.providers.dingtalk.lifecycles import FILE_TRANSLATION
from fauxlate.providers.dingtalk.models import login as login_models
from fauxlate.providers.dingtalk.models import storage as storage_models
from fauxlate.providers.dingtalk.models import stream as stream_models
from fauxlate.providers.dingtalk.models import tokens as token_models
from fauxlate.providers.dingtalk.models import translation as translation_models
from fauxlate.providers.dingtalk.models import uploads as upload_models
from fauxlate.providers.dingtalk.models import users as user_models

_SDK = "alibabacloud_dingtalk 2.2.65"
_GET = ("GET",)
_MULTIPART = ("multipart/form-data",)


def _token(
    name: str, path: str, run: Callable[..., Awaitable[Any]], asked: type[Parameters], told: type[Any], source: str
) -> Operation:
    """Return a row for a call that gives a token over the new API."""
    return Operation(
        name=name,
        path=path,
        aliases=(Alias("/oauth2/corpAccessToken", "dingtalk.token_path", "both"),) if "corpAccess" in path else (),
        media_types=(JSON,),
        run=run,
        parameters=asked,
        response=told,
        family="oauth2",
        source=f"{source}; {_SDK}",
    )


def _drive(
    name: str, path: str, run: Callable[..., Awaitable[Any]], asked: type[Parameters], told: type[Any], source: str
) -> Operation:
    """Return a row for a call of the drive; its family is the second segment of its path."""
    get = path.endswith("/uploadInfos")
    return Operation(
        name=name,
        methods=_GET if get else ("POST",),
        path=path,
        media_types=() if get else (JSON,),
        run=run,
        parameters=asked,
        response=told,
        family=path.split("/")[2],
        authenticate=auth.any_app,
        source=f"{source}; {_SDK}",
    )


def _upload(
    name: str, path: str, run: Callable[..., Awaitable[Any]], asked: type[Parameters], told: type[Any], source: str
) -> Operation:
    """Return a row for an upload over the legacy host."""
    get = path.endswith("/transaction")
    return Operation(
        name=name,
        methods=_GET if get else ("POST",),
        path=path,
        media_types=() if get else _MULTIPART,
        run=run,
        parameters=asked,
        response=told,
        family="legacy",
        authenticate=auth.legacy_token,
        source=source,
    )


OPERATIONS = (
    _token(
        "GetAccessToken",
        "/v1.0/oauth2/accessToken",
        tokens.get_access_token,
        token_models.GetAccessToken,
        token_models.TokenResponse,
        "obtain-the-access-token-of-an-internal-app",
    ),
    _token(
        "GetCorpAccessToken",
        "/v1.0/oauth2/corpAccessToken",
        tokens.get_corp_access_token,
        token_models.GetCorpAccessToken,
        token_models.TokenResponse,
        "obtain-the-access-token-of-the-authorized-enterprise-1",
    ),
    _token(
        "GetSuiteAccessToken",
        "/v1.0/oauth2/suiteAccessToken",
        tokens.get_suite_access_token,
        token_models.GetSuiteAccessToken,
        token_models.TokenResponse,
        "obtains-the-suite-acess-token-of-third-party-enterprise-applications",
    ),
    _token(
        "GetUserToken",
        "/v1.0/oauth2/userAccessToken",
        tokens.get_user_token,
        token_models.GetUserToken,
        token_models.GetUserTokenResponse,
        "obtain-user-token",
    ),
    _token(
        "GetToken",
        "/v1.0/oauth2/{corpId}/token",
        tokens.get_token,
        token_models.GetToken,
        token_models.GetTokenResponse,
        "api-gettoken",
    ),
    Operation(
        name="Gettoken",
        methods=_GET,
        path="/gettoken",
        run=tokens.gettoken,
        parameters=token_models.Gettoken,
        response=token_models.LegacyTokenResponse,
        family="legacy",
        source="obtain-orgapp-token",
    ),
    Operation(
        name="ServiceGetCorpToken",
        path="/service/get_corp_token",
        run=tokens.service_get_corp_token,
        parameters=token_models.ServiceGetCorpToken,
        response=token_models.LegacyTokenResponse,
        family="legacy",
        source="obtain-isvapp-token; the-signature-calculation-method-of-the-third-party-access-interface",
    ),
    Operation(
        name="OAuth2Auth",
        methods=_GET,
        path="/oauth2/auth",
        run=login.oauth2_auth,
        parameters=login_models.OAuth2Auth,
        family="login",
        source="obtain-identity-credentials",
        note="The page of login.dingtalk.com; it asks nobody, and approves at once.",
    ),
    Operation(
        name="Login",
        methods=_GET,
        path="/login",
        run=login.login,
        parameters=login_models.Login,
        family="login",
        source="address-book-encryption sends a user to a page of this name, whose parameter is redirectUri",
        evidence=Evidence.ASSUMED,
    ),
    Operation(
        name="RequestAuthCode",
        methods=_GET,
        path="/oauth2/requestAuthCode",
        run=silent_login.request_auth_code,
        parameters=user_models.RequestAuthCode,
        response=user_models.RequestAuthCodeResponse,
        family="login",
        source="stands in for the JSAPI requestAuthCode, which exists only inside the DingTalk client; the path is ours",
        evidence=Evidence.ASSUMED,
    ),
    Operation(
        name="V2UserGetuserinfo",
        path="/topapi/v2/user/getuserinfo",
        run=silent_login.v2_user_getuserinfo,
        parameters=user_models.V2UserGetuserinfo,
        response=user_models.V2UserGetuserinfoResponse,
        family="topapi",
        authenticate=auth.topapi_token,
        source="obtain-the-userid-of-a-user-by-using-the-log-free",
    ),
    Operation(
        name="GetUser",
        methods=_GET,
        path="/v1.0/contact/users/{unionId}",
        run=users.get_user,
        parameters=user_models.GetUser,
        response=user_models.GetUserResponse,
        family="contact",
        authenticate=auth.user,
        source=f"dingtalk-retrieve-user-information; {_SDK}",
    ),
    _upload(
        "UploadSingle",
        "/file/upload/single",
        uploads.upload_single,
        upload_models.UploadSingle,
        upload_models.UploadResponse,
        "seed 000 (Upload a file in a single step); single-step-file-upload",
    ),
    _upload(
        "UploadTransaction",
        "/file/upload/transaction",
        uploads.upload_transaction,
        upload_models.UploadTransaction,
        upload_models.UploadTransactionResponse,
        "enable-upload-transaction; submit-a-file-upload-transaction",
    ),
    _upload(
        "UploadChunk",
        "/file/upload/chunk",
        uploads.upload_chunk,
        upload_models.UploadChunk,
        upload_models.UploadChunkResponse,
        "upload-file-blocks",
    ),
    _upload(
        "MediaUpload",
        "/media/upload",
        uploads.media_upload,
        upload_models.MediaUpload,
        upload_models.MediaUploadResponse,
        "upload-media-files",
    ),
    _drive(
        "GetUploadInfo",
        "/v1.0/drive/spaces/{spaceId}/files/{parentId}/uploadInfos",
        storage.get_upload_info,
        storage_models.GetUploadInfo,
        storage_models.GetUploadInfoResponse,
        "obtain-upload-information",
    ),
    _drive(
        "AddFile",
        "/v1.0/drive/spaces/{spaceId}/files",
        storage.add_file,
        storage_models.AddFile,
        storage_models.AddFileResponse,
        "add-file-and-folder",
    ),
    _drive(
        "GetFileUploadInfoV1",
        "/v1.0/storage/spaces/{spaceId}/files/uploadInfos/query",
        storage.get_file_upload_info,
        storage_models.GetFileUploadInfoV1,
        storage_models.GetFileUploadInfoResponse,
        "obtain-storage-upload-information",
    ),
    _drive(
        "CommitFileV1",
        "/v1.0/storage/spaces/{spaceId}/files/commit",
        storage.commit_file_v1,
        storage_models.CommitFileV1,
        storage_models.CommitFileResponse,
        "submit-documents",
    ),
    _drive(
        "GetFileUploadInfo",
        "/v2.0/storage/spaces/files/{parentDentryUuid}/uploadInfos/query",
        storage.get_file_upload_info,
        storage_models.GetFileUploadInfo,
        storage_models.GetFileUploadInfoResponse,
        "obtain-file-upload-informations, to which seed 001 links",
    ),
    _drive(
        "CommitFile",
        "/v2.0/storage/spaces/files/{parentDentryUuid}/commit",
        storage.commit_file,
        storage_models.CommitFile,
        storage_models.CommitFileResponse,
        "submittal-file",
    ),
    Operation(
        name="PutObject",
        methods=("PUT",),
        path=auth.OBJECTS + "{key}",
        run=objects.put_object,
        parameters=storage_models.PutObject,
        family="oss",
        source="obtain-file-upload-informations (OSS, PUT with signed headers); the path is ours",
    ),
    Operation(
        name="TranslateFile",
        path="/v1.0/contact/files/translate",
        media_types=(JSON,),
        run=translation.translate_file,
        parameters=translation_models.TranslateFile,
        response=translation_models.TranslateFileResponse,
        family="contact",
        authenticate=auth.third_party,
        lifecycle=FILE_TRANSLATION,
        creates_job=True,
        event=events.TRANSFER_CONTACT_ID_JOB_RESULT,
        source="seed 001",
    ),
    Operation(
        name="GetTranslateFileJobResult",
        methods=_GET,
        path="/v1.0/contact/files/translateResults",
        run=translation.get_translate_file_job_result,
        parameters=translation_models.GetTranslateFileJobResult,
        response=translation_models.GetTranslateFileJobResultResponse,
        family="contact",
        authenticate=auth.third_party,
        lifecycle=FILE_TRANSLATION,
        read_job_id=lambda asked: asked.job_id,
        source="seed 000",
    ),
    Operation(
        name="DownloadResult",
        methods=_GET,
        path=auth.RESULTS + "{file}",
        run=translation.download_result,
        parameters=translation_models.DownloadResult,
        family="contact",
        lifecycle=FILE_TRANSLATION,
        read_job_id=lambda asked: translation.job_of(asked.file),
        source="seed 000 documents url as a link, to be opened after an OAuth 2.0 login; where it leads is ours",
        evidence=Evidence.ASSUMED,
    ),
    Operation(
        name="OpenConnection",
        path="/v1.0/gateway/connections/open",
        media_types=(JSON,),
        run=stream.open_connection,
        parameters=stream_models.OpenConnection,
        response=stream_models.OpenConnectionResponse,
        family="stream",
        source="open-dingtalk developerpedia, Stream protocol; dingtalk-stream 0.24.3",
        note="No page names it; the name is ours.",
    ),
    Operation(
        name="Connect",
        methods=("GET",),
        path=auth.CONNECT,
        run=stream.connect,
        parameters=stream_models.Connect,
        family="stream",
        source="open-dingtalk developerpedia, Stream protocol",
        note="The handshake of a WebSocket. No page names it; the name is ours, and so is the path, which endpoint gives.",
    ),
)
