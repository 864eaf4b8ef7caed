"""Each way in which requests can be framed: what comes back, and whether the connection lives, however it is cut."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator

import pytest
from fauxlate.serving.background import BackgroundServer
from tests.web.doors import Line
from tests.web.front.framings import bodies, chunks, headers, lines
from tests.web.front.framings.framing import Framing

NEXT = b"GET /__fauxlate/ready HTTP/1.1\r\nHost: localhost\r\n\r\n"
TABLES = {
    "length": bodies.LENGTHS,
    "coding": bodies.CODINGS,
    "strict": bodies.STRICT,
    "expectation": bodies.EXPECTATIONS,
    "chunks": chunks.FORMS,
    "extension": chunks.EXTENSIONS,
    "trailer": chunks.TRAILERS,
    "target": lines.TARGETS,
    "line": lines.LINES,
    "version": lines.VERSIONS,
    "header": headers.HEADERS,
    "host": headers.HOSTS,
    "upgrade": headers.UPGRADES,
    "pipeline": headers.PIPELINES,
}
MAX_PIECES = 2000


def at_once(data: bytes) -> list[bytes]:
    return [data]


def in_two(data: bytes) -> list[bytes]:
    middle = len(data) // 2
    return [data[:middle], data[middle:]]


def byte_by_byte(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


CASES = [
    pytest.param(framing, cut, id=f"{table}: {name}, {cut.__name__.replace('_', ' ')}")
    for table, framings in TABLES.items()
    for name, framing in framings.items()
    for cut in (at_once, in_two, byte_by_byte)
    if cut is not byte_by_byte or len(framing.parts[0]) <= MAX_PIECES
]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with BackgroundServer() as emulator:
        yield emulator.url


@pytest.mark.parametrize(("framing", "cut"), CASES)
def test_a_framing_is_answered_as_http_has_it(
    url: str, caplog: pytest.LogCaptureFixture, framing: Framing, cut: Callable[[bytes], list[bytes]]
) -> None:
    line = Line(url)
    try:
        statuses = send(line, framing, cut)
        statuses += (
            [receive(line, has_body=not framing.is_head) for _ in range(len(statuses), 1)] if framing.statuses else []
        )
        for number in range(len(statuses), len(framing.statuses)):
            statuses.append(receive(line, has_body=number > 0 or not framing.is_head))
        assert tuple(statuses) == framing.statuses
        if framing.lives:
            status, _, body = line.answer()
            assert (status, json.loads(body)["status"]) == (200, "ready")
            line.ends()
        assert line.ended()
    finally:
        line.close()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def send(line: Line, framing: Framing, cut: Callable[[bytes], list[bytes]]) -> list[int]:
    """Send a framing, and a good request right behind it; return the statuses that came between its parts."""
    statuses: list[int] = []
    *before, last = framing.parts
    for part in before:
        for piece in cut(part):
            line.send(piece)
        statuses.append(receive(line))
    for piece in cut(last if framing.ends else last + NEXT):
        line.send(piece)
    if framing.ends:
        line.ends()
    return statuses


def receive(line: Line, *, has_body: bool = True) -> int:
    """Return the status of the next answer, which is never a page."""
    status, headers, body = line.answer(has_body=has_body)
    assert "html" not in headers.get("content-type", "")
    assert b"<html" not in body.lower()
    return status
