"""What docs/faults.md says of each SDK and each fault, measured again."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from contract_tests.faults_seen import BLOCK, COLUMNS, PAGE, Seen, measured, table
from contract_tests.target import Target

pytestmark = pytest.mark.sdk("the releases that docs/faults.md names, run against each fault")


@pytest.fixture(scope="module")
def seen(server: Target, rpc_python: str) -> dict[str, dict[str, Seen]]:
    return measured(server.url, rpc_python)


def test_the_page_says_what_each_sdk_was_seen_to_raise(seen: dict[str, dict[str, Seen]]) -> None:
    block = BLOCK.search(PAGE.read_text("utf-8"))
    assert block is not None
    assert block[0] == f"{block['open']}{table(seen)}{block['end']}"


def test_no_sdk_tries_again_by_itself(seen: dict[str, dict[str, Seen]]) -> None:
    assert {one.requests for row in seen.values() for one in row.values()} == {1}


def test_whether_there_is_a_job_depends_on_the_fault_and_not_on_the_client(seen: dict[str, dict[str, Seen]]) -> None:
    jobs = {fault: {one.jobs for one in row.values()} for fault, row in seen.items()}
    assert all(there in ({0}, {1}) for there in jobs.values()), jobs
    assert jobs["`drop: reset`, before the operation"] == {0}
    assert jobs["`drop: reset`, after it"] == {1}


def test_the_columns_are_of_the_releases_that_are_installed() -> None:
    names = [column.name for column in COLUMNS]
    for name in (
        f"alimt {version('alibabacloud-alimt20181012')}",
        f"dingtalk {version('alibabacloud-dingtalk')}",
        f"nlp {version('huaweicloudsdknlp')} (Huawei)",
    ):
        assert name in names
