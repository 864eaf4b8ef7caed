"""The official Node SDK of DingTalk, unmodified, with Node's own fetch for what the SDK does not have."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from contract_tests.harness.machine import CLIENTS, run_node
from contract_tests.harness.target import Target

pytestmark = pytest.mark.sdk("@alicloud/dingtalk 2.2.27")


@pytest.mark.parametrize(
    ("generation", "detail"),
    [("drive 1.0", "ZHANGJIAKOU"), ("storage 1.0", "员工.xlsx"), ("storage 2.0", "员工.xlsx")],
)
def test_a_workbook_goes_the_whole_way(emulator: Target, tmp_path: Path, generation: str, detail: str) -> None:
    book: Any = openpyxl.Workbook()
    book.active.append(["$userName=user001$", "in $departmentName=1$"])
    source, result = tmp_path / "员工.xlsx", tmp_path / "result.xlsx"
    book.save(source)
    arguments = [json.dumps(dict(emulator.credentials("dingtalk"))), str(source), str(result), generation]
    answer = run_node("dingtalk", CLIENTS / "dingtalk" / "node_sdk.js", tmp_path, *arguments)
    assert answer == {"status": "1", "detail": detail, "anonymous": "text/html; charset=utf-8", "http": 200}
    sheet: Any = openpyxl.load_workbook(io.BytesIO(result.read_bytes())).active
    (row,) = sheet.values
    assert "$" not in "".join(row)
    assert row[1].startswith("in ")
