"""Which calls a rule is about: parts of the request, the job that it names, patterns."""

from __future__ import annotations

import pytest
import requests
from tests.web.clients import PATIENCE, Client, text
from tests.web.conftest import Boxes, rule
from tests.web.scenarios.hits import HIT, hit


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
