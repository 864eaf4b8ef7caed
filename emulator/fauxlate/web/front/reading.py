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
from fauxlate.web.front import heads
from fauxlate.web.front.heads import UnreadableError
from fauxlate.web.front.limits import Limits

_BLANK_LINE = b"\r\n\r\n"
_MAX_TRAILERS = 100
_MOST_FRAMING = 32
"""Bytes around one chunk of a body: its length, an extension, the ends of its lines."""


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
            "_lines",
        ),
        *("_message", "_missing", "_parser", "_pending", "_resumes", "_start", "_target", "_trailers", "has_ended"),
    )

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._parser = self._new_parser()
        self._fed: list[bytes] = []
        self._fed_size = 0
        self._pending = b""
        self._start = 0
        self.has_ended = False
        """Whether nothing more is read: the last request says so, or was none."""
        self._begin()

    def _new_parser(self) -> HttpRequestParser:
        parser = HttpRequestParser(self)
        parser.set_dangerous_leniencies(lenient_version=True)  # which is looked at here
        return parser

    def _begin(self) -> None:
        self._target = b""
        self._lines: list[tuple[str, str]] = []
        self._head = bytearray()
        self._missing = self._trailers = self._chunks = self._framing = 0
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
        if self._fed:  # behind what is left of what came before
            self._pending = b"".join((self._pending[self._start :], *self._fed))
            self._fed.clear()
            self._fed_size = self._start = 0
        while self._start < len(self._pending) and not self.has_ended:
            end = self._find_end()
            if end == self._start:
                break
            is_all = self._start == 0 and end == len(self._pending)
            piece = self._pending if is_all else self._pending[self._start : end]
            self._start = end
            self._parse(piece)
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
            self._head += piece
            excess = len(self._head) - self._limits.target - self._limits.headers
            if excess > 0:  # what fits tells which of the two is too long
                self._feed_parser(piece[:-excess])
                self._fault = self._fault or self._say_too_long()
                return
        elif self._is_chunked:
            self._framing += len(piece)
        self._feed_parser(piece)
        if self._framing > self._limits.headers + _MOST_FRAMING * self._chunks:
            why = "its chunks have more lengths, extensions and trailers than may be"
            self._fault = self._fault or Problem(ProblemKind.MALFORMED, f"The body cannot be read: {why}.")

    def _feed_parser(self, piece: bytes) -> None:
        try:
            self._parser.feed_data(piece)
        except HttpParserUpgrade:
            self._ignore_upgrade()
        except HttpParserError as fault:
            self._fault = self._fault or self._explain(fault)

    def _explain(self, fault: HttpParserError) -> UnreadableError | Problem:
        if self._message is not None:
            return Problem(ProblemKind.MALFORMED, f"The body cannot be read: {fault}.")
        return UnreadableError(str(fault))

    def _say_too_long(self) -> UnreadableError:
        target, headers = self._limits.target, self._limits.headers
        if len(self._target) > target:
            why = f"the request line is over the limit of {target} bytes"
            return UnreadableError(why, HTTPStatus.REQUEST_URI_TOO_LONG)
        why = f"the headers are over the limit of {headers} bytes"
        return UnreadableError(why, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def _ignore_upgrade(self) -> None:
        """Go on in HTTP/1.1: an upgrade that nobody offers is none (RFC 9110, 7.8), but the parser stops at it.

        It has dropped the body too, which another one is told to expect.
        """
        self._parser = self._new_parser()
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
        if self._trailers:  # among which the parser looks for `Connection`
            self._parser = self._new_parser()
        self._begin()
        return message

    def _give_up(self, fault: UnreadableError | Problem) -> Message:
        self.has_ended = True
        self._pending, self._start = b"", 0
        if isinstance(fault, UnreadableError):
            fault.method = heads.read_method(self._head)
            raise fault
        message = self._message
        assert message is not None
        message.keep_alive, message.awaits_continue, message.problem = False, False, fault
        self._begin()
        return message

    # What the parser calls.

    def on_url(self, part: bytes) -> None:
        """Take a part of the target."""
        if not self._resumes:
            self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header, or a trailer, which nobody reads."""
        if self._message is None:
            self._lines.append((name.decode(), value.decode("utf-8", "surrogateescape").strip(" \t")))
        elif not self._resumes:
            self._trailers += 1
            if self._trailers > _MAX_TRAILERS:
                self._fault = Problem(ProblemKind.MALFORMED, f"The body has more than {_MAX_TRAILERS} trailers.")

    def on_headers_complete(self) -> None:
        """Look at what the head promises."""
        if self._resumes:
            return
        try:
            self._fault = self._take_head(self._parser.get_method().decode(), CIMultiDict(self._lines))
        except UnreadableError as fault:
            self._fault = fault

    def _take_head(self, method: str, headers: CIMultiDict[str]) -> Problem | None:
        """Know what follows the head, and return what is wrong about it. Raises `UnreadableError`."""
        limits, size = self._limits, len(self._target)
        if size > limits.target or len(self._head) - size > limits.headers:
            raise self._say_too_long()
        version = heads.read_version(self._head)
        heads.check_headers(headers, version)
        target = heads.read_target(method, self._target.decode("utf-8", "surrogateescape"), headers)
        request = Request(method, target, headers)
        request.head_size, request.has_ascii_head = len(self._head), self._head.isascii()
        message = Message(request, version, self._parser.should_keep_alive())
        self._is_chunked = heads.is_chunked(headers, version)
        self._message = message
        if "Content-Length" in headers:
            length = parse_number(headers["Content-Length"], limits.body)
            if length is None:
                return self._say_too_large()
            self._missing = length
        if "Expect" in headers and version != "1.0":
            expectation = headers["Expect"]
            if expectation.lower() not in ("", "100-continue"):
                why = f"`Expect: {expectation[:40]}` cannot be met; there is 100-continue alone"
                raise UnreadableError(why, HTTPStatus.EXPECTATION_FAILED)
            message.awaits_continue = bool(expectation) and (self._is_chunked or self._missing > 0)
        return None

    def _say_too_large(self) -> Problem:
        return Problem(ProblemKind.TOO_LARGE, f"The body is over the limit of {self._limits.body} bytes.")

    def on_body(self, part: bytes) -> None:
        """Take a part of the body."""
        if self._is_chunked:
            self._chunks += 1
            self._framing -= len(part)
        if len(self._body) + len(part) > self._limits.body:
            self._fault = self._fault or self._say_too_large()
        elif not self._body:
            self._body = part
        else:
            if not isinstance(self._body, bytearray):
                self._body = bytearray(self._body)
            self._body += part

    def on_message_complete(self) -> None:
        """Know that the request is whole, but for a body that was dropped with an upgrade."""
        self._is_whole = not ((self._missing or self._is_chunked) and self._parser.should_upgrade())
