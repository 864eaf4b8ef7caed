"""The sweep finds what a client does wrong, and says which answer brings it about."""

from __future__ import annotations

from tests.testing.client_code import HUAWEI_CLIENT
from tests.testing.conftest import RunPytest

CLIENT = (
    HUAWEI_CLIENT
    + """
class Refused(Exception): pass

def submit_or_refuse(fauxlate):
    try:
        answer = submit(fauxlate)
        check_answer(answer)
        return answer.json()["job_id"]
    except (requests.RequestException, KeyError, ValueError, TypeError) as fault:
        raise Refused from fault

def check_answer(answer):
    if answer.status_code != 200:
        raise Refused(answer.status_code)

def submit(fauxlate):
    body = {"url": "https://b.obs.cn-north-4.myhuaweicloud.com/a.txt", "from": "zh", "to": "en", "type": "txt"}
    return SESSION.post(jobs_url(fauxlate), json=body, headers={"X-Auth-Token": fauxlate.huawei.token()}, timeout=1)
"""
)


def test_a_client_that_tells_its_caller_passes(run_pytest: RunPytest) -> None:
    result = run_pytest(
        CLIENT
        + """
runs = []

@pytest.fixture(scope="module")
def once():
    runs.append("module")
    yield
    assert runs.count("module") == 1

@pytest.fixture
def each(once, fauxlate):
    runs.append("test")

@pytest.mark.fauxlate_sweep("huawei.Run*", raises=Refused)
def test_it(fauxlate, each):
    assert submit_or_refuse(fauxlate)

def test_how_often():
    assert runs.count("test") > 100
""",
        "-v",
    )
    result.assert_outcomes(passed=2)


def test_each_kind_of_finding_is_told_with_its_scenario(run_pytest: RunPytest) -> None:
    result = run_pytest(
        CLIENT
        + """
import time

@pytest.mark.fauxlate_sweep("huawei.Run*", raises=Refused, limit="1s", faults=False, courses=False)
def test_kinds(fauxlate):
    answer = submit(fauxlate)
    code = answer.json().get("error_code")
    if code == "NLP.0101":
        answer.json()["job"]
    if code == "NLP.0102":
        raise OSError("the disk is full")
    if code == "NLP.0103":
        time.sleep(60)
    if code == "NLP.0104":
        pytest.fail("this one")
    if code == "NLP.0105":
        SESSION.get(f"{fauxlate.url}/v1/{fauxlate.huawei.project_id}/nlp-fundamental/x", headers={"X-Auth-Token": fauxlate.huawei.token()})
        raise SystemExit
    if code:
        raise Refused
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "sweep of test_kinds: 5 findings in * runs",
            "crash (2)",
            "  huawei.RunFileTranslation answers NLP.0101",
            "      KeyError: 'job'",
            "  huawei.RunFileTranslation answers NLP.0105",
            "      rules:",
            '        - {"on": "huawei.RunFileTranslation", "then": {"fail": "NLP.0101"}}',
            "unhandled exception (1)",
            "  huawei.RunFileTranslation answers NLP.0102",
            "      OSError: the disk is full",
            "hang (1)",
            "      it was still going after 1 seconds",
            "failure (1)",
        ]
    )


def test_one_submission_too_many_and_a_job_given_up_are_found(run_pytest: RunPytest) -> None:
    result = run_pytest(
        CLIENT
        + """
@pytest.mark.fauxlate_sweep("huawei.Run*", raises=Refused, errors=False, courses=False)
def test_twice(fauxlate):
    try:
        submit_or_refuse(fauxlate)
    except Refused:
        submit_or_refuse(fauxlate)

@pytest.mark.fauxlate_sweep("huawei.RunGet*", raises=Refused, errors=False, courses=False)
def test_given_up(fauxlate):
    job = submit_or_refuse(fauxlate)
    fauxlate.clock.advance("1m")
    try:
        check_answer(SESSION.get(f"{jobs_url(fauxlate)}/{job}", headers={"X-Auth-Token": fauxlate.huawei.token()}, timeout=1))
    except requests.RequestException as fault:
        raise Refused from fault
"""
    )
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            "duplicate submission (*)",
            "  huawei.RunFileTranslation: connection reset after the operation, once",
            "      2 jobs of huawei.file_translation where the clean run made 1",
            "lost job (*)",
            "  huawei.RunGetFileTranslationResult: connection reset before the operation, once",
            "      the job * was given up: huawei.RunGetFileTranslationResult never answered well",
        ]
    )


def test_an_asynchronous_client_is_swept_too(run_pytest: RunPytest) -> None:
    result = run_pytest(
        """
import aiohttp, asyncio, pytest

@pytest.mark.fauxlate_sweep(raises=(aiohttp.ClientError, TimeoutError), limit="1s", requests=20)
async def test_it(fauxlate):
    timeout = aiohttp.ClientTimeout(total=0.5)
    url = f"{fauxlate.url}/v1.0/oauth2/accessToken"
    body = {"appKey": fauxlate.dingtalk.app_key, "appSecret": fauxlate.dingtalk.app_secret}
    async with aiohttp.ClientSession(timeout=timeout) as session:
        while True:
            async with session.post(url, json=body) as answer:
                if answer.status == 200:
                    assert (await answer.json())["accessToken"]
                    return
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "hang (*)",
            "  dingtalk.GetAccessToken answers *",
            "      it has made more than 20 requests",
            "crash (*)",
        ]
    )


