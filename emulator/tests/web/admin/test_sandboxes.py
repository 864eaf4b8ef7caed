"""Sandboxes: worlds of their own that are made, read, reset, copied, forgotten, and never see each other."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from fauxlate.engine.sandboxes.sandbox import tag_of
from fauxlate.engine.scenarios.scenario import Scenario
from fauxlate.serving.background import BackgroundServer
from fauxlate.serving.composition import new_sandbox, new_world
from fauxlate.settings import Settings
from tests.web.admin.conftest import EPOCH, FROZEN, Admin, Box
from tests.web.clients import CLIENTS

FAILING = {"rules": [{"on": "huawei.RunFileTranslation", "then": {"fail": "NLP.6305"}}]}
CLIENT = Path(__file__).parent / "huawei_client.py"


def test_a_new_sandbox_is_told_with_its_clock_and_credentials(admin: Admin, emulator: BackgroundServer) -> None:
    made = admin.ask("POST", "sandboxes", {})
    assert made.status == 201
    assert list(made.data)[:2] == ["id", "clock"]
    assert made.data["clock"]["mode"] == "real"
    assert abs(made.data["clock"]["epoch"] - time.time()) < 60
    own = {name: made.data[name] for name in ("seed", "strict", "signatures", "idle", "about")}
    assert own == {"seed": 0, "strict": False, "signatures": "verified", "idle": None, "about": ""}
    default = admin.told("sandboxes/default")
    assert default["credentials"] == emulator.environment
    assert made.data["credentials"].keys() == default["credentials"].keys()
    for provider, told in made.data["credentials"].items():
        usual = default["credentials"][provider]
        assert told.keys() == usual.keys()
        same = {name for name, value in told.items() if value == usual[name]}
        assert same == {name for name in told if name.endswith("endpoint")}


def test_the_credentials_are_those_that_the_command_prints(emulator: BackgroundServer) -> None:
    command = [sys.executable, "-m", "fauxlate", "env", "--json", "--url", emulator.url]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert json.loads(printed) == emulator.environment


def test_every_sandbox_is_listed_and_can_be_read(admin: Admin) -> None:
    box = admin.sandbox(id="listed")
    listed = {one["id"]: one for one in admin.told("sandboxes")["sandboxes"]}
    assert {"default", "listed"} <= listed.keys()
    assert listed["listed"] == box.told() == box.made


def test_a_sandbox_follows_a_shipped_scenario_by_its_name(admin: Admin) -> None:
    shipped = {one["name"]: one["about"] for one in admin.told("scenarios")["scenarios"]}
    name = "huawei/never-ending-job"
    box = admin.sandbox(scenario=name)
    assert box.made["about"] == shipped[name]
    job = box.huawei.made()
    box.clock(advance="1h")
    assert box.huawei.state(box.huawei.ask(job)) != "FINISHED"


def test_a_sandbox_follows_a_scenario_given_as_an_object(admin: Admin) -> None:
    box = admin.sandbox(scenario={"about": "All fails.", **FAILING})
    assert box.made["about"] == "All fails."
    assert box.huawei.code(box.huawei.create()) == "NLP.6305"


def test_several_scenarios_are_laid_over_each_other(admin: Admin) -> None:
    names = ["huawei/never-ending-job", "dingtalk/never-ending-job"]
    box = admin.sandbox(scenario=names)
    stuck = box.huawei.made(), box.dingtalk.made()
    box.clock(advance="1h")
    assert box.huawei.state(box.huawei.ask(stuck[0])) != "FINISHED"
    assert box.dingtalk.state(box.dingtalk.ask(stuck[1])) == "0"


def test_settings_win_over_what_the_scenario_says(admin: Admin) -> None:
    scenario = {"seed": 1, "clock": {"at": "2040-01-01T00:00:00Z"}, "quirks": {"huawei.started_status": "BGEIN"}}
    quirks = {"huawei.started_status": "BEGIN"}
    made = admin.sandbox(scenario=scenario, seed=2, quirks=quirks, idle="10m", strict=True).made
    assert (made["seed"], made["idle"], made["strict"]) == (2, 600, True)
    assert made["clock"] == {"mode": "frozen", "rate": 0, "now": "2026-01-01T00:00:00Z", "epoch": EPOCH}
    assert made["quirks"]["huawei.started_status"] == "BEGIN"


def test_a_clock_may_start_at_a_rate(admin: Admin) -> None:
    clock = admin.sandbox(clock={"mode": "rate", "rate": 3600, "at": "2030-06-01T12:00:00+08:00"}).made["clock"]
    assert (clock["mode"], clock["rate"]) == ("rate", 3600)
    assert clock["now"].startswith("2030-06-01T04:")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"id": "Upper"}, "`id`"),
        ({"id": ""}, "`id`"),
        ({"id": "a" * 64}, "`id`"),
        ({"id": "a\n"}, "`id`"),
        ({"scenario": "huawei/never-ending-jib"}, "Did you mean `huawei/never-ending-job`?"),
        ({"scenario": "../../etc/passwd"}, "not a shipped scenario"),
        ({"scenario": "scenarios/huawei/never-ending-job.yaml"}, "not a shipped scenario"),
        ({"scenario": ["huawei/never-ending-job"] * 17}, "`scenario"),
        ({"scenario": 5}, "`scenario`"),
        ({"scenario": {"rules": [{"on": "huawei.Nothing", "then": {"fail": "NLP.6305"}}]}}, "is not an operation"),
        ({"scenario": {"extends": "../../../etc/passwd"}}, "not a shipped scenario"),
        ({"seed": 1.5}, "`seed`"),
        ({"seed": "7"}, "`seed`"),
        ({"seed": 10**30}, "`seed`"),
        ({"clock": {"mode": "melting"}}, "`clock.mode`"),
        ({"clock": {"at": "yesterday"}}, "`clock.at`: `yesterday` is not a time"),
        ({"clock": {"at": "9999-12-31T23:59:59Z"}}, "`clock.at`: `9999-12-31T23:59:59Z` is out of range"),
        ({"clock": {"at": "0001-01-01T00:00:00+14:00"}}, "is out of range"),
        ({"clock": {"at": 0}}, "`clock.at`"),
        ({"clock": {"mode": "rate"}}, "`rate` goes with `mode: rate`"),
        ({"clock": {"mode": "rate", "rate": -1}}, "`clock.rate`"),
        ({"clock": {"mode": "rate", "rate": 1e300}}, "`clock.rate`"),
        ({"quirks": {"huawei.started_statu": "BEGIN"}}, "Did you mean `huawei.started_status`?"),
        ({"quirks": {"huawei.started_status": "STARTED"}}, "is not a choice of"),
        ({"strict": "yes"}, "`strict`"),
        ({"signatures": "guessed"}, "`signatures`"),
        ({"idle": "soon"}, "is not a duration"),
        ({"idle": -1}, "out of range"),
        ({"idle": "1000000d"}, "out of range"),
        ({"idel": "10m"}, "Did you mean `idle`?"),
        ([], "not an object"),
    ],
)
def test_a_wrong_sandbox_is_refused_and_nothing_is_made(admin: Admin, wrong: Any, said: str) -> None:
    before = [one["id"] for one in admin.told("sandboxes")["sandboxes"]]
    refused = admin.ask("POST", "sandboxes", wrong)
    assert refused.status == 400
    assert said in refused.message
    assert [one["id"] for one in admin.told("sandboxes")["sandboxes"]] == before


def test_an_id_that_is_taken_is_refused(admin: Admin) -> None:
    box = admin.sandbox(id="mine", seed=3)
    for taken in ("mine", "default"):
        assert admin.ask("POST", "sandboxes", {"id": taken}).status == 409
        assert box.ask("POST", "/fork", {"id": taken}).status == 409
    assert box.told()["seed"] == 3


def test_two_sandboxes_never_have_the_same_credentials(admin: Admin) -> None:
    one, other = "s65257", "s96800"
    assert tag_of(one) == tag_of(other)
    admin.sandbox(id=one)
    assert admin.ask("POST", "sandboxes", {"id": other}).status == 409


def test_deleting_tells_what_was_left(admin: Admin) -> None:
    rules = [
        {"on": "huawei.RunFileTranslation", "times": 1, "then": {"fail": "NLP.6305"}},
        {"on": "dingtalk.TranslateFile", "then": {"delay": "1ms"}},
    ]
    box = admin.sandbox(scenario={"rules": rules})
    assert box.huawei.code(box.huawei.create()) == "NLP.6305"
    ended, unfinished = box.huawei.made("a"), box.huawei.made("b")
    assert ended != unfinished
    box.clock(advance="1h")
    late = box.huawei.made("c")
    gone = box.ask("DELETE")
    assert gone.status == 200
    assert gone.data["id"] == box.id
    assert [(job["id"], job["state"]) for job in gone.data["unfinished"]] == [(late, "WAITING")]
    assert gone.data["unused"] == ["scenario:10: on dingtalk.TranslateFile"]
    assert box.ask("GET").status == box.ask("DELETE").status == 404
    assert box.huawei.create().status_code == 401


def test_the_default_sandbox_stays(admin: Admin) -> None:
    refused = admin.ask("DELETE", "sandboxes/default")
    assert refused.status == 409
    assert "reset it instead" in refused.message
    assert admin.told("sandboxes/default")["id"] == "default"


def test_a_reset_returns_to_the_beginning(admin: Admin) -> None:
    box = admin.sandbox(
        id="reset", seed=7, scenario={"about": "The first.", "rules": []}, quirks={"alibaba.code_type": "str"}
    )

    def lived() -> list[Any]:
        """Do the same things; return everything that came of them."""
        huawei, dingtalk = type(box.huawei)(box.huawei.told), type(box.dingtalk)(box.dingtalk.told)
        said = [huawei.made(), dingtalk.made(), huawei.token, dingtalk.token]
        return [*said, box.jobs(), [entry["number"] for entry in box.entries()], box.served("operation")]

    first = lived()
    stale = box.huawei.token
    box.huawei.made()
    box.clock(rate=5, advance="3h")
    assert box.ask("PUT", "/scenario", FAILING).status == 200
    answer = box.ask("POST", "/reset", {})
    assert answer.status == 200
    assert answer.data == box.told() == box.made
    assert box.told("/scenario")["quirks"] == {"alibaba.code_type": "str"}
    assert box.jobs() == box.entries() == box.told("/coverage?only=served")["rows"] == []
    assert box.told("/journal")["written"] == 0
    box.huawei._token = stale  # noqa: SLF001
    assert box.huawei.ask(first[0]).status_code == 401
    assert box.ask("POST", "/reset", {}).status == 200
    assert lived() == first


def test_another_seed_gives_other_ids(admin: Admin) -> None:
    made = [admin.sandbox(seed=seed).huawei.made() for seed in (1, 1, 2)]
    assert made[0] == made[1] != made[2]


def test_following_the_same_seed_again_loses_no_job(admin: Admin) -> None:
    box = admin.sandbox()
    made = []
    for _ in range(2):
        assert box.ask("PUT", "/scenario", {"seed": 7}).status == 200
        made.append(box.huawei.made())
    assert [job["id"] for job in box.jobs()] == made


def test_the_quirks_that_a_sandbox_was_made_with_stay_under_any_scenario_that_makes_no_choice(admin: Admin) -> None:
    box = admin.sandbox(quirks={"huawei.started_status": "BEGIN"})
    name = "huawei.started_status"
    assert box.ask("PUT", "/scenario", {"quirks": {"alibaba.code_type": "str"}}).status == 200
    assert (box.told()["quirks"][name], box.told()["quirks"]["alibaba.code_type"]) == ("BEGIN", "str")
    assert box.ask("PUT", "/scenario", {"quirks": {name: "BGEIN"}}).status == 200
    assert (box.told()["quirks"][name], box.told()["quirks"]["alibaba.code_type"]) == ("BGEIN", "int")
    assert box.ask("DELETE", "/scenario").status == 200
    assert box.told()["quirks"][name] == "BEGIN"
    assert box.fork().made["quirks"][name] == "BEGIN"


def test_a_fork_is_a_copy_that_goes_its_own_way(admin: Admin) -> None:
    rule = {"on": "huawei.RunFileTranslation", "times": 2, "then": {"fail": "NLP.6305"}}
    box = admin.sandbox(seed=5, quirks={"huawei.started_status": "BEGIN"})
    job = box.huawei.made()
    assert box.ask("PUT", "/scenario", {"rules": [rule]}).status == 200
    assert box.huawei.code(box.huawei.create()) == "NLP.6305"
    box.clock(advance="1m")

    copy = box.fork(id="copy")
    assert copy.made["credentials"] != box.made["credentials"]
    both = ("clock", "seed", "strict", "signatures", "idle", "about", "quirks")
    assert {name: copy.made[name] for name in both} == {name: box.told()[name] for name in both}
    assert copy.jobs() == box.jobs() != []
    assert copy.told("/scenario") == box.told("/scenario")
    assert copy.entries() == []

    copy.clock(advance="1h")
    assert box.told("/clock")["epoch"] == EPOCH + 60
    for one in (box, copy):  # each has one failure left, and draws the same ids from here on
        assert one.huawei.code(one.huawei.create()) == "NLP.6305"
    assert box.huawei.made() == copy.huawei.made()
    assert copy.ask("DELETE").status == 200
    assert job in [one["id"] for one in box.jobs()]
    assert box.huawei.ask(job).status_code == 200


def test_a_token_names_the_sandbox_that_gave_it_and_not_its_fork(admin: Admin) -> None:
    box = admin.sandbox()
    token = box.dingtalk.token
    copy = box.fork()
    copy.dingtalk._token = token  # noqa: SLF001
    job = copy.dingtalk.made()
    assert [one["id"] for one in box.jobs()] == [job]
    assert copy.jobs() == copy.entries() == []


def test_a_fork_does_not_count_twice_what_was_served_once(admin: Admin) -> None:
    box = admin.sandbox()
    box.huawei.made()
    before = admin.told("coverage?only=served")
    box.fork()
    assert admin.told("coverage?only=served") == before


def test_the_scenario_in_force_is_told_as_a_whole(admin: Admin) -> None:
    box = admin.sandbox(scenario=FAILING, seed=3)
    assert box.told("/scenario")["rules"] == FAILING["rules"]


def test_a_sandbox_that_stands_unused_is_forgotten(admin: Admin, emulator: BackgroundServer) -> None:
    used, unused = admin.sandbox(idle="10m"), admin.sandbox(idle=600)
    assert used.made["idle"] == unused.made["idle"] == 600
    for box in (used, unused):
        emulator.engine_sandbox(box.id).last_used -= 599
    used.huawei.made()
    emulator.engine_sandbox(used.id).last_used -= 1
    emulator.engine_sandbox(unused.id).last_used -= 1
    assert unused.ask("GET").status == 404
    assert used.ask("GET").status == 200
    listed = [one["id"] for one in admin.told("sandboxes")["sandboxes"]]
    assert used.id in listed
    assert unused.id not in listed


def test_being_asked_for_is_being_used(admin: Admin, emulator: BackgroundServer) -> None:
    box = admin.sandbox(idle="10m")
    for path in ("", "/jobs", "/clock", "/journal"):
        emulator.engine_sandbox(box.id).last_used -= 599
        assert box.ask("GET", path).status == 200


def test_what_an_expired_sandbox_has_served_stays_in_the_coverage_of_the_run(
    admin: Admin, emulator: BackgroundServer
) -> None:
    box = admin.sandbox(idle="10m")
    box.huawei.made()
    before = admin.told("coverage")
    emulator.engine_sandbox(box.id).last_used -= 600
    assert box.ask("GET").status == 404
    assert admin.told("coverage") == before


def test_too_many_sandboxes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fauxlate.engine.sandboxes.registry.MAX_SANDBOXES", 3)
    with BackgroundServer() as emulator:
        admin = Admin(emulator.url)
        boxes = [admin.sandbox(idle="10m") for _ in range(2)]
        refused = admin.ask("POST", "sandboxes", {})
        assert refused.status == 429
        assert "delete some" in refused.message
        assert boxes[0].ask("POST", "/fork", {}).status == 429
        emulator.engine_sandbox(boxes[1].id).last_used -= 600
        assert admin.ask("POST", "sandboxes", {}).status == 201
        admin.close()


async def test_500_sandboxes_used_at_once_never_see_each_other(emulator: BackgroundServer) -> None:
    rng = random.Random(8585)  # noqa: S311  (only what is asked in which order)
    async with aiohttp.ClientSession(emulator.url, connector=aiohttp.TCPConnector(limit=100)) as session:
        boxes = await asyncio.gather(*(_Crowded.made(session, number) for number in range(500)))
        steps = [box for box in boxes for _ in range(6)]
        rng.shuffle(steps)
        await asyncio.gather(*(box.step(rng.randrange(100)) for box in steps))
        for told in await asyncio.gather(*(box.left() for box in boxes)):
            assert told is None
    assert [one.id for one in emulator.world.sandboxes if one.id.startswith("crowd-")] == []


class _Crowded:
    """One of many sandboxes: it keeps its own count of what it asked, and in the end is told the same."""

    def __init__(self, session: aiohttp.ClientSession, number: int, told: Any) -> None:
        self._session = session
        self._number = number
        self._told = told
        self._turn = asyncio.Lock()
        self._token = ""
        self._jobs: list[str] = []
        self._asked = 0
        self._advanced = 0

    @classmethod
    async def made(cls, session: aiohttp.ClientSession, number: int) -> _Crowded:
        fails = {"rules": [{"on": "huawei.RunFileTranslation", "times": number % 3, "then": {"fail": "NLP.6305"}}]}
        asked: dict[str, Any] = {"id": f"crowd-{number}", "seed": number, "clock": FROZEN}
        asked["scenario"] = fails if number % 3 else {}
        async with session.post("/__fauxlate/sandboxes", json=asked) as answer:
            assert answer.status == 201
            return cls(session, number, await answer.json())

    async def step(self, draw: int) -> None:
        """Do one thing after the other, but all sandboxes at once."""
        async with self._turn:
            if draw < 20:
                self._advanced += draw
                await self._admin("PATCH", "/clock", {"advance": draw})
            elif draw < 70 or not self._jobs:
                await self._create()
            else:
                job = self._jobs[draw % len(self._jobs)]
                status, said = await self._ask("GET", f"/{job}")
                assert (status, said["status"] in ("WAITING", "BGEIN", "FINISHED")) == (200, True)

    async def _create(self) -> None:
        body = {"url": "https://example.com/a.txt", "from": "zh", "to": "en", "type": "txt"}
        failing = self._number % 3
        status, said = await self._ask("POST", "", body)
        if self._asked <= failing and "error_code" in said:
            assert (status, said["error_code"]) == (400, "NLP.6305")
        else:
            assert status == 200
            self._jobs.append(said["job_id"])

    async def _ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        own = self._told["credentials"]["huawei"]
        if not self._token:
            user = {"name": own["user"], "password": own["password"], "domain": {"name": own["domain"]}}
            auth = {"identity": {"methods": ["password"], "password": {"user": user}}}
            asked = {"auth": {**auth, "scope": {"project": {"name": "cn-north-4"}}}}
            async with self._session.post("/v3/auth/tokens", json=asked) as answer:
                self._token = answer.headers["X-Subject-Token"]
        if method == "POST":
            self._asked += 1
        target = f"/v1/{own['project_id']}/machine-translation/file-translation/jobs{path}"
        headers = {"X-Auth-Token": self._token}
        async with self._session.request(method, target, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def _admin(self, method: str, path: str, body: Any = None) -> Any:
        async with self._session.request(
            method, f"/__fauxlate/sandboxes/{self._told['id']}{path}", json=body
        ) as answer:
            assert answer.status == 200
            return await answer.json()

    async def left(self) -> None:
        """Compare what the sandbox tells with what was done to it, and delete it."""
        assert [job["id"] for job in (await self._admin("GET", "/jobs"))["jobs"]] == self._jobs
        assert (await self._admin("GET", "/clock"))["epoch"] == EPOCH + self._advanced
        entries = (await self._admin("GET", "/journal?operation=huawei.RunFileTranslation"))["entries"]
        assert len(entries) == self._asked
        assert sum(entry["rule"] is not None for entry in entries) == min(self._asked, self._number % 3)
        await self._admin("DELETE", "")


def test_creating_a_sandbox_costs_little() -> None:
    here = new_world(Settings())

    def per_sandbox() -> float:
        began = time.perf_counter()
        for number in range(200):
            here.sandboxes.add(here.new_sandbox(f"cost-{number}", Scenario()))
        took = time.perf_counter() - began
        for number in range(200):
            found = here.sandboxes.get(f"cost-{number}")
            assert found is not None
            here.sandboxes.remove(found)
        return took / 200

    def per_credentials() -> float:
        began = time.perf_counter()
        for number in range(200):
            for provider in here.providers:
                provider.mint_credentials(tag_of(str(number)))
        return (time.perf_counter() - began) / 200

    # one after the other in pairs, since a machine that others use may change its speed in between
    cost, floor = min(((per_sandbox(), per_credentials()) for _ in range(5)), key=lambda pair: pair[0] / pair[1])
    print(f"a sandbox: {cost * 1e3:.3f} ms, {cost / floor:.2f} times the cost of its credentials alone")  # noqa: T201
    assert cost < 4 * floor


def test_a_sandbox_takes_no_files_or_jobs_with_it() -> None:
    one, other = new_sandbox("a", Scenario()), new_sandbox("b", Scenario())
    assert one.store is not other.store
    assert one.journal is not other.journal
    assert one.coverage is not other.coverage


@pytest.fixture(scope="module")
def strict() -> Iterator[Admin]:
    with BackgroundServer(Settings(port=0, strict=True)) as emulator:
        admin = Admin(emulator.url)
        yield admin
        admin.close()


def _stranger(admin: Admin, provider: str) -> Any:
    kind = next(kind for kind in CLIENTS if kind.name == provider)
    told = admin.told("sandboxes/default")["credentials"][provider]
    made_up = {name: value if name.endswith("endpoint") else f"unknown-{name}" for name, value in told.items()}
    return kind(made_up)


def test_a_strict_server_refuses_unknown_credentials_in_each_providers_words(strict: Admin) -> None:
    alibaba, huawei, dingtalk = (_stranger(strict, name) for name in ("alibaba", "huawei", "dingtalk"))
    answer = alibaba.create()
    assert (answer.status_code, answer.json()["Code"]) == (404, "InvalidAccessKeyId.NotFound")
    assert answer.json()["Message"] == "Specified access key is not found."
    answer = huawei.session.post(f"{huawei.told['iam_endpoint']}/v3/auth/tokens", json=huawei.token_body(), timeout=20)
    error = {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}
    assert (answer.status_code, answer.json()) == (401, {"error": error})
    signed = "SDK-HMAC-SHA256 Access=UNKNOWN, SignedHeaders=host, Signature=00"
    answer = huawei.session.get(f"{huawei.jobs}/x", headers={"Authorization": signed}, timeout=20)
    assert (answer.status_code, answer.json()["error_code"]) == (401, "APIG.0301")
    keys = {"suiteKey": "unknown", "suiteSecret": "x", "authCorpId": "y", "suiteTicket": "z"}
    answer = dingtalk.session.post(f"{dingtalk.url}/v1.0/oauth2/corpAccessToken", json=keys, timeout=20)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalidSuiteKey")
    keys = {"appKey": "unknown", "appSecret": "x"}
    answer = dingtalk.session.post(f"{dingtalk.url}/v1.0/oauth2/accessToken", json=keys, timeout=20)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalidClientIdOrSecret")


def test_a_strict_server_lets_in_those_whom_it_knows(strict: Admin) -> None:
    box = strict.sandbox()
    for client in (box.alibaba, box.huawei, box.dingtalk):
        assert client.made()


def test_a_server_that_is_not_strict_puts_strangers_into_the_default_sandbox(admin: Admin) -> None:
    before = len(admin.told("sandboxes/default/journal")["entries"])
    _stranger(admin, "huawei").made()
    assert len(admin.told("sandboxes/default/journal")["entries"]) == before + 2


def test_two_processes_with_sdks_run_opposite_scenarios_at_once(admin: Admin) -> None:
    quick = {"lifecycles": {"huawei.file_translation": {"WAITING": "1ms", "BGEIN": "1ms"}}}
    scenarios = {"FINISHED": quick, "NLP.6305": FAILING}
    boxes = {
        end: admin.sandbox(clock={"mode": "real"}, signatures="verified", scenario=scenario)
        for end, scenario in scenarios.items()
    }
    with ExitStack() as ending:
        processes = {end: ending.enter_context(_process(box)) for end, box in boxes.items()}
        for process in processes.values():
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes.values():
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for end, process in processes.items():
            said, wrong = process.communicate(timeout=60)
            assert process.returncode == 0, wrong
            assert json.loads(said) == [end] * 10
    for end, box in boxes.items():
        entries = box.entries("?operation=RunFileTranslation")
        assert [entry["reply"]["error"] for entry in entries] == [None if end == "FINISHED" else end] * 10
    assert len(boxes["FINISHED"].jobs()) == 10
    assert boxes["NLP.6305"].jobs() == []


@contextmanager
def _process(box: Box) -> Iterator[subprocess.Popen[str]]:
    """Start the official SDK of Huawei in a process of its own, which runs ten jobs and prints how each ended."""
    command = [sys.executable, str(CLIENT), json.dumps(box.made["credentials"]["huawei"])]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()
