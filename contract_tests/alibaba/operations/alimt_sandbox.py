"""A sandbox that ignores signatures, and calls of alimt in it."""

from __future__ import annotations

from typing import Any

import requests

from contract_tests.harness.target import Target

TIMEOUT = 20
Json = dict[str, Any]
LANGUAGES = {"SourceLanguage": "zh", "TargetLanguage": "en"}
TEXT_FORM = {**LANGUAGES, "SourceText": "你好", "FormatType": "text"}
"""The form of an operation that translates a text at once."""
DOCUMENT_FORM = {**LANGUAGES, "FileUrl": "https://e.example/%E6%96%87.docx"}
"""The form of CreateDocTranslateTask."""


class AlimtSandbox:
    """A sandbox that ignores signatures; `settings` are further members of the body that creates it."""

    def __init__(self, server: Target, session: requests.Session, **settings: Any) -> None:
        self.url, self.session = server.url, session
        body = {"signatures": "ignored", **settings}
        sandbox = session.post(f"{server.url}/__fauxlate/sandboxes", json=body, timeout=TIMEOUT).json()
        self.id, self.credentials = sandbox["id"], sandbox["credentials"]["alibaba"]

    def common_parameters(self, action: str) -> Json:
        """Return the parameters that every call has."""
        key = self.credentials["access_key_id"]
        return {"Action": action, "Version": "2018-10-12", "Format": "JSON", "AccessKeyId": key}

    def call(self, action: str, method: str = "POST", query: Any = None, **form: str) -> Json:
        """Call an action; return its JSON, with the HTTP status as `status`."""
        parameters = {**self.common_parameters(action), **(query or {})}
        response = self.session.request(method, f"{self.url}/", params=parameters, data=form or None, timeout=TIMEOUT)
        answer: Json = response.json()
        return {**answer, "status": response.status_code}

    def call_sandbox(self, method: str, path: str, body: Json | None = None) -> Any:
        """Call the admin API; `path` is relative to the sandbox. Return its JSON."""
        url = f"{self.url}/__fauxlate/sandboxes/{self.id}/{path}"
        response = self.session.request(method, url, json=body, timeout=TIMEOUT)
        assert response.status_code == 200, response.text
        return response.json()

    def advance(self, duration: str) -> None:
        """Move the clock."""
        self.call_sandbox("PATCH", "clock", {"advance": duration})

    def download(self, link: str) -> requests.Response:
        """Open a link."""
        return self.session.get(link, timeout=TIMEOUT)
