"""The reference client of DingTalk: jobs on files of contact ids."""

from __future__ import annotations

import json
from functools import cached_property
from urllib.parse import parse_qsl, urlencode, urlsplit

from contract_tests.all_providers.scenarios.reference_client.client import (
    JSON_HEADERS,
    Outcome,
    TokenClient,
    read_download,
)
from contract_tests.all_providers.scenarios.reference_client.exchange import Json, Response, StoppedError


def read_login(response: Response) -> Outcome:
    """Return why a login was refused; no code if the browser is redirected with an authCode."""
    query = dict(parse_qsl(urlsplit(response.headers.get("Location", "")).query))
    return (None if "authCode" in query else query.get("error", "no login")), None


class DingTalk(TokenClient):
    """A client of jobs on files of contact ids: token, upload, job, login, download."""

    BUSY = frozenset({"system.busy", "serviceBusy", "1111", *(f"900{number:02}" for number in range(1, 15))}) | {
        f"Forbidden.AccessDenied.{kind}LimitFor{caller}Api"
        for kind in ("Qps", "Qpm")
        for caller in ("", "AppkeyAnd", "SuitekeyAndOrgAnd")
    }
    DOUBTFUL = frozenset({"-1"})
    STALE = frozenset({"InvalidAuthentication", "40014", "42001"})
    output: str | None = None

    def request_token(self) -> str:
        suite = {
            "suiteKey": self.credentials["suite_key"],
            "suiteSecret": self.credentials["suite_secret"],
            "suiteTicket": "ticket",
        }
        body = json.dumps({**suite, "authCorpId": self.credentials["corp_id"]}).encode()
        response = self.call("token", lambda: self.send("POST", "/v1.0/oauth2/corpAccessToken", JSON_HEADERS, body))
        return str(response.json["accessToken"])

    def send_with_token(self, method: str, path: str, body: bytes | None = None) -> Response:
        return self.send(method, path, {**JSON_HEADERS, "x-acs-dingtalk-access-token": self.token}, body)

    def read_outcome(self, response: Response) -> Outcome:
        document = response.json
        if "punish" in document:  # no operation answers so: the firewall does, and its status is no job's
            return str(document["status"]), None
        code = document.get("code") or (str(document["errcode"]) if document.get("errcode") else None)
        return code, document.get("status")

    def upload(self) -> Response:
        part = 'Content-Disposition: form-data; name="file"; filename="staff.csv"\r\n\r\n$userName=user001$\n'
        body = f"--part\r\n{part}\r\n--part--\r\n".encode()
        path = f"/file/upload/single?access_token={self.token}"
        return self.send("POST", path, {"Content-Type": "multipart/form-data; boundary=part"}, body)

    @cached_property
    def media_id(self) -> str:
        return str(self.call("upload", self.upload).json["media_id"])

    def create(self) -> str:
        job = {"medias": {self.media_id: "staff.csv"}, "unionId": self.credentials["union_id"]}
        body = json.dumps(job if self.output is None else {**job, "outputFileName": self.output}).encode()
        response = self.call(
            "create", lambda: self.send_with_token("POST", "/v1.0/contact/files/translate", body), safe=False
        )
        return str(response.json["jobId"])

    def query(self) -> Json:
        path = f"/v1.0/contact/files/translateResults?jobId={self.record.job_id}"
        return self.call("query", lambda: self.send_with_token("GET", path)).json

    def has_ended(self, answer: Json) -> bool:
        if answer["status"] == "2":
            raise StoppedError("failed")
        return bool(answer["status"] == "1")

    def log_in(self, link: str) -> Response:
        """Log in as a browser does; return the redirection, with its cookie."""
        query = {
            "client_id": self.credentials["suite_key"],
            "response_type": "code",
            "scope": "openid",
            "redirect_uri": link,
        }
        return self.send("GET", f"/oauth2/auth?{urlencode(query)}", {})

    def fetch(self, answer: Json) -> None:
        """Log in, then open the link in the same browser. A redirection instead of the file asks for a login."""
        login = self.call("login", lambda: self.log_in(answer["url"]), read_login)
        cookie = login.headers["Set-Cookie"].partition(";")[0]
        file = self.call("fetch", lambda: self.send("GET", answer["url"], {"Cookie": cookie}), read_download)
        self.record.files.append(file.body)
