"""Requests out of the bytes of one connection, without a socket: however they are cut, the same requests come out.

The parser (httptools, which is llhttp) cannot pause and bounds nothing. So it is fed a piece at a time, which ends
with a blank line or with a body of known length: a piece holds the end of one request at most, and what has not been
fed waits as bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from multidict import CIMultiDict

from fauxlate.engine.exchange.reading import parse_number
from fauxlate.engine.exchange.request import Request
from fauxlate.engine.service.problems import Problem, ProblemKind
from fauxlate.errors import FauxlateError
from fauxlate.web.front.limits import Limits

_BLANK_LINE = b"\r\n\r\n"
_MOST_FRAMING = 32
"""Bytes that frame one chunk of a body: its length, an extension, the ends of its lines."""
_VERSIONS = ("1.1", "1.0")


def _is_target(target: str, method: str) -> bool:
    if target.startswith(("/", "http://", "https://")):
        return True
    return method == "CONNECT" or (target == "*" and method == "OPTIONS")


class UnreadableError(FauxlateError):
    """What has come is no request; the message says why, `status` is HTTP's."""

    def __init__(self, why: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(why)
        self.status = status


@dataclass(slots=True)
class Message:
    """A request as it came over a connection, which is kept for the next one if `keep_alive`.

    `problem` is what could not be read of its body; nothing more is read then. `awaits_continue` says that the client
    has not been told yet that it may send the body, which is here.
    """

    request: Request
    version: str
    keep_alive: bool
    problem: Problem | None = None
    awaits_continue: bool = False


class RequestReader:
    """The requests in the bytes that it is fed, one after the other."""

    __slots__ = (
        *(
            "_body",
            "_chunks",
            "_fault",
            "_fed",
            "_fed_size",
            "_framing",
            "_head",
            "_is_chunked",
            "_is_whole",
            "_limits",
        ),
        *("_message", "_missing", "_most_head", "_parser", "_pending", "_resumes", "_start", "has_ended"),
    )

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._most_head = limits.target + limits.headers
        self._parser = HttpRequestParser(self)
        self._fed: list[bytes] = []
        self._fed_size = 0
        self._pending = b""
        self._start = 0
        self.has_ended = False
        """Whether nothing more is read: the last request says so, or was none."""
        self._begin()

    def _begin(self) -> None:
        self._head = b""
        self._lines: list[tuple[str, str]] = []
        self._missing = self._chunks = self._framing = 0
        self._is_chunked = self._is_whole = self._resumes = False
        self._body: bytes | bytearray = b""
        self._message: Message | None = None
        self._fault: UnreadableError | Problem | None = None

    @property
    def has_begun(self) -> bool:
        """Whether a part of a request is here."""
        return bool(self._head) or self.pending > 0

    @property
    def pending(self) -> int:
        """How many bytes wait to be read."""
        return self._fed_size + len(self._pending) - self._start

    def feed(self, data: bytes) -> None:
        """Take what has come."""
        if self._start == len(self._pending):
            self._pending, self._start = data, 0
        else:
            self._fed.append(data)
            self._fed_size += len(data)

    def close(self) -> None:
        """Let go of everything."""
        self.has_ended = True
        self._fed.clear()
        self._fed_size = self._start = 0
        self._pending = b""
        self._begin()
        del self._parser  # which holds its reader

    def take_rest(self) -> bytes:
        """Return what came behind the last request, where the connection speaks something else from there."""
        return self._pending[self._start :] + b"".join(self._fed)

    def take_continue(self) -> bool:
        """Return whether the client is to be told now that it may send its body; true once."""
        message = self._message
        if message is None or not message.awaits_continue:
            return False
        message.awaits_continue = False
        return True

    def read(self) -> Message | None:
        """Return the next request, None where it is not here yet. Raises `UnreadableError`, after which it is over."""
        if self._fed:
            self._pending = b"".join((self._pending[self._start :], *self._fed))
            self._fed.clear()
            self._fed_size = self._start = 0
        while self._start < len(self._pending) and not self.has_ended:
            start, end = self._start, self._find_end()
            if end == start:
                break
            self._start = end
            self._parse(self._pending if start == 0 and end == len(self._pending) else self._pending[start:end])
            if self._fault is not None:
                return self._give_up(self._fault)
            if self._is_whole:
                return self._finish()
        return None

    def _find_end(self) -> int:
        """Return up to where the pending bytes may be parsed: to the end of one request at most."""
        pending, start = self._pending, self._start
        if self._missing:
            return min(start + self._missing, len(pending))
        end = pending.find(_BLANK_LINE, start)
        if end >= 0:
            return end + len(_BLANK_LINE)
        held = next((size for size in (3, 2, 1) if pending.endswith(_BLANK_LINE[:size], start)), 0)
        return len(pending) - held

    def _parse(self, piece: bytes) -> None:
        if self._missing:
            self._missing -= len(piece)
        elif self._message is None:
            self._head = self._head + piece if self._head else piece
            if len(self._head) > self._most_head:
                self._fault = self._say_too_long()
                return
        elif self._is_chunked:
            self._framing += len(piece)
        try:
            self._parser.feed_data(piece)
        except HttpParserUpgrade:
            self._ignore_upgrade()
        except HttpParserError as fault:
            self._fault = self._fault or self._explain(fault)
        if self._framing > self._limits.headers + _MOST_FRAMING * self._chunks:
            why = "its chunks have more of lengths, extensions and trailers than may be"
            self._fault = self._fault or Problem(ProblemKind.MALFORMED, f"The body cannot be read: {why}.")

    def _explain(self, fault: HttpParserError) -> UnreadableError | Problem:
        if self._message is not None:
            return Problem(ProblemKind.MALFORMED, f"The body cannot be read: {fault}.")
        return UnreadableError(str(fault))

    def _say_too_long(self) -> UnreadableError:
        target, headers = self._limits.target, self._limits.headers
        if not 0 <= self._head.find(b"\r\n") <= target:
            why = f"the request line is over the limit of {target} bytes"
            return UnreadableError(why, HTTPStatus.REQUEST_URI_TOO_LONG)
        why = f"the headers are over the limit of {headers} bytes"
        return UnreadableError(why, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def _ignore_upgrade(self) -> None:
        """Go on in HTTP/1.1: an upgrade that nobody offers is none (RFC 9110, 7.8), but the parser stops at it.

        It has dropped the body too, which another one is told to expect.
        """
        self._parser = HttpRequestParser(self)
        if self._fault is None and (self._missing or self._is_chunked):
            framing = b"Transfer-Encoding: chunked" if self._is_chunked else b"Content-Length: %d" % self._missing
            self._resumes = True
            self._parser.feed_data(b"POST / HTTP/1.1\r\n%s\r\n\r\n" % framing)
            self._resumes = False

    def _finish(self) -> Message:
        message = self._message
        assert message is not None
        message.request.body = bytes(self._body)
        self.has_ended = not message.keep_alive
        self._begin()
        return message

    def _give_up(self, fault: UnreadableError | Problem) -> Message:
        self.has_ended = True
        self._pending, self._start = b"", 0
        if isinstance(fault, UnreadableError):
            raise fault
        message = self._message
        assert message is not None
        message.keep_alive, message.awaits_continue, message.problem = False, False, fault
        self._begin()
        return message

    # What the parser calls, which has looked at each byte of the head.

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; nobody reads a trailer."""
        if self._message is None:
            self._lines.append((name.decode(), value.decode("utf-8", "surrogateescape").strip(" \t")))

    def on_headers_complete(self) -> None:
        """Look at what the head promises."""
        if self._resumes:
            return
        head, limits = self._head.lstrip(b"\r\n"), self._limits
        line = head[: head.find(b"\r\n")].decode("utf-8", "surrogateescape")
        method, _, rest = line.partition(" ")
        target, _, version = rest.partition(" HTTP/")
        headers = CIMultiDict(self._lines)
        request = Request(method, target, headers)
        request.head_size, request.has_ascii_head = len(head), head.isascii()
        self._message = Message(request, version, self._parser.should_keep_alive())
        if len(line) > limits.target or len(head) - len(line) > limits.headers:
            self._fault = self._say_too_long()
        elif version not in _VERSIONS:
            why = f"the version is {version[:20] or 'missing'}; this is a server of HTTP/1.1"
            self._fault = UnreadableError(why, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED)
        elif not _is_target(target, method):
            self._fault = UnreadableError(f"`{target[:80]}` is no target of {method} (RFC 9112, 3.2)")
        else:
            self._fault = self._expect_body(self._message, headers)

    def _expect_body(self, message: Message, headers: CIMultiDict[str]) -> UnreadableError | Problem | None:
        """Note how long the body is, and return what is wrong about it."""
        if len(headers.getall("Host", ())) > 1:
            return UnreadableError("the header Host comes more than once (RFC 9112, 3.2)")
        if "Transfer-Encoding" in headers:
            if message.version != "1.1":
                return UnreadableError("Transfer-Encoding is of HTTP/1.1 (RFC 9112, 6.1)")
            self._is_chunked = True
        elif "Content-Length" in headers:
            length = parse_number(headers["Content-Length"], self._limits.body)
            if length is None:
                return self._say_too_large()
            self._missing = length
        if "Expect" in headers and message.version == "1.1":
            expectation = headers["Expect"]
            if expectation.lower() != "100-continue":
                why = f"`Expect: {expectation[:40]}` cannot be met; there is 100-continue alone"
                return UnreadableError(why, HTTPStatus.EXPECTATION_FAILED)
            message.awaits_continue = self._is_chunked or self._missing > 0
        return None

    def _say_too_large(self) -> Problem:
        return Problem(ProblemKind.TOO_LARGE, f"The body is over the limit of {self._limits.body} bytes.")

    def on_body(self, part: bytes) -> None:
        """Take a part of the body."""
        self._chunks += 1
        self._framing -= len(part) if self._is_chunked else 0
        if not self._body:
            self._body = part
        elif len(self._body) + len(part) > self._limits.body:
            self._fault = self._fault or self._say_too_large()
        else:
            if not isinstance(self._body, bytearray):
                self._body = bytearray(self._body)
            self._body += part

    def on_message_complete(self) -> None:
        """Know that the request is whole, but for a body that was dropped with an upgrade."""
        self._is_whole = not ((self._missing or self._is_chunked) and self._parser.should_upgrade())
