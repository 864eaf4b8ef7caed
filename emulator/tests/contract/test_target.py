"""What a target can do and what it cannot: credentials, addresses, waits, and scripts."""

from __future__ import annotations

from typing import Any

import pytest
from fauxlate.serving.background import BackgroundServer
from fauxlate.settings import Settings

from contract_tests.harness.target import Target, default_credentials, live_target, open_target, variable_name

NOWHERE = "http://127.0.0.1:9"


def skips(reason: str) -> Any:
    """Expect that a test is skipped for a reason, a pattern."""
    return pytest.raises(pytest.skip.Exception, match=reason)


def test_a_provider_without_credentials_is_skipped_and_its_variables_are_named() -> None:
    with skips("no credentials for huawei: set FAUXLATE_LIVE_HUAWEI_ENDPOINT, .*FAUXLATE_LIVE_HUAWEI_PASSWORD"):
        live_target({}, 60).credentials("huawei")


def test_only_the_variables_that_are_missing_are_named() -> None:
    keys = [*default_credentials("")["huawei"], "storage_endpoint"]
    variables = {variable_name("huawei", key): "x" for key in keys}
    assert live_target(variables, 60).credentials("huawei")["project_id"] == "x"
    del variables["FAUXLATE_LIVE_HUAWEI_PROJECT_ID"]
    with skips("set FAUXLATE_LIVE_HUAWEI_PROJECT_ID$"):
        live_target(variables, 60).credentials("huawei")


def test_live_services_are_reached_over_tls_and_each_under_its_own_address() -> None:
    target = Target("", {"dingtalk": {"endpoint": "api.dingtalk.com", "legacy_endpoint": "oapi.dingtalk.com"}})
    assert target.base_url("dingtalk", "") == "https://api.dingtalk.com"
    assert target.base_url("dingtalk", "legacy") == "https://oapi.dingtalk.com"


def test_a_wait_over_the_budget_is_a_skip_that_says_so() -> None:
    with skips("1d are over the --budget of 1m"):
        Target(NOWHERE, {}, budget=60).advance("24h")


def test_a_target_without_admin_access_cannot_be_scripted() -> None:
    with skips("scripted: the target answers no admin API"):
        Target(NOWHERE, {}).call_admin("GET", "sandboxes")


@pytest.mark.parametrize("name", ["elsewhere", "ftp://127.0.0.1", NOWHERE])
def test_what_is_no_target_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"--target {name}"), open_target(name, 60):
        pass


def test_the_credentials_of_a_default_sandbox_are_known_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_target("emulator", 60) as target:
        assert default_credentials(target.url) == target.environment
        with open_target(target.url, 60) as same:
            assert same.has_admin
    monkeypatch.setenv("FAUXLATE_TARGET_HUAWEI_USER", "somebody")
    assert default_credentials(NOWHERE)["huawei"]["user"] == "somebody"


def test_an_admin_token_keeps_the_tests_from_scripting() -> None:
    with BackgroundServer(Settings(port=0, admin_token="secret")) as emulator, open_target(emulator.url, 60) as target:
        assert not target.has_admin
