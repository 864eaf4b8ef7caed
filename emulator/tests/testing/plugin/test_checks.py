"""The checks: undocumented requests fail a test, and the report of a failed test shows its journal."""

from __future__ import annotations

from tests.testing.client_code import HUAWEI_CLIENT
from tests.testing.conftest import RunPytest


def test_a_request_that_nothing_documented_answers_fails_the_test_with_the_explanation(run_pytest: RunPytest) -> None:
    result = run_pytest(
        HUAWEI_CLIENT
        + """
def test_typo(fauxlate):
    headers = {"X-Auth-Token": fauxlate.huawei.token()}
    SESSION.get(f"{fauxlate.url}/v1/{fauxlate.huawei.project_id}/machine-translation/file-translation/job/1", headers=headers)

def test_nobody(fauxlate):
    SESSION.get(f"{fauxlate.url}/v1.0/contact/files/translat")

@pytest.mark.fauxlate(undocumented=True)
def test_meant_so(fauxlate):
    SESSION.get(f"{fauxlate.url}/v1.0/contact/files/translat")

def test_after_it(fauxlate):
    assert submit(fauxlate).status_code == 200
"""
    )
    result.assert_outcomes(failed=2, passed=2)
    result.stdout.fnmatch_lines(
        [
            "No documented operation answers what this test has sent (1):",
            "  GET /v1/*/machine-translation/file-translation/job/1  *404*",
            "      *",
            "No documented operation answers what this test has sent (1):",
            "  GET /v1.0/contact/files/translat *",
            "It came without credentials of this test*",
        ]
    )


def test_the_report_of_a_failed_test_shows_its_journal_and_jobs(run_pytest: RunPytest) -> None:
    result = run_pytest(
        HUAWEI_CLIENT
        + """
@pytest.fixture
def job(fauxlate):
    return submit(fauxlate).json()["job_id"]

@pytest.fixture
def broken(job):
    raise RuntimeError

def test_fails(fauxlate, job):
    assert job == "another"

def test_never_begins(broken):
    pass

def test_passes(fauxlate, job):
    pass
"""
    )
    result.assert_outcomes(failed=1, errors=1, passed=1)
    titles = [line for line in result.outlines if "fauxlate journal" in line]
    assert len(titles) == 2
    result.stdout.fnmatch_lines(
        [
            "  1  huawei.KeystoneCreateUserTokenByPassword  *  201",
            "  2  huawei.RunFileTranslation  *  200 *",
            "job *huawei.file_translation WAITING",
        ]
    )
    assert "password" not in "".join(result.outlines[result.outlines.index(titles[0]) :]).lower().replace(
        "bypassword", ""
    )
