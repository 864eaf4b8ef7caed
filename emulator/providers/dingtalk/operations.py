"""DingTalk's operations: the table."""

from emulator.engine.evidence import Evidence
from emulator.engine.provider import Alias, Operation
from emulator.engine.reply import JSON
from emulator.providers.dingtalk import auth, tokens, translation, uploads
from emulator.providers.dingtalk.lifecycles import FILE_TRANSLATION
from emulator.providers.dingtalk.models import tokens as token_models
from emulator.providers.dingtalk.models import translation as translation_models
from emulator.providers.dingtalk.models import uploads as upload_models

OPERATIONS = (
    Operation(
        name="GetAccessToken",
        path="/v1.0/oauth2/accessToken",
        takes=(JSON,),
        run=tokens.get_access_token,
        parameters=token_models.GetAccessToken,
        response=token_models.TokenResponse,
        family="oauth2",
        source="Obtain the access token of an internal app; alibabacloud_dingtalk 2.2.65",
    ),
    Operation(
        name="GetCorpAccessToken",
        path="/v1.0/oauth2/corpAccessToken",
        aliases=(Alias("/oauth2/corpAccessToken", "dingtalk.token_path", "both"),),
        takes=(JSON,),
        run=tokens.get_corp_access_token,
        parameters=token_models.GetCorpAccessToken,
        response=token_models.TokenResponse,
        family="oauth2",
        source="Obtain the access token of an organization authorized to a third-party app; alibabacloud_dingtalk 2.2.65",
    ),
    Operation(
        name="UploadSingle",
        path="/file/upload/single",
        takes=("multipart/form-data",),
        run=uploads.upload_single,
        parameters=upload_models.UploadSingle,
        response=upload_models.UploadSingleResponse,
        family="legacy",
        access=auth.legacy_token,
        source="seed 000 (Upload a file in a single step)",
    ),
    Operation(
        name="TranslateFile",
        path="/v1.0/contact/files/translate",
        takes=(JSON,),
        run=translation.translate_file,
        parameters=translation_models.TranslateFile,
        response=translation_models.TranslateFileResponse,
        family="contact",
        access=auth.access_token,
        lifecycle=FILE_TRANSLATION,
        creates=True,
        source="seed 001",
    ),
    Operation(
        name="GetTranslateFileJobResult",
        methods=("GET",),
        path="/v1.0/contact/files/translateResults",
        run=translation.get_translate_file_job_result,
        parameters=translation_models.GetTranslateFileJobResult,
        response=translation_models.GetTranslateFileJobResultResponse,
        family="contact",
        access=auth.access_token,
        lifecycle=FILE_TRANSLATION,
        names_job=lambda asked: asked.job_id,
        source="seed 000",
    ),
    Operation(
        name="DownloadResult",
        methods=("GET",),
        path=auth.RESULTS + "{ticket}",
        run=translation.download_result,
        parameters=translation_models.DownloadResult,
        family="contact",
        lifecycle=FILE_TRANSLATION,
        names_job=lambda asked: translation.job_of(asked.ticket),
        source="seed 000 documents url as a link; where it leads is ours",
        evidence=Evidence.ASSUMED,
    ),
)
