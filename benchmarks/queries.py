"""The status query of each provider, for a job that has finished."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from benchmarks.measurement import BenchmarkError
from benchmarks.processes import EMULATOR, run
from benchmarks.signing import (
    TEA_USER_AGENT,
    ClientSettings,
    Request,
    post_json,
    sign_acs3,
    sign_rpc,
    sign_sdk_hmac_sha256,
)

_OK = 200


@dataclass(frozen=True, slots=True)
class Query:
    """A query to send many times: `build` makes a new request. `is_single_use` says that a request is valid only once.

    `target` is the share of the bare handler's rate that it has to reach; the check of a signature costs some of it.
    """

    name: str
    build: Callable[[], Request]
    target: float
    is_single_use: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with status 200."""

    body: bytes
    content_type: str

    def get_constant_part(self) -> str:
        """Return the body without the parts that differ between answers: request ids, and the signature of a link."""
        return re.sub(r'("RequestId":"|\?)[^"]*', r"\1", self.body.decode())


async def send(url: str, request: Request) -> Answer:
    """Send one request to the server at `url`. Raises `BenchmarkError` for any status but 200."""
    async with (
        aiohttp.ClientSession() as session,
        session.request(
            request.method, url + request.target, headers=request.headers, data=request.body or None
        ) as response,
    ):
        body = await response.read()
        if response.status != _OK:
            raise BenchmarkError(f"{request.method} {request.target} was answered {response.status} {body.decode()}")
        return Answer(body, response.headers["Content-Type"])


async def finish_jobs(url: str) -> list[Query]:
    """Run a job of each provider to its end on the server at `url`, and return the queries for them."""
    settings = json.loads(run(*EMULATOR, "env", "--json", "--url", url))
    queries = [
        *await _create_alibaba_job(url, settings["alibaba"]),
        await _create_huawei_job(url, settings["huawei"]),
        await _create_dingtalk_job(url, settings["dingtalk"]),
    ]
    await _fetch_json(url, post_json("/__fauxlate/sandboxes/default/clock", {"advance": "10m"}, method="PATCH"))
    return queries


async def _fetch_json(url: str, request: Request) -> Any:
    return json.loads((await send(url, request)).body)


async def _create_alibaba_job(url: str, settings: ClientSettings) -> list[Query]:
    parameters = {
        "SourceLanguage": "zh",
        "TargetLanguage": "en",
        "SourceText": "你好",
        "Scene": "general",
        "FormatType": "text",
        "ApiType": "translate_standard",
    }
    answer = await _fetch_json(url, sign_acs3(settings, "CreateAsyncTranslate", parameters))
    job, action = {"JobId": answer["Data"]["JobId"]}, "GetAsyncTranslate"
    return [
        Query(f"alibaba {action}, ACS3", lambda: sign_acs3(settings, action, job), 0.6, is_single_use=True),
        Query(f"alibaba {action}, RPC", lambda: sign_rpc(settings, action, job), 0.5, is_single_use=True),
    ]


async def _create_huawei_job(url: str, settings: ClientSettings) -> Query:
    jobs = f"/v1/{settings['project_id']}/machine-translation/file-translation/jobs"
    document = {"url": "https://b.obs.cn-north-4.myhuaweicloud.com/a.docx", "from": "zh", "to": "en", "type": "docx"}
    answer = await _fetch_json(url, sign_sdk_hmac_sha256(settings, "POST", jobs, document))
    path = f"{jobs}/{answer['job_id']}"
    return Query("huawei RunGetFileTranslationResult, AK/SK", lambda: sign_sdk_hmac_sha256(settings, "GET", path), 0.6)


async def _create_dingtalk_job(url: str, settings: ClientSettings) -> Query:
    """Create a job by calls as alibabacloud_dingtalk 2.2.65 sends them, with a token that the server has issued."""
    suite = {
        "suiteKey": settings["suite_key"],
        "suiteSecret": settings["suite_secret"],
        "authCorpId": settings["corp_id"],
        "suiteTicket": "ticket",
    }
    token = (await _fetch_json(url, post_json("/v1.0/oauth2/corpAccessToken", suite)))["accessToken"]
    part = '--b\r\nContent-Disposition: form-data; name="file"; filename="staff.csv"\r\n\r\n$userName=user001$\n\r\n--b--\r\n'
    upload = Request(
        "POST",
        f"/file/upload/single?access_token={token}&file_size=19",
        {"Content-Type": "multipart/form-data; boundary=b"},
        part.encode(),
    )
    medias = {(await _fetch_json(url, upload))["media_id"]: "staff.csv"}
    headers = {
        "Accept-Encoding": "identity",
        "User-Agent": TEA_USER_AGENT,
        "Accept": "application/json",
        "x-acs-dingtalk-access-token": token,
    }
    parameters = {"medias": medias, "unionId": settings["union_id"]}
    answer = await _fetch_json(url, post_json("/v1.0/contact/files/translate", parameters, headers))
    query = Request("GET", f"/v1.0/contact/files/translateResults?jobId={answer['jobId']}", headers)
    return Query("dingtalk GetTranslateFileJobResult, token", lambda: query, 0.7)
