"""What each verb of a scenario does to a call, seen from the other end of a real socket."""

from __future__ import annotations

import errno
import http.client
import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection
from typing import Any

import aiohttp
import pytest
import requests
from tests.web.clients import PATIENCE, Client, connected, direct, everything
from tests.web.conftest import Alone, Boxes, rule, tasks, until

SOME_ERROR = {"alibaba": ("10013", 400), "dingtalk": ("system.busy", 500), "huawei": ("NLP.0201", 500)}
"""A documented error of each provider's creating operation, and its status."""


def own(request: requests.Request) -> requests.Response:
    """Send a request over a connection of its own."""
    with direct() as session:
        return session.send(session.prepare_request(request), timeout=PATIENCE)


def split(answer: bytes) -> tuple[str, dict[str, str], bytes]:
    """Return status line, headers and body of raw bytes."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    return first, {name.lower(): value for name, _, value in pairs}, body


# fail


def test_a_documented_error_comes_with_its_own_status_and_text(box: Boxes, kind: type[Client]) -> None:
    code, status = SOME_ERROR[kind.name]
    here = box(rule(kind.creates, f"{{fail: '{code}'}}"))
    client = here.client(kind)
    answer = client.create()
    assert (answer.status_code, client.code(answer)) == (status, code)
    documented = next(
        error
        for operation in here.session.get(f"{here.url}/__fauxlate/catalog").json()[kind.name]["operations"]
        for error in operation["errors"]
        if error["code"] == code and f"{kind.name}.{operation['name']}" == kind.creates
    )
    assert documented["message"] in answer.text
    assert here.jobs() == []
    assert here.faults() == {"fail": 1}


def test_the_service_is_busy_twice_and_then_fine(box: Boxes, kind: type[Client]) -> None:
    code, status = SOME_ERROR[kind.name]
    here = box(rule(kind.creates, f"{{fail: '{code}'}}", "times: 2"))
    client = here.client(kind)
    assert [client.create().status_code for _ in range(4)] == [status, status, 200, 200]
    assert len(here.jobs()) == 2


def test_an_error_may_have_another_text(box: Boxes, kind: type[Client]) -> None:
    code, status = SOME_ERROR[kind.name]
    here = box(rule(kind.creates, f"{{fail: {{code: '{code}', message: 'Nobody is there: 没有人.'}}}}"))
    answer = here.client(kind).create()
    assert (answer.status_code, here.client(kind).code(answer)) == (status, code)
    assert "Nobody is there: 没有人." in answer.text


def test_an_error_that_no_document_has_is_given_where_the_rule_says_so(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{fail: {code: Odd.One, status: 418, message: Odd.}}", "undocumented: true"))
    answer = here.client(kind).create()
    assert (answer.status_code, here.client(kind).code(answer)) == (418, "Odd.One")
    assert "Odd." in answer.text


@pytest.mark.parametrize("operation", ["huawei.KeystoneCreateUserTokenByPassword", "dingtalk.UploadSingle"])
def test_an_error_that_no_document_has_takes_the_shape_of_any_family(box: Boxes, operation: str) -> None:
    here = box(rule(operation, "{fail: {code: Odd.One, status: 418, message: Odd.}}", "undocumented: true"))
    if operation.startswith("huawei"):
        url = f"{here.huawei.told['iam_endpoint']}/v3/auth/tokens"
        answer = here.session.post(url, json=here.huawei.token_body(), timeout=PATIENCE)
    else:
        url, params = f"{here.dingtalk.url}/file/upload/single", {"access_token": here.dingtalk.token}
        answer = here.session.post(url, params=params, files={"file": ("a.csv", b"x")}, timeout=PATIENCE)
    assert answer.status_code == 418
    assert "Odd." in answer.text


def test_a_documented_error_may_come_with_a_status_that_is_not(box: Boxes, kind: type[Client]) -> None:
    code, _ = SOME_ERROR[kind.name]
    here = box(rule(kind.creates, f"{{fail: {{code: '{code}', status: 429}}}}", "undocumented: true"))
    answer = here.client(kind).create()
    assert (answer.status_code, here.client(kind).code(answer)) == (429, code)


# drop


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_reset_is_seen_as_a_reset(box: Boxes, kind: type[Client], when: str) -> None:
    here = box(rule(kind.creates, f"{{drop: {{how: reset, when: {when}}}}}"))
    with connected(here.client(kind).creating()) as wire, pytest.raises(ConnectionResetError) as reset:
        wire.recv(1)
    assert reset.value.errno == errno.ECONNRESET
    assert len(here.jobs()) == (when == "after")
    assert here.faults() == {"drop reset": 1}


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_empty_answer_is_a_clean_end_without_a_byte(box: Boxes, kind: type[Client], when: str) -> None:
    here = box(rule(kind.creates, f"{{drop: {{how: empty, when: {when}}}}}"))
    with connected(here.client(kind).creating()) as wire:
        assert wire.recv(1) == b""
    assert len(here.jobs()) == (when == "after")
    assert here.faults() == {"drop empty": 1}


async def test_clients_tell_a_reset_from_an_empty_answer(box: Boxes) -> None:
    here = box(
        """
