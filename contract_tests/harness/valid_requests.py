"""A valid request of each operation, for tests that spoil it or have a scenario refuse it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from contract_tests.clients.dingtalk.plain import login_url, request_user_token
from contract_tests.harness.exchange import FORM, JSON, Request, json_request
from contract_tests.harness.provider_client import ProviderClient
from contract_tests.harness.target import Credentials, Target

_LANGUAGES = {"SourceLanguage": "zh", "TargetLanguage": "en"}
_PLAIN_TEXT = {**_LANGUAGES, "SourceText": "x", "FormatType": "text"}
TEXT_FORM = {**_PLAIN_TEXT, "Scene": "general", "ApiType": "translate_standard"}
"""The form of CreateAsyncTranslate."""
_IMAGE = "https://e.example/a.png"
IMAGES_FORM = {**_LANGUAGES, "ImageUrls": _IMAGE}
"""The form of TranslateImageBatch."""
_TITLE = {"Title": "x", "Language": "en", "Platform": "ae", "CategoryId": "0"}
_FORMS: Mapping[str, Mapping[str, str]] = {
    "CreateAsyncTranslate": TEXT_FORM,
    "GetAsyncTranslate": {"JobId": "x"},
    "TranslateImageBatch": IMAGES_FORM,
    "GetTranslateImageBatchResult": {"TaskId": "x"},
    "TranslateGeneral": _PLAIN_TEXT,
    "TranslateGeneralVpc": _PLAIN_TEXT,
    "Translate": {**_PLAIN_TEXT, "Scene": "title"},
    "TranslateECommerce": {**_PLAIN_TEXT, "Scene": "title"},
    "TranslateSearch": {**_PLAIN_TEXT, "Scene": "query"},
    "GetBatchTranslate": {**TEXT_FORM, "SourceText": '{"11":"x"}'},
    "GetBatchTranslateByVPC": {**TEXT_FORM, "SourceText": '{"11":"x"}'},
    "GetDetectLanguage": {"SourceText": "x"},
    "GetDetectLanguageVpc": {"SourceText": "x"},
    "TranslateImage": {**_LANGUAGES, "ImageUrl": _IMAGE},
    "TranslateCertificate": {**_LANGUAGES, "ImageUrl": _IMAGE, "CertificateType": "idcard"},
    "CreateDocTranslateTask": {**_LANGUAGES, "FileUrl": "https://e.example/a.docx"},
    "GetImageTranslate": {**_LANGUAGES, "Url": _IMAGE},
    "CreateImageTranslateTask": {**_LANGUAGES, "UrlList": _IMAGE},
    "GetImageTranslateTask": {"TaskId": "x"},
    "GetImageDiagnose": {"Url": _IMAGE},
    "GetTitleDiagnose": _TITLE,
    "GetTitleGenerate": _TITLE,
    "GetTitleIntelligence": {"Platform": "ae", "CatLevelTwoId": "0", "CatLevelThreeId": "0"},
}
"""By action, the fields of its form body."""
_QUERIES: Mapping[str, Mapping[str, str]] = {
    "OpenAlimtService": {"Type": "alimt"},
    "GetTranslateReport": {
        "BeginTime": "2021-03-01 00:00:00",
        "EndTime": "2021-03-01 23:59:59",
        "ApiName": "translate_standard",
        "Group": "hour",
    },
}
"""By action, its parameters in the query, if its body is empty."""
_DRIVE = "/v1.0/drive/spaces/1/files"
_STORAGE = "/v1.0/storage/spaces/1/files"
_FOLDER = "/v2.0/storage/spaces/files/u"


def valid_request(operation: str, target: Target) -> Request:
    """Return a well-formed request of an operation (`provider.Operation`).

    What it asks for need not exist. Requests of alimt are not signed.
    """
    provider, _, name = operation.partition(".")
    if provider == "alibaba":
        return alibaba_requests()[name]
    if provider == "huawei":
        return _huawei_requests(target)[name]
    if name == "GetUser":
        token = request_user_token(target.environment["dingtalk"])
        return Request("GET", "/v1.0/contact/users/me", {}, {"x-acs-dingtalk-access-token": token})
    return _dingtalk_requests(target)[name]


def alimt_request(action: str, form: Mapping[str, str], **query: str) -> Request:
    """Return a request of alimt that is not signed."""
    common = {"Action": action, "Version": "2018-10-12", "Format": "JSON", "AccessKeyId": "key", **query}
    return Request("POST", "/", common, {"Content-Type": FORM}, urlencode(form).encode())


def alibaba_requests() -> dict[str, Request]:
    document_query = alimt_request("GetDocTranslateTask", {}, TaskId="x")
    return {
        "ImageResult": Request("GET", "/alimt-results/tag/task/0/final.png"),
        "DocumentResult": Request("GET", "/alimt-results/tag/task/a_en.docx"),
        "GetDocTranslateTask": replace(document_query, method="GET", body=None),
        **{action: alimt_request(action, form) for action, form in _FORMS.items()},
        **{action: alimt_request(action, {}, **query) for action, query in _QUERIES.items()},
    }


def _huawei_requests(target: Target) -> dict[str, Request]:
    credentials = target.environment["huawei"]
    token = ProviderClient(target).iam_token
    headers = {"X-Auth-Token": token}
    user = {"name": credentials["user"], "password": credentials["password"]}
    identity = {"methods": ["password"], "password": {"user": user}}
    translation = f"/v1/{credentials['project_id']}/machine-translation"
    jobs = f"{translation}/file-translation/jobs"
    document = {"url": "https://b.example/a.docx", "from": "zh", "to": "en", "type": "docx"}
    link = {"AccessKeyId": "x", "Expires": "9999999999", "Signature": "x"}
    return {
        "RunTextTranslation": json_request(
            f"{translation}/text-translation", {"text": "x", "from": "zh", "to": "en"}, headers
        ),
        "RunLanguageDetection": json_request(f"{translation}/language-detection", {"text": "x"}, headers),
        "RunFileTranslation": json_request(jobs, document, headers),
        "RunGetFileTranslationResult": Request("GET", f"{jobs}/x", {}, headers),
        "KeystoneCreateUserTokenByPassword": json_request("/v3/auth/tokens", {"auth": {"identity": identity}}),
        "KeystoneValidateToken": Request("GET", "/v3/auth/tokens", {}, {**headers, "X-Subject-Token": token}),
        "KeystoneListProjects": Request("GET", "/v3/projects", {"name": "cn-north-4"}, headers),
        "KeystoneCreateProject": json_request("/v3/projects", {"project": {"name": "cn-north-4"}}, headers),
        "KeystoneListRegions": Request("GET", "/v3/regions", {}, headers),
        "KeystoneListAuthDomains": Request("GET", "/v3/auth/domains", {}, headers),
        "CreateBucket": Request("PUT", "/bucket", link),
        "HeadBucket": Request("HEAD", "/bucket", link),
        "InitiateMultipartUpload": Request("POST", "/bucket/key", {**link, "uploads": ""}),
        "UploadPart": Request("PUT", "/bucket/key", {**link, "uploadId": "x", "partNumber": "1"}, body=b"x"),
        "CompleteMultipartUpload": Request("POST", "/bucket/key", {**link, "uploadId": "x"}, body=b"<a/>"),
        "AbortMultipartUpload": Request("DELETE", "/bucket/key", {**link, "uploadId": "x"}),
        "PutObject": Request("PUT", "/bucket/key", link, body=b"x"),
        "GetObject": Request("GET", "/bucket/nothing", link),
        "DeleteObject": Request("DELETE", "/bucket/key", link),
    }


def _dingtalk_requests(target: Target) -> dict[str, Request]:
    credentials = target.environment["dingtalk"]
    token = ProviderClient(target).corp_token
    return {
        **_dingtalk_logins(credentials, token),
        **_dingtalk_uploads(token),
        "TranslateFile": json_request(
            "/v1.0/contact/files/translate",
            {"medias": {"m": "a.csv"}, "unionId": "u"},
            {"x-acs-dingtalk-access-token": token},
        ),
        "GetTranslateFileJobResult": Request(
            "GET", "/v1.0/contact/files/translateResults", {"jobId": "x"}, {"x-acs-dingtalk-access-token": token}
        ),
        "DownloadResult": Request("GET", "/contact/files/ticket"),
        "OpenConnection": json_request(
            "/v1.0/gateway/connections/open",
            {
                "clientId": credentials["suite_key"],
                "clientSecret": credentials["suite_secret"],
                "subscriptions": [{"type": "EVENT", "topic": "*"}],
            },
        ),
        "Connect": Request(
            "GET", "/v1.0/gateway/connect", {"ticket": "x"}, {"Upgrade": "websocket", "Connection": "Upgrade"}
        ),
    }


def _dingtalk_logins(credentials: Credentials, token: str) -> dict[str, Request]:
    """Return the requests of tokens, logins and users."""
    suite = {
        "suiteKey": credentials["suite_key"],
        "suiteSecret": credentials["suite_secret"],
        "suiteTicket": "t",
    }
    user_keys = {"clientId": "k", "clientSecret": "s", "grantType": "authorization_code", "code": "c"}
    client_keys = {"client_id": "k", "client_secret": "s", "grant_type": "client_credentials"}
    signature = {"accessKey": "k", "timestamp": "1", "suiteTicket": "t", "signature": "s"}
    login = login_url(credentials, f"http://{credentials['endpoint']}/login?redirectUri=x")
    return {
        "GetAccessToken": json_request("/v1.0/oauth2/accessToken", {"appKey": "k", "appSecret": "s"}),
        "GetCorpAccessToken": json_request(
            "/v1.0/oauth2/corpAccessToken", {**suite, "authCorpId": credentials["corp_id"]}
        ),
        "GetSuiteAccessToken": json_request("/v1.0/oauth2/suiteAccessToken", suite),
        "GetUserToken": json_request("/v1.0/oauth2/userAccessToken", user_keys),
        "GetToken": json_request(f"/v1.0/oauth2/{credentials['corp_id']}/token", client_keys),
        "Gettoken": Request("GET", "/gettoken", {"appkey": "k", "appsecret": "s"}),
        "ServiceGetCorpToken": Request(
            "POST", "/service/get_corp_token", signature, {"Content-Type": JSON}, b'{"auth_corpid": "c"}'
        ),
        "OAuth2Auth": Request("GET", "/oauth2/auth", dict(parse_qsl(urlsplit(login).query))),
        "Login": Request("GET", "/login", {"redirectUri": "/"}),
        "RequestAuthCode": Request("GET", "/oauth2/requestAuthCode", {"corpId": credentials["corp_id"]}),
        "V2UserGetuserinfo": Request(
            "POST", "/topapi/v2/user/getuserinfo", {"access_token": token}, {"Content-Type": FORM}, b"code=c"
        ),
    }


def _dingtalk_uploads(token: str) -> dict[str, Request]:
    """Return the requests of uploads, of the drive and of storage."""
    headers = {"x-acs-dingtalk-access-token": token}
    multipart = {"Content-Type": "multipart/form-data; boundary=b"}
    upload_info = {"protocol": "HEADER_SIGNATURE"}
    commit = {"uploadKey": "k", "name": "a.csv"}

    def storage_request(path: str, body: Mapping[str, str]) -> Request:
        return replace(json_request(path, body, headers), query={"unionId": "u"})

    return {
        "UploadSingle": Request(
            "POST", "/file/upload/single", {"access_token": token}, multipart, _form_part("file", "a.csv")
        ),
        "UploadTransaction": Request(
            "GET", "/file/upload/transaction", {"access_token": token, "file_size": "1", "chunk_numbers": "1"}
        ),
        "UploadChunk": Request(
            "POST",
            "/file/upload/chunk",
            {"access_token": token, "upload_id": "u", "chunk_sequence": "1"},
            multipart,
            _form_part("media", "a.xlsx"),
        ),
        "MediaUpload": Request(
            "POST", "/media/upload", {"access_token": token, "type": "file"}, multipart, _form_part("media", "a.xlsx")
        ),
        "GetUploadInfo": Request(
            "GET",
            f"{_DRIVE}/0/uploadInfos",
            {"unionId": "u", "fileName": "a.csv", "fileSize": "1", "md5": "m"},
            headers,
        ),
        "AddFile": json_request(
            _DRIVE, {"fileType": "file", "fileName": "a.csv", "unionId": "u", "mediaId": "m"}, headers
        ),
        "GetFileUploadInfoV1": storage_request(f"{_STORAGE}/uploadInfos/query", upload_info),
        "CommitFileV1": storage_request(f"{_STORAGE}/commit", {**commit, "parentId": "0"}),
        "GetFileUploadInfo": storage_request(f"{_FOLDER}/uploadInfos/query", upload_info),
        "CommitFile": storage_request(f"{_FOLDER}/commit", commit),
        "PutObject": Request("PUT", "/dingtalk-drive/yundisk0/nothing", {}, {"Authorization": "OSS k:s"}, b"x"),
    }


def _form_part(name: str, filename: str) -> bytes:
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'
    return head.encode() + b"x\r\n--b--\r\n"
