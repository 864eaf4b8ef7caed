"""Which calls a rule is about, how often it applies, and how scenarios are laid over each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from fauxlate.serving.background import BackgroundServer
from fauxlate.settings import Settings
from tests.web.clients import PATIENCE, Client, text
from tests.web.conftest import Box, Boxes, rule

HIT = "{respond: {status: 299, body: hit}}"


def hit(answer: requests.Response) -> bool:
    return answer.status_code == 299


def hits(client: Client, calls: int, label: str = "a") -> list[bool]:
    return [hit(client.create(label)) for _ in range(calls)]


def with_headers(asked: requests.Request, **headers: str) -> requests.Request:
    asked.headers = {**(asked.headers or {}), **headers}
    return asked


# the parts of a request


def test_a_value_in_the_path(box: Boxes) -> None:
    here = box()
    first, second = here.huawei.made("a"), here.huawei.made("b")
    here.follow(rule("huawei.RunGetFileTranslationResult", HIT, f"when: {{path.job_id: {second}}}"))
    assert not hit(here.huawei.ask(first))
    assert hit(here.huawei.ask(second))


def test_a_value_in_the_query(box: Boxes) -> None:
    here = box(rule("dingtalk.UploadSingle", HIT, "when: {query.agent_id: '7'}"))
    url, token = f"{here.dingtalk.url}/file/upload/single", here.dingtalk.token

    def upload(**query: str) -> bool:
        params = {"access_token": token, **query}
        return hit(here.session.post(url, params=params, files={"file": ("a.csv", b"x")}, timeout=PATIENCE))

    assert [upload(), upload(agent_id="8"), upload(agent_id="7")] == [False, False, True]


def test_a_header_whatever_its_case(box: Boxes) -> None:
    here = box(rule("huawei.RunFileTranslation", HIT, "when: {header.x-client: 'batch*'}"))

    def create(**headers: str) -> bool:
        return hit(here.huawei.send(with_headers(here.huawei.creating(), **headers)))

    assert [create(), create(**{"X-CLIENT": "web"}), create(**{"X-Client": "batch 7"})] == [False, False, True]


def test_a_field_of_a_json_body(box: Boxes) -> None:
    here = box(rule("huawei.RunFileTranslation", HIT, "when: {body.url: '*/b.txt'}"))
    assert [hit(here.huawei.create(label)) for label in ("a", "b")] == [False, True]


def test_a_field_deep_in_a_json_body(box: Boxes) -> None:
    here = box()
    field = "body.auth.identity.password.user.name"
    here.follow(rule("huawei.KeystoneCreateUserTokenByPassword", HIT, f"when: {{{field}: nobody}}"))
    url = f"{here.huawei.told['iam_endpoint']}/v3/auth/tokens"

    def ask(name: str) -> bool:
        body = here.huawei.token_body()
        body["auth"]["identity"]["password"]["user"]["name"] = name
        body["auth"]["scope"] = {"project": {"name": here.huawei.told["user"]}}
        return hit(here.session.post(url, json=body, timeout=PATIENCE))

    assert not ask(here.huawei.told["user"])
    here.follow(rule("huawei.KeystoneCreateUserTokenByPassword", HIT, f"when: {{{field}: 'user-*'}}"))
    assert ask(here.huawei.told["user"])


def test_any_key_or_value_within_an_object_of_a_json_body(box: Boxes) -> None:
    here = box(rule("dingtalk.TranslateFile", HIT, "when: {body.medias: 'fail*.csv'}"))
    assert [hit(here.dingtalk.create(label)) for label in ("good", "failing")] == [False, True]
    media = here.dingtalk.upload("other.csv")
    here.follow(rule("dingtalk.TranslateFile", HIT, f"when: {{body.medias: {{regex: '{media}'}}}}"))
    assert [hit(here.dingtalk.create(medias={one: "other.csv"})) for one in (media, "else")] == [True, False]


@pytest.mark.parametrize("sent", ["query", "form", "get"])
def test_a_field_of_a_form_wherever_it_is_sent(box: Boxes, sent: str) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", HIT, "when: {body.SourceText: '你好*'}"), signatures="ignored")
    common = {
        "Action": "CreateAsyncTranslate",
        "Version": "2018-10-12",
        "AccessKeyId": here.alibaba.told["access_key_id"],
        "SignatureNonce": "n",
        "Signature": "s",
        "Timestamp": "2026-01-01T00:00:00Z",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
    }

    def create(label: str) -> bool:
        fields = text(label)
        url = f"http://{here.alibaba.told['endpoint']}/"
        if sent == "form":
            return hit(here.session.post(url, data=common | fields, timeout=PATIENCE))
        return hit(
            here.session.request("GET" if sent == "get" else "POST", url, params=common | fields, timeout=PATIENCE)
        )

    assert [create("hello"), create("你好, a&b=c")] == [False, True]


def test_every_condition_has_to_hold(box: Boxes) -> None:
    when = "when: {body.from: zh, body.type: txt, header.X-Client: a}"
    here = box(rule("huawei.RunFileTranslation", HIT, when))
    headers = {"X-Client": "a"}
    assert hit(here.huawei.send(with_headers(here.huawei.creating(), **headers)))
    assert not hit(here.huawei.send(with_headers(here.huawei.creating(type="docx"), **headers)))
    assert not hit(here.huawei.create())


# the job


def test_the_state_of_the_job(box: Boxes) -> None:
    here = box(rule("huawei.RunGetFileTranslationResult", HIT, "when: {job.state: BGEIN}"))
    job = here.huawei.made()
    seen = [hit(here.huawei.ask(job))]
    for _ in range(2):
        here.advance("3s")
        seen.append(hit(here.huawei.ask(job)))
    assert seen == [False, True, False]


def test_the_state_of_the_job_however_often_a_rule_keeps_it_from_being_polled(box: Boxes) -> None:
    here = box(
        """