def test_a_test_that_fails_by_itself_fails_as_ever(run_pytest: RunPytest) -> None:
    result = run_pytest(
        """
import pytest

@pytest.mark.fauxlate_sweep
def test_fails(fauxlate):
    assert fauxlate.jobs == 1

@pytest.mark.fauxlate_sweep
def test_skipped(fauxlate):
    pytest.skip("not today")

@pytest.mark.fauxlate_sweep
def test_without_requests(fauxlate):
    pass

@pytest.mark.fauxlate_sweep(raise_=ValueError)
def test_wrong_mark(fauxlate):
    fauxlate.huawei.token()

@pytest.fixture(scope="module")
def broken():
    yield
    raise OSError("cannot be torn down")

@pytest.mark.fauxlate_sweep(errors=False, faults=False)
def test_last(broken, fauxlate):
    fauxlate.huawei.token()
""",
        "-rs",
    )
    result.assert_outcomes(failed=4, skipped=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*cannot be torn down*",
            "*assert * == 1*",
            "*nothing to sweep: this test has called no documented operation*",
            "the mark fauxlate_sweep is refused: it has no `raise_`; it has raises*",
            "*not today*",
        ]
    )


def test_a_fixture_that_hangs_spoils_no_run_that_follows(run_pytest: RunPytest) -> None:
    hanging = CLIENT.replace("timeout=1", "timeout=None")
    result = run_pytest(
        f"""{hanging}
@pytest.fixture
def job(fauxlate):
    return submit_or_refuse(fauxlate)

@pytest.mark.fauxlate_sweep("huawei.RunFileTranslation", raises=Refused, limit="500ms", errors=False, courses=False)
def test_swept(job):
    assert job
"""
    )
    result.stdout.fnmatch_lines(["hang (1)", "  huawei.RunFileTranslation: no answer at all"])
    result.stdout.no_fnmatch_line("*AssertionError*")
    result.stdout.no_fnmatch_line("wrong result*")


def test_what_the_fixture_alone_asks_for_is_not_swept(run_pytest: RunPytest) -> None:
    result = run_pytest(
        f"""{CLIENT}
@pytest.mark.fauxlate_sweep("huawei.Keystone*", raises=Refused)
def test_swept(fauxlate):
    assert submit_or_refuse(fauxlate)
"""
    )
    result.stdout.fnmatch_lines(["*there is nothing to sweep*"])
