"""The verb `throttle`: so many calls in a time, and the documented refusal of the next."""

from __future__ import annotations

import pytest
from tests.web.clients import PATIENCE, Client
from tests.web.conftest import Boxes, rule


def test_the_next_calls_are_refused_with_the_documented_code(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{throttle: {next: 2}}"))
    client = here.client(kind)
    answers = [client.create() for _ in range(4)]
    assert [client.code(answer) for answer in answers] == [client.throttled, client.throttled, None, None]
    assert answers[0].headers["Retry-After"] == "1"
    assert "Retry-After" not in answers[2].headers
    assert len(here.jobs()) == 2
    assert here.faults() == {"throttle": 2}


def test_alibaba_tells_the_time_to_wait_in_the_header_that_its_sdk_looks_for_too(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{throttle: 1/10s}"))
    assert "x-acs-retry-after" not in here.alibaba.create().headers
    here.advance("4500ms")
    refused = here.alibaba.create()
    assert (refused.headers["Retry-After"], refused.headers["x-acs-retry-after"]) == ("6", "5500")


def test_a_rate_is_counted_by_the_clock_of_the_sandbox(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{throttle: 2/10s}"))
    client = here.client(kind)

    def seen(calls: int) -> list[str | None]:
        answers = [client.create() for _ in range(calls)]
        return [answer.headers.get("Retry-After") for answer in answers]

    assert seen(4) == [None, None, "10", "10"]
    here.advance("4s")
    assert seen(1) == ["6"]
    here.advance("5500ms")
    assert seen(1) == ["1"]
    here.advance("500ms")
    assert seen(3) == [None, None, "10"]
    here.advance("1h")
    assert seen(1) == [None]
    assert client.code(client.create()) is None
    assert client.code(client.create()) == client.throttled


def test_each_operation_has_a_rate_of_its_own(box: Boxes) -> None:
    here = box(rule("alibaba.*", "{throttle: 1/s}"))
    job = here.alibaba.made()
    assert here.alibaba.state(here.alibaba.ask(job)) == "ready"
    assert here.alibaba.code(here.alibaba.create()) == "Throttling.User"
    assert here.alibaba.code(here.alibaba.ask(job)) == "Throttling.User"


def test_what_is_within_its_rate_goes_on_to_later_rules(box: Boxes) -> None:
    here = box(
        """
rules:
  - {on: alibaba.CreateAsyncTranslate, then: {throttle: 1/10s}}
  - {on: alibaba.CreateAsyncTranslate, times: 2, then: {fail: '10013'}}
"""
    )
    client = here.alibaba
    assert [client.code(client.create()) for _ in range(2)] == ["10013", "Throttling.User"]
    here.advance("10s")
    assert [client.code(client.create()) for _ in range(2)] == ["10013", "Throttling.User"]
    here.advance("10s")
    assert client.code(client.create()) is None
    assert here.faults() == {"throttle": 2, "fail": 2}
    assert here.last()["why"][0].endswith("the call is within 1 in 10 s")


def test_a_throttle_may_answer_with_another_documented_code(box: Boxes) -> None:
    here = box(rule("dingtalk.TranslateFile", "{throttle: {rate: 1/m, code: system.busy}}"))
    assert here.dingtalk.create().status_code == 200
    answer = here.dingtalk.create()
    assert (answer.status_code, here.dingtalk.code(answer), answer.headers["Retry-After"]) == (500, "system.busy", "60")


def test_the_token_and_the_download_are_throttled_in_their_own_words(box: Boxes) -> None:
    here = box(
        """
rules:
  - {on: huawei.KeystoneCreateUserTokenByPassword, then: {throttle: {next: 1}}}
  - {on: huawei.GetObject, then: {throttle: {next: 1}}}
  - {on: dingtalk.UploadSingle, then: {throttle: {next: 1}}}
  - {on: dingtalk.GetCorpAccessToken, then: {throttle: {next: 1}}}
"""
    )
    huawei, dingtalk = here.huawei, here.dingtalk
    url = f"{huawei.told['iam_endpoint']}/v3/auth/tokens"
    refused = here.session.post(url, json=huawei.token_body(), timeout=PATIENCE)
    assert "X-Subject-Token" not in refused.headers
    assert (refused.headers["Retry-After"], refused.ok) == ("1", False)
    job = huawei.made()
    here.advance("1m")
    link = huawei.ask(job).json()["url"]
    slow = here.session.get(link, timeout=PATIENCE)
    assert (slow.status_code, "<Code>SlowDown</Code>" in slow.text) == (503, True)
    assert here.session.get(link, timeout=PATIENCE).status_code == 200
    with pytest.raises(KeyError, match="accessToken"):
        assert dingtalk.token
    with pytest.raises(KeyError, match="media_id"):
        dingtalk.upload()
    assert here.last()["reply"]["error"] == "90014"
    assert dingtalk.upload()
