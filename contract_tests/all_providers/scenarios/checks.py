"""The checks that most scenarios share: a run of a reference client, step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contract_tests.all_providers.scenarios.reference_client.alibaba import AlibabaImages, AlibabaText
from contract_tests.all_providers.scenarios.reference_client.client import Client
from contract_tests.all_providers.scenarios.reference_client.dingtalk import DingTalk
from contract_tests.all_providers.scenarios.reference_client.exchange import Response, StoppedError
from contract_tests.all_providers.scenarios.reference_client.huawei import Huawei
from contract_tests.all_providers.scenarios.sandbox import ScenarioSandbox

Check = Callable[[ScenarioSandbox], None]

IS_TRANSLATED: dict[type[Client], Callable[[bytes], bool]] = {
    AlibabaText: lambda data: data == b"hello",
    AlibabaImages: lambda data: data.startswith(b"\x89PNG"),
    Huawei: lambda data: b"[en]" in data,
    DingTalk: lambda data: b"$" not in data,
}
"""By client, whether a file is the translation that its job is for."""


def stop_reason(call: Callable[[], Any]) -> str:
    """Return why a client goes no further: the text of the `StoppedError` that a call raises."""
    with pytest.raises(StoppedError) as stop:
        call()
    return str(stop.value)


def check_steps(client: Client, steps: str) -> None:
    """Check every step of a client, separated by commas."""
    assert client.record.steps_as_text == steps.split(", ")


def response_of(sandbox: ScenarioSandbox, step: int) -> Response:
    """Return the response to a step of the first client."""
    response = sandbox.clients[0].record.steps[step].response
    assert response is not None
    return response


def runs(kind: type[Client], outcome: str, steps: str, *, jobs: int | None = None, **settings: Any) -> Check:
    """Return a check of one run: its outcome, its steps, and how many jobs the sandbox has afterwards."""

    def check(sandbox: ScenarioSandbox) -> None:
        client = sandbox.client(kind, **settings)
        record = client.run()
        check_steps(client, steps)
        assert record.outcome == outcome
        assert outcome != "done" or all(IS_TRANSLATED[kind](file) for file in record.files)
        assert jobs is None or len(sandbox.jobs) == jobs

    return check


def all_of(*checks: Check) -> Check:
    """Return a check that makes several."""

    def check_all(sandbox: ScenarioSandbox) -> None:
        for check in checks:
            check(sandbox)

    return check_all


TEXT_STEPS = "create 200 ready, query 200 translating, query 200 translating, query 200 ready"
IMAGES_STEPS = "create 200, query 200 created, query 200 running, query 200 finished"
HUAWEI_STEPS = (
    "token 201, create 200, query 200 WAITING, query 200 BGEIN, query 200 BGEIN, query 200 FINISHED, fetch 200"
)
DINGTALK_STEPS = "token 200, upload 200, create 200, query 200 0, query 200 0, query 200 1, login 302, fetch 200"
HUAWEI_CREATION = "token 201, create 200"
DINGTALK_CREATION = "token 200, upload 200, create 200"

text_succeeds = runs(AlibabaText, "done", TEXT_STEPS)
images_succeed = runs(AlibabaImages, "done", f"{IMAGES_STEPS}, fetch 200, fetch 200")
huawei_succeeds = runs(Huawei, "done", HUAWEI_STEPS)
dingtalk_succeeds = runs(DingTalk, "done", DINGTALK_STEPS)
