"""Time and jobs in the admin API: clocks told and moved, jobs told and moved by hand."""

from __future__ import annotations

from typing import Any

import pytest
from fauxlate.engine.timing.durations import MAX_DURATION
from fauxlate.serving.background import BackgroundServer
from tests.web.admin.conftest import EPOCH, Admin

JSON = {"Content-Type": "application/json"}


# Time


def test_a_clock_is_told_frozen_run_and_moved(admin: Admin) -> None:
    box = admin.sandbox()
    assert box.told("/clock") == {"mode": "frozen", "rate": 0, "now": "2026-01-01T00:00:00Z", "epoch": EPOCH}
    assert box.clock(advance="1h30m")["epoch"] == EPOCH + 5400
    assert box.clock(advance=0.5)["now"] == "2026-01-01T01:30:00.500000Z"
    assert box.clock(at="2027-01-01T00:00:00Z")["now"] == "2027-01-01T00:00:00Z"
    assert box.clock(at="2027-01-01T09:00:00+08:00")["now"] == "2027-01-01T01:00:00Z"
    assert box.clock(at="2027-01-02")["now"] == "2027-01-02T00:00:00Z"
    assert box.clock(at="2027-01-03T00:00:00Z", advance="1d")["now"] == "2027-01-04T00:00:00Z"
    assert box.clock()["now"] == "2027-01-04T00:00:00Z"
    assert box.clock(mode="real")["rate"] == 1
    running = box.clock(rate=1_000_000)
    assert (running["mode"], running["rate"]) == ("rate", 1_000_000)
    assert box.told("/clock")["epoch"] > running["epoch"]
    stopped = box.clock(mode="frozen")
    assert box.told("/clock") == stopped
    assert box.clock(rate=0)["mode"] == "frozen"


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"at": "2025-12-31T23:59:59Z"}, 409, "only moves forward"),
        ({"advance": "-5m"}, 400, "`advance`: '-5m' is not a duration"),
        ({"advance": -5}, 400, "`advance`: -5.0 is out of range"),
        ({"advance": "nan"}, 400, "is not a duration"),
        ({"advance": True}, 400, "`advance`"),
        ({"advance": 1e308}, 400, "out of range"),
        ({"advance": MAX_DURATION + 1}, 400, "out of range"),
        ({"advance": "9" * 400 + "d"}, 400, "out of range"),
        ({"advance": []}, 400, "`advance`"),
        ({"rate": -1}, 400, "`rate`"),
        ({"rate": 1e7}, 400, "`rate`"),
        ({"rate": "nan"}, 400, "`rate`"),
        ({"rate": "2"}, 400, "`rate`"),
        ({"mode": "rate"}, 400, "`mode`"),
        ({"mode": "real", "rate": 2}, 400, "`mode` and `rate` say different things"),
        ({"at": "2026-13-01T00:00:00Z"}, 400, "is not a time"),
        ({"at": "10000-01-01T00:00:00Z"}, 400, "is not a time"),
        ({"at": "9999-12-31T23:59:59Z"}, 400, "is out of range"),
        ({"at": "9999-12-31T23:59:59-14:00"}, 400, "is out of range"),
        ({"at": "0001-01-01T00:00:00+14:00"}, 400, "is out of range"),
        ({"at": 4102444800}, 400, "`at`"),
        ({"advence": "5m"}, 400, "Did you mean `advance`?"),
    ],
)
def test_a_wrong_change_leaves_the_clock_as_it_was(admin: Admin, change: Any, status: int, said: str) -> None:
    box = admin.sandbox()
    refused = box.ask("PATCH", "/clock", change)
    assert refused.status == status
    assert said in refused.message
    assert box.told("/clock")["epoch"] == EPOCH


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "1" + "0" * 400])
def test_numbers_that_are_none_are_refused(admin: Admin, number: str) -> None:
    box = admin.sandbox()
    for name in ("advance", "rate"):
        body = f'{{"{name}": {number}}}'.encode()
        assert box.ask("PATCH", "/clock", data=body, headers=JSON).status == 400
    assert box.told("/clock")["epoch"] == EPOCH


