"""A sandbox whose jobs are called back for, and a client of DingTalk in it."""

from __future__ import annotations

import json
from typing import Any

import requests

from contract_tests.clients.callback_apps import CallbackApp, Json
from contract_tests.harness.target import Target

EVENT = "transfer_contact_id_job_result"
TIMEOUT = 20
EVENT_TIMEOUT = 10.0
"""Seconds within which another process or thread has to bring an event about."""
FROZEN = {"mode": "frozen", "at": "2026-01-01T00:00:00Z"}
EPOCH = 1767225600000
"""The time at which the clock stands, in milliseconds since the epoch."""


class CallbackSandbox:
    """A sandbox whose clock stands still; `settings` are members of the body that creates it."""

    def __init__(self, server: Target, **settings: Any) -> None:
        self.url, self.session = server.url, requests.Session()
        self.session.trust_env = False
        sandbox = self.call_admin("POST", "sandboxes", {"clock": FROZEN, **settings}, 201)
        self.id, self.credentials = sandbox["id"], sandbox["credentials"]["dingtalk"]
        self.token = ""

    def call_admin(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """Call the admin API, which has to answer with this HTTP status; return its JSON."""
        response = self.session.request(method, f"{self.url}/__fauxlate/{path}", json=body, timeout=TIMEOUT)
        assert response.status_code == status, response.text
        return response.json()

    def call_sandbox(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """Call the admin API; `path` is relative to the sandbox."""
        return self.call_admin(method, f"sandboxes/{self.id}/{path}", body, status)

    def subscribe(self, app: CallbackApp, form: str = "sync_http") -> None:
        """Set the app's URL as the callback URL, unchecked."""
        self.call_sandbox("PUT", "callbacks/dingtalk", {"url": app.url, "form": form, "check": False})

    def follow_rule(self, effects: Any, **members: Any) -> None:
        """Follow a scenario of one rule on the operation that creates jobs."""
        rule = {"on": "dingtalk.TranslateFile", "then": effects, **members}
        self.call_sandbox("PUT", "scenario", {"rules": [rule]})

    def advance(self, duration: str) -> None:
        """Move the clock."""
        self.call_sandbox("PATCH", "clock", {"advance": duration})

    def submit_job(self, data: bytes = b"$userName=u$", name: str = "a.csv") -> str:
        """Create a job on a file; return its id."""
        if not self.token:
            suite = {"suiteKey": self.credentials["suite_key"], "suiteSecret": self.credentials["suite_secret"]}
            body = {**suite, "authCorpId": self.credentials["corp_id"], "suiteTicket": "t"}
            self.token = self.post("/v1.0/oauth2/corpAccessToken", json=body)["accessToken"]
        media = self.post("/file/upload/single", params={"access_token": self.token}, files={"file": (name, data)})
        body = {"medias": {media["media_id"]: name}, "unionId": self.credentials["union_id"]}
        return str(self.post("/v1.0/contact/files/translate", json=body, headers=self.headers)["jobId"])

    @property
    def headers(self) -> dict[str, str]:
        """The headers with the token."""
        return {"x-acs-dingtalk-access-token": self.token}

    def job_status(self, job_id: str) -> str:
        """Query the status of a job."""
        url = f"{self.url}/v1.0/contact/files/translateResults"
        response = self.session.get(url, params={"jobId": job_id}, headers=self.headers, timeout=TIMEOUT)
        return str(response.json()["status"])

    def post(self, path: str, **options: Any) -> Any:
        """Send a POST to DingTalk, which has to succeed; return the JSON."""
        response = self.session.post(f"{self.url}{path}", timeout=TIMEOUT, **options)
        assert response.status_code == 200, response.text
        return response.json()

    def journal(self, operation: str = EVENT) -> list[Json]:
        """Return the journal's entries of an operation, by default of the callbacks."""
        entries: list[Json] = self.call_sandbox("GET", f"journal?operation={operation}")["entries"]
        return entries

    def fault_counts(self) -> dict[str, int]:
        """Return how often each fault was served, by its name."""
        rows = self.call_sandbox("GET", "coverage?kind=fault&only=served")["rows"]
        return {row["name"].partition(" ")[2]: row["served"] for row in rows}


def read_job_id(event: Json) -> str:
    """Return the job of a callback, in either HTTP form."""
    data = json.loads(event["bizData"][0]["biz_data"]) if "bizData" in event else event
    return str(data["jobId"])
