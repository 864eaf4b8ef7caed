"""Every official client of alimt, unmodified but for its endpoint, with each kind of answer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any
from urllib.request import Request, urlopen

import pytest

from contract_tests.harness.machine import CLIENTS, ROOT, find_node, find_rpc_python
from contract_tests.harness.target import Target

pytestmark = pytest.mark.sdk(
    "alibabacloud_alimt20181012 1.5.2 and 1.5.1, aliyun-python-sdk-alimt 3.2.0, @alicloud/alimt20181012 1.4.2 and 1.4.1, @alicloud/pop-core 1.8.0"
)

Json = dict[str, Any]

_LIFECYCLES = {
    "alibaba.async_translate": {"ready": "0s", "translating": "0s"},
    "alibaba.image_batch": {"created": "0s", "running": "0s"},
}
_LANGUAGES = {"SourceLanguage": "zh", "TargetLanguage": "en"}
_TEXT = {**_LANGUAGES, "SourceText": "你好", "Scene": "general", "FormatType": "text", "ApiType": "translate_standard"}
OPERATIONS: Mapping[str, Json] = {
    "CreateAsyncTranslate": _TEXT,
    "GetAsyncTranslate": {"JobId": {"of": 0, "take": "JobId"}},
    "TranslateImageBatch": {**_LANGUAGES, "ImageUrls": "https://e.example/a b*~.png,https://e.example/!'().png"},
    "GetTranslateImageBatchResult": {"TaskId": {"of": 2, "take": "TaskId"}},
}
"""The operations of the seeds with valid parameters, in the order in which they are called."""
BODY_ERRORS = {
    "CreateAsyncTranslate": ("10008", 10008),
    "GetAsyncTranslate": ("System.SubNotPermission", 109),
    "TranslateImageBatch": ("System.LanguageDetectError", 106),
    "GetTranslateImageBatchResult": ("System.RequestTimeOut", 101),
}
"""By operation, a row of its table that is sent in the body, and its Code there."""
REQUIRED_PARAMETERS = {
    "CreateAsyncTranslate": "SourceText",
    "GetAsyncTranslate": "JobId",
    "TranslateImageBatch": "ImageUrls",
    "GetTranslateImageBatchResult": "TaskId",
}
CASES = ("success", "in the body", "gateway", "bad signature", "expired timestamp", "throttling")
RELEASES = {
    "python 1.5.2": "1.5.2",
    "python 1.5.1": "1.5.1",
    "python old": "3.2.0",
    "node 1.4.2": "1.4.2",
    "node 1.4.1": "1.4.1",
    "node pop-core": "1.8.0",
}
"""The clients, and the release that each has to be."""


def _create_sandbox(server: Target, rules: list[Json]) -> Json:
    body = {"scenario": {"lifecycles": _LIFECYCLES, "rules": rules}}
    request = Request(
        f"{server.url}/__fauxlate/sandboxes", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urlopen(request) as response:
        sandbox: Json = json.loads(response.read())
    return dict(sandbox["credentials"]["alibaba"])


def _list_calls(server: Target) -> list[Json]:
    error_rules = [{"on": f"alibaba.{name}", "then": {"fail": code}} for name, (code, _) in BODY_ERRORS.items()]
    default = _create_sandbox(server, [])
    sandboxes = {
        "in the body": _create_sandbox(server, error_rules),
        "throttling": _create_sandbox(server, [{"on": "alibaba.*", "then": {"fail": "Throttling.User"}}]),
    }
    calls = []
    for case in CASES:
        credentials = sandboxes.get(case, default)
        for name, valid_parameters in OPERATIONS.items():
            parameters = dict(valid_parameters)
            if case == "gateway":
                del parameters[REQUIRED_PARAMETERS[name]]
            calls.append(
                {
                    "operation": name,
                    "parameters": parameters,
                    "late": case == "expired timestamp",
                    "endpoint": credentials["endpoint"],
                    "key": credentials["access_key_id"],
                    "secret": credentials["access_key_secret"] if case != "bad signature" else "wrong",
                }
            )
    return calls


def _command(client: str) -> list[str]:
    """Return the command of a client; skip the test without what it needs, and fail in CI."""
    if client == "python 1.5.2":
        return [sys.executable, "-m", "contract_tests.clients.alibaba.calls"]
    if client.startswith("python"):
        module = "calls" if client == "python 1.5.1" else "old_sdk"
        return [find_rpc_python(), "-m", f"contract_tests.clients.alibaba.{module}"]
    node, folder = find_node(f"alimt-{client.removeprefix('node ')}")
    script = CLIENTS / "alibaba" / ("pop_core.js" if client == "node pop-core" else "calls.js")
    return [node, str(script), str(folder)]


Answers = Callable[[str], dict[tuple[str, str], Json]]


@pytest.fixture(scope="module")
def run_client(server: Target) -> Answers:
    """Runs a client once; returns its answers by case and operation."""
    answers: dict[str, dict[tuple[str, str], Json]] = {}

    def run(client: str) -> dict[tuple[str, str], Json]:
        if client not in answers:
            calls = json.dumps(_list_calls(server))
            process = subprocess.run(
                [*_command(client), calls], capture_output=True, text=True, timeout=120, check=False, cwd=ROOT
            )
            assert process.returncode == 0, process.stderr
            output = json.loads(process.stdout)
            assert output["sdk"] == RELEASES[client]
            names = [(case, name) for case in CASES for name in OPERATIONS]
            answers[client] = dict(zip(names, output["answers"], strict=True))
        return answers[client]

    return run


every_client = pytest.mark.parametrize("client", RELEASES)
every_operation = pytest.mark.parametrize("operation", OPERATIONS)


@every_client
@every_operation
def test_a_call_that_is_right_succeeds(client: str, operation: str, run_client: Answers) -> None:
    answer = run_client(client)["success", operation]
    assert (answer["status"], str(answer["body"]["Code"])) == (200, "200"), answer
    data = answer["body"]["Data"]
    if operation == "GetAsyncTranslate":
        assert (data["Status"], data["TranslatedText"], data["WordCount"]) == ("ready", "hello", "2")
    if operation == "GetTranslateImageBatchResult":
        urls = OPERATIONS["TranslateImageBatch"]["ImageUrls"].split(",")
        assert [image["SourceImageUrl"] for image in data["Result"]] == urls


@every_client
@every_operation
def test_an_error_in_the_body_is_silent_save_for_pop_core(client: str, operation: str, run_client: Answers) -> None:
    answer, code = run_client(client)["in the body", operation], BODY_ERRORS[operation][1]
    if client == "node pop-core":
        assert (answer["raised"], answer["code"]) == (f"{code}Error", code)
    else:
        assert (answer["status"], answer["body"]["Code"]) == (200, code), answer
        assert "Data" not in answer["body"]


def check_raised(client: str, answer: Json, code: str, status: int = 400) -> str:
    """Check that a client raises the gateway's error; return its message."""
    assert answer.get("code") == code, answer
    assert answer["status"] == (None if client == "node pop-core" else status)
    kinds = {
        "python 1.5.2": "ClientException",
        "python 1.5.1": "TeaException",
        "python old": "ServerException",
        "node 1.4.2": "ThrottlingError" if code.startswith("Throttling") else "ClientError",
        "node pop-core": f"{code}Error",
    }
    if client in kinds:
        assert answer["raised"] == kinds[client]
    return str(answer["message"])