def test_a_clock_ends_where_its_hundred_years_would_leave_the_calendar(admin: Admin) -> None:
    box = admin.sandbox()
    job = box.huawei.made()
    assert box.clock(at="9899-01-01T00:00:00Z")["now"] == "9899-01-01T00:00:00Z"
    refused = box.ask("PATCH", "/clock", {"advance": "1s"})
    assert (refused.status, "9899-01-01" in refused.message) == (409, True)
    assert box.clock(mode="real")["mode"] == "real"
    box.huawei._token = ""  # noqa: SLF001  (the other has expired)
    for client in (box.alibaba, box.huawei, box.dingtalk):
        assert client.ask(client.made()).status_code == 200
    assert {one["id"]: one["gone"] for one in box.jobs()}[job]
    for path in ("", "/journal", "/journal?format=har", "/coverage"):
        assert box.told(path)


def test_a_scenario_starts_no_clock_outside_of_the_calendar(admin: Admin) -> None:
    for at in ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"):
        assert admin.sandbox().ask("PUT", "/scenario", {"clock": {"at": at}}).status == 400


def test_a_clock_outside_of_the_calendar_is_told_all_the_same(admin: Admin, emulator: BackgroundServer) -> None:
    box = admin.sandbox()
    here = emulator.engine_sandbox(box.id)
    here.clock = here.clock.advance(here.wall, 1e12)
    box.alibaba.create()
    for path in ("", "/clock", "/jobs", "/journal", "/journal?format=har", "/coverage"):
        assert box.told(path)
    assert box.told("/clock")["now"] == "9999-12-31T23:59:59Z"


# Jobs


def test_jobs_are_told_in_the_order_in_which_they_were_made(admin: Admin) -> None:
    box = admin.sandbox()
    made = [box.huawei.made(), box.dingtalk.made(), box.alibaba.made(), box.huawei.made()]
    jobs = box.jobs()
    assert [job["id"] for job in jobs] == made
    assert [job["nth"] for job in jobs] == [1, 1, 1, 2]
    first = jobs[0]
    assert first == box.told(f"/jobs/{made[0]}")
    assert first["lifecycle"] == "huawei.file_translation"
    assert (first["state"], first["last"], first["gone"], first["error"]) == ("WAITING", False, False, None)
    assert first["created"] == first["since"] == "2026-01-01T00:00:00Z"
    assert [step.partition(" ")[0] for step in first["timeline"]] == ["WAITING", "BGEIN", "FINISHED"]
    assert first["told"] == {"file": "a.txt", "source": "zh", "target": "en"}
    box.clock(advance="1h")
    assert {(job["state"], job["last"]) for job in box.jobs() if job["nth"] == 2} == {("FINISHED", True)}


def test_telling_of_a_job_is_no_poll_of_it(admin: Admin) -> None:
    course = {"timeline": ["WAITING 2 polls", "FINISHED"]}
    box = admin.sandbox(scenario={"rules": [{"on": "huawei.RunFileTranslation", "then": course}]})
    job = box.huawei.made()
    for _ in range(3):
        assert (box.told(f"/jobs/{job}")["state"], box.jobs()[0]["polls"]) == ("WAITING", 0)
    for _ in range(2):
        box.huawei.ask(job)
    assert (box.told(f"/jobs/{job}")["state"], box.jobs()[0]["polls"]) == ("FINISHED", 2)


def test_a_job_is_moved_by_hand(admin: Admin) -> None:
    course = {"timeline": ["WAITING manual", "BGEIN manual", "ERROR NLP.6306"]}
    box = admin.sandbox(scenario={"rules": [{"on": "huawei.RunFileTranslation", "then": course}]})
    path = f"/jobs/{box.huawei.made()}/move"
    box.clock(advance="1h")
    states = [box.ask("POST", path, {}).data["state"] for _ in range(2)]
    assert states == ["BGEIN", "ERROR"]
    assert box.jobs()[0]["error"] == "NLP.6306"
    refused = box.ask("POST", path, {})
    assert (refused.status, "its last state" in refused.message) == (409, True)


def test_a_job_that_moves_by_itself_is_not_moved_by_hand(admin: Admin) -> None:
    box = admin.sandbox()
    refused = box.ask("POST", f"/jobs/{box.huawei.made()}/move", {})
    assert (refused.status, "a state that ends by itself" in refused.message) == (409, True)


def test_an_unknown_job_is_told_to_be_unknown(admin: Admin) -> None:
    box = admin.sandbox()
    for method, path in (("GET", "/jobs/x"), ("POST", "/jobs/x/move")):
        refused = box.ask(method, path, {} if method == "POST" else None)
        assert (refused.status, "There is no job `x`" in refused.message) == (404, True)
