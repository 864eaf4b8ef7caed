"""What a framing is: bytes on a connection, what comes back, and whether the connection lives on."""

from __future__ import annotations

from dataclasses import dataclass

BODY = b'{"appKey":"a","appSecret":"b"}'
"""A body that is answered with 200 where exactly these bytes are taken for it, and with 400 otherwise."""
HIDDEN = b"GET /__fauxlate/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"
"""A body that is answered with 404 of its own where a request is seen in it."""
POST = b"POST /v1.0/oauth2/accessToken HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
HEALTH = b"/__fauxlate/health"
GOOD = b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % HEALTH


@dataclass(frozen=True, slots=True)
class Framing:
    """Bytes in parts, each sent once the one before is answered, and the statuses that come back in order.

    The connection `lives` where a request behind them is answered; otherwise the server closes it. The client `ends`
    where it says that it will send no more.
    """

    parts: tuple[bytes, ...]
    statuses: tuple[int, ...]
    lives: bool
    ends: bool = False

    @property
    def is_head(self) -> bool:
        return self.parts[0].startswith(b"HEAD")


def kept(data: bytes, *statuses: int, then: bytes = b"") -> Framing:
    """Return what is answered on a connection that lives."""
    return Framing((data, then) if then else (data,), statuses, lives=True)


def left(data: bytes, *statuses: int) -> Framing:
    """Return what is answered on a connection that is closed then."""
    return Framing((data,), statuses, lives=False)


def broken_off(data: bytes, *statuses: int) -> Framing:
    """Return what the client sends no more behind, though something is missing."""
    return Framing((data,), statuses, lives=False, ends=True)


def post(headers: bytes, body: bytes = BODY, line: bytes = POST) -> bytes:
    return b"%s%s\r\n%s" % (line, headers, body)


def get(line: bytes = b"GET %s HTTP/1.1" % HEALTH, headers: bytes = b"Host: localhost\r\n") -> bytes:
    return b"%s\r\n%s\r\n" % (line, headers)


def chunk(data: bytes, size: bytes = b"", more: bytes = b"") -> bytes:
    return b"%s%s\r\n%s\r\n" % (size or b"%x" % len(data), more, data)


LAST = b"0\r\n\r\n"


def chunks(*parts: bytes, end: bytes = LAST) -> bytes:
    """Return a request whose body comes in these chunks."""
    return post(CHUNKED, b"".join(parts) + end)
