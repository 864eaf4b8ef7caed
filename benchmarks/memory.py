"""Bytes a job: how much a process grows by many jobs, each created by a request.

Usage: python -m benchmarks.memory PROVIDER JOBS, which prints the bytes of a job; each measurement has its own process.
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
from fauxlate.serving.composition import PROVIDERS, new_world
from fauxlate.settings import Settings
from fauxlate.web.endpoint import answer
from multidict import CIMultiDict

from benchmarks import signing
from benchmarks.measurement import BenchmarkError, Measurement
from benchmarks.processes import run
from benchmarks.signing import ClientSettings

TARGET = 1536
"""Bytes a job, at most."""
_WARM_UP = 2000
"""Jobs that do not count: after them all modules are imported, and the journal, which is bounded, is full."""
_OK = 200
_HOST = "127.0.0.1:8585"


def measure(provider: str, jobs: int) -> Measurement:
    """Measure in a child process, which has no other jobs."""
    output = run(sys.executable, "-m", "benchmarks.memory", provider, str(jobs))
    return Measurement(f"bytes a job, {provider}", [float(output)], TARGET, is_minimum=False, note=f"{jobs:,} jobs")


def _create_alibaba_job(number: int, settings: ClientSettings) -> signing.Request:
    parameters = {
        "SourceLanguage": "zh",
        "TargetLanguage": "en",
        "SourceText": f"你好，第{number}位朋友",
        "Scene": "general",
        "FormatType": "text",
        "ApiType": "translate_standard",
    }
    return signing.sign_acs3(settings, "CreateAsyncTranslate", parameters)


def _create_huawei_job(number: int, settings: ClientSettings) -> signing.Request:
    document = {
        "url": f"https://bucket.obs.cn-north-4.myhuaweicloud.com/reports/{number}.docx",
        "from": "zh",
        "to": "en",
        "type": "docx",
    }
    path = f"/v1/{settings['project_id']}/machine-translation/file-translation/jobs"
    return signing.sign_sdk_hmac_sha256(settings, "POST", path, document)


REQUESTS: Mapping[str, Callable[[int, ClientSettings], signing.Request]] = {
    "alibaba": _create_alibaba_job,
    "huawei": _create_huawei_job,
}
"""By provider: the request that creates job number n."""


async def _measure_growth(provider: str, jobs: int) -> float:
    """Return the bytes that this process grows by for each job."""
    world = new_world(Settings())
    world.base_url = f"http://{_HOST}"
    settings = environment(PROVIDERS, world.sandboxes.default, world.base_url)[provider]

    async def create(numbers: range) -> None:
        for number in numbers:
            request = REQUESTS[provider](number, settings)
            headers = CIMultiDict({"Host": _HOST, **request.headers})
            reply = await answer(world, Request(request.method, request.target, headers, request.body))
            if reply.status != _OK:
                raise BenchmarkError(f"job {number} was answered {reply.status} {reply.body.decode()}")

    await create(range(_WARM_UP))
    before = _read_resident_size()
    await create(range(_WARM_UP, _WARM_UP + jobs))
    return (_read_resident_size() - before) / jobs


def _read_resident_size() -> int:
    """Return the bytes of this process in memory, after a garbage collection."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * getpagesize()


if __name__ == "__main__":
    print(asyncio.run(_measure_growth(sys.argv[1], int(sys.argv[2]))))
