"""A sandbox under one choice of one quirk, and the plainest clients of the three providers in it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp

from contract_tests.clients.dingtalk.plain import login_url

JOBS = "machine-translation/file-translation/jobs"
"""The path of Huawei's document jobs, within its project."""
Json = dict[str, Any]


class QuirkSandbox:
    """A sandbox that the admin API has created; `document` is its answer."""

    def __init__(self, session: aiohttp.ClientSession, document: Json) -> None:
        self.session = session
        self.id = document["id"]
        self.credentials: dict[str, dict[str, str]] = document["credentials"]

    async def send(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """Send a request; return HTTP status, and the JSON or the bytes of the body."""
        async with self.session.request(method, path, **options) as response:
            data = await response.read()
            return response.status, json.loads(data) if response.content_type == "application/json" else data

    async def advance(self, duration: str) -> None:
        """Move the clock."""
        status, _ = await self.send("PATCH", f"/__fauxlate/sandboxes/{self.id}/clock", json={"advance": duration})
        assert status == 200

    async def follow_rule(self, quirks: Mapping[str, str], rule: Json) -> None:
        """Follow a scenario of one rule."""
        scenario = {"quirks": dict(quirks), "rules": [rule]}
        status, body = await self.send("PUT", f"/__fauxlate/sandboxes/{self.id}/scenario", json=scenario)
        assert status == 200, body

    # Alibaba

    async def call_alimt(self, action: str, **form: str) -> tuple[int, Any]:
        """Call an action of alimt; return HTTP status and JSON."""
        query = {
            "Action": action,
            "Version": "2018-10-12",
            "Format": "JSON",
            "AccessKeyId": self.credentials["alibaba"]["access_key_id"],
        }
        return await self.send("POST", f"/?{urlencode(query)}", data=form)

    async def create_text_job(self) -> str:
        """Create a text job; return its id."""
        languages = {"SourceLanguage": "zh", "TargetLanguage": "en"}
        options = {"Scene": "general", "FormatType": "text", "ApiType": "translate_standard"}
        _, body = await self.call_alimt("CreateAsyncTranslate", SourceText="你好", **languages, **options)
        return str(body["Data"]["JobId"])

    # Huawei

    async def call_huawei(
        self, method: str, path: str, body: Json | None = None, token: str | None = None
    ) -> tuple[int, Any]:
        """Call a path in the project; return HTTP status and JSON. An empty `token` stands for no authentication."""
        if token is None:  # signed by the sandbox's key, though not verified
            date = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
            access = f"Access={self.credentials['huawei']['access_key']}, SignedHeaders=x-sdk-date, Signature=0a"
            headers = {"Authorization": f"SDK-HMAC-SHA256 {access}", "X-Sdk-Date": date}
        else:  # without one, the project in the path still names the sandbox
            headers = {"X-Auth-Token": token} if token else {}
        project = f"/v1/{self.credentials['huawei']['project_id']}"
        return await self.send(method, f"{project}/{path}", json=body, headers=headers)

    async def create_document_job(self) -> str:
        """Create a document job; return its id."""
        document = {"url": "https://b.example/a.txt", "from": "zh", "to": "en", "type": "txt"}
        _, body = await self.call_huawei("POST", JOBS, document)
        return str(body["job_id"])

    # DingTalk

    async def request_corp_token(self, path: str = "/v1.0/oauth2/corpAccessToken") -> tuple[int, Any]:
        """Ask for a token of the third-party app; return HTTP status and JSON."""
        credentials = self.credentials["dingtalk"]
        suite = {"suiteKey": credentials["suite_key"], "suiteSecret": credentials["suite_secret"]}
        return await self.send("POST", path, json={**suite, "authCorpId": credentials["corp_id"], "suiteTicket": "t"})

    async def corp_token(self) -> str:
        """Return a new token of the third-party app."""
        return str((await self.request_corp_token())[1]["accessToken"])

    async def call_dingtalk(self, method: str, path: str, token: str, body: Json | None = None) -> tuple[int, Any]:
        """Call DingTalk's new API with a token; return HTTP status and JSON."""
        return await self.send(method, path, json=body, headers={"x-acs-dingtalk-access-token": token})

    async def query_job(self, token: str, job_id: str = "x") -> tuple[int, Any]:
        """Query the result of a job, by default of one that there is not; return HTTP status and JSON."""
        return await self.call_dingtalk("GET", f"/v1.0/contact/files/translateResults?jobId={job_id}", token)

    async def upload(self, token: str, name: str = "a.csv", data: bytes = b"x") -> str:
        """Upload a file; return its media id."""
        form = aiohttp.FormData()
        form.add_field("file", data, filename=name)
        _, body = await self.send("POST", f"/file/upload/single?access_token={token}", data=form)
        return str(body["media_id"])

    async def submit(
        self, token: str, medias: Mapping[str, str], output: str | None = None, union_id: str = "u"
    ) -> tuple[int, Any]:
        """Submit a job on files, given as names by media id; return HTTP status and JSON."""
        body = {"medias": medias, "unionId": union_id, **({"outputFileName": output} if output else {})}
        return await self.call_dingtalk("POST", "/v1.0/contact/files/translate", token, body)

    async def run_job(
        self, token: str, medias: Mapping[str, str], output: str | None = None, union_id: str = "u"
    ) -> Json:
        """Submit a job, and let time pass; return its result, or the refusal."""
        _, body = await self.submit(token, medias, output, union_id)
        if "jobId" not in body:
            return dict(body)
        await self.advance("1m")
        return dict((await self.query_job(token, body["jobId"]))[1])

    async def translate_files(self, files: Mapping[str, bytes], output: str | None = None) -> tuple[Json, str, bytes]:
        """Run a job on files, given as data by name; return the result, and name and data of the file behind its link."""
        token = await self.corp_token()
        medias = {await self.upload(token, name, data): name for name, data in files.items()}
        result = await self.run_job(token, medias, output)
        if "url" not in result:
            return result, "", b""
        async with self.session.get(login_url(self.credentials["dingtalk"], result["url"])) as response:
            assert response.content_disposition is not None
            return result, str(response.content_disposition.filename), await response.read()


Check = Callable[[QuirkSandbox, str], Awaitable[None]]
"""Checks what a quirk does in a sandbox under a choice."""
