"""The reference clients of Alibaba: text jobs and batches of images."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from functools import cached_property
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from contract_tests.all_providers.scenarios.reference_client.client import Client, Outcome
from contract_tests.all_providers.scenarios.reference_client.exchange import Json, Response, StoppedError


class _Alibaba(Client):
    """A client of alimt."""

    BUSY = frozenset({"Throttling", "Throttling.User", "Throttling.Api"})
    DOUBTFUL = frozenset({"101", "102", "111", "112", "10001", "10002", "10011", "10012"})

    def send_signed(self, action: str, **form: str) -> Response:
        """Send a request with an ACS3 signature. Raises `BrokenError`."""
        body = urlencode(form).encode()
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "host": urlsplit(self.url).netloc,
            "x-acs-action": action,
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
            "x-acs-date": datetime.fromtimestamp(self.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": uuid4().hex,
            "x-acs-version": "2018-10-12",
        }
        lines = [f"{name}:{value}" for name, value in headers.items()]
        canonical = "\n".join(["POST", "/", "", *lines, "", ";".join(headers), headers["x-acs-content-sha256"]])
        text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.digest(self.credentials["access_key_secret"].encode(), text.encode(), "sha256").hex()
        authorization = (
            f"Credential={self.credentials['access_key_id']},SignedHeaders={';'.join(headers)},Signature={signature}"
        )
        return self.send("POST", "/", {**headers, "authorization": f"ACS3-HMAC-SHA256 {authorization}"}, body)

    def read_outcome(self, response: Response) -> Outcome:
        code, data = str(response.json.get("Code", "")), response.json.get("Data") or {}
        return (code if code != "200" else None), data.get("Status")


class AlibabaText(_Alibaba):
    """A client of text jobs: CreateAsyncTranslate and GetAsyncTranslate."""

    def create(self) -> str:
        form = {"SourceText": "你好", "SourceLanguage": "zh", "TargetLanguage": "en"}
        form |= {"Scene": "general", "FormatType": "text", "ApiType": "translate_standard"}
        response = self.call("create", lambda: self.send_signed("CreateAsyncTranslate", **form), safe=False)
        return str(response.json["Data"]["JobId"])

    def query(self) -> Json:
        job_id = self.record.job_id or ""
        return self.call("query", lambda: self.send_signed("GetAsyncTranslate", JobId=job_id)).json

    def has_ended(self, answer: Json) -> bool:
        if answer["Data"]["Status"] == "error":
            raise StoppedError("failed")
        return "TranslatedText" in answer["Data"]  # every reading of the page agrees on its presence, and on no status

    def fetch(self, answer: Json) -> None:
        self.record.files.append(answer["Data"]["TranslatedText"].encode())


class AlibabaImages(_Alibaba):
    """A client of batches of two images; a CustomTaskId makes it safe to repeat TranslateImageBatch for three minutes."""

    IMAGES = "https://example.com/first.jpg,https://example.com/second.jpg"

    @cached_property
    def custom_task_id(self) -> str:
        return uuid4().hex

    def create(self) -> str:
        form = {"ImageUrls": self.IMAGES, "SourceLanguage": "zh", "TargetLanguage": "en"}
        form["CustomTaskId"] = self.custom_task_id
        return str(self.call("create", lambda: self.send_signed("TranslateImageBatch", **form)).json["Data"]["TaskId"])

    def query(self) -> Json:
        task = self.record.job_id or ""
        return self.call("query", lambda: self.send_signed("GetTranslateImageBatchResult", TaskId=task)).json

    def has_ended(self, answer: Json) -> bool:
        if answer["Data"]["Status"] == "invalid":
            raise StoppedError("gone")
        return bool(answer["Data"]["Status"] == "finished")

    def fetch(self, answer: Json) -> None:
        for image in answer["Data"]["Result"]:
            if not image["Success"]:
                raise StoppedError("failed")
            self.download(image["FinalImageUrl"])
