"""A sandbox with the official clients of Huawei's storage and of NLP in it."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdknlp.v2 import (
    FileTranslationReq,
    NlpClient,
    RunFileTranslationRequest,
    RunGetFileTranslationResultRequest,
)
from obs import (
    ObsClient,
)

from contract_tests.clients.huawei.raw import call_admin, create_sandbox


class StorageSandbox:
    """A sandbox with the clients of storage (`obs`) and of NLP (`nlp`) in it."""

    def __init__(self, url: str, **settings: Any) -> None:
        self.credentials = create_sandbox(url, **settings)
        self.obs = self.open_client()
        keys = BasicCredentials(
            self.credentials["access_key"], self.credentials["secret_key"], self.credentials["project_id"]
        )
        self.nlp = NlpClient.new_builder().with_credentials(keys).with_endpoint(url).build()

    def open_client(self, **keys: str) -> Any:
        """Return a client of storage; `keys` (`access_key`, `secret_key`) replace the sandbox's."""
        both = {**self.credentials, **keys}
        return ObsClient(
            access_key_id=both["access_key"],
            secret_access_key=both["secret_key"],
            server=self.credentials["endpoint"],
            path_style=True,
        )

    def link(self, key: str, bucket: str = "sources") -> str:
        """Return a signed link to an object."""
        return str(self.obs.createSignedUrl("GET", bucket, key, expires=600).signedUrl)

    def create_job(self, url: str, kind: str = "txt") -> str:
        """Create a job on a source; return its id."""
        body = FileTranslationReq(url=url, _from="zh", to="en", type=kind)
        return str(self.nlp.run_file_translation(RunFileTranslationRequest(body=body)).job_id)

    def end_job(self, job_id: str) -> Any:
        """Let a job end; return the answer to its query."""
        call_admin(
            self.credentials["endpoint"], "PATCH", f"/sandboxes/{self.credentials['id']}/clock", {"advance": "1m"}
        )
        return self.nlp.run_get_file_translation_result(RunGetFileTranslationResultRequest(job_id))

    def error(self, url: str, kind: str = "txt") -> tuple[str, str]:
        """Run a job that fails; return its status and its error code."""
        answer = self.end_job(self.create_job(url, kind))
        assert answer.url is None
        return answer.status, answer.error_code


def bucket_and_key(link: str) -> tuple[str, str]:
    """Return bucket and key of a link."""
    bucket, _, key = unquote(urlsplit(link).path)[1:].partition("/")
    return bucket, key
