"""The fixtures: a sandbox a test, with all that a test needs to move, script and look into it."""

from __future__ import annotations

import sys

import pytest
from fauxlate.server import Emulator
from fauxlate.settings import Settings
from tests.testing.conftest import Play

SUBMIT = """
import pytest, requests

SESSION = requests.Session()
SESSION.trust_env = False

def jobs_of(fauxlate):
    return f"{fauxlate.url}/v1/{fauxlate.huawei.project_id}/machine-translation/file-translation/jobs"

def submit(fauxlate):
    asked = {"url": "https://b.obs.cn-north-4.myhuaweicloud.com/a.txt", "from": "zh", "to": "en", "type": "txt"}
    return SESSION.post(jobs_of(fauxlate), json=asked, headers={"X-Auth-Token": fauxlate.huawei.token()})

def status(fauxlate, job):
    return SESSION.get(f"{jobs_of(fauxlate)}/{job}", headers={"X-Auth-Token": fauxlate.huawei.token()})
"""


def test_each_test_has_a_sandbox_of_its_own(play: Play) -> None:
    ran = play(
        SUBMIT
        + """
seen = []

@pytest.mark.parametrize("turn", [1, 2])
def test_alone(fauxlate, turn):
    assert fauxlate.jobs == []
    assert submit(fauxlate).status_code == 200
    assert [job.nth for job in fauxlate.jobs] == [1]
    seen.append(fauxlate.huawei.access_key)

def test_they_had_other_keys(fauxlate_server):
    assert len(set(seen)) == 2
    assert fauxlate_server.url.startswith("http://127.0.0.1:")
    assert [one.id for one in fauxlate_server.emulator.world.sandboxes] == ["default"]
"""
    )
    ran.assert_outcomes(passed=3)


def test_the_same_test_has_the_same_keys_in_every_run(play: Play) -> None:
    text = "def test_it(fauxlate): print('KEY', fauxlate.alibaba.access_key_id, fauxlate.dingtalk.suite_key)"
    keys = [
        [line for line in play(text, "-s").outlines if "KEY" in line and not line.startswith("platform")]
        for _ in range(2)
    ]
    assert keys[0] == keys[1]
    assert keys[0]


def test_time_moves_when_it_is_told_to(play: Play) -> None:
    ran = play(
        SUBMIT
        + """
import asyncio, datetime, time

@pytest.mark.fauxlate(clock="2026-01-01T00:00:00Z")
def test_clock(fauxlate):
    job = submit(fauxlate).json()["job_id"]
    assert status(fauxlate, job).json()["status"] == "WAITING"
    fauxlate.clock.advance("3s")
    assert status(fauxlate, job).json()["status"] == "BGEIN"
    fauxlate.clock.sleep(2.5)
    assert status(fauxlate, job).json()["status"] == "FINISHED"
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
    ran.assert_outcomes(passed=2)


def test_a_scenario_comes_by_name_as_text_as_a_mapping_or_from_a_file_beside_the_test(
    play: Play, pytester: pytest.Pytester
) -> None:
    pytester.makefile(".yaml", busy="rules:\n  - {on: huawei.RunFileTranslation, times: 1, then: {fail: NLP.6302}}\n")
    ran = play(
        SUBMIT
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
'''.replace("huawei/submission-throttled", _shipped())
    )
    ran.assert_outcomes(passed=5)


def _shipped() -> str:
    from fauxlate import library

    return next(name for name in library.names() if name.startswith("huawei/"))


def test_marks_choose_quirks_and_seed_and_the_nearest_wins(play: Play) -> None:
    ran = play(
        SUBMIT
        + """
@pytest.mark.fauxlate(quirks={"huawei.started_status": "BEGIN", "huawei.bad_token": "APIG.0301"}, seed=5)
class TestMarks:
    @pytest.mark.fauxlate(quirks={"huawei.bad_token": "ModelArts.0203"}, seed=6)
    def test_marks(self, fauxlate):
        job = submit(fauxlate).json()["job_id"]
        fauxlate.clock.advance(3)
        assert status(fauxlate, job).json()["status"] == "BEGIN"
        fauxlate.scenario({"rules": []})
        assert status(fauxlate, job).json()["status"] == "BEGIN"
        assert fauxlate.journal.of("RunFileTranslation").operations == ["huawei.RunFileTranslation"]
"""
    )
    ran.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ('"huawei/link-expire"', "*huawei/link-expire*not a shipped scenario*Did you mean*"),
        ("quirk={}", "*no `quirk`; it has quirks*Did you mean `quirks`*"),
        ('{"rules": [{"on": "huawei.RunFileTranslation", "then": {"fail": "NLP.63"}}]}', "*not a documented error*"),
        ('quirks={"huawei.bad_tokn": "x"}', "*not a quirk*Did you mean `huawei.bad_token`*"),
    ],
)
def test_a_wrong_mark_is_refused_with_what_is_right(play: Play, mark: str, said: str) -> None:
    ran = play(f"import pytest\n@pytest.mark.fauxlate({mark})\ndef test_it(fauxlate): pass")
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines([said])


def test_a_job_that_waits_to_be_moved_is_moved(play: Play) -> None:
    ran = play(
        SUBMIT
        + """
def test_move(fauxlate):
    fauxlate.scenario({"rules": [{"on": "huawei.RunFileTranslation", "then": {"timeline": ["WAITING manual", "ERROR NLP.6308"]}}]})
    job = submit(fauxlate).json()["job_id"]
    assert fauxlate.jobs[0].state == "WAITING"
    moved = fauxlate.move(job)
    assert (moved.state, moved.error, moved.last, moved.failed) == ("ERROR", "NLP.6308", True, True)
"""
    )
    ran.assert_outcomes(passed=1)


# requests that nothing documented answers, and failures


def test_a_request_that_nothing_documented_answers_fails_the_test_with_the_explanation(play: Play) -> None:
    ran = play(
        SUBMIT
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
    ran.assert_outcomes(failed=2, passed=2)
    ran.stdout.fnmatch_lines(
        [
            "No documented operation answers what this test has sent (1):",
            "  GET /v1/*/machine-translation/file-translation/job/1  *404*",
            "      *",
            "No documented operation answers what this test has sent (1):",
            "  GET /v1.0/contact/files/translat *",
            "It came without credentials of this test*",
        ]
    )


def test_the_report_of_a_failed_test_shows_its_journal_and_jobs(play: Play) -> None:
    ran = play(
        SUBMIT
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
    ran.assert_outcomes(failed=1, errors=1, passed=1)
    shown = [line for line in ran.outlines if "fauxlate journal" in line]
    assert len(shown) == 2
    ran.stdout.fnmatch_lines(
        [
            "  1  huawei.KeystoneCreateUserTokenByPassword  *  201",
            "  2  huawei.RunFileTranslation  *  200 *",
            "job *huawei.file_translation WAITING",
        ]
    )
    assert "password" not in "".join(ran.outlines[ran.outlines.index(shown[0]) :]).lower().replace("bypassword", "")


# the matrix of quirks


def test_a_test_runs_once_for_each_choice_of_its_quirks(play: Play) -> None:
    ran = play(
        SUBMIT
        + """
@pytest.fixture
def job(fauxlate):
    return submit(fauxlate).json()["job_id"]

@pytest.mark.fauxlate_quirks("huawei.started_status")
def test_matrix(fauxlate, job, request):
    fauxlate.clock.advance(3)
    assert status(fauxlate, job).json()["status"] == request.node.callspec.id.partition("=")[2]

@pytest.mark.fauxlate_quirks("huawei.started_status", "alibaba.code_type")
@pytest.mark.fauxlate_quirks("dingtalk.language")
def test_product(job):
    pass
""",
        "-v",
    )
    ran.assert_outcomes(passed=2 + 4 * 2)
    ran.stdout.fnmatch_lines(
        [
            "*test_matrix?huawei.started_status=BGEIN? PASSED*",
            "*test_matrix?huawei.started_status=BEGIN? PASSED*",
            "*test_product?*dingtalk.language=english*",
        ]
    )


def test_a_quirk_that_there_is_not_stops_the_collection(play: Play) -> None:
    ran = play("import pytest\n@pytest.mark.fauxlate_quirks('huawei.start_status')\ndef test_it(fauxlate): pass")
    assert ran.ret != 0
    ran.stdout.fnmatch_lines(["*`huawei.start_status` is not a quirk*Did you mean `huawei.started_status`*"])


# clients


def test_the_sdks_come_with_the_credentials_of_the_test(play: Play) -> None:
    ran = play(
        """
import asyncio
from alibabacloud_alimt20181012.models import GetDetectLanguageRequest
from alibabacloud_dingtalk.contact_1_0 import models as contact
from alibabacloud_dingtalk.oauth2_1_0.models import GetAccessTokenRequest
from alibabacloud_tea_util.models import RuntimeOptions
from huaweicloudsdknlp.v2 import (FileTranslationReq, RunFileTranslationRequest, RunGetFileTranslationResultRequest)

ASK = RunFileTranslationRequest(
    FileTranslationReq(url="https://b.obs.cn-north-4.myhuaweicloud.com/a.txt", _from="zh", to="en", type="txt"))

def test_alibaba(fauxlate):
    client = fauxlate.alibaba.client(read_timeout=5000)
    assert client.get_detect_language(GetDetectLanguageRequest(source_text="hello")).body.detected_language == "en"

async def test_alibaba_asynchronously(fauxlate):
    answer = await fauxlate.alibaba.client().get_detect_language_async(GetDetectLanguageRequest(source_text="hello"))
    assert answer.body.detected_language == "en"

def test_huawei(fauxlate):
    job = fauxlate.huawei.client(timeout=5).run_file_translation(ASK).job_id
    assert fauxlate.jobs[0].id == job

def test_huawei_asynchronously(fauxlate):
    job = fauxlate.huawei.async_client().run_file_translation_async(ASK).result().job_id
    assert fauxlate.jobs[0].id == job

def test_obs(fauxlate):
    client = fauxlate.huawei.obs_client()
    assert client.createBucket("mine").status == 200
    client.close()

def test_dingtalk(fauxlate):
    told = fauxlate.dingtalk
    asked = GetAccessTokenRequest(app_key=told.app_key, app_secret=told["app_secret"])
    assert told.oauth2_client().get_access_token(asked).body.access_token
    token = told.token()
    media = told.upload("staff.csv", b"$userName=user001$\\n", token)
    headers = contact.TranslateFileHeaders(x_acs_dingtalk_access_token=token)
    request = contact.TranslateFileRequest(medias={media: "staff.csv"}, union_id=told.union_id)
    job = told.client().translate_file_with_options(request, headers, RuntimeOptions()).body.job_id
    assert fauxlate.jobs[0].id == job
"""
    )
    ran.assert_outcomes(passed=6)


def test_a_missing_sdk_and_a_missing_key_are_named(monkeypatch: pytest.MonkeyPatch, play: Play) -> None:
    monkeypatch.setitem(sys.modules, "huaweicloudsdknlp.v2", None)
    ran = play(
        """
import pytest

def test_it(fauxlate):
    with pytest.raises(ImportError, match="`pip install huaweicloudsdknlp` has it"):
        fauxlate.huawei.client()
    with pytest.raises(AttributeError, match="there is no `app_key`; there are base_url, endpoint"):
        fauxlate.huawei.app_key
    assert sorted(fauxlate.alibaba) == ["access_key_id", "access_key_secret", "bearer_token", "endpoint"]
    assert len(fauxlate.alibaba) == 4 and "secret" not in repr(fauxlate.alibaba).replace("access_key_secret", "")
"""
    )
    ran.assert_outcomes(passed=1)


def test_asynchronous_tests_share_their_loop_with_nobody(play: Play) -> None:
    ran = play(
        """
import aiohttp, asyncio, pytest
from aiohttp import web

async def test_own_session(fauxlate):
    async with aiohttp.ClientSession() as session, session.get(f"{fauxlate.url}/__fauxlate/health") as answer:
        assert answer.status == 200

async def test_beside_an_application_of_pytest_aiohttp(fauxlate, aiohttp_client):
    async def proxy(request):
        async with aiohttp.ClientSession() as session, session.get(f"{fauxlate.url}/__fauxlate/health") as answer:
            return web.json_response(await answer.json())
    application = web.Application()
    application.router.add_get("/", proxy)
    client = await aiohttp_client(application)
    assert (await (await client.get("/")).json())["status"] == "ok"
    await fauxlate.clock.asleep(600)
"""
    )
    ran.assert_outcomes(passed=2)


# servers


def test_a_server_elsewhere_is_used_by_its_address_and_left_as_it_was(play: Play) -> None:
    text = (
        SUBMIT
        + """
@pytest.mark.fauxlate({"rules": [{"on": "huawei.RunFileTranslation", "times": 1, "then": {"fail": "NLP.6302"}}]},
                      quirks={"huawei.started_status": "BEGIN"}, clock="frozen", seed=3)
def test_it(fauxlate, fauxlate_server):
    assert fauxlate_server.emulator is None
    assert submit(fauxlate).json()["error_code"] == "NLP.6302"
    job = submit(fauxlate).json()["job_id"]
    fauxlate.clock.advance("3s")
    assert status(fauxlate, job).json()["status"] == "BEGIN"
    assert [one.state for one in fauxlate.jobs] == ["BGEIN"]
    fauxlate.covers("huawei", "NLP.6302")
    fauxlate.scenario("rules: []\\n")
    fauxlate.reset()

def test_typo(fauxlate):
    headers = {"X-Auth-Token": fauxlate.huawei.token()}
    SESSION.get(f"{fauxlate.url}/v1/{fauxlate.huawei.project_id}/machine-translation/jobs", headers=headers)

def test_fails(fauxlate):
    submit(fauxlate)
    raise RuntimeError
"""
    )
    with Emulator(Settings(port=0, admin_token="letmein")) as emulator:
        ran = play(
            text, f"--fauxlate-url={emulator.url}", "--fauxlate-admin-token=letmein", "--fauxlate-coverage=missing"
        )
        ran.assert_outcomes(passed=1, failed=2)
        ran.stdout.fnmatch_lines(
            ["No documented operation answers*", "*fauxlate journal*", "*RunFileTranslation*errors*1/*"]
        )
        assert [one.id for one in emulator.world.sandboxes] == ["default"]


def test_a_server_that_is_not_there_is_said_to_be(play: Play) -> None:
    ran = play("def test_it(fauxlate): pass", "--fauxlate-url=http://127.0.0.1:9")
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines(["*no Fauxlate answers at http://127.0.0.1:9*`fauxlate serve` starts one*"])


def test_the_session_may_have_a_server_with_other_settings(play: Play) -> None:
    ran = play(
        """
import pytest
from fauxlate.settings import Settings

@pytest.fixture(scope="session")
def fauxlate_settings():
    return Settings(port=0, strict=True)

def test_it(fauxlate_server):
    assert fauxlate_server.emulator.sandbox().strict
    with fauxlate_server.sandbox({"seed": 9}, name="another", clock={"mode": "frozen"}) as another:
        assert another.clock.time() == another.clock.time()
        assert another.inside
"""
    )
    ran.assert_outcomes(passed=1)


def test_each_worker_of_xdist_has_a_server(play: Play) -> None:
    ran = play(
        SUBMIT
        + """
@pytest.mark.parametrize("turn", range(8))
def test_it(fauxlate, turn):
    assert submit(fauxlate).status_code == 200
    assert len(fauxlate.jobs) == 1
""",
        "-n2",
        apart=True,
    )
    ran.assert_outcomes(passed=8)


# what it costs


def test_a_run_that_does_not_use_the_plugin_loads_nothing_of_the_emulator(play: Play) -> None:
    ran = play(
        """
import sys

def test_it():
    ours = [name for name in sys.modules if name.startswith("emulator")]
    assert sorted(ours) == ["emulator", "fauxlate.pytest_plugin", "fauxlate.testing", "fauxlate.testing.plugin.keys"]
""",
        "-p",
        "no:schemathesis",
        apart=True,
    )
    ran.assert_outcomes(passed=1)
