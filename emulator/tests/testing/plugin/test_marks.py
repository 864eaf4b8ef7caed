"""The marks: what they choose of a sandbox, what of them is refused, and the matrix of quirks."""

from __future__ import annotations

import pytest
from tests.testing.client_code import HUAWEI_CLIENT
from tests.testing.conftest import RunPytest


def test_marks_choose_quirks_and_seed_and_the_nearest_wins(run_pytest: RunPytest) -> None:
    result = run_pytest(
        HUAWEI_CLIENT
        + """
@pytest.mark.fauxlate(quirks={"huawei.started_status": "BEGIN", "huawei.bad_token": "APIG.0301"}, seed=5)
class TestMarks:
    @pytest.mark.fauxlate(quirks={"huawei.bad_token": "ModelArts.0203"}, seed=6)
    def test_marks(self, fauxlate):
        job = submit(fauxlate).json()["job_id"]
        fauxlate.clock.advance(3)
        assert query(fauxlate, job).json()["status"] == "BEGIN"
        fauxlate.scenario({"rules": []})
        assert query(fauxlate, job).json()["status"] == "BEGIN"
        assert fauxlate.journal.of("RunFileTranslation").operations == ["huawei.RunFileTranslation"]
"""
    )
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ('"huawei/link-expire"', "*huawei/link-expire*not a shipped scenario*Did you mean*"),
        ("quirk={}", "*no `quirk`; it has quirks*Did you mean `quirks`*"),
        ('{"rules": [{"on": "huawei.RunFileTranslation", "then": {"fail": "NLP.63"}}]}', "*not a documented error*"),
        ('quirks={"huawei.bad_tokn": "x"}', "*not a quirk*Did you mean `huawei.bad_token`*"),
    ],
)
def test_a_wrong_mark_is_refused_with_what_is_right(run_pytest: RunPytest, mark: str, message: str) -> None:
    result = run_pytest(f"import pytest\n@pytest.mark.fauxlate({mark})\ndef test_it(fauxlate): pass")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])


def test_a_test_runs_once_for_each_choice_of_its_quirks(run_pytest: RunPytest) -> None:
    result = run_pytest(
        HUAWEI_CLIENT
        + """
@pytest.fixture
def job(fauxlate):
    return submit(fauxlate).json()["job_id"]

@pytest.mark.fauxlate_quirks("huawei.started_status")
def test_matrix(fauxlate, job, request):
    fauxlate.clock.advance(3)
    assert query(fauxlate, job).json()["status"] == request.node.callspec.id.partition("=")[2]

@pytest.mark.fauxlate_quirks("huawei.started_status", "alibaba.code_type")
@pytest.mark.fauxlate_quirks("dingtalk.language")
def test_product(job):
    pass
""",
        "-v",
    )
    result.assert_outcomes(passed=2 + 4 * 2)
    result.stdout.fnmatch_lines(
        [
            "*test_matrix?huawei.started_status=BGEIN? PASSED*",
            "*test_matrix?huawei.started_status=BEGIN? PASSED*",
            "*test_product?*dingtalk.language=english*",
        ]
    )


def test_a_quirk_that_there_is_not_stops_the_collection(run_pytest: RunPytest) -> None:
    result = run_pytest(
        "import pytest\n@pytest.mark.fauxlate_quirks('huawei.start_status')\ndef test_it(fauxlate): pass"
    )
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*`huawei.start_status` is not a quirk*Did you mean `huawei.started_status`*"])
