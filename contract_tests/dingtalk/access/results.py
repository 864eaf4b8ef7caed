"""A job whose result is behind a login."""

from __future__ import annotations

from typing import Any

from contract_tests.clients.dingtalk.plain import DingTalkClient
from contract_tests.harness.target import Target

SCENARIO: dict[str, Any] = {"clock": {"mode": "frozen"}}


def run_job(sandbox: Target, client: DingTalkClient, data: bytes = b"x", **members: Any) -> str:
    """Run a job on a file; return the link to its result."""
    token = client.corp_token()
    medias = {client.upload(token, data=data)["media_id"]: "staff.csv"}
    job_id = client.translate(token, medias, **members)[1]["jobId"]
    sandbox.advance("3s")
    return str(client.job_result(token, job_id)[1]["url"])
