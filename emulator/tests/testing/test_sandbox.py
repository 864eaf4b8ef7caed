"""The sandbox of a test: its own keys, clock, scenario, jobs and journal."""

from __future__ import annotations

import pytest
from tests.testing.client_code import HUAWEI_CLIENT
from tests.testing.conftest import RunPytest


def test_each_test_has_a_sandbox_of_its_own(run_pytest: RunPytest) -> None:
    result = run_pytest(
        HUAWEI_CLIENT
        + """
keys = []

@pytest.mark.parametrize("turn", [1, 2])
def test_alone(fauxlate, turn):
    assert fauxlate.jobs == []
    assert submit(fauxlate).status_code == 200
    assert [job.nth for job in fauxlate.jobs] == [1]
    keys.append(fauxlate.huawei.access_key)

def test_they_had_other_keys(fauxlate_server):
    assert len(set(keys)) == 2
    assert fauxlate_server.url.startswith("http://127.0.0.1:")
    assert [sandbox.id for sandbox in fauxlate_server.emulator.world.sandboxes] == ["default"]
"""
    )
    result.assert_outcomes(passed=3)


def test_the_same_test_has_the_same_keys_in_every_run(run_pytest: RunPytest) -> None:
    text = "def test_it(fauxlate): print('KEY', fauxlate.alibaba.access_key_id, fauxlate.dingtalk.suite_key)"
    keys = [
        [line for line in run_pytest(text, "-s").outlines if "KEY" in line and not line.startswith("platform")]
        for _ in range(2)
    ]
    assert keys[0] == keys[1]
    assert keys[0]


def test_time_moves_when_it_is_told_to(run_pytest: RunPytest) -> None:
    result = run_pytest(
        HUAWEI_CLIENT
        + """
import asyncio, datetime, time

@pytest.mark.fauxlate(clock="2026-01-01T00:00:00Z")
def test_clock(fauxlate):
    job = submit(fauxlate).json()["job_id"]
    assert query(fauxlate, job).json()["status"] == "WAITING"
    fauxlate.clock.advance("3s")
    assert query(fauxlate, job).json()["status"] == "BGEIN"
    fauxlate.clock.sleep(2.5)
    assert query(fauxlate, job).json()["status"] == "FINISHED"
    assert fauxlate.clock.now == datetime.datetime(2026, 1, 1, 0, 0, 5, 500000, datetime.UTC)
    asyncio.run(fauxlate.clock.asleep(0.5))
    assert fauxlate.clock.time() == 1767225606
    fauxlate.clock.set("2026-01-03T00:00:00Z")
    assert [job.gone for job in fauxlate.jobs] == [True]
    fauxlate.clock.run(60)
    fauxlate.clock.freeze()

def test_clock_that_runs(fauxlate):
    assert abs(fauxlate.clock.time() - time.time()) < 60
"""
    )
    result.assert_outcomes(passed=2)


def test_a_scenario_comes_by_name_as_text_as_a_mapping_or_from_a_file_beside_the_test(
    run_pytest: RunPytest, pytester: pytest.Pytester
) -> None:
    pytester.makefile(".yaml", busy="rules:\n  - {on: huawei.RunFileTranslation, times: 1, then: {fail: NLP.6302}}\n")
    result = run_pytest(
        HUAWEI_CLIENT
        + '''
def test_name(fauxlate):
    fauxlate.scenario("huawei/submission-throttled")

@pytest.mark.parametrize("scenario", [
    "busy.yaml",
    {"rules": [{"on": "huawei.*", "then": {"fail": "NLP.6302"}}]},
    """
rules:
  - {on: huawei.RunFileTranslation, then: {fail: NLP.6302}}
""",
])
def test_others(fauxlate, scenario):
    fauxlate.scenario(scenario)
    assert submit(fauxlate).json()["error_code"] == "NLP.6302"
    fauxlate.scenario()
    assert submit(fauxlate).status_code == 200

@pytest.mark.fauxlate("busy.yaml")
def test_file_in_the_mark(fauxlate):
    assert submit(fauxlate).json()["error_code"] == "NLP.6302"
    assert submit(fauxlate).status_code == 200
    assert fauxlate.journal[1].rule.endswith("busy.yaml:2")
    fauxlate.reset()
    assert (len(fauxlate.journal), fauxlate.jobs) == (0, [])
    assert submit(fauxlate).json()["error_code"] == "NLP.6302"
'''.replace("huawei/submission-throttled", _shipped_scenario())
    )
    result.assert_outcomes(passed=5)


def _shipped_scenario() -> str:
    from fauxlate import library

    return next(name for name in library.shipped_names() if name.startswith("huawei/"))


def test_a_job_that_waits_to_be_moved_is_moved(run_pytest: RunPytest) -> None:
    result = run_pytest(
        HUAWEI_CLIENT
        + """
def test_move(fauxlate):
    fauxlate.scenario({"rules": [{"on": "huawei.RunFileTranslation", "then": {"timeline": ["WAITING manual", "ERROR NLP.6308"]}}]})
    job = submit(fauxlate).json()["job_id"]
    assert fauxlate.jobs[0].state == "WAITING"
    moved = fauxlate.move(job)
    assert (moved.state, moved.error, moved.last, moved.failed) == ("ERROR", "NLP.6308", True, True)
"""
    )
    result.assert_outcomes(passed=1)
