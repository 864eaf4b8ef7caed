"""Alibaba text and image jobs by the official SDK, whichever release the interpreter has; prints JSON.

Usage: jobs.py ENVIRONMENT, the JSON of `fauxlate env --json`. Runs under the newest release, which signs ACS3,
and under 1.5.1, which signs RPC HMAC-SHA1.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from importlib.metadata import version
from typing import Any

from alibabacloud_alimt20181012 import models
from alibabacloud_alimt20181012.client import Client
from alibabacloud_tea_openapi.models import Config

_TEXT_OPTIONS = {"scene": "general", "format_type": "text", "api_type": "translate_standard"}


def main(environment: dict[str, str]) -> dict[str, Any]:
    config = Config(
        endpoint=environment["endpoint"],
        protocol="http",
        access_key_id=environment["access_key_id"],
        access_key_secret=environment["access_key_secret"],
    )
    client = Client(config)
    results: dict[str, Any] = {"sdk": version("alibabacloud_alimt20181012")}

    request = models.CreateAsyncTranslateRequest(
        source_language="auto", target_language="en", source_text="你好", **_TEXT_OPTIONS
    )
    job = client.create_async_translate(request).body
    statuses = []
    while True:
        answer = client.get_async_translate(models.GetAsyncTranslateRequest(job_id=job.data.job_id)).body
        statuses.append(answer.data.status)
        if answer.data.translated_text:
            break
        time.sleep(0.02)
    results["text"] = {"created": job.to_map(), "statuses": statuses, "answer": answer.to_map()}

    batch = models.TranslateImageBatchRequest(
        image_urls="https://example.com/a.jpg,https://example.com/b.jpg,https://example.com/a.jpg",
        source_language="zh",
        target_language="en",
        ext='{"needEditorData": "true"}',
    )
    task = client.translate_image_batch(batch).body
    statuses = []
    while True:
        query = models.GetTranslateImageBatchResultRequest(task_id=task.data.task_id)
        result = client.get_translate_image_batch_result(query).body
        statuses.append(result.data.status)
        if result.data.status not in ("created", "running"):
            break
        assert result.data.result == []
        time.sleep(0.02)
    results["image"] = {"created": task.to_map(), "statuses": statuses, "answer": result.to_map()}

    refused = client.translate_image_batch(
        models.TranslateImageBatchRequest(
            image_urls="https://example.com/a.jpg", source_language="en", target_language="en"
        )
    ).body
    results["in_body_error"] = refused.to_map()
    try:
        client.create_async_translate(models.CreateAsyncTranslateRequest(source_text="x"))
    except Exception as fault:  # noqa: BLE001  (whatever it raises is what is looked at)
        results["gateway_error"] = {"type": type(fault).__name__, "code": fault.code, "status": fault.statusCode}  # type: ignore[attr-defined]

    async def create_job_async() -> str:
        job = await client.create_async_translate_async(request)
        return str(job.body.data.job_id)

    results["async_job_id"] = asyncio.run(create_job_async())
    return results


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1])["alibaba"])))
