"""A strict sandbox of Huawei with a job that has ended, and the reason of the gateway's refusals."""

from __future__ import annotations

import json

from contract_tests.clients.huawei.raw import RawRequest, call_admin, create_sandbox, request_token, send, sign
from contract_tests.harness.exchange import Response

BODY = json.dumps({"url": "https://b.example/a.txt", "from": "zh", "to": "en", "type": "txt"}).encode()
"""The body that creates a document job."""


class SignedSandbox:
    """A strict sandbox with a job that has ended.

    `jobs` is the path of jobs, `query` the path of the job, `link` the path of its result, and `token` an IAM token.
    """

    def __init__(self, url: str) -> None:
        self.credentials = create_sandbox(url, strict=True)
        self.jobs = f"/v1/{self.credentials['project_id']}/machine-translation/file-translation/jobs"
        job_id = self.send(sign(self.credentials, "POST", self.jobs, BODY)).json["job_id"]
        self.query = f"{self.jobs}/{job_id}"
        self.token = request_token(self.credentials, {"project": {"name": "cn-north-4"}})[0]
        call_admin(url, "PATCH", f"/sandboxes/{self.credentials['id']}/clock", {"advance": "1m"})
        self.link: str = self.send(sign(self.credentials, "GET", self.query)).json["url"].removeprefix(url)

    def send(self, request: RawRequest) -> Response:
        """Send a request."""
        return send(self.credentials["endpoint"], request)


def read_reason(response: Response) -> str:
    """Check that a response is the gateway's refusal; return its reason."""
    assert (response.status, response.json["error_code"]) == (401, "APIG.0301"), response.body
    assert len(response.json["request_id"]) == 32
    assert response.headers["X-Request-Id"] == response.json["request_id"]
    message: str = response.json["error_msg"]
    assert message.startswith("Incorrect IAM authentication information: ")
    return message.removeprefix("Incorrect IAM authentication information: ")
