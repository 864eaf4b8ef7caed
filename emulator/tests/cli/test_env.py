"""`fauxlate env`: endpoints and credentials, as JSON and for a shell."""

from __future__ import annotations

import json
import subprocess

import pytest
from fauxlate.cli import main
from tests.cli.serving import ENVIRONMENT

ENVIRONMENT_KEYS = {
    "alibaba": ["endpoint", "access_key_id", "access_key_secret", "bearer_token"],
    "huawei": [
        "endpoint",
        "iam_endpoint",
        "access_key",
        "secret_key",
        "project_id",
        "domain",
        "user",
        "password",
    ],
    "dingtalk": [
        "endpoint",
        "openapi_endpoint",
        "app_key",
        "app_secret",
        "suite_key",
        "suite_secret",
        "corp_id",
        "union_id",
        "user_id",
        "callback_token",
        "callback_aes_key",
    ],
}


def print_environment(capfd: pytest.CaptureFixture[str], *flags: str) -> dict[str, dict[str, str]]:
    assert main(["env", "--json", *flags]) == 0
    printed: dict[str, dict[str, str]] = json.loads(capfd.readouterr().out)
    return printed


def test_env_json_has_these_keys_and_no_others(capfd: pytest.CaptureFixture[str]) -> None:
    printed = print_environment(capfd)
    assert {provider: list(keys) for provider, keys in printed.items()} == ENVIRONMENT_KEYS
    assert all(value for keys in printed.values() for value in keys.values())


def test_env_gives_endpoints_in_the_form_that_each_sdk_takes(capfd: pytest.CaptureFixture[str]) -> None:
    printed = print_environment(capfd)
    assert printed["alibaba"]["endpoint"] == printed["dingtalk"]["endpoint"] == "127.0.0.1:8585"
    assert printed["huawei"]["endpoint"] == printed["huawei"]["iam_endpoint"] == "http://127.0.0.1:8585"


@pytest.mark.parametrize("url", ["http://10.1.2.3:9000", "http://10.1.2.3:9000/"])
def test_env_names_another_server_and_the_same_keys(url: str, capfd: pytest.CaptureFixture[str]) -> None:
    default, printed = print_environment(capfd), print_environment(capfd, "--url", url)
    assert printed["alibaba"]["endpoint"] == printed["dingtalk"]["endpoint"] == "10.1.2.3:9000"
    assert printed["huawei"]["endpoint"] == printed["huawei"]["iam_endpoint"] == "http://10.1.2.3:9000"
    for provider, keys in default.items():
        secrets = {key: value for key, value in keys.items() if "endpoint" not in key}
        assert secrets.items() <= printed[provider].items()


def test_env_without_json_is_what_a_shell_evaluates(capfd: pytest.CaptureFixture[str]) -> None:
    printed = print_environment(capfd)
    assert main(["env"]) == 0
    exports = capfd.readouterr().out
    process = subprocess.run(
        ["bash", "-c", 'eval "$(cat)" && exec env -0'],  # noqa: S607
        input=exports,
        capture_output=True,
        text=True,
        check=True,
        env=ENVIRONMENT,
    )
    variables = dict(entry.split("=", 1) for entry in process.stdout.split("\0") if "=" in entry)
    assert variables["ALIBABA_CLOUD_ACCESS_KEY_ID"] == printed["alibaba"]["access_key_id"]
    assert variables["HUAWEICLOUD_SDK_SK"] == printed["huawei"]["secret_key"]
    values = {value for keys in printed.values() for value in keys.values()}
    assert values <= set(variables.values())
    assert len(exports.splitlines()) == sum(len(keys) for keys in printed.values())