lifecycles: {huawei.file_translation: {progress: polls}}
rules:
  - {on: huawei.RunGetFileTranslationResult, when: {job.state: 'W*'}, times: 2, then: {respond: {status: 299}}}
"""
    )
    job = here.huawei.made()
    answers = [here.huawei.ask(job) for _ in range(5)]
    assert [hit(answer) for answer in answers] == [True, True, False, False, False]
    assert [here.huawei.state(answer) for answer in answers[2:]] == ["WAITING", "BGEIN", "FINISHED"]


def test_the_state_of_the_job_in_its_other_spelling(box: Boxes) -> None:
    here = box(rule("huawei.RunGetFileTranslationResult", HIT, "when: {job.state: BEGIN}"))
    job = here.huawei.made()
    here.advance("3s")
    assert hit(here.huawei.ask(job))


def test_the_state_of_a_job_that_is_no_longer_kept(box: Boxes) -> None:
    here = box(rule("alibaba.GetTranslateImageBatchResult", HIT, "when: {job.state: invalid}"))
    asked = {"ImageUrls": "https://example.com/a.jpg", "SourceLanguage": "zh", "TargetLanguage": "en"}
    task = here.alibaba.call("TranslateImageBatch", **asked).json()["Data"]["TaskId"]
    here.advance("2h")
    assert hit(here.alibaba.call("GetTranslateImageBatchResult", TaskId=task))


def test_which_job_it_is(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.asks, HIT, "when: {job.nth: ['2', '4']}"))
    client = here.client(kind)
    jobs = [client.made(label) for label in "abcd"]
    assert [hit(client.ask(job)) for job in jobs] == [False, True, False, True]
    here.follow(rule(kind.asks, HIT, f"when: {{job.id: {jobs[2]}}}"))
    assert [hit(client.ask(job)) for job in jobs] == [False, False, True, False]
    here.follow(rule(kind.asks, HIT, f"when: {{job.id: '{jobs[2][:8]}*'}}"))
    assert [hit(client.ask(job)) for job in jobs] == [False, False, True, False]


def test_which_job_it_is_going_to_be(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, HIT, "when: {job.nth: 2}, times: 2"))
    client = here.client(kind)
    answers = [client.create(label) for label in "abcd"]
    assert [hit(answer) for answer in answers] == [False, True, True, False]
    assert [job["nth"] for job in here.jobs()] == [1, 2]


def test_the_file_and_the_languages_of_the_job(box: Boxes) -> None:
    here = box(
        """
rules:
  - {on: huawei.RunGetFileTranslationResult, when: {job.file: 'r?port.txt', job.source: zh, job.target: en}, then: {respond: {status: 299}}}
  - {on: dingtalk.GetTranslateFileJobResult, when: {job.file: 'staff[0-9].csv'}, then: {respond: {status: 299}}}
  - {on: alibaba.GetAsyncTranslate, when: {job.target: ja}, then: {respond: {status: 299}}}
  - {on: alibaba.GetTranslateImageBatchResult, when: {job.file: '*/b.jpg'}, then: {respond: {status: 299}}}
