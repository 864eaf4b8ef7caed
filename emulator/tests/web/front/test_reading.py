"""Requests out of bytes, without a socket: however the bytes are cut, and whatever they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from fauxlate.web.front.heads import UnreadableError
from fauxlate.web.front.limits import Limits
from fauxlate.web.front.reading import Message, RequestReader
from hypothesis import example, given
from hypothesis import settings as often
from hypothesis import strategies as st

SMALL = Limits(target=60, headers=300, body=100)
"""Limits that generated requests reach."""
CUTS = st.lists(st.integers(0, 2000), max_size=30)
Seen = tuple[str, str, str, bool, tuple[tuple[str, str], ...], bytes, str | None, bool]


def cut(data: bytes, at: Iterable[int]) -> list[bytes]:
    """Return `data` in pieces, the places taken round its length."""
    places = sorted({0, len(data), *(place % (len(data) + 1) for place in at)})
    return [data[start:end] for start, end in pairwise(places)]


def see(message: Message) -> Seen:
    request, problem = message.request, message.problem
    headers = tuple(request.headers.items())
    wrong = None if problem is None else problem.kind.name
    awaits = message.awaits_continue
    return request.method, request.target, message.version, message.keep_alive, headers, request.body, wrong, awaits


@dataclass
class Read:
    """What a reader gives of pieces; what is sent behind the end is not fed, as a connection does not."""

    messages: list[Seen] = field(default_factory=list)
    status: int | None = None
    why: str = field(default="", compare=False)
    has_ended: bool = False

    @classmethod
    def of(cls, pieces: Iterable[bytes], limits: Limits = SMALL) -> Read:
        result, reader, fed = cls(), RequestReader(limits), 0
        for piece in pieces:
            reader.feed(piece)
            fed += len(piece)
            assert reader.pending <= fed
            try:
                while (message := reader.read()) is not None:
                    result.messages.append(see(message))
            except UnreadableError as fault:
                result.status, result.why = fault.status, str(fault)
            assert reader.pending <= fed
        assert result.status is None or reader.has_ended
        assert "callback" not in result.why  # what fails while the parser calls is a fault of ours
        result.has_ended = reader.has_ended
        return result


TOKENS = st.text("abcXYZ09-_!#$%&'*+.^`|~", min_size=1, max_size=8).map("X-{}".format)
VALUES = st.text('abc \t,;="()é:/', max_size=20).map(lambda text: text.strip(" \t"))
BLANKS = st.sampled_from(["", " ", "  ", "\t"])
DATA = st.binary(max_size=40) | st.sampled_from([b"\r\n\r\n", b"0\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"])


@dataclass
class Asked:
    """A request that is valid, as bytes, and what is to be read of it."""

    data: bytes
    method: str
    target: str
    body: bytes
    headers: list[tuple[str, str]]


@st.composite
def requests(draw: st.DrawFn) -> Asked:
    method = draw(st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"]))
    target = "/" + draw(st.text("abc/?=&%20.~", max_size=30))
    own = draw(st.lists(st.tuples(TOKENS, VALUES), max_size=4))
    headers = [("Host", "localhost"), *own]
    if draw(st.booleans()):
        headers += [("Connection", "Upgrade"), ("Upgrade", draw(st.sampled_from(["h2c", "websocket", "TLS/1.0"])))]
    parts = draw(st.lists(DATA, max_size=4))
    body = b"".join(parts)
    framing = (
        draw(st.sampled_from(["length", "chunks"])) if body else draw(st.sampled_from(["none", "length", "chunks"]))
    )
    sent = body
    if framing == "length":
        headers.append(("Content-Length", "0" * draw(st.integers(0, 3)) + str(len(body))))
    elif framing == "chunks":
        headers.append(("Transfer-Encoding", draw(st.sampled_from(["chunked", "Chunked", "CHUNKED"]))))
        sent = b"".join(encode_chunk(part, draw(EXTENSIONS)) for part in parts if part) + b"0\r\n"
        sent += b"".join(f"{name}: {value}\r\n".encode() for name, value in draw(TRAILERS)) + b"\r\n"
    headers = draw(st.permutations(headers))
    lines = "".join(
        f"{name}:{draw(BLANKS)}{value}{draw(BLANKS) if name in dict(own) else ''}\r\n" for name, value in headers
    )
    before = draw(st.sampled_from(["", "\r\n", "\r\n\r\n", "\n"]))
    data = f"{before}{method} {target} HTTP/1.1\r\n{lines}\r\n".encode() + sent
    return Asked(data, method, target, body, headers)


EXTENSIONS = st.sampled_from([b"", b";a", b";a=b", b';a="b;c"'])
TRAILERS = st.lists(
    st.tuples(TOKENS | st.sampled_from(["Connection"]), st.sampled_from(["close", "", "a"])), max_size=3
)


def encode_chunk(data: bytes, extension: bytes) -> bytes:
    return b"%x%s\r\n%s\r\n" % (len(data), extension, data)


@given(st.lists(requests(), max_size=4), CUTS)
@often(max_examples=150)
def test_valid_requests_are_read_in_order_however_they_are_cut(asked: list[Asked], cuts: list[int]) -> None:
    read = Read.of(cut(b"".join(one.data for one in asked), cuts), Limits())
    assert [(method, target, list(headers), body) for method, target, _, _, headers, body, _, _ in read.messages] == [
        (one.method, one.target, one.headers, one.body) for one in asked
    ]
    assert (read.status, read.has_ended) == (None, False)


PIECES = [
    *(
        b"GET ",
        b"POST ",
        b"HEAD ",
        b"CONNECT ",
        b"OPTIONS ",
        b"PRI ",
        b"/",
        b"*",
        b"x:1",
        b"http://x/",
        b"#",
        b"a" * 70,
    ),
    *(b" HTTP/1.1", b" HTTP/1.0", b" HTTP/2.0", b" HTTP/1.7", b" RTSP/1.0", b"\r\n", b"\r\n\r\n", b"\n", b"\r", b" "),
    *(b"Host: x\r\n", b"Content-Length: 5\r\n", b"Content-Length: 200\r\n", b"Transfer-Encoding: chunked\r\n"),
    *(b"Transfer-Encoding: gzip, chunked\r\n", b"Transfer-Encoding: gzip\r\n", b"Connection: close\r\n", b"A: b\r\n"),
    *(b"Connection: Upgrade\r\nUpgrade: h2c\r\n", b"Expect: 100-continue\r\n", b"Expect: x\r\n", b"X: " + b"b" * 200),
    *(
        b"5\r\nabcde\r\n",
        b"0\r\n",
        b"5;a=b\r\n",
        b"abcde",
        b"fffffffff\r\n",
        b"50\r\n" + b"d" * 80,
        b"\0",
        b"\xe4",
        b":",
    ),
    *(b"GET / HTTP/1.1\r\nHost: x\r\n", b"POST / HTTP/1.1\r\nHost: x\r\n", b"POST / HTTP/1.0\r\n"),
    *(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"),
]
NEARLY = st.lists(st.sampled_from(PIECES) | st.binary(max_size=3), max_size=25).map(b"".join)
"""Bytes that are nearly requests."""
CLOSED = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
UPGRADED = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"


@given(st.binary(max_size=200) | NEARLY, CUTS, CUTS)
@example(UPGRADED + b"Transfer-Encoding: gzip\r\n\r\n5\r\nabcde\r\n0\r\n\r\n", [], [7])
@example(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n96\r\n" + b"a" * 150, [], [90])
@example(b"GET / HTTP/1.1\r\nX: " + b"a" * 400 + b"\r\n\r\n", [], [10, 100, 300])
@example(b"GET /" + b"a" * 400 + b" HTTP/1.1\r\n\r\n", [], [10, 100, 300])
@example(b"GET / HTTP/1.1\r\nno header\r\n" + b"a" * 400 + b"\r\n\r\n", [], [50])
@often(max_examples=600)
def test_any_bytes_are_read_the_same_however_they_are_cut(data: bytes, one: list[int], other: list[int]) -> None:
    read = Read.of(cut(data, one))
    assert read == Read.of(cut(data, other)) == Read.of(cut(data, range(len(data)))) == Read.of([data])


@given(NEARLY, NEARLY)
@often(max_examples=200)
def test_nothing_comes_behind_what_closes_or_is_no_request(before: bytes, behind: bytes) -> None:
    reader = RequestReader(SMALL)
    reader.feed(before + CLOSED)
    try:
        while reader.read() is not None:
            pass
    except UnreadableError:
        assert reader.has_ended
    if reader.has_ended:
        for piece in (behind, CLOSED, behind + CLOSED):
            reader.feed(piece)
            assert reader.read() is None
