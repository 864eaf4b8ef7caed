"""The official Node SDK of DingTalk, unmodified, with Node's own fetch for what the SDK does not have."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from contract_tests.harness.machine import ROOT, skip_without
from contract_tests.harness.target import Target

pytestmark = pytest.mark.sdk("@alicloud/dingtalk 2.2.27")

CLIENT = ROOT / "contract_tests" / "clients" / "dingtalk.js"
MODULES = ROOT / "contract_tests" / "node" / "dingtalk" / "node_modules"


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        skip_without("node")
    if not (MODULES / "@alicloud").is_dir():
        skip_without("`contract_tests/node/dingtalk/node_modules`, which `npm install` in that folder sets up,")
    return str(found)


@pytest.mark.parametrize(
    ("generation", "said"),
    [("drive 1.0", "ZHANGJIAKOU"), ("storage 1.0", "员工.xlsx"), ("storage 2.0", "员工.xlsx")],
)
def test_a_workbook_goes_the_whole_way(node: str, emulator: Target, tmp_path: Path, generation: str, said: str) -> None:
    book: Any = openpyxl.Workbook()
    book.active.append(["$userName=user001$", "in $departmentName=1$"])
    source, result = tmp_path / "员工.xlsx", tmp_path / "result.xlsx"
    book.save(source)
    arguments = [json.dumps(dict(emulator.credentials("dingtalk"))), str(source), str(result), generation]
    environment = {"NODE_PATH": str(MODULES), "HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [node, str(CLIENT), *arguments], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer == {"status": "1", "said": said, "unasked": "text/html; charset=utf-8", "http": 200}
    sheet: Any = openpyxl.load_workbook(io.BytesIO(result.read_bytes())).active
    (row,) = sheet.values
    assert "$" not in "".join(row)
    assert row[1].startswith("in ")