rules:
  - {on: alibaba.CreateAsyncTranslate, when: {body.SourceText: reset}, then: {drop: reset}}
  - {on: alibaba.CreateAsyncTranslate, when: {body.SourceText: empty}, then: {drop: empty}}
"""
    )
    client = here.alibaba
    with pytest.raises(requests.ConnectionError, match="Connection reset by peer"):
        own(client.creating("reset"))
    with pytest.raises(requests.ConnectionError, match="Remote end closed connection without response"):
        own(client.creating("empty"))
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientOSError) as reset:
            await session.post(str(client.creating("reset").url))
        assert reset.value.errno == errno.ECONNRESET
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await session.post(str(client.creating("empty").url))


def test_a_connection_that_was_used_before_can_be_dropped_too(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{drop: empty}", "skip: 2"))
    connection = HTTPConnection(here.alibaba.told["endpoint"], timeout=PATIENCE)
    for label in ("a", "b"):
        connection.request("POST", here.alibaba.creating(label).prepare().path_url)
        assert connection.getresponse().read()
    connection.request("POST", here.alibaba.creating("c").prepare().path_url)
    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()
    connection.close()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_stalled_call_says_nothing_until_the_client_gives_up(box: Boxes, kind: type[Client], when: str) -> None:
    here = box(rule(kind.creates, f"{{drop: {{how: stall, when: {when}}}}}"))
    with connected(here.client(kind).creating()) as wire:
        until(here.faults)
        wire.settimeout(0.01)
        with pytest.raises(TimeoutError):
            wire.recv(1)
    assert len(here.jobs()) == (when == "after")
    assert here.faults() == {"drop stall": 1}


def test_a_stall_ends_without_a_byte_when_its_time_is_over(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{drop: {how: stall, for: 5ms}}"))
    with connected(here.alibaba.creating()) as wire:
        assert everything(wire) == b""


def test_clients_that_give_up_leave_nothing_behind(alone: Alone) -> None:
    server, here = alone(rule("alibaba.CreateAsyncTranslate", "{drop: stall}"))
    before = tasks(server)
    for number in range(1, 6):
        with connected(here.alibaba.creating()):
            until(lambda: here.faults().get("drop stall") == number)  # noqa: B023
            assert tasks(server) > before
    with pytest.raises(requests.ReadTimeout):
        here.alibaba.send(here.alibaba.creating(), timeout=0.01)
    here.alibaba.close()
    until(lambda: tasks(server) == before, "the server still keeps tasks of clients that have gone")


def test_a_stall_holds_nobody_else_up(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{drop: stall}", "times: 1"))
    with connected(here.alibaba.creating()):
        until(here.faults)
        assert here.alibaba.create().status_code == 200


@pytest.mark.parametrize(
    "then", ["{drop: reset}", "{drop: empty}", "{drop: {how: stall, for: 1ms}}", "{body: truncated}"]
)
def test_what_a_scenario_asks_for_is_not_logged_as_an_error(alone: Alone, logged: list[str], then: str) -> None:
    _, here = alone(rule("alibaba.CreateAsyncTranslate", then))
    with pytest.raises(requests.RequestException):
        here.alibaba.create()
    assert here.alibaba.ask("nowhere").ok is False  # a later call has been answered, so the log is written
    assert logged == []


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """The errors that the server logs, each as its bare message.

    They are not formatted: a traceback is, by `ast`, and Python 3.11 gets that wrong while pytest does the same in
    another thread (python/cpython#106905).
    """
    messages: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: messages.append(record.msg)  # type: ignore[method-assign]
    log = logging.getLogger("fauxlate.http")
    log.addHandler(handler)
    log.propagate = False
    yield messages
    log.propagate = True
    log.removeHandler(handler)


# body


def test_a_truncated_body_promises_more_than_it_sends(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{body: truncated}"))
    with connected(here.client(kind).creating()) as wire:
        status, headers, body = split(everything(wire))
    assert status == "HTTP/1.1 200 OK"
    assert 0 < len(body) < int(headers["content-length"])
    assert len(here.jobs()) == 1
    assert here.faults() == {"body truncated": 1}


async def test_clients_notice_a_truncated_body(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{body: truncated}"))
    connection = HTTPConnection(here.alibaba.told["endpoint"], timeout=PATIENCE)
    connection.request("POST", here.alibaba.creating().prepare().path_url)
    with pytest.raises(http.client.IncompleteRead) as cut:
        connection.getresponse().read()
    assert cut.value.expected is not None
    assert cut.value.expected > 0
    connection.close()
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        here.alibaba.create()
    async with aiohttp.ClientSession() as session:
        answer = await session.post(str(here.alibaba.creating().url))
        with pytest.raises(aiohttp.ClientPayloadError, match="ContentLengthError"):
            await answer.read()


def test_a_download_can_be_cut_off_and_then_come_whole(box: Boxes) -> None:
    here = box(rule("huawei.GetObject", "{body: truncated}", "times: 1"))
    job = here.huawei.made()
    here.advance("1m")
    link = here.huawei.ask(job).json()["url"]
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        here.session.get(link, timeout=PATIENCE)
    whole = here.session.get(link, timeout=PATIENCE)
    assert len(whole.content) == int(whole.headers["Content-Length"])
    assert "[en] " in whole.content.decode()


def test_a_long_body_is_cut_off_for_a_slow_reader_too(box: Boxes) -> None:
    long = "x" * 200_000
    here = box(rule("alibaba.CreateAsyncTranslate", f"[{{respond: {{body: {long}}}}}, {{body: truncated}}]"))
    with connected(here.alibaba.creating(), receive=4096) as wire:
        until(here.faults)
        _, headers, body = split(everything(wire))
    assert (headers["content-length"], body) == ("200000", b"x" * 100_000)


def test_garbage_is_no_text_and_says_it_is_json(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{body: garbage}"))
    first, second = here.client(kind).create(), here.client(kind).create()
    assert first.status_code == 200
    assert first.headers["Content-Type"].startswith("application/json")
    for answer in (first, second):
        with pytest.raises(ValueError, match=r"codec can't decode|Expecting value"):
            json.loads(answer.content)
    assert first.content != second.content
    assert len(here.jobs()) == 2
    assert here.faults() == {"body garbage": 2}


def test_a_malformed_body_is_whole_by_its_length_and_no_json(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{body: malformed}", "skip: 1"))
    good, bad = here.client(kind).create(), here.client(kind).create()
    assert int(bad.headers["Content-Length"]) == len(bad.content) > 0
    assert good.json()
    with pytest.raises(requests.JSONDecodeError):
        bad.json()
    assert here.faults() == {"body malformed": 1}


def test_a_gateway_in_between_answers_with_its_own_page(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{body: html}"))
    answer = here.client(kind).create()
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html")
    assert answer.text.startswith("<html>")
    assert len(here.jobs()) == 1
    assert here.faults() == {"body html": 1}


def test_a_dribble_comes_in_pieces_and_whole(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{body: {how: dribble, for: 160ms}}"))
    with connected(here.client(kind).creating()) as wire:
        head = b""
        while b"\r\n\r\n" not in head:
            head += wire.recv(65536)
        head, _, body = head.partition(b"\r\n\r\n")
        length = next(int(line[16:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length: "))
        pieces = [body] if body else []
        while sum(map(len, pieces)) < length:
            pieces.append(wire.recv(65536))
    assert len(pieces) > 1
    assert json.loads(b"".join(pieces))
    assert here.faults() == {"body dribble": 1}


def test_a_client_that_leaves_a_dribble_leaves_nothing_behind(alone: Alone) -> None:
    server, here = alone(rule("alibaba.CreateAsyncTranslate", "{body: {how: dribble, for: 80ms}}"))
    before = tasks(server)
    with connected(here.alibaba.creating()) as wire:
        assert wire.recv(1)
    until(lambda: tasks(server) == before)


# patch


def test_a_patch_reaches_into_the_documented_answer(box: Boxes) -> None:
    here = box(
        rule(
            "alibaba.CreateAsyncTranslate",
            "{patch: {Data: {Status: odd, Extra: {deep: [1, {a: 2}]}}, Message: null, New: 没有}}",
        )
    )
    said = here.alibaba.create().json()
    job = here.jobs()[0]["id"]
    assert said == {
        "RequestId": said["RequestId"],
        "Code": 200,
        "Data": {"JobId": job, "Status": "odd", "Extra": {"deep": [1, {"a": 2}]}},
        "New": "没有",
    }
    assert here.faults() == {"patch": 1}


def test_a_patch_of_null_takes_out_and_a_patch_of_a_list_replaces(box: Boxes) -> None:
    here = box(rule("alibaba.GetTranslateImageBatchResult", "{patch: {Data: {Result: [], Status: null}, Code: null}}"))
    asked = {"ImageUrls": "https://example.com/a.jpg", "SourceLanguage": "zh", "TargetLanguage": "en"}
    task = here.alibaba.call("TranslateImageBatch", **asked).json()["Data"]["TaskId"]
    here.advance("1m")
    said = here.alibaba.call("GetTranslateImageBatchResult", TaskId=task).json()
    assert said == {"Message": "OK", "RequestId": said["RequestId"], "Data": {"Result": []}}


def test_a_patch_of_an_object_replaces_what_was_none(box: Boxes) -> None:
    here = box(rule("huawei.RunFileTranslation", "{patch: {job_id: {odd: true}}}"))
    assert here.huawei.create().json() == {"job_id": {"odd": True}}


def test_an_error_is_not_patched(box: Boxes) -> None:
    here = box(rule("huawei.RunGetFileTranslationResult", "{patch: {error_msg: Somewhere else., more: 1}}"))
    said = here.huawei.ask("nowhere").json()
    assert (said["error_code"], "more" in said, said["error_msg"] == "Somewhere else.") == ("NLP.6304", False, False)
    assert here.faults() == {}


# respond


def test_an_answer_can_be_any_text(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{respond: {status: 503, body: Under maintenance 维护中}}"))
    answer = here.client(kind).create()
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "text/plain")
    assert answer.content.decode() == "Under maintenance 维护中"
    assert here.jobs() == []
    assert here.faults() == {"respond": 1}


@pytest.mark.parametrize("body", ['{"a": {"b": [1, "二"]}}', "[1, 2]", "5", "true", "null"])
def test_an_answer_that_is_no_text_is_json(box: Boxes, body: str) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", f"{{respond: {{body: {body}}}}}"))
    answer = here.alibaba.create()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json() == json.loads(body)


def test_an_answer_can_have_any_header_and_media_type(box: Boxes) -> None:
    respond = "{status: 302, headers: {Location: /login, X-Two: '2'}, media_type: text/html, body: <a>}"
    here = box(rule("alibaba.CreateAsyncTranslate", f"{{respond: {respond}}}"))
    answer = here.alibaba.send(here.alibaba.creating(), allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"], answer.headers["X-Two"]) == (302, "/login", "2")
    assert answer.headers["Content-Type"] == "text/html"


def test_a_content_type_among_the_headers_is_the_only_one(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{respond: {headers: {content-type: text/xml}, body: <a/>}}"))
    connection = HTTPConnection(here.alibaba.told["endpoint"], timeout=PATIENCE)
    connection.request("POST", here.alibaba.creating().prepare().path_url)
    assert connection.getresponse().headers.get_all("Content-Type") == ["text/xml"]
    connection.close()


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body_has_none(box: Boxes, status: int) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", f"{{respond: {{status: {status}}}}}", "times: 1"))
    answer = here.alibaba.create()
    assert (answer.status_code, answer.content) == (status, b"")
    assert here.alibaba.create().status_code == 200  # over the same connection


@pytest.mark.parametrize(
    "headers", ['{X: "a\\r\\nB: c"}', '{"X Y": a}', "{Transfer-Encoding: chunked}", '{"": a}', '{X: "a\\0b"}']
)
def test_headers_that_cannot_be_sent_are_refused_with_the_scenario(box: Boxes, headers: str) -> None:
    here = box()
    scenario = rule("alibaba.CreateAsyncTranslate", f"{{respond: {{headers: {headers}, body: hello}}}}")
    at = f"{here.url}/__fauxlate/sandboxes/{here.id}/scenario"
    answer = here.session.put(at, data=scenario, headers={"Content-Type": "application/yaml"}, timeout=PATIENCE)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("response", "reasons"),
    [
        (
            '{media_type: "text/plain\\r\\nX: y"}',
            ("`media_type` is 'text/plain\\r\\nX: y'", "no header can carry", "write a type"),
        ),
        ('{headers: {Content-Type: "a\\nb"}}', ("the header 'Content-Type' cannot be sent so: 'a\\nb'", "one line")),
        ("{body: {a: .inf}}", ("inf is no number that JSON has", "write a finite one")),
    ],
    ids=["media type", "header", "number"],
)
def test_what_no_answer_can_carry_is_told_with_its_place(box: Boxes, response: str, reasons: tuple[str, ...]) -> None:
    here = box()
    scenario = rule("alibaba.CreateAsyncTranslate", f"{{respond: {response}}}")
    at = f"{here.url}/__fauxlate/sandboxes/{here.id}/scenario"
    answer = here.session.put(at, data=scenario, headers={"Content-Type": "application/yaml"}, timeout=PATIENCE)
    (fault,) = answer.json()["faults"]
    assert (answer.status_code, fault["line"]) == (400, 2)
    assert [reason for reason in reasons if reason not in fault["message"]] == []


# throttle


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


# several in a row


def test_a_delay_goes_before_the_failure_that_follows_it(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "[{delay: 1ms}, {fail: '10013'}]"))
    assert here.alibaba.code(here.alibaba.create()) == "10013"
    assert here.faults() == {"delay": 1, "fail": 1}


def test_what_ends_a_call_keeps_what_follows_from_happening_before_it(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "[{fail: '10013'}, {delay: 1h}, {fail: '10003'}]"))
    assert here.alibaba.code(here.alibaba.create()) == "10013"
    assert here.faults() == {"fail": 1}


def test_an_answer_of_ones_own_can_be_spoilt(box: Boxes) -> None:
    here = box(rule("huawei.RunFileTranslation", "[{respond: {body: {a: 1, b: 2}}}, {patch: {b: null, c: 3}}]"))
    assert here.huawei.create().json() == {"a": 1, "c": 3}
    here.follow(rule("huawei.RunFileTranslation", "[{respond: {status: 207, body: hello there}}, {body: truncated}]"))
    with connected(here.huawei.creating()) as wire:
        status, headers, body = split(everything(wire))
    assert (status, headers["content-length"], body) == ("HTTP/1.1 207 Multi-Status", "11", b"hello")


def test_an_error_can_be_spoilt(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "[{fail: '10013'}, {body: truncated}]"))
    with connected(here.alibaba.creating()) as wire:
        status, headers, body = split(everything(wire))
    assert status == "HTTP/1.1 400 Bad Request"
    assert 0 < len(body) < int(headers["content-length"])


def test_a_timeline_a_patch_and_a_reset_after_it_all_happen(box: Boxes) -> None:
    then = "[{timeline: [ready 1h, translated]}, {patch: {Message: odd}}, {drop: {how: reset, when: after}}]"
    here = box(rule("alibaba.CreateAsyncTranslate", then))
    with pytest.raises(requests.ConnectionError):
        own(here.alibaba.creating())
    assert here.jobs()[0]["timeline"] == ["ready 1h", "translated"]
    assert json.loads(here.last()["reply"]["body"])["Message"] == "odd"
    assert here.faults() == {"timeline": 1, "patch": 1, "drop reset": 1}


def test_garbage_can_dribble(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "[{body: garbage}, {body: {how: dribble, for: 8ms}}]"))
    answer = here.alibaba.create()
    assert len(answer.content) == int(answer.headers["Content-Length"])
    with pytest.raises(ValueError, match=r"codec can't decode|Expecting value"):
        json.loads(answer.content)


@pytest.mark.parametrize("how", ["truncated", "dribble"])
def test_a_connection_that_is_broken_stays_so_whatever_follows(box: Boxes, how: str) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", f"[{{drop: reset}}, {{body: {{how: {how}, for: 8ms}}}}]"))
    with connected(here.alibaba.creating()) as wire, pytest.raises(ConnectionResetError):
        wire.recv(1)


@pytest.mark.parametrize(
    ("then", "served"),
    [
        ("[{drop: reset}, {body: truncated}]", {"drop reset": 1}),
        ("[{drop: empty}, {drop: {how: stall, when: after}}]", {"drop empty": 1}),
        ("[{drop: {how: empty, when: after}}, {body: garbage}, {patch: {a: 1}}]", {"drop empty": 1}),
        ("[{body: truncated}, {drop: {how: empty, when: after}}]", {"drop empty": 1}),
        ("[{body: garbage}, {patch: {a: 1}}]", {"body garbage": 1}),
        ("[{patch: {a: 1}}, {body: malformed}, {body: html}]", {"body html": 1}),
        ("[{body: truncated}, {body: {how: dribble, for: 1ms}}]", {"body dribble": 1}),
        ("[{timeline: [ready 1h, translated]}, {fail: '10013'}]", {"fail": 1}),
        ("[{timeline: [ready 1h, translated]}, {drop: reset}]", {"drop reset": 1}),
    ],
)
def test_a_verb_without_effect_is_not_covered(box: Boxes, then: str, served: dict[str, int]) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", then))
    with connected(here.alibaba.creating()) as wire, suppress(ConnectionResetError):
        wire.recv(1)
    assert here.faults() == served


def test_two_rates_in_a_row_both_hold(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "[{throttle: 2/s}, {throttle: 3/m}]"))
    client = here.alibaba
    assert [client.code(client.create()) for _ in range(3)] == [None, None, "Throttling.User"]
    here.advance("1s")
    assert [client.code(client.create()) for _ in range(3)] == [None, "Throttling.User", "Throttling.User"]


def test_every_call_that_a_scenario_touched_says_so_in_a_hint(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{patch: {a: 1}}", "times: 1"))
    touched, untouched = here.alibaba.create(), here.alibaba.create()
    assert "scenario" in touched.headers["X-Fauxlate-Hint"]
    assert "X-Fauxlate-Hint" not in untouched.headers


def test_calls_at_the_same_time_are_counted_one_by_one(box: Boxes, aside: ThreadPoolExecutor) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{fail: '10013'}", "times: 10"))
    answers: list[Any] = list(aside.map(lambda _: own(here.alibaba.creating()).json()["Code"], range(30)))
    assert sorted(map(str, answers)) == ["10013"] * 10 + ["200"] * 20
