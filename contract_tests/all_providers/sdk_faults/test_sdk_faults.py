"""What docs/en/reference/faults.md says of each SDK and each fault, measured again."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from contract_tests.all_providers.sdk_faults.clients import COLUMNS
from contract_tests.all_providers.sdk_faults.measurement import Measurement, measure
from contract_tests.all_providers.sdk_faults.page import BLOCK, PAGE, format_table
from contract_tests.harness.target import Target

pytestmark = [
    pytest.mark.sdk("the releases that docs/en/reference/faults.md names, run against each fault"),
    pytest.mark.xdist_group("sdk faults"),  # one measurement for all of them
]

Measurements = dict[str, dict[str, Measurement]]


@pytest.fixture(scope="module")
def measurements(server: Target, rpc_python: str) -> Measurements:
    return measure(server.url, rpc_python)


def test_the_page_says_what_each_sdk_was_seen_to_raise(measurements: Measurements) -> None:
    block = BLOCK.search(PAGE.read_text("utf-8"))
    assert block is not None
    assert block[0] == f"{block['open']}{format_table(measurements)}{block['end']}"


def test_no_sdk_tries_again_by_itself(measurements: Measurements) -> None:
    assert {measurement.requests for row in measurements.values() for measurement in row.values()} == {1}


def test_whether_there_is_a_job_depends_on_the_fault_and_not_on_the_client(measurements: Measurements) -> None:
    jobs = {fault: {measurement.jobs for measurement in row.values()} for fault, row in measurements.items()}
    assert all(counts in ({0}, {1}) for counts in jobs.values()), jobs
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
