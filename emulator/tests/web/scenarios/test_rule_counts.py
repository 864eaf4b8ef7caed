"""How often a rule applies, and what is counted together."""

from __future__ import annotations

from collections.abc import Iterator

import requests
from tests.web.clients import PATIENCE, Client
from tests.web.conftest import Boxes, rule
from tests.web.scenarios.hits import HIT, hit, hits


def test_times(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, HIT, "times: 2"))
    assert hits(here.client(kind), 4) == [True, True, False, False]


def test_skip(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, HIT, "skip: 2"))
    assert hits(here.client(kind), 5) == [False, False, True, True, True]


def test_every(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", HIT, "every: 3"))
    assert hits(here.alibaba, 7) == [False, False, True, False, False, True, False]


def test_skip_every_and_times_together(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", HIT, "skip: 1, every: 2, times: 2"))
    assert hits(here.alibaba, 8) == [False, False, True, False, True, False, False, False]


def test_only_calls_that_meet_the_conditions_are_counted(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", HIT, "when: {body.SourceText: b}, skip: 1, times: 1"))
    assert [hit(here.alibaba.create(label)) for label in "abababb"] == [False, False, False, True, False, False, False]


def test_chance_is_as_often_as_it_says_and_the_same_for_a_seed(box: Boxes) -> None:
    scenario = rule("alibaba.CreateAsyncTranslate", HIT, "chance: 0.3")
    seen = {seed: hits(box(scenario, seed=seed).alibaba, 120) for seed in (1, 2)}
    assert seen[1] == hits(box(scenario, seed=1).alibaba, 120)
    assert seen[1] != seen[2]
    assert all(20 <= sum(one) <= 52 for one in seen.values())


def test_a_chance_that_does_not_come_up_is_not_used_up(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", HIT, "chance: 0.5, times: 3"))
    assert sum(hits(here.alibaba, 60)) == 3


def test_following_a_scenario_again_counts_from_nothing_and_jobs_stay(box: Boxes) -> None:
    scenario = rule("alibaba.CreateAsyncTranslate", HIT, "times: 1")
    here = box(scenario)
    assert hits(here.alibaba, 2) == [True, False]
    here.follow(scenario)
    assert hits(here.alibaba, 2) == [True, False]
    assert len(here.jobs()) == 2
    assert here.admin("POST", "/reset", {}).status_code == 200
    assert (hits(here.alibaba, 2), len(here.jobs())) == ([True, False], 1)
    assert here.admin("DELETE", "/scenario").status_code == 200
    assert hits(here.alibaba, 2) == [False, False]


# counted by


def test_per_job_each_job_is_counted_for_itself(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.asks, HIT, "times: 1, skip: 1, per: job"))
    client = here.client(kind)
    jobs = [client.made(label) for label in "ab"]
    assert [[hit(client.ask(job)) for job in jobs] for _ in range(3)] == [[False] * 2, [True] * 2, [False] * 2]


def test_per_job_a_creation_is_counted_by_what_it_asks_for(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, HIT, "times: 1, per: job"))
    client = here.client(kind)
    first, second = client.creating("a"), client.creating("b")
    assert [hit(again(client, one)) for one in (first, first, second, second, first)] == [
        True,
        False,
        True,
        False,
        False,
    ]


def again(client: Client, asked: requests.Request) -> requests.Response:
    """Send the same question again as a client's retry does: what is signed is signed anew."""
    if client.name == "alibaba":
        return client.create(next(value for name, value in query(asked) if name == "SourceText"))
    return client.send(asked)


def query(asked: requests.Request) -> Iterator[tuple[str, str]]:
    from urllib.parse import parse_qsl

    yield from parse_qsl(str(asked.url).partition("?")[2])


def test_per_request_a_retry_with_a_fresh_nonce_is_the_same_and_another_is_not(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, HIT, "times: 2, per: request"))
    client = here.client(kind)
    first, second = client.creating("a"), client.creating("b")
    seen = [hit(again(client, one)) for one in (first, second, first, first, second, second)]
    assert seen == [True, True, True, False, True, False]


def test_per_request_the_question_for_one_job_is_not_that_for_another(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.asks, HIT, "times: 1, per: request"))
    client = here.client(kind)
    jobs = [client.made(label) for label in "ab"]
    assert [hit(client.ask(jobs[at])) for at in (0, 0, 1, 1, 0)] == [True, False, True, False, False]


def test_per_request_another_token_is_no_other_question(box: Boxes) -> None:
    here = box(rule("dingtalk.GetTranslateFileJobResult", HIT, "times: 1, per: request"))
    job = here.dingtalk.made()
    assert hit(here.dingtalk.ask(job))
    here.dingtalk.renew()
    assert not hit(here.dingtalk.ask(job))


def test_per_sandbox_every_call_counts(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, HIT, "times: 2, per: sandbox"))
    assert [hit(here.client(kind).create(label)) for label in "abc"] == [True, True, False]


def test_one_rule_on_several_operations_counts_them_together(box: Boxes) -> None:
    here = box(rule("'*.*Translat*'", HIT, "times: 2"))
    job = "nowhere"
    assert [hit(here.alibaba.create()), hit(here.huawei.create()), hit(here.alibaba.ask(job))] == [True, True, False]


def test_per_request_a_retried_upload_is_the_same(box: Boxes) -> None:
    here = box(rule("dingtalk.UploadSingle", HIT, "times: 1, per: request"))
    url, params = f"{here.dingtalk.url}/file/upload/single", {"access_token": here.dingtalk.token}
    answers = [
        here.session.post(url, params=params, files={"file": ("a.csv", b"x")}, timeout=PATIENCE) for _ in range(2)
    ]
    assert [hit(answer) for answer in answers] == [True, False]
