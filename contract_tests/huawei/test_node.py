"""The official Node core SDK of Huawei Cloud, unmodified; there is no Node SDK of NLP itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from contract_tests.clients.huawei.raw import call_admin, create_sandbox
from contract_tests.harness.machine import CLIENTS, run_node
from contract_tests.harness.target import Target

pytestmark = pytest.mark.sdk("@huaweicloud/huaweicloud-sdk-core 3.1.211")

SCRIPT = CLIENTS / "huawei" / "node_core.js"


def run_sdk(home: Path, *arguments: str) -> Any:
    """Run the script of the SDK; return its JSON."""
    return run_node("huawei-core", SCRIPT, home, *arguments)


@pytest.mark.parametrize("project", ["given", "asked of IAM"])
def test_a_document_runs_from_start_to_finish(emulator: Target, tmp_path: Path, project: str) -> None:
    credentials = emulator.environment["huawei"]
    keys = (
        credentials["access_key"],
        credentials["secret_key"],
        credentials["project_id"] if project == "given" else "",
    )
    answer = run_sdk(tmp_path, emulator.url, *keys)
    assert answer["translated"] == "hello"
    assert answer["statuses"][-1] == "FINISHED"
    with urlopen(answer["url"]) as result:
        assert "[en] " in result.read().decode()


@pytest.mark.parametrize("projects", [[], [{"id": "1"}, {"id": "2"}]], ids=["none", "two"])
def test_a_region_without_one_project_gets_it_made(server: Target, tmp_path: Path, projects: list[Any]) -> None:
    rule = {"on": "huawei.KeystoneListProjects", "then": {"patch": {"projects": projects}}}
    credentials = create_sandbox(server.url, scenario={"rules": [rule]})
    answer = run_sdk(tmp_path, server.url, credentials["access_key"], credentials["secret_key"], "")
    assert (answer["translated"], answer["statuses"][-1]) == ("hello", "FINISHED")
    call_admin(server.url, "DELETE", f"/sandboxes/{credentials['id']}")


@pytest.mark.parametrize("job", ["x", "a b~{1}"])
def test_an_unknown_job_is_refused_in_the_sdks_terms(emulator: Target, tmp_path: Path, job: str) -> None:
    credentials = emulator.environment["huawei"]
    error = run_sdk(
        tmp_path, emulator.url, credentials["access_key"], credentials["secret_key"], credentials["project_id"], job
    )
    assert (error["name"], error["status"], error["code"]) == ("ClientRequestException", 400, "NLP.6304")
    assert len(error["requestId"]) == 32


def test_a_wrong_secret_is_refused_in_the_sdks_terms(emulator: Target, tmp_path: Path) -> None:
    credentials = emulator.environment["huawei"]
    error = run_sdk(tmp_path, emulator.url, credentials["access_key"], "x", credentials["project_id"], "x")
    assert (error["status"], error["code"]) == (401, "APIG.0301")
    assert "verify aksk signature fail, canonicalRequest:GET|/v1/" in error["message"]