"""
    )
    huawei, dingtalk, alibaba = here.huawei, here.dingtalk, here.alibaba
    assert [hit(huawei.ask(huawei.made(label))) for label in ("report", "repoort")] == [True, False]
    other = huawei.job(huawei.create("report", **{"from": "en", "to": "zh"}))
    assert not hit(huawei.ask(other))
    assert [hit(dingtalk.ask(dingtalk.made(label))) for label in ("staff1", "staffs")] == [True, False]
    japanese = alibaba.job(alibaba.create(TargetLanguage="ja"))
    assert [hit(alibaba.ask(job)) for job in (japanese, alibaba.made())] == [True, False]
    for links, expected in (("https://e.com/a.jpg,https://e.com/b.jpg", True), ("https://e.com/c.jpg", False)):
        asked = {"ImageUrls": links, "SourceLanguage": "zh", "TargetLanguage": "en"}
        task = alibaba.call("TranslateImageBatch", **asked).json()["Data"]["TaskId"]
        assert hit(alibaba.call("GetTranslateImageBatchResult", TaskId=task)) is expected


def test_a_download_names_its_job_too(box: Boxes) -> None:
    here = box(
        """
rules:
  - {on: huawei.GetObject, when: {job.nth: 2}, then: {respond: {status: 299}}}
  - {on: dingtalk.DownloadResult, when: {job.file: 'b.csv'}, then: {respond: {status: 299}}}
"""
    )
    for client in (here.huawei, here.dingtalk):
        jobs = [client.made("a"), client.made("b")]
        here.advance("1m")
        links = [client.ask(job).json()["url"] for job in jobs]
        assert [here.session.get(link, timeout=PATIENCE).status_code for link in links] == [200, 299]


@pytest.mark.parametrize("field", ["id", "nth", "state"])
def test_a_job_that_nobody_knows_has_no_id_number_or_state(box: Boxes, field: str) -> None:
    here = box()
    here.follow(rule("huawei.RunGetFileTranslationResult", HIT, f"when: {{job.{field}: {{absent: true}}}}"))
    assert hit(here.huawei.ask("nowhere"))
    assert not hit(here.huawei.ask(here.huawei.made()))


# patterns


@pytest.mark.parametrize(
    ("wanted", "fitting", "other"),
    [
        ("abc", ["abc"], ["ab", "abcd", "ABC", "xabc"]),
        ("'a*c'", ["ac", "abc", "a/b/c", "a\nc"], ["a", "acd"]),
        ("'a?c'", ["abc", "a c"], ["ac", "abbc"]),
        ("'[abc]1'", ["a1", "c1"], ["d1", "abc1"]),
        ("'[!abc]1'", ["d1"], ["a1"]),
        ("'*'", ["a", "anything at all"], []),
        ("[a, 'b*']", ["a", "b", "bcd"], ["ab", "c"]),
        ("{regex: 'a+|b.d'}", ["a", "aaa", "bcd"], ["ab", "xbcd", "bcde"]),
        ("{regex: '(?i)abc'}", ["abc", "ABC"], ["abcd"]),
        ("{regex: '.*\\d{3}'}", ["x123"], ["x12", "123x"]),
        ("7", ["7"], ["07", "77"]),
        ("true", ["true"], ["True", "1"]),
    ],
)
def test_patterns_fit_whole_values(box: Boxes, wanted: str, fitting: list[str], other: list[str]) -> None:
    here = box()
    here.follow(rule("alibaba.CreateAsyncTranslate", HIT, f"when: {{body.SourceText: {wanted}}}"))
    assert [label for label in fitting if not hit(here.alibaba.create(label))] == []
    assert [label for label in other if hit(here.alibaba.create(label))] == []


def test_numbers_and_truth_in_json_are_compared_as_they_are_written(box: Boxes) -> None:
    here = box()
    here.follow(rule("huawei.RunFileTranslation", HIT, "when: {body.type: 'txt', body.url: '*7*'}"))
    assert hit(here.huawei.create("7"))
    here.follow(rule("dingtalk.TranslateFile", HIT, "when: {body.unionId: 'x'}"))
    assert not hit(here.dingtalk.create())


def test_a_field_that_has_to_be_absent(box: Boxes) -> None:
    here = box(rule("dingtalk.TranslateFile", HIT, "when: {body.outputFileName: {absent: true}}"))
    assert [hit(here.dingtalk.create()), hit(here.dingtalk.create(outputFileName="x"))] == [True, False]
    here.follow(rule("huawei.RunFileTranslation", HIT, "when: {header.X-Client: {absent: true}}"))
    assert hit(here.huawei.create())


def test_a_field_that_is_not_there_fits_no_pattern(box: Boxes) -> None:
    here = box(rule("dingtalk.TranslateFile", HIT, "when: {body.outputFileName: '*'}"))
    assert [hit(here.dingtalk.create()), hit(here.dingtalk.create(outputFileName="x"))] == [False, True]


def test_operations_can_be_named_by_pattern_and_by_list(box: Boxes) -> None:
    here = box("rules: [{on: ['huawei.Run*', alibaba.CreateAsyncTranslate], then: {respond: {status: 299}}}]")
    assert here.huawei.token  # is no Run…
    assert [hit(client.create()) for client in (here.huawei, here.alibaba, here.dingtalk)] == [True, True, False]


def test_a_call_that_is_refused_before_it_is_understood_meets_no_rule(box: Boxes) -> None:
    here = box(rule("'*'", HIT, "times: 1"))
    wrong = here.alibaba.call("CreateAsyncTranslate", SourceText="a")
    assert (wrong.status_code, here.alibaba.code(wrong)) == (400, "MissingSourceLanguage")
    assert hit(here.alibaba.create())


# how often


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


# order, stacking, extends


def test_the_first_rule_that_fits_is_the_one(box: Boxes) -> None:
    here = box(
        """
