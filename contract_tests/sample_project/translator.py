"""Documents translated by Huawei Cloud, as an application does it that has no SDK: with an IAM token, by the standard library."""

import json
import time
import urllib.error
import urllib.request
from http.client import HTTPException

TIMEOUT = 1.0
ATTEMPTS = 2
POLLS = 30
EVERY = 2.0


class TranslationError(Exception):
    """There is no translation."""


class Translator:
    def __init__(self, url, user, password, domain, project_id, sleep=time.sleep):
        self.url, self.project_id, self.sleep = url, project_id, sleep
        self.user = {"name": user, "password": password, "domain": {"name": domain}}
        self.token = None

    def translate(self, document):
        job = self.submit(document)
        for _ in range(POLLS):
            if self.finished(job):
                return self.result(job)
            self.sleep(EVERY)
        raise TranslationError(f"{job} has not ended")

    def submit(self, document):
        """Start a job. What may have arrived is not sent again."""
        asked = {"url": document, "from": "zh", "to": "en", "type": "txt"}
        job = self._asked("POST", "", asked).get("job_id")
        if not job:
            raise TranslationError("the answer has no job id")
        return job

    def finished(self, job):
        said = self._again(lambda: self._status(job))
        if said["status"] == "ERROR":
            raise TranslationError(f"{job} has failed: {said.get('error_code')}")
        return said["status"] == "FINISHED"

    def result(self, job):
        """Return the document. A link that has expired is asked for again."""
        return self._again(lambda: self._sent(urllib.request.Request(self._status(job)["url"]))[1])

    def _status(self, job):
        said = self._asked("GET", f"/{job}")
        if said.get("status") not in ("WAITING", "BGEIN", "BEGIN", "FINISHED", "ERROR"):
            raise TranslationError("an answer without a status")
        return said

    def _again(self, ask):
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return ask()
            except TranslationError:
                if attempt == ATTEMPTS:
                    raise
                self.sleep(EVERY)

    def _asked(self, method, path, body=None):
        if self.token is None:
            self.token = self._again(self._new_token)
        url = f"{self.url}/v1/{self.project_id}/machine-translation/file-translation/jobs{path}"
        sent = None if body is None else json.dumps(body).encode()
        headers = {"X-Auth-Token": self.token, "Content-Type": "application/json"}
        try:
            said = json.loads(self._sent(urllib.request.Request(url, sent, headers, method=method))[1])
        except ValueError as fault:
            raise TranslationError("no JSON") from fault
        if not isinstance(said, dict):
            raise TranslationError("no JSON object")
        return said

    def _new_token(self):
        identity = {"methods": ["password"], "password": {"user": self.user}}
        asked = {"auth": {"identity": identity, "scope": {"project": {"id": self.project_id}}}}
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/v3/auth/tokens", json.dumps(asked).encode(), headers)
        token = self._sent(request)[0]["X-Subject-Token"]
        if not token:
            raise TranslationError("an answer without a token")
        return token

    def _sent(self, request):
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=TIMEOUT) as answer:
                return answer.headers, answer.read()
        except (OSError, HTTPException) as fault:
            raise TranslationError(f"{type(fault).__name__}: {fault}") from fault
