"""The course that a scenario gives to a job, as a client that polls sees it."""

from __future__ import annotations

import pytest
from tests.web.clients import PATIENCE, Client
from tests.web.conftest import Box, Boxes, rule

FAILS = {
    "alibaba": ("error", "InternalError"),
    "dingtalk": ("2", ""),
    "huawei": ("ERROR", "NLP.0201"),
}
"""The failed state of each provider's job, and a documented code that it may carry."""


def course(kind: type[Client], dwell: str) -> str:
    """Return the provider's states, each but the last with a dwell, as the verb takes them."""
    *passing, last = kind.course
    return f"[{', '.join([f'{state!r}'[:-1] + f' {dwell}' + chr(39) for state in passing] + [repr(last)])}]"


def states(client: Client, job: str, polls: int) -> list[str]:
    return [client.state(client.ask(job)) for _ in range(polls)]


def told(here: Box, job: str) -> str:
    """Return the state as the admin API tells it, which is no poll."""
    state: str = here.admin("GET", f"/jobs/{job}").json()["state"]
    return state


def test_by_time_each_state_ends_exactly_when_its_time_is_over(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, f"{{timeline: {course(kind, '10s')}}}"))
    client = here.client(kind)
    job = client.made()
    for state in kind.course[:-1]:
        assert states(client, job, 2) == [state, state]
        here.advance("9999ms")
        assert states(client, job, 1) == [state]
        here.advance("1ms")
    assert states(client, job, 2) == [kind.course[-1]] * 2
    assert here.faults() == {"timeline": 1}


def test_only_the_job_that_the_rule_met_takes_another_course(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, f"{{timeline: {course(kind, '1h')}}}", "times: 1"))
    client = here.client(kind)
    slow, usual = client.made(), client.made()
    here.advance("1m")
    assert states(client, slow, 1) == [kind.course[0]]
    assert states(client, usual, 1) == [kind.course[-1]]


@pytest.mark.parametrize("polls", [1, 3])
def test_by_polls_each_state_ends_with_so_many(box: Boxes, kind: type[Client], polls: int) -> None:
    here = box(rule(kind.creates, f"{{timeline: {course(kind, f'{polls} polls')}}}"))
    client = here.client(kind)
    job = client.made()
    here.advance("1h")  # time is nothing to it
    assert told(here, job) == kind.course[0]
    expected = [state for state in kind.course[:-1] for _ in range(polls)] + [kind.course[-1]] * 2
    assert states(client, job, len(expected)) == expected


def test_looking_by_the_admin_api_is_no_poll(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, f"{{timeline: {course(kind, '1 poll')}}}"))
    job = here.client(kind).made()
    assert {told(here, job) for _ in range(5)} == {kind.course[0]}
    assert here.jobs()[0]["polls"] == 0


