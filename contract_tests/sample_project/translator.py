"""Documents translated by Huawei Cloud, as an application does it that has no SDK: with an IAM token, by the standard library."""

import json
import time
import urllib.error
import urllib.request
from http.client import HTTPException

TIMEOUT = 0.5
MAX_ATTEMPTS = 2
MAX_POLLS = 30
POLL_INTERVAL = 2.0


class TranslationError(Exception):
    """There is no translation."""


class Translator:
    def __init__(self, url, user, password, domain, project_id, sleep=time.sleep):
        self.url, self.project_id, self.sleep = url, project_id, sleep
        self.user = {"name": user, "password": password, "domain": {"name": domain}}
        self.token = None

    def translate(self, document):
        job = self.submit(document)
        for _ in range(MAX_POLLS):
            if self.is_finished(job):
                return self.result(job)
            self.sleep(POLL_INTERVAL)
        raise TranslationError(f"{job} has not ended")

    def submit(self, document):
        """Start a job. What may have arrived is not sent again."""
        body = {"url": document, "from": "zh", "to": "en", "type": "txt"}
        job = self._request("POST", "", body).get("job_id")
        if not job:
            raise TranslationError("the answer has no job id")
        return job

    def is_finished(self, job):
        answer = self._retry(lambda: self._query(job))
        if answer["status"] == "ERROR":
            raise TranslationError(f"{job} has failed: {answer.get('error_code')}")
        return answer["status"] == "FINISHED"

    def result(self, job):
        """Return the document. A link that has expired is asked for again."""
        return self._retry(lambda: self._send(urllib.request.Request(self._query(job)["url"]))[1])

    def _query(self, job):
        answer = self._request("GET", f"/{job}")
        if answer.get("status") not in ("WAITING", "BGEIN", "BEGIN", "FINISHED", "ERROR"):
            raise TranslationError("an answer without a status")
        return answer

    def _retry(self, request):
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                return request()
            except TranslationError:
                if attempt == MAX_ATTEMPTS:
                    raise
                self.sleep(POLL_INTERVAL)

    def _request(self, method, path, body=None):
        if self.token is None:
            self.token = self._retry(self._new_token)
        url = f"{self.url}/v1/{self.project_id}/machine-translation/file-translation/jobs{path}"
        payload = None if body is None else json.dumps(body).encode()
        headers = {"X-Auth-Token": self.token, "Content-Type": "application/json"}
        try:
            answer = json.loads(self._send(urllib.request.Request(url, payload, headers, method=method))[1])
        except ValueError as error:
            raise TranslationError("no JSON") from error
        if not isinstance(answer, dict):
            raise TranslationError("no JSON object")
        return answer

    def _new_token(self):
        identity = {"methods": ["password"], "password": {"user": self.user}}
        body = {"auth": {"identity": identity, "scope": {"project": {"id": self.project_id}}}}
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/v3/auth/tokens", json.dumps(body).encode(), headers)
        token = self._send(request)[0]["X-Subject-Token"]
        if not token:
            raise TranslationError("an answer without a token")
        return token

    def _send(self, request):
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=TIMEOUT) as response:
                return response.headers, response.read()
        except (OSError, HTTPException) as error:
            raise TranslationError(f"{type(error).__name__}: {error}") from error