rules:
  - {on: alibaba.CreateAsyncTranslate, when: {body.SourceText: b}, then: {respond: {status: 201}}}
  - {on: alibaba.CreateAsyncTranslate, times: 1, then: {respond: {status: 202}}}
  - {on: 'alibaba.*', then: {respond: {status: 203}}}
"""
    )
    assert [here.alibaba.create(label).status_code for label in "abab"] == [202, 201, 203, 201]


class Files:
    """Scenario files, and a server that follows some of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, **scenarios: str) -> None:
        for name, scenario in scenarios.items():
            (self._folder / f"{name}.yaml").write_text(scenario, "utf-8")

    def served(self, *names: str) -> BackgroundServer:
        return BackgroundServer(Settings(port=0, scenario=tuple(str(self._folder / f"{name}.yaml") for name in names)))


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_a_scenario_laid_over_another_goes_first_and_leaves_the_rest(files: Files) -> None:
    files.write(
        base="""
about: The base.
seed: 3
clock: {mode: frozen, at: 2026-01-01T00:00:00Z}
quirks: {huawei.started_status: BEGIN, alibaba.code_type: str}
lifecycles: {huawei.file_translation: {WAITING: 7s}}
rules:
  - {on: alibaba.CreateAsyncTranslate, then: {respond: {status: 201}}}
  - {on: huawei.RunFileTranslation, times: 1, then: {respond: {status: 201}}}
""",
        overlay="""
about: The overlay.
quirks: {alibaba.code_type: int}
rules:
  - {on: alibaba.CreateAsyncTranslate, times: 1, then: {respond: {status: 202}}}
""",
    )
    with files.served("base", "overlay") as emulator:
        here = Box.default(emulator)
        told = here.admin("GET").json()
        assert (told["about"], told["seed"], told["clock"]["mode"]) == ("The overlay.", 3, "frozen")
        quirks = told["quirks"]
        assert (quirks["huawei.started_status"], quirks["alibaba.code_type"]) == ("BEGIN", "int")
        assert [here.alibaba.create().status_code for _ in range(3)] == [202, 201, 201]
        assert [here.huawei.create().status_code for _ in range(2)] == [201, 200]
        assert here.jobs()[0]["timeline"] == ["WAITING 7s", "BGEIN 3s", "FINISHED"]
        here.close()


def test_a_scenario_extends_others_and_those_extend_further_ones(files: Files) -> None:
    files.write(
        lowest="rules: [{on: 'alibaba.*', then: {respond: {status: 201}}}]",
        low="extends: lowest.yaml\nseed: 5\nrules: [{on: 'alibaba.*', times: 1, then: {respond: {status: 202}}}]",
        other="quirks: {alibaba.code_type: str}\nseed: 6",
        top="extends: [low.yaml, other.yaml]\nrules: [{on: 'alibaba.*', times: 1, then: {respond: {status: 203}}}]",
    )
    with files.served("top") as emulator:
        here = Box.default(emulator)
        assert [here.alibaba.create().status_code for _ in range(4)] == [203, 202, 201, 201]
        told = here.admin("GET").json()
        assert (told["seed"], told["quirks"]["alibaba.code_type"]) == (6, "str")
        assert [line.rpartition("/")[2].partition(":")[0] for line in here.last()["why"]] == [
            "top.yaml",
            "low.yaml",
            "lowest.yaml",
        ]
        here.close()


def test_files_may_be_json_too(files: Files, tmp_path: Path) -> None:
    files.write(top="extends: low.json")
    low = '{"$schema": "./s.json", "rules": [{"on": "alibaba.*", "then": {"respond": {"status": 201}}}]}'
    (tmp_path / "low.json").write_text(low, "utf-8")
    with files.served("top") as emulator:
        here = Box.default(emulator)
        assert here.alibaba.create().status_code == 201
        here.close()


@pytest.mark.parametrize("names", ["top.yaml", "low.yaml"])
def test_a_scenario_that_extends_itself_stops_the_start(files: Files, names: str) -> None:
    files.write(top="extends: low.yaml", low=f"extends: {names}")
    with pytest.raises(ValueError, match="extends itself"):
        files.served("top")
