"""Bytes a job: how much a process grows by many jobs, created as a request creates them.

Usage: python -m benchmarks.memory PROVIDER JOBS, which prints the bytes; a process of its own for each.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from resource import getpagesize

from fauxlate.engine.exchange.request import Request
from fauxlate.engine.world import environment
from fauxlate.server import PROVIDERS, world
from fauxlate.settings import Settings
from fauxlate.web.endpoint import answer
from multidict import CIMultiDict

from benchmarks import signing
from benchmarks.measurement import BenchmarkError, Measurement
from benchmarks.processes import said_by
from benchmarks.signing import Told

TARGET = 1536
_BEFORE = 2000
"""Jobs that do not count: after them all is imported, and the journal, which is bounded, is full."""
_OK = 200
_HOST = "127.0.0.1:8585"


def measure(provider: str, jobs: int) -> Measurement:
    """Measure in a child process, which has nothing but these jobs."""
    said = said_by(sys.executable, "-m", "benchmarks.memory", provider, str(jobs))
    return Measurement(f"bytes a job, {provider}", [float(said)], TARGET, at_least=False, note=f"{jobs:,} jobs")


def _alibaba(number: int, told: Told) -> signing.Request:
    text = {
        "SourceLanguage": "zh",
        "TargetLanguage": "en",
        "SourceText": f"你好，第{number}位朋友",
        "Scene": "general",
        "FormatType": "text",
        "ApiType": "translate_standard",
    }
    return signing.acs3(told, "CreateAsyncTranslate", text)


def _huawei(number: int, told: Told) -> signing.Request:
    document = {
        "url": f"https://bucket.obs.cn-north-4.myhuaweicloud.com/reports/{number}.docx",
        "from": "zh",
        "to": "en",
        "type": "docx",
    }
    path = f"/v1/{told['project_id']}/machine-translation/file-translation/jobs"
    return signing.sdk_hmac_sha256(told, "POST", path, document)


CREATED: Mapping[str, Callable[[int, Told], signing.Request]] = {"alibaba": _alibaba, "huawei": _huawei}


async def _grown(provider: str, jobs: int) -> float:
    """Return by how many bytes a job this process grows."""
    here = world(Settings())
    here.base_url = f"http://{_HOST}"
    told = environment(PROVIDERS, here.sandboxes.default, here.base_url)[provider]

    async def create(numbers: range) -> None:
        for number in numbers:
            signed = CREATED[provider](number, told)
            headers = CIMultiDict({"Host": _HOST, **signed.headers})
            reply = await answer(here, Request(signed.method, signed.target, headers, signed.body))
            if reply.status != _OK:
                raise BenchmarkError(f"job {number} was answered {reply.status} {reply.body.decode()}")

    await create(range(_BEFORE))
    before = _resident()
    await create(range(_BEFORE, _BEFORE + jobs))
    return (_resident() - before) / jobs


def _resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * getpagesize()


if __name__ == "__main__":
    print(asyncio.run(_grown(sys.argv[1], int(sys.argv[2]))))
