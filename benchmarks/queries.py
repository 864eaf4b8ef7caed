"""The status query of each provider, for a job that has finished."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from benchmarks.measurement import BenchmarkError
from benchmarks.processes import EMULATOR, said_by
from benchmarks.signing import TEA, Request, Told, acs3, posted, rpc, sdk_hmac_sha256

_OK = 200


@dataclass(frozen=True, slots=True)
class Query:
    """A query to be sent many times: `make` makes it anew. `once`: its nonce is good for one time.

    `target` is the part of the bare handler's rate that it has to reach; verifying a signature costs some of it.
    """

    name: str
    make: Callable[[], Request]
    target: float
    once: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, with status 200."""

    body: bytes
    content_type: str

    def lasting(self) -> str:
        """Return the body without what differs from answer to answer: request ids, and the signature of a link."""
        return re.sub(r'("RequestId":"|\?)[^"]*', r"\1", self.body.decode())


async def send(url: str, request: Request) -> Answer:
    """Send one request to the server at `url`. Raises `BenchmarkError` for any status but 200."""
    async with (
        aiohttp.ClientSession() as session,
        session.request(
            request.method, url + request.target, headers=request.headers, data=request.body or None
        ) as came,
    ):
        body = await came.read()
        if came.status != _OK:
            raise BenchmarkError(f"{request.method} {request.target} was answered {came.status} {body.decode()}")
        return Answer(body, came.headers["Content-Type"])


async def finished(url: str) -> list[Query]:
    """Run a job of each provider to its end on the server at `url`; returns the queries for them."""
    told = json.loads(said_by(*EMULATOR, "env", "--json", "--url", url))
    queries = [
        *await _alibaba(url, told["alibaba"]),
        await _huawei(url, told["huawei"]),
        await _dingtalk(url, told["dingtalk"]),
    ]
    await _said(url, posted("/__fauxlate/sandboxes/default/clock", {"advance": "10m"}, method="PATCH"))
    return queries


async def _said(url: str, request: Request) -> Any:
    return json.loads((await send(url, request)).body)


async def _alibaba(url: str, told: Told) -> list[Query]:
    text = {
        "SourceLanguage": "zh",
        "TargetLanguage": "en",
        "SourceText": "你好",
        "Scene": "general",
        "FormatType": "text",
        "ApiType": "translate_standard",
    }
    created = await _said(url, acs3(told, "CreateAsyncTranslate", text))
    job, action = {"JobId": created["Data"]["JobId"]}, "GetAsyncTranslate"
    return [
        Query(f"alibaba {action}, ACS3", lambda: acs3(told, action, job), 0.6, once=True),
        Query(f"alibaba {action}, RPC", lambda: rpc(told, action, job), 0.5, once=True),
    ]


async def _huawei(url: str, told: Told) -> Query:
    jobs = f"/v1/{told['project_id']}/machine-translation/file-translation/jobs"
    document = {"url": "https://b.obs.cn-north-4.myhuaweicloud.com/a.docx", "from": "zh", "to": "en", "type": "docx"}
    created = await _said(url, sdk_hmac_sha256(told, "POST", jobs, document))
    path = f"{jobs}/{created['job_id']}"
    return Query("huawei RunGetFileTranslationResult, AK/SK", lambda: sdk_hmac_sha256(told, "GET", path), 0.6)


async def _dingtalk(url: str, told: Told) -> Query:
    """Run a job by calls as alibabacloud_dingtalk 2.2.65 sends them, with a token that was really given out."""
    suite = {
        "suiteKey": told["suite_key"],
        "suiteSecret": told["suite_secret"],
        "authCorpId": told["corp_id"],
        "suiteTicket": "ticket",
    }
    token = (await _said(url, posted("/v1.0/oauth2/corpAccessToken", suite)))["accessToken"]
    part = '--b\r\nContent-Disposition: form-data; name="file"; filename="staff.csv"\r\n\r\n$userName=user001$\n\r\n--b--\r\n'
    upload = Request(
        "POST",
        f"/file/upload/single?access_token={token}&file_size=19",
        {"Content-Type": "multipart/form-data; boundary=b"},
        part.encode(),
    )
    medias = {(await _said(url, upload))["media_id"]: "staff.csv"}
    headers = {
        "Accept-Encoding": "identity",
        "User-Agent": TEA,
        "Accept": "application/json",
        "x-acs-dingtalk-access-token": token,
    }
    asked = {"medias": medias, "unionId": told["union_id"]}
    created = await _said(url, posted("/v1.0/contact/files/translate", asked, headers))
    query = Request("GET", f"/v1.0/contact/files/translateResults?jobId={created['jobId']}", headers)
    return Query("dingtalk GetTranslateFileJobResult, token", lambda: query, 0.7)
