"""The request of a printed example at a target, with values in place of its references such as `${corp_token}`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from fauxlate.engine.timing.durations import parse_duration

from contract_tests.harness.documents.examples import Example
from contract_tests.harness.exchange import Request
from contract_tests.harness.flows import FLOWS, upload_media
from contract_tests.harness.provider_client import ProviderClient, upload_request

_REFERENCE = re.compile(r"\$\{(?P<name>[\w.]+)(?::(?P<argument>[\w.]+))?\}")
_SOURCE = "https://bucket.obs.cn-north-4.myhuaweicloud.com/report.txt"


class ExampleRequests:
    """Requests of one provider's examples. `jobs` keeps a job that has ended, by lifecycle."""

    def __init__(self, client: ProviderClient, jobs: dict[str, str], provider: str) -> None:
        self.client, self.jobs = client, jobs
        self.credentials = client.target.credentials(provider)

    def build(self, example: Example) -> Request:
        """Return the request of an example; run the job that has to have ended before, if there is one."""
        lifecycle = example.document.get("job")
        job_id = self._run_job(lifecycle) if lifecycle else ""
        request = self._resolve(example.request, job_id)
        if "upload" in request:
            return upload_request(self.client.corp_token, request["upload"], b"$userName=user001$\n")
        if "action" in request:
            return self._alimt_request(request)
        text = request.get("text", json.dumps(request["body"]) if "body" in request else "")
        query, headers = request.get("query", {}), request.get("headers", {})
        return Request(request["method"], request["path"], query, headers, text.encode() or None)

    def _run_job(self, lifecycle: str) -> str:
        """Return a job that has ended."""
        if lifecycle not in self.jobs:
            flow, client = FLOWS[lifecycle], ProviderClient(self.client.target)
            job_id = flow.start(client)
            last_state = {"alibaba.async_translate": "ready"}.get(lifecycle)

            def has_ended() -> bool:
                status = flow.status(client, job_id)
                return bool(status.links) or status.state == last_state

            client.target.wait_until(has_ended, within=30, interval=flow.poll_interval)
            self.jobs[lifecycle] = job_id
        return self.jobs[lifecycle]

    def _resolve(self, value: Any, job_id: str) -> Any:
        """Return a value of JSON with its references replaced."""
        if isinstance(value, str):
            return _REFERENCE.sub(lambda reference: self._value(reference, job_id), value)
        if isinstance(value, dict):
            return {self._resolve(name, job_id): self._resolve(member, job_id) for name, member in value.items()}
        return value

    def _value(self, reference: re.Match[str], job_id: str) -> str:
        name = reference["name"]
        if name == "media":
            return upload_media(self.client, reference["argument"])
        if name in ("corp_token", "iam_token"):
            return str(getattr(self.client, name))
        if name == "job":
            return job_id
        return self.credentials.get(name) or {"source": _SOURCE}[name]

    def _alimt_request(self, request: Mapping[str, Any]) -> Request:
        offset = request.get("at", "0s")
        seconds = parse_duration(offset.lstrip("-")) * (-1 if offset[0] == "-" else 1)
        return self.client.alimt_request(
            request["action"],
            request.get("form"),
            method=request.get("method", "POST"),
            secret=request.get("secret"),
            timestamp=datetime.now(UTC) + timedelta(seconds=seconds),
            **request.get("query", {}),
        )
