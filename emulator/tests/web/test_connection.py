"""A connection as HTTP has it, by the front and by the application under a plain aiohttp."""

from __future__ import annotations

import asyncio
import gc
import logging
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.exchange.request import Request
from fauxlate.engine.service.problems import Problem
from fauxlate.serving.background import BackgroundServer
from fauxlate.settings import Settings
from fauxlate.web.front import limits
from fauxlate.web.front.limits import Limits
from fauxlate.web.front.shared import Shared
from fauxlate.web.front.writing import encode_reply
from hypothesis import given
from hypothesis import settings as often
from hypothesis import strategies as st
from tests.web.doors import Line, serve, serve_answer

ASKED = b"GET /__fauxlate/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
POSTED = b'{"appKey":"a","appSecret":"b"}'


def posted(body: bytes = POSTED, more: bytes = b"") -> bytes:
    head = b"POST /v1.0/oauth2/accessToken HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    return head + b"Content-Length: %d\r\n" % len(body) + more + b"\r\n" + body


@pytest.fixture(scope="module", params=["front", "aiohttp"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    with serve(request.param) as url:
        yield url


@pytest.fixture
def front_line() -> Iterator[Line]:
    """Return a connection to the front, for what an aiohttp answers by itself, in its own words."""
    with serve("front") as url:
        made = Line(url)
        yield made
        made.close()


@pytest.fixture
def line(url: str) -> Iterator[Line]:
    made = Line(url)
    yield made
    made.close()


def test_a_connection_is_kept_for_the_next_request(line: Line) -> None:
    for _ in range(3):
        line.send(ASKED)
        status, headers, body = line.answer()
        assert (status, headers["content-type"], int(headers["content-length"])) == (200, "application/json", len(body))
        assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", headers["date"])
        assert "connection" not in headers


def test_requests_sent_at_once_are_answered_in_turn(line: Line) -> None:
    line.send(ASKED + posted() + ASKED + posted(b"{") + ASKED)
    assert [line.answer()[0] for _ in range(5)] == [200, 200, 200, 400, 200]


@pytest.mark.parametrize(
    "other",
    [
        ASKED.replace(b"health", b"catalog").replace(b"1.1", b"1.0"),
        ASKED.replace(b"health", b"events"),
        posted(b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked") + b"0\r\n\r\n",
    ],
    ids=["of HTTP/1.0", "whose answer has no end", "in chunks"],
)
def test_answers_come_in_turn_where_one_request_is_another_kind(line: Line, other: bytes) -> None:
    line.send(ASKED)
    usual = line.answer()
    line.send(ASKED + ASKED + other)
    assert [line.answer()[2] for _ in range(2)] == [usual[2]] * 2
    status, headers, _ = line.answer(has_body=False)
    assert (status, headers.get("content-length")) != (200, usual[1]["content-length"])


@pytest.mark.parametrize("door", ["front", "aiohttp"])
@pytest.mark.parametrize("fault", ["drop: empty", "body: truncated", "body: {how: dribble, for: 1ms}"])
def test_an_answer_is_there_before_the_fault_of_the_next(fault: str, tmp_path: Path, door: str) -> None:
    scenario = tmp_path / "next.yaml"
    scenario.write_text(f"rules: [{{on: dingtalk.GetAccessToken, skip: 1, then: {{{fault}}}}}]", "utf-8")
    with serve(door, Settings(port=0, scenario=(str(scenario),))) as url:
        line = Line(url)
        line.send(posted())
        line.answer()
        line.send(posted(b"{") + posted())
        assert line.answer()[0] == 400
        line.close()


def test_many_requests_sent_at_once_are_all_answered(line: Line) -> None:
    line.send(ASKED * 200)
    assert {line.answer()[0] for _ in range(200)} == {200}


def test_a_request_may_come_byte_by_byte(line: Line) -> None:
    for byte in posted():
        line.send(bytes([byte]))
    assert line.answer()[0] == 200
    line.send(ASKED)
    assert line.answer()[0] == 200


def test_a_body_may_come_after_its_head(line: Line) -> None:
    for _ in range(2):
        whole = posted()
        line.send(whole[: -len(POSTED)])
        line.send(POSTED)
        assert b"accessToken" in line.answer()[2]


@pytest.mark.parametrize("cut", [0, 20, 60])
def test_a_body_may_come_in_chunks(line: Line, cut: int) -> None:
    head = posted(b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    whole = head + b"10\r\n" + POSTED[:16] + b"\r\n%x\r\n" % (len(POSTED) - 16) + POSTED[16:] + b"\r\n0\r\n\r\n"
    line.send(whole[: len(head) + cut] if cut else whole)
    if cut:
        line.send(whole[len(head) + cut :])
    assert b"accessToken" in line.answer()[2]
    line.send(ASKED)
    assert line.answer()[0] == 200


def test_a_client_that_asks_first_is_told_to_go_on(line: Line) -> None:
    whole = posted(more=b"Expect: 100-continue\r\n")
    line.send(whole[: -len(POSTED)])
    assert line.answer(has_body=False)[0] == 100
    line.send(POSTED)
    assert b"accessToken" in line.answer()[2]


def test_a_client_that_wants_no_more_is_left(line: Line) -> None:
    line.send(ASKED.replace(b"Host", b"Connection: close\r\nHost"))
    status, headers, _ = line.answer()
    assert (status, headers["connection"]) == (200, "close")
    assert line.ended()


def test_a_last_answer_waits_for_a_client_that_is_slow_to_read_it() -> None:
    large = b"x" * 20_000_000  # more than the buffers of both ends hold

    async def answer(request: Request, _: Problem | None) -> Reply:
        return Reply(200, large if request.target == "/large" else b"")

    bounds = Limits(lingering=0.01)
    with serve_answer(answer, bounds) as url:
        slow = Line(url)
        slow.send(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        ends = time.monotonic() + 10 * bounds.lingering
        while time.monotonic() < ends:
            other = Line(url)
            other.send(ASKED)
            assert other.answer()[0] == 200
            other.close()
        assert len(slow.answer()[2]) == len(large)
        assert slow.ended()
        slow.close()


def test_http_1_0_is_answered_and_left(line: Line) -> None:
    line.send(ASKED.replace(b"1.1", b"1.0"))
    assert line.answer()[0] == 200
    assert line.ended()


def test_an_upgrade_that_nobody_offers_is_an_ordinary_request(line: Line) -> None:
    line.send(ASKED.replace(b"Host", b"Connection: Upgrade\r\nUpgrade: h2c\r\nHost"))
    assert line.answer()[0] == 200
    line.send(ASKED)
    assert line.answer()[0] == 200


def test_what_is_no_http_is_told_so_after_requests_that_are(front_line: Line) -> None:
    front_line.send(ASKED + b"\0\1\2\r\n\r\n")
    assert front_line.answer()[0] == 200
    status, headers, body = front_line.answer()
    assert (status, headers["content-type"]) == (400, "application/json")
    assert b"not a request that can be read" in body
    assert front_line.ended()


@pytest.mark.parametrize("length", [b"9" * 5000, "\u0663".encode(), b"+5", b"5.0", b"-1"])
def test_a_length_that_is_none_is_told_so_in_few_words(front_line: Line, length: bytes) -> None:
    front_line.send(b"POST /v1.0/oauth2/accessToken HTTP/1.1\r\nHost: x\r\nContent-Length: %s\r\n\r\nabcde" % length)
    status, _, body = front_line.answer()
    assert status == 400
    assert b"This is not a request that can be read" in body
    assert len(body) < 500


def test_a_client_that_has_said_all_it_will_is_answered() -> None:
    with BackgroundServer() as emulator:
        for asked in (ASKED, posted()):
            other = Line(emulator.url)
            other.send(asked)
            other.ends()
            assert other.answer()[0] == 200
            other.close()


def test_clients_that_leave_in_the_middle_disturb_nobody(url: str) -> None:
    for part in (ASKED[:20], posted()[:-5], posted(), ASKED * 50):
        for leave in (Line.close, Line.reset):
            other = Line(url)
            other.send(part)
            leave(other)
    last = Line(url)
    last.send(ASKED)
    assert last.answer()[0] == 200
    last.close()


def test_a_reader_that_is_slow_gets_it_all(line: Line) -> None:
    catalog = ASKED.replace(b"health", b"catalog")
    line.send(catalog * 60)  # more than the buffers of both ends hold
    sizes = {len(line.answer()[2]) for _ in range(60)}
    assert len(sizes) == 1
    assert sizes.pop() > 100_000


def test_a_client_that_leaves_with_much_unread_leaves_no_error_behind(caplog: pytest.LogCaptureFixture) -> None:
    with BackgroundServer() as emulator:
        other = Line(emulator.url)
        other.send(ASKED.replace(b"health", b"catalog") * 60)
        assert other.answer()[0] == 200
        other.reset()
    gc.collect()  # a task that has failed unseen says so when it goes
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


class _Sent:
    """A transport that remembers what was written, and a connection on it."""

    def __init__(self) -> None:
        self.transport: _Sent | None = self
        self.written: list[bytes] = []

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes) -> None:
        self.written.append(data)


@pytest.fixture
async def sending() -> Shared:
    async def never(*_: object) -> NoReturn:
        raise AssertionError

    return Shared(never, never, limits.DEFAULT)  # type: ignore[arg-type]


async def test_answers_that_are_ready_together_are_sent_together(sending: Shared) -> None:
    one, other = _Sent(), _Sent()
    for data, line in ((b"1", one), (b"2", other), (b"3", one)):
        sending.send(line, data)  # type: ignore[arg-type]
    assert (one.written, other.written) == ([], [])
    await asyncio.sleep(0)
    assert (one.written, other.written) == ([b"1", b"3"], [b"2"])


async def test_answers_do_not_pile_up_before_they_are_sent(sending: Shared) -> None:
    one, most = _Sent(), 10
    for _ in range(most):
        sending.send(one, b"x" * 100_000)  # type: ignore[arg-type]
    assert most - len(one.written) <= 2


async def test_an_answer_to_a_client_that_has_left_disturbs_no_other(sending: Shared) -> None:
    gone, other = _Sent(), _Sent()
    for line in (gone, other):
        sending.send(line, b"answer")  # type: ignore[arg-type]
    gone.transport = None
    await asyncio.sleep(0)
    assert (gone.written, other.written) == ([], [b"answer"])


def test_a_value_that_no_header_can_carry_is_sent_percent_encoded() -> None:
    reply = Reply(200, b"", {"Location": "/a\r\nX: b\0", "ETag": '"x"'}, "text/plain\n")
    lines = encode_reply(reply, "GET", "1.1", keep_alive=True).split(b"\r\n")
    assert {b"Location: /a%0D%0AX: b%00", b'ETag: "x"', b"Content-Type: text/plain%0A"} < set(lines)


@given(st.text(), st.text(), st.text())
@often(max_examples=300)
def test_no_header_can_break_out_of_its_line(name: str, value: str, media_type: str) -> None:
    reply = Reply(200, b"body", {name: value}, media_type)
    head, _, body = encode_reply(reply, "GET", "1.1", keep_alive=True).partition(b"\r\n\r\n")
    assert body == b"body"
    assert len(head.split(b"\r\n")) == len(re.split(rb"[\r\n]+", head)) <= 6
