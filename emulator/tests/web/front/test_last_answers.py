"""The last answer of a connection: nothing comes behind it, whoever asked, and whether or not he waits for it."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import AsyncGenerator, Iterator

import pytest
from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.exchange.request import Request
from fauxlate.engine.service.problems import Problem
from tests.web.doors import PATIENCE, Line, serve, serve_answer

ASKED = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def line() -> Iterator[Line]:
    with serve("front") as url:
        made = Line(url)
        yield made
        made.close()


@pytest.mark.parametrize(
    "head", [b"/\0 HTTP/1.1\r\nHost: x", b"no-target HTTP/1.1\r\nHost: x", b"/ HTTP/1.1\r\nNo host: x"]
)
def test_nothing_comes_behind_the_answer_to_a_head_that_cannot_be_read(line: Line, head: bytes) -> None:
    line.send(b"HEAD " + head + b"\r\n\r\n")
    status, headers, _ = line.answer(has_body=False)
    assert (status, headers["connection"]) == (400, "close")
    assert line.ended()


def test_a_client_that_leaves_before_it_is_told_the_end_leaves_no_error_behind(
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun, gone = threading.Event(), threading.Event()

    async def stream() -> AsyncGenerator[bytes, None]:
        yield b"x"
        begun.set()
        gone.wait(PATIENCE)  # so that the loop does not see it leave

    async def answer(request: Request, _: Problem | None) -> Reply:
        return Reply(200, b"", stream=stream() if request.target == "/stream" else None)

    with serve_answer(answer) as url:
        for _ in range(3):
            begun.clear()
            gone.clear()
            leaving = Line(url)
            leaving.send(b"GET /stream HTTP/1.0\r\n\r\n")
            assert begun.wait(PATIENCE)
            leaving.reset()
            gone.set()
            other = Line(url)
            other.send(ASKED)
            assert other.answer()[0] == 200
            other.close()
    gc.collect()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []
