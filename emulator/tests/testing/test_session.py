"""The server of a test session: its own with other settings, one a worker, or one that runs elsewhere."""

from __future__ import annotations

from fauxlate.serving.background import BackgroundServer
from fauxlate.settings import Settings
from tests.testing.client_code import HUAWEI_CLIENT
from tests.testing.conftest import RunPytest


def test_a_server_elsewhere_is_used_by_its_address_and_left_as_it_was(run_pytest: RunPytest) -> None:
    text = (
        HUAWEI_CLIENT
        + """
@pytest.mark.fauxlate({"rules": [{"on": "huawei.RunFileTranslation", "times": 1, "then": {"fail": "NLP.6302"}}]},
                      quirks={"huawei.started_status": "BEGIN"}, clock="frozen", seed=3)
def test_it(fauxlate, fauxlate_server):
    assert fauxlate_server.emulator is None
    assert submit(fauxlate).json()["error_code"] == "NLP.6302"
    job = submit(fauxlate).json()["job_id"]
    fauxlate.clock.advance("3s")
    assert query(fauxlate, job).json()["status"] == "BEGIN"
    assert [job.state for job in fauxlate.jobs] == ["BGEIN"]
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
    with BackgroundServer(Settings(port=0, admin_token="letmein")) as emulator:
        result = run_pytest(
            text, f"--fauxlate-url={emulator.url}", "--fauxlate-admin-token=letmein", "--fauxlate-coverage=missing"
        )
        result.assert_outcomes(passed=1, failed=2)
        result.stdout.fnmatch_lines(
            ["No documented operation answers*", "*fauxlate journal*", "*RunFileTranslation*errors*1/*"]
        )
        assert [sandbox.id for sandbox in emulator.world.sandboxes] == ["default"]


def test_a_server_that_is_not_there_is_said_to_be(run_pytest: RunPytest) -> None:
    result = run_pytest("def test_it(fauxlate): pass", "--fauxlate-url=http://127.0.0.1:9")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*no Fauxlate answers at http://127.0.0.1:9*`fauxlate serve` starts one*"])


def test_the_session_may_have_a_server_with_other_settings(run_pytest: RunPytest) -> None:
    result = run_pytest(
        """
import pytest
from fauxlate.settings import Settings

@pytest.fixture(scope="session")
def fauxlate_settings():
    return Settings(port=0, strict=True)

def test_it(fauxlate_server):
    assert fauxlate_server.emulator.engine_sandbox().strict
    with fauxlate_server.sandbox({"seed": 9}, name="another", clock={"mode": "frozen"}) as another:
        assert another.clock.time() == another.clock.time()
        assert another.is_local
"""
    )
    result.assert_outcomes(passed=1)


def test_each_worker_of_xdist_has_a_server(run_pytest: RunPytest) -> None:
    result = run_pytest(
        HUAWEI_CLIENT
        + """
@pytest.mark.parametrize("turn", range(8))
def test_it(fauxlate, turn):
    assert submit(fauxlate).status_code == 200
    assert len(fauxlate.jobs) == 1
""",
        "-n2",
        in_subprocess=True,
    )
    result.assert_outcomes(passed=8)
