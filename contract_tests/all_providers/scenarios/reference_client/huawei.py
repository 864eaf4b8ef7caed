"""The reference client of Huawei: document jobs."""

from __future__ import annotations

import json

from contract_tests.all_providers.scenarios.reference_client.client import JSON_HEADERS, Outcome, TokenClient
from contract_tests.all_providers.scenarios.reference_client.exchange import Json, Response, StoppedError


class Huawei(TokenClient):
    """A client of document jobs, with an IAM token; it queries again if a link has expired."""

    BUSY = frozenset({"NLP.6302", "APIG.0308", "APIGW.0308", "SlowDown"})
    DOUBTFUL = frozenset({"NLP.0201"})
    STALE = frozenset({"NLP.0101", "APIG.0301", "APIG.0307", "APIGW.0301", "APIGW.0307", "ModelArts.0203"})
    document = "year.txt"

    def request_token(self) -> str:
        user = {
            "name": self.credentials["user"],
            "password": self.credentials["password"],
            "domain": {"name": self.credentials["domain"]},
        }
        identity = {"methods": ["password"], "password": {"user": user}}
        body = json.dumps({"auth": {"identity": identity, "scope": {"project": {"name": "cn-north-4"}}}}).encode()
        response = self.call("token", lambda: self.send("POST", "/v3/auth/tokens", JSON_HEADERS, body))
        return response.headers["X-Subject-Token"]

    def send_with_token(self, method: str, job_path: str = "", body: bytes | None = None) -> Response:
        path = f"/v1/{self.credentials['project_id']}/machine-translation/file-translation/jobs{job_path}"
        return self.send(method, path, {**JSON_HEADERS, "X-Auth-Token": self.token}, body)

    def read_outcome(self, response: Response) -> Outcome:
        document = response.json
        if "error" in document:
            return str(document["error"]["code"]), None
        status = document.get("status")
        return (None if status else document.get("error_code")), status

    def create(self) -> str:
        source = {"url": f"https://bucket.obs.cn-north-4.myhuaweicloud.com/{self.document}", "type": "txt"}
        body = json.dumps({**source, "from": "zh", "to": "en"}).encode()
        return str(self.call("create", lambda: self.send_with_token("POST", body=body), safe=False).json["job_id"])

    def query(self) -> Json:
        return self.call("query", lambda: self.send_with_token("GET", f"/{self.record.job_id}")).json

    def has_ended(self, answer: Json) -> bool:
        if answer["status"] == "ERROR":
            raise StoppedError("failed")
        return bool(answer["status"] == "FINISHED")

    def fetch(self, answer: Json) -> None:
        try:
            self.download(answer["url"])
        except StoppedError:
            if self.record.steps[-1].code != "AccessDenied":
                raise
            self.download(self.query()["url"])
