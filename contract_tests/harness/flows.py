"""The flow of each kind of job: how it is created, queried and downloaded by the providers' public operations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contract_tests.harness.exchange import Request, Response, json_request
from contract_tests.harness.provider_client import ProviderClient, upload_request


@dataclass(frozen=True)
class JobStatus:
    """The answer to a status query: the state, the links to the results if there are any, or the code of an error."""

    state: str
    links: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True)
class JobFlow:
    """The flow of the jobs of one lifecycle (`provider.name`).

    `download_operation` is the operation that a link leads to, and `poll_interval` the seconds between two live queries.
    """

    lifecycle: str
    create: Callable[[ProviderClient], Response]
    read_job_id: Callable[[Response], str]
    query: Callable[[ProviderClient, str], Response]
    read_status: Callable[[Response], JobStatus]
    download_operation: str = ""
    poll_interval: float = 0.2

    @property
    def provider(self) -> str:
        """The provider's name."""
        return self.lifecycle.partition(".")[0]

    def start(self, client: ProviderClient) -> str:
        """Create a job; return its id."""
        response = self.create(client)
        assert response.error is None, response
        return self.read_job_id(response)

    def status(self, client: ProviderClient, job_id: str) -> JobStatus:
        """Return the status of a job."""
        response = self.query(client, job_id)
        if response.error is not None:
            return JobStatus("", error=response.error[0])
        return self.read_status(response)


_LANGUAGES = {"SourceLanguage": "zh", "TargetLanguage": "en"}


def _create_text(client: ProviderClient) -> Response:
    form = {
        "SourceLanguage": "auto",
        "TargetLanguage": "en",
        "SourceText": "你好",
        "Scene": "general",
        "FormatType": "text",
        "ApiType": "translate_standard",
    }
    return client.send("alibaba.CreateAsyncTranslate", client.alimt_request("CreateAsyncTranslate", form))


def _query_text(client: ProviderClient, job_id: str) -> Response:
    request = client.alimt_request("GetAsyncTranslate", {"JobId": job_id})
    return client.send("alibaba.GetAsyncTranslate", request)


def _create_images(client: ProviderClient) -> Response:
    form = {**_LANGUAGES, "ImageUrls": "https://example.com/example.jpg", "Ext": '{"needEditorData": "true"}'}
    return client.send("alibaba.TranslateImageBatch", client.alimt_request("TranslateImageBatch", form))


def _query_images(client: ProviderClient, job_id: str) -> Response:
    action = "GetTranslateImageBatchResult"
    return client.send(f"alibaba.{action}", client.alimt_request(action, {"TaskId": job_id}))


def _create_document(client: ProviderClient) -> Response:
    action, form = "CreateDocTranslateTask", {**_LANGUAGES, "FileUrl": "https://example.com/example.docx"}
    return client.send(f"alibaba.{action}", client.alimt_request(action, form))


def _query_document(client: ProviderClient, job_id: str) -> Response:
    request = client.alimt_request("GetDocTranslateTask", method="GET", TaskId=job_id)
    return client.send("alibaba.GetDocTranslateTask", request)


def huawei_jobs_path(client: ProviderClient) -> str:
    """Return the path of Huawei's document jobs."""
    return f"/v1/{client.target.credentials('huawei')['project_id']}/machine-translation/file-translation/jobs"


def _create_huawei_document(client: ProviderClient) -> Response:
    source = client.target.credentials("huawei").get("source")
    body = {
        "url": source or "https://bucket.obs.cn-north-4.myhuaweicloud.com/report.txt",
        "from": "zh",
        "to": "en",
        "type": "txt",
    }
    request = json_request(huawei_jobs_path(client), body, {"X-Auth-Token": client.iam_token})
    return client.send("huawei.RunFileTranslation", request)


def _query_huawei_document(client: ProviderClient, job_id: str) -> Response:
    request = Request("GET", f"{huawei_jobs_path(client)}/{job_id}", {}, {"X-Auth-Token": client.iam_token})
    return client.send("huawei.RunGetFileTranslationResult", request)


def upload_media(client: ProviderClient, name: str = "staff.csv") -> str:
    """Upload a small file to DingTalk; return its media id."""
    request = upload_request(client.corp_token, name, b"$userName=user001$,$departmentName=1$\n")
    return str(client.send("dingtalk.UploadSingle", request).json["media_id"])


def _create_contact_file(client: ProviderClient) -> Response:
    body = {
        "medias": {upload_media(client): "staff.csv"},
        "unionId": client.target.credentials("dingtalk")["union_id"],
    }
    headers = {"x-acs-dingtalk-access-token": client.corp_token}
    return client.send("dingtalk.TranslateFile", json_request("/v1.0/contact/files/translate", body, headers))


def _query_contact_file(client: ProviderClient, job_id: str) -> Response:
    headers = {"x-acs-dingtalk-access-token": client.corp_token}
    request = Request("GET", "/v1.0/contact/files/translateResults", {"jobId": job_id}, headers)
    return client.send("dingtalk.GetTranslateFileJobResult", request)


def _links(*links: str | None) -> tuple[str, ...]:
    return tuple(link for link in links if link)


FLOWS = {
    flow.lifecycle: flow
    for flow in (
        JobFlow(
            "alibaba.async_translate",
            _create_text,
            lambda response: str(response.json["Data"]["JobId"]),
            _query_text,
            lambda response: JobStatus(response.json["Data"]["Status"]),
        ),
        JobFlow(
            "alibaba.image_batch",
            _create_images,
            lambda response: str(response.json["Data"]["TaskId"]),
            _query_images,
            lambda response: JobStatus(
                response.json["Data"]["Status"],
                _links(*(image.get("FinalImageUrl") for image in response.json["Data"]["Result"])),
            ),
        ),
        JobFlow(
            "alibaba.document",
            _create_document,
            lambda response: str(response.json["TaskId"]),
            _query_document,
            lambda response: JobStatus(response.json["Status"], _links(response.json.get("TranslateFileUrl"))),
            download_operation="alibaba.DocumentResult",
        ),
        JobFlow(
            "huawei.file_translation",
            _create_huawei_document,
            lambda response: str(response.json["job_id"]),
            _query_huawei_document,
            lambda response: JobStatus(response.json["status"], _links(response.json.get("url"))),
            download_operation="huawei.GetObject",
        ),
        JobFlow(
            "dingtalk.file_translation",
            _create_contact_file,
            lambda response: str(response.json["jobId"]),
            _query_contact_file,
            lambda response: JobStatus(response.json["status"], _links(response.json.get("url"))),
            download_operation="dingtalk.DownloadResult",
        ),
    )
}
"""By lifecycle."""
