"""Sandboxes: worlds of their own that are made, read, reset, copied, forgotten, and never see each other."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import pytest
from fauxlate.engine.sandboxes.sandbox import tag_of
from fauxlate.serving.background import BackgroundServer
from tests.web.admin.conftest import EPOCH, Admin

FAILING = {"rules": [{"on": "huawei.RunFileTranslation", "then": {"fail": "NLP.6305"}}]}


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