@every_client
@every_operation
def test_a_missing_parameter_raises_the_gateways_error(client: str, operation: str, run_client: Answers) -> None:
    name = REQUIRED_PARAMETERS[operation]
    message = check_raised(client, run_client(client)["gateway", operation], f"Missing{name}")
    assert f"{name} is mandatory for this action." in message


@every_client
@every_operation
def test_a_wrong_secret_raises_with_the_string_to_sign(client: str, operation: str, run_client: Answers) -> None:
    answer = run_client(client)["bad signature", operation]
    if client == "python old" and "Image" in operation:
        # Its classes find their own string to sign in the message, so that only the secret can be wrong.
        check_raised(client, answer, "InvalidAccessKeySecret")
        return
    message = check_raised(client, answer, "SignatureDoesNotMatch")
    acs3 = client in ("python 1.5.2", "node 1.4.2")
    expected = "server CanonicalRequest is [POST\n/\n" if acs3 else "server string to sign is:POST&%2F&"
    assert expected in message


@every_client
@every_operation
def test_a_clock_that_is_off_raises_expired(client: str, operation: str, run_client: Answers) -> None:
    message = check_raised(client, run_client(client)["expired timestamp", operation], "InvalidTimeStamp.Expired")
    assert "Specified time stamp or date value is expired." in message


@every_client
@every_operation
def test_throttling_raises(client: str, operation: str, run_client: Answers) -> None:
    message = check_raised(client, run_client(client)["throttling", operation], "Throttling.User")
    assert "Request was denied due to user flow control." in message
