"""A connection as HTTP has it, by the short way of whole requests and by aiohttp's own: the same bytes either way."""

from __future__ import annotations

import asyncio
import gc
import logging
import re
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from fauxlate.engine.exchange.reply import Reply
from fauxlate.serving.background import BackgroundServer
from fauxlate.settings import Settings
from fauxlate.web.front import connection
from hypothesis import given
from hypothesis import settings as often
from hypothesis import strategies as st

ASKED = b"GET /__fauxlate/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
POSTED = b'{"appKey":"a","appSecret":"b"}'
PATIENCE = 10


def posted(body: bytes = POSTED, more: bytes = b"") -> bytes:
    head = b"POST /v1.0/oauth2/accessToken HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    return head + b"Content-Length: %d\r\n" % len(body) + more + b"\r\n" + body


@pytest.fixture(scope="module", params=[True, False], ids=["short", "aiohttp"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch, BackgroundServer() as emulator:
        patch.setattr(connection, "IS_KNOWN", request.param)
        yield emulator.url


class Line:
    """A connection by hand."""

    def __init__(self, url: str) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def answer(self, *, has_body: bool = True) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers in lower case, and body of the next answer."""
        status = self._file.readline()
        assert status.startswith(b"HTTP/1."), status
        headers = {}
        while (line := self._file.readline()) != b"\r\n":
            name, _, value = line.decode().strip().partition(": ")
            assert name.lower() not in headers
            headers[name.lower()] = value
        body = self._file.read(int(headers.get("content-length", 0))) if has_body else b""
        return int(status.split()[1]), headers, body

    def ends(self) -> None:
        """Send no more, but go on reading."""
        self._socket.shutdown(socket.SHUT_WR)

    def ended(self) -> bool:
        """Whether the server has closed it, with nothing more to read."""
        return self._file.read() == b""

    def reset(self) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        self._file.close()
        self._socket.close()


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


@pytest.mark.parametrize("is_known", [True, False], ids=["short", "aiohttp"])
@pytest.mark.parametrize("fault", ["drop: empty", "body: truncated", "body: {how: dribble, for: 1ms}"])
def test_an_answer_is_there_before_the_fault_of_the_next(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_known: bool
) -> None:
    monkeypatch.setattr(connection, "IS_KNOWN", is_known)
    scenario = tmp_path / "next.yaml"
    scenario.write_text(f"rules: [{{on: dingtalk.GetAccessToken, skip: 1, then: {{{fault}}}}}]", "utf-8")
    with BackgroundServer(Settings(port=0, scenario=(str(scenario),))) as emulator:
        line = Line(emulator.url)
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


def test_http_1_0_is_answered_and_left(line: Line) -> None:
    line.send(ASKED.replace(b"1.1", b"1.0"))
    assert line.answer()[0] == 200
    assert line.ended()


def test_an_upgrade_that_nobody_offers_is_an_ordinary_request(line: Line) -> None:
    line.send(ASKED.replace(b"Host", b"Connection: Upgrade\r\nUpgrade: h2c\r\nHost"))
    assert line.answer()[0] == 200
    line.send(ASKED)
    assert line.answer()[0] == 200


def test_what_is_no_http_is_told_so_after_requests_that_are(line: Line) -> None:
    line.send(ASKED)
    assert line.answer()[0] == 200
    line.send(b"\0\1\2\r\n\r\n")
    status, headers, body = line.answer()
    assert (status, headers["content-type"]) == (400, "application/json")
    assert b"not a request that can be read" in body
    assert line.ended()


@pytest.mark.parametrize("length", [b"9" * 5000, "\u0663".encode(), b"+5", b"5.0", b"-1"])
def test_a_length_that_is_none_is_told_so_in_few_words(line: Line, length: bytes) -> None:
    line.send(b"POST /v1.0/oauth2/accessToken HTTP/1.1\r\nHost: x\r\nContent-Length: %s\r\n\r\nabcde" % length)
    status, _, body = line.answer()
    assert status == 400
    assert b"This is not a request that can be read" in body
    assert len(body) < 500


def test_a_client_that_has_said_all_it_will_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "IS_KNOWN", True)  # aiohttp's own way is slower than the end of what comes
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
async def sending() -> connection.Server:
    async def never(_: object) -> NoReturn:
        raise AssertionError

    return connection.Server(never, never)


async def test_answers_that_are_ready_together_are_sent_together(sending: connection.Server) -> None:
    one, other = _Sent(), _Sent()
    for data, line in ((b"1", one), (b"2", other), (b"3", one)):
        sending.send(line, data)  # type: ignore[arg-type]
    assert (one.written, other.written) == ([], [])
    await asyncio.sleep(0)
    assert (one.written, other.written) == ([b"1", b"3"], [b"2"])


async def test_answers_do_not_pile_up_before_they_are_sent(sending: connection.Server) -> None:
    one, most = _Sent(), 10
    for _ in range(most):
        sending.send(one, b"x" * 100_000)  # type: ignore[arg-type]
    assert most - len(one.written) <= 2


async def test_an_answer_to_a_client_that_has_left_disturbs_no_other(sending: connection.Server) -> None:
    gone, other = _Sent(), _Sent()
    for line in (gone, other):
        sending.send(line, b"answer")  # type: ignore[arg-type]
    gone.transport = None
    await asyncio.sleep(0)
    assert (gone.written, other.written) == ([], [b"answer"])


class _Asked:
    method = "GET"
    should_close = False


@given(st.text(), st.text(), st.text())
@often(max_examples=300)
def test_no_header_can_break_out_of_its_line(name: str, value: str, media_type: str) -> None:
    reply = Reply(200, b"body", {name: value}, media_type)
    sent = connection.encode_reply(reply, _Asked())  # type: ignore[arg-type]
    if sent is not None:
        head, _, body = sent.partition(b"\r\n\r\n")
        assert body == b"body"
        assert len(head.split(b"\r\n")) == len(re.split(rb"[\r\n]+", head)) <= 6
