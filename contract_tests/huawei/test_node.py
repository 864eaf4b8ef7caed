"""The official Node core SDK of Huawei Cloud, unmodified; there is no Node SDK of NLP itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from contract_tests.clients.huawei.raw import call_admin, create_sandbox
from contract_tests.harness.machine import ROOT, skip_without
from contract_tests.harness.target import Target

pytestmark = pytest.mark.sdk("@huaweicloud/huaweicloud-sdk-core 3.1.211")

CLIENT = ROOT / "contract_tests" / "clients" / "huawei_core.js"
MODULES = ROOT / "contract_tests" / "node" / "huawei-core" / "node_modules"


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        skip_without("node")
    if not (MODULES / "@huaweicloud").is_dir():
        skip_without("`contract_tests/node/huawei-core/node_modules`, which `npm install` in that folder sets up,")
    return str(found)


def said(node: str, home: Path, *arguments: str) -> Any:
    environment = {"NODE_PATH": str(MODULES), "HOME": str(home), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [node, str(CLIENT), *arguments], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("project", ["given", "asked of IAM"])
def test_a_document_runs_from_start_to_finish(node: str, emulator: Target, tmp_path: Path, project: str) -> None:
    told = emulator.environment["huawei"]
    keys = (told["access_key"], told["secret_key"], told["project_id"] if project == "given" else "")
    answer = said(node, tmp_path, emulator.url, *keys)
    assert answer["translated"] == "hello"
    assert answer["statuses"][-1] == "FINISHED"
    with urlopen(answer["url"]) as result:
        assert "[en] " in result.read().decode()


@pytest.mark.parametrize("projects", [[], [{"id": "1"}, {"id": "2"}]], ids=["none", "two"])
def test_a_region_without_one_project_gets_it_made(
    node: str, server: Target, tmp_path: Path, projects: list[Any]
) -> None:
    rule = {"on": "huawei.KeystoneListProjects", "then": {"patch": {"projects": projects}}}
    told = create_sandbox(server.url, scenario={"rules": [rule]})
    answer = said(node, tmp_path, server.url, told["access_key"], told["secret_key"], "")
    assert (answer["translated"], answer["statuses"][-1]) == ("hello", "FINISHED")
    call_admin(server.url, "DELETE", f"/sandboxes/{told['id']}")


@pytest.mark.parametrize("job", ["x", "a b~{1}"])
def test_an_unknown_job_is_refused_in_the_sdks_terms(node: str, emulator: Target, tmp_path: Path, job: str) -> None:
    told = emulator.environment["huawei"]
    error = said(node, tmp_path, emulator.url, told["access_key"], told["secret_key"], told["project_id"], job)
    assert (error["name"], error["status"], error["code"]) == ("ClientRequestException", 400, "NLP.6304")
    assert len(error["requestId"]) == 32


def test_a_wrong_secret_is_refused_in_the_sdks_terms(node: str, emulator: Target, tmp_path: Path) -> None:
    told = emulator.environment["huawei"]
    error = said(node, tmp_path, emulator.url, told["access_key"], "x", told["project_id"], "x")
    assert (error["status"], error["code"]) == (401, "APIG.0301")
    assert "verify aksk signature fail, canonicalRequest:GET|/v1/" in error["message"]
