"""What callbacks leave behind in a server: nothing."""

from __future__ import annotations

from emulator.tests.web.conftest import Alone, rule, tasks, until, waiting

NOBODY = {"url": "http://127.0.0.1:1/nobody", "check": False}


def test_a_callback_that_was_tried_to_the_end_leaves_nothing_waiting(alone: Alone) -> None:
    emulator, box = alone()
    box.dingtalk.token  # noqa: B018  (the connection that it opens stays)
    before = tasks(emulator)
    assert box.admin("PUT", "/callbacks/dingtalk", NOBODY).status_code == 200
    box.dingtalk.session.send(box.dingtalk.session.prepare_request(box.dingtalk.creating()))
    assert waiting(emulator, box) == 1
    box.advance("1h")
    assert len(box.journal("?operation=transfer_contact_id_job_result")) == 3
    assert waiting(emulator, box) == 0
    assert emulator.sandbox(box.id).expected == {}
    until(lambda: tasks(emulator) <= before)


def test_a_reset_lets_go_of_what_was_due(alone: Alone) -> None:
    emulator, box = alone()
    box.dingtalk.token  # noqa: B018
    before = tasks(emulator)
    box.admin("PUT", "/callbacks/dingtalk", NOBODY)
    box.dingtalk.session.send(box.dingtalk.session.prepare_request(box.dingtalk.creating()))
    assert waiting(emulator, box) == 1
    box.admin("POST", "/reset", {})
    assert waiting(emulator, box) == 0
    until(lambda: tasks(emulator) <= before)


def test_a_job_whose_end_nobody_wants_to_know_is_put_down_for_no_time(alone: Alone) -> None:
    emulator, box = alone()
    box.dingtalk.session.send(box.dingtalk.session.prepare_request(box.dingtalk.creating()))
    assert (waiting(emulator, box), len(emulator.sandbox(box.id).expected)) == (0, 1)


def test_a_clock_that_runs_by_itself_leaves_nothing_waiting_either(alone: Alone) -> None:
    emulator, box = alone(rule("dingtalk.TranslateFile", '{timeline: ["0 10ms", "2"]}'), clock={"mode": "real"})
    box.admin("PUT", "/callbacks/dingtalk", NOBODY)
    box.dingtalk.session.send(box.dingtalk.session.prepare_request(box.dingtalk.creating()))
    until(lambda: waiting(emulator, box) == 0)
    assert emulator.sandbox(box.id).expected == {}