def test_progress_by_polls_is_one_poll_a_state(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{timeline: {progress: polls}}"))
    client = here.client(kind)
    assert states(client, client.made(), 4) == [*kind.course, *[kind.course[-1]] * (4 - len(kind.course))]


def test_by_hand_a_job_moves_when_it_is_moved(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{timeline: {progress: manual}}"))
    client = here.client(kind)
    job = client.made()
    for state in kind.course[:-1]:
        here.advance("30m")
        assert states(client, job, 2) == [state, state]
        moved = here.admin("POST", f"/jobs/{job}/move", {})
        assert (moved.status_code, moved.json()["id"]) == (200, job)
    assert states(client, job, 2) == [kind.course[-1]] * 2
    refused = here.admin("POST", f"/jobs/{job}/move", {})
    assert refused.status_code == 409
    assert "last state" in refused.json()["message"]
    assert told(here, job) == kind.course[-1]


def test_a_state_that_ends_by_itself_is_not_moved_by_hand(box: Boxes, kind: type[Client]) -> None:
    here = box()
    job = here.client(kind).made()
    refused = here.admin("POST", f"/jobs/{job}/move", {})
    assert (refused.status_code, "by itself" in refused.json()["message"]) == (409, True)


def test_an_immediate_job_has_ended_when_it_is_first_asked_for(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{timeline: {progress: immediate}}"))
    client = here.client(kind)
    assert states(client, client.made(), 1) == [kind.course[-1]]


def test_a_course_may_mix_hand_polls_and_time(box: Boxes) -> None:
    here = box(rule("huawei.RunFileTranslation", "{timeline: [WAITING 2 polls, BGEIN manual, WAITING 5s, FINISHED]}"))
    job = here.huawei.made()
    assert states(here.huawei, job, 3) == ["WAITING", "WAITING", "BGEIN"]
    here.advance("1h")
    assert states(here.huawei, job, 1) == ["BGEIN"]
    here.admin("POST", f"/jobs/{job}/move", {})
    assert states(here.huawei, job, 1) == ["WAITING"]
    here.advance("5s")
    assert states(here.huawei, job, 1) == ["FINISHED"]


def test_a_job_may_be_stuck_for_ever(box: Boxes, kind: type[Client]) -> None:
    first = kind.course[0]
    here = box(rule(kind.creates, f"{{timeline: ['{first}']}}"))
    client = here.client(kind)
    job = client.made()
    assert states(client, job, 3) == [first] * 3
    here.advance("90m")
    assert states(client, job, 1) == [first]
    assert here.admin("POST", f"/jobs/{job}/move", {}).status_code == 409
    here.admin("PATCH", "/clock", {"advance": "36500d"})
    assert told(here, job) == first
    assert not here.jobs()[0]["gone"]


def test_a_stuck_job_is_left_unfinished(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, f"{{timeline: ['{kind.course[0]}']}}"))
    job = here.client(kind).made()
    assert [one["id"] for one in here.admin("DELETE").json()["unfinished"]] == [job]


def test_jobs_that_have_not_ended_are_left_unfinished(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{timeline: {progress: manual}}", "skip: 1"))
    ended, unmoved = here.client(kind).made("a"), here.client(kind).made("b")
    here.advance("1h")
    left = here.admin("DELETE").json()
    assert ([one["id"] for one in left["unfinished"]], left["id"]) == ([unmoved], here.id)
    assert ended != unmoved


def test_a_job_may_fail_with_a_documented_code(box: Boxes, kind: type[Client]) -> None:
    state, code = FAILS[kind.name]
    here = box(rule(kind.creates, f"{{timeline: ['{kind.course[0]} 5s', '{f'{state} {code}'.strip()}']}}"))
    client = here.client(kind)
    job = client.made()
    assert states(client, job, 1) == [kind.course[0]]
    here.advance("5s")
    answer = client.ask(job)
    said = answer.json()
    if kind.name == "alibaba":
        assert (answer.status_code, said["Code"], "Data" in said) == (500, code, False)
    elif kind.name == "huawei":
        assert (answer.status_code, said["status"], said["error_code"]) == (200, "ERROR", code)
        assert said["error_msg"]
        assert "url" not in said
    else:
        assert (answer.status_code, said) == (200, {"status": "2"})
    listed = here.jobs()[0]
    assert (listed["state"], listed["last"], listed["error"]) == (state, True, code or None)


def test_how_a_failed_document_job_is_told_is_a_quirk(box: Boxes) -> None:
    scenario = rule("huawei.RunFileTranslation", "{timeline: [ERROR NLP.0201]}")
    here = box(scenario, quirks={"huawei.failed_job": "query_error"})
    answer = here.huawei.ask(here.huawei.made())
    assert (answer.status_code, answer.json()["error_code"]) == (500, "NLP.0201")


@pytest.mark.parametrize("code", ["System.TranslateError", "10007"])
def test_a_text_job_may_fail_with_a_code_of_the_operation_that_tells_it(box: Boxes, code: str) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", f"{{timeline: [ready 5s, error {code}]}}"))
    job = here.alibaba.made()
    here.advance("5s")
    assert here.alibaba.code(here.alibaba.ask(job)) == code


def test_an_image_batch_may_end_with_every_image_failed(box: Boxes) -> None:
    here = box(rule("alibaba.TranslateImageBatch", "{timeline: [created 1s, finished System.Error]}"))
    asked = {"ImageUrls": "https://example.com/a.jpg", "SourceLanguage": "zh", "TargetLanguage": "en"}
    task = here.alibaba.call("TranslateImageBatch", **asked).json()["Data"]["TaskId"]
    here.advance("1s")
    data = here.alibaba.call("GetTranslateImageBatchResult", TaskId=task).json()["Data"]
    assert data["Status"] == "finished"
    assert [(one["Success"], "FinalImageUrl" in one) for one in data["Result"]] == [(False, False)]


def test_a_result_that_is_kept_shortly_is_soon_gone(box: Boxes) -> None:
    here = box(rule("huawei.RunFileTranslation", "{timeline: {steps: [WAITING 1s, FINISHED], kept: 30s}}"))
    job = here.huawei.made()
    here.advance("1s")
    link = here.huawei.ask(job).json()["url"]
    here.advance("29999ms")
    assert states(here.huawei, job, 1) == ["FINISHED"]
    assert here.session.get(link, timeout=PATIENCE).status_code == 200
    here.advance("1ms")
    assert states(here.huawei, job, 1) == ["gone"]
    lost = here.session.get(link, timeout=PATIENCE)
    assert (lost.status_code, "<Code>NoSuchKey</Code>" in lost.text) == (404, True)
    assert here.jobs()[0]["gone"]


def test_a_batch_that_is_kept_shortly_is_soon_invalid(box: Boxes) -> None:
    here = box(rule("alibaba.TranslateImageBatch", "{timeline: {kept: 30s}}"))
    asked = {"ImageUrls": "https://example.com/a.jpg", "SourceLanguage": "zh", "TargetLanguage": "en"}
    task = here.alibaba.call("TranslateImageBatch", **asked).json()["Data"]["TaskId"]

    def status() -> str:
        data = here.alibaba.call("GetTranslateImageBatchResult", TaskId=task).json()["Data"]
        return str(data["Status"])

    here.advance("3s")
    assert status() == "finished"
    here.advance("30s")
    assert status() == "invalid"


def test_what_is_kept_shortly_still_takes_its_time_and_may_go_by_polls(box: Boxes) -> None:
    then = "{timeline: {steps: [WAITING 5s, BGEIN 5s, FINISHED], progress: polls, kept: 10s}}"
    here = box(rule("huawei.RunFileTranslation", then))
    job = here.huawei.made()
    here.advance("1h")
    assert states(here.huawei, job, 3) == ["WAITING", "BGEIN", "FINISHED"]
    here.advance("10s")
    assert states(here.huawei, job, 1) == ["gone"]


def test_lifecycles_set_the_course_of_every_job_and_a_timeline_that_of_one(box: Boxes) -> None:
    here = box(
        """
lifecycles:
  huawei.file_translation: {WAITING: 1 poll, BGEIN: 10s, kept: 1m, link: 5s}
  alibaba.async_translate: {progress: immediate}
rules:
  - {on: huawei.RunFileTranslation, when: {job.nth: 2}, then: {timeline: [BEGIN manual, FINISHED]}}
"""
    )
    assert states(here.alibaba, here.alibaba.made(), 1) == ["translated"]
    first, second = here.huawei.made(), here.huawei.made()
    assert states(here.huawei, first, 2) == ["WAITING", "BGEIN"]
    assert states(here.huawei, second, 1) == ["BGEIN"]
    here.advance("10s")
    link = here.huawei.ask(first).json()["url"]
    assert here.session.get(link, timeout=PATIENCE).status_code == 200
    here.advance("5s")
    assert here.session.get(link, timeout=PATIENCE).status_code == 403
    here.advance("55s")
    assert states(here.huawei, first, 1) == ["gone"]


def test_a_file_that_cannot_be_read_fails_on_any_course_that_ends_well(box: Boxes) -> None:
    here = box(rule("dingtalk.TranslateFile", "{timeline: ['0 1 poll', '1']}"))
    media = here.dingtalk.upload("a.xlsx", b"no workbook")
    job = here.dingtalk.job(here.dingtalk.create(medias={media: "a.xlsx"}))
    assert states(here.dingtalk, job, 3) == ["0", "2", "2"]
