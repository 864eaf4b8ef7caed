"""Every official client of alimt, unmodified, only its endpoint changed: what it makes of each kind of answer."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from contract_tests.conftest import missing
from contract_tests.target import Target

pytestmark = pytest.mark.sdk(
    "alibabacloud_alimt20181012 1.5.2 and 1.5.1, aliyun-python-sdk-alimt 3.2.0, @alicloud/alimt20181012 1.4.2 and 1.4.1, @alicloud/pop-core 1.8.0"
)

HERE = Path(__file__).parent
Json = dict[str, Any]

_AT_ONCE = {
    "alibaba.async_translate": {"ready": "0s", "translating": "0s"},
    "alibaba.image_batch": {"created": "0s", "running": "0s"},
}
_PAIR = {"SourceLanguage": "zh", "TargetLanguage": "en"}
_TEXT = {**_PAIR, "SourceText": "你好", "Scene": "general", "FormatType": "text", "ApiType": "translate_standard"}
OPERATIONS: Mapping[str, Json] = {
    "CreateAsyncTranslate": _TEXT,
    "GetAsyncTranslate": {"JobId": {"of": 0, "take": "JobId"}},
    "TranslateImageBatch": {**_PAIR, "ImageUrls": "https://e.example/a b*~.png,https://e.example/!'().png"},
    "GetTranslateImageBatchResult": {"TaskId": {"of": 2, "take": "TaskId"}},
}
"""The operations of the seeds, and what each is asked where all is well, in the order in which they are called."""
IN_BODY = {
    "CreateAsyncTranslate": ("10008", 10008),
    "GetAsyncTranslate": ("System.SubNotPermission", 109),
    "TranslateImageBatch": ("System.LanguageDetectError", 106),
    "GetTranslateImageBatchResult": ("System.RequestTimeOut", 101),
}
"""A row of each table that is sent in the body, and its Code there."""
LEFT_OUT = {
    "CreateAsyncTranslate": "SourceText",
    "GetAsyncTranslate": "JobId",
    "TranslateImageBatch": "ImageUrls",
    "GetTranslateImageBatchResult": "TaskId",
}
CASES = ("success", "in the body", "gateway", "bad signature", "expired timestamp", "throttling")
CLIENTS = {
    "python 1.5.2": "1.5.2",
    "python 1.5.1": "1.5.1",
    "python old": "3.2.0",
    "node 1.4.2": "1.4.2",
    "node 1.4.1": "1.4.1",
    "node pop-core": "1.8.0",
}
"""What has to run, and in which version."""


def _sandbox(server: Target, rules: list[Json]) -> Json:
    body = {"scenario": {"lifecycles": _AT_ONCE, "rules": rules}}
    request = Request(
        f"{server.url}/__fauxlate/sandboxes", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urlopen(request) as answer:
        told: Json = json.loads(answer.read())
    return dict(told["credentials"]["alibaba"])


def _calls(server: Target) -> list[Json]:
    failing = [{"on": f"alibaba.{name}", "then": {"fail": code}} for name, (code, _) in IN_BODY.items()]
    plain = _sandbox(server, [])
    told = {
        "in the body": _sandbox(server, failing),
        "throttling": _sandbox(server, [{"on": "alibaba.*", "then": {"fail": "Throttling.User"}}]),
    }
    calls = []
    for case in CASES:
        own = told.get(case, plain)
        for name, parameters in OPERATIONS.items():
            sent = dict(parameters)
            if case == "gateway":
                del sent[LEFT_OUT[name]]
            call = {"operation": name, "parameters": sent, "late": case == "expired timestamp"}
            secret = own["access_key_secret"] if case != "bad signature" else "wrong"
            calls.append({**call, "endpoint": own["endpoint"], "key": own["access_key_id"], "secret": secret})
    return calls


def _command(client: str) -> list[str]:
    """Return the command of a client; without what it needs its tests are skipped, and fail in CI."""
    if client == "python 1.5.2":
        return [sys.executable, "-m", "contract_tests.clients.alimt_calls"]
    if client.startswith("python"):
        python = HERE.parent / ".venv-rpc" / "bin" / "python"
        if not python.exists():
            missing("`.venv-rpc`, which `make test` sets up,")
        module = "alimt_calls" if client == "python 1.5.1" else "alimt_old"
        return [str(python), "-m", f"contract_tests.clients.{module}"]
    node, folder = shutil.which("node"), HERE / "node" / f"alimt-{client.removeprefix('node ')}"
    if node is None or not (folder / "node_modules").is_dir():
        missing(f"{client}, for which `make test` runs npm in {folder.name},")
    script = HERE / "clients" / ("alimt_pop.js" if client == "node pop-core" else "alimt_calls.js")
    return [str(node), str(script), str(folder)]


Answers = Callable[[str], dict[tuple[str, str], Json]]


@pytest.fixture(scope="module")
def answers(server: Target) -> Answers:
    """Run a client once, and give what it made of each case and operation."""
    known: dict[str, dict[tuple[str, str], Json]] = {}

    def of(client: str) -> dict[tuple[str, str], Json]:
        if client not in known:
            calls = json.dumps(_calls(server))
            ran = subprocess.run(
                [*_command(client), calls], capture_output=True, text=True, timeout=120, check=False, cwd=HERE.parent
            )
            assert ran.returncode == 0, ran.stderr
            told = json.loads(ran.stdout)
            assert told["sdk"] == CLIENTS[client]
            names = [(case, name) for case in CASES for name in OPERATIONS]
            known[client] = dict(zip(names, told["answers"], strict=True))
        return known[client]

    return of


every_client = pytest.mark.parametrize("client", CLIENTS)
every_operation = pytest.mark.parametrize("operation", OPERATIONS)


@every_client
@every_operation
def test_a_call_that_is_right_succeeds(client: str, operation: str, answers: Answers) -> None:
    answer = answers(client)["success", operation]
    assert (answer["status"], str(answer["body"]["Code"])) == (200, "200"), answer
    data = answer["body"]["Data"]
    if operation == "GetAsyncTranslate":
        assert (data["Status"], data["TranslatedText"], data["WordCount"]) == ("ready", "hello", "2")
    if operation == "GetTranslateImageBatchResult":
        sent = OPERATIONS["TranslateImageBatch"]["ImageUrls"].split(",")
        assert [one["SourceImageUrl"] for one in data["Result"]] == sent


@every_client
@every_operation
def test_an_error_in_the_body_is_silent_save_for_pop_core(client: str, operation: str, answers: Answers) -> None:
    answer, code = answers(client)["in the body", operation], IN_BODY[operation][1]
    if client == "node pop-core":
        assert (answer["raised"], answer["code"]) == (f"{code}Error", code)
    else:
        assert (answer["status"], answer["body"]["Code"]) == (200, code), answer
        assert "Data" not in answer["body"]


def raised(client: str, answer: Json, code: str, status: int = 400) -> str:
    """Check that a client raised the gateway's error; return its message."""
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
def test_a_missing_parameter_raises_the_gateways_error(client: str, operation: str, answers: Answers) -> None:
    name = LEFT_OUT[operation]
    message = raised(client, answers(client)["gateway", operation], f"Missing{name}")
    assert f"{name} is mandatory for this action." in message


@every_client
@every_operation
def test_a_wrong_secret_raises_with_the_string_to_sign(client: str, operation: str, answers: Answers) -> None:
    answer = answers(client)["bad signature", operation]
    if client == "python old" and "Image" in operation:
        # Its classes find their own string to sign in the message, so that only the secret can be wrong.
        raised(client, answer, "InvalidAccessKeySecret")
        return
    message = raised(client, answer, "SignatureDoesNotMatch")
    acs3 = client in ("python 1.5.2", "node 1.4.2")
    expected = "server CanonicalRequest is [POST\n/\n" if acs3 else "server string to sign is:POST&%2F&"
    assert expected in message


@every_client
@every_operation
def test_a_clock_that_is_off_raises_expired(client: str, operation: str, answers: Answers) -> None:
    message = raised(client, answers(client)["expired timestamp", operation], "InvalidTimeStamp.Expired")
    assert "Specified time stamp or date value is expired." in message


@every_client
@every_operation
def test_throttling_raises(client: str, operation: str, answers: Answers) -> None:
    message = raised(client, answers(client)["throttling", operation], "Throttling.User")
    assert "Request was denied due to user flow control." in message
