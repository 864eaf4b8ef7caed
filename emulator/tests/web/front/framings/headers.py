"""Header lines, hosts, upgrades, and requests one behind the other."""

from __future__ import annotations

from fauxlate.web.front import limits
from tests.web.front.framings.framing import (
    BODY,
    CHUNKED,
    GOOD,
    HEALTH,
    HIDDEN,
    LAST,
    LENGTH,
    POST,
    Framing,
    chunk,
    get,
    kept,
    left,
    post,
)

_MAX = limits.DEFAULT.headers


def _taken(line: bytes, status: int = 200) -> Framing:
    return kept(get(headers=b"Host: localhost\r\n" + line + b"\r\n"), status)


def _refused(line: bytes, status: int = 400) -> Framing:
    return left(get(headers=b"Host: localhost\r\n" + line + b"\r\n"), status)


HEADERS = {
    "a header": _taken(b"X-A: b"),
    "a header without a blank": _taken(b"X-A:b"),
    "a header without a value": _taken(b"X-A:"),
    "two headers without values": _taken(b"X-A:\r\nX-B: "),
    "a header that comes twice": _taken(b"X-A: b\r\nX-A: c"),
    "a name of every letter that it may have": _taken(b"!#$%&'*+-.^_`|~09azAZ: b"),
    "a colon in a value": _taken(b"X-A: b: c"),
    "a tab in a value": _taken(b"X-A: b\tc"),
    "a value that goes on on the next line": _refused(b"X-A: b\r\n c"),
    "a value that goes on behind a tab": _refused(b"X-A: b\r\n\tc"),
    "a value that is all on the next line": _refused(b"X-A:\r\n b"),
    "a line of blanks": _refused(b"X-A: b\r\n  "),
    "a header that ends with a bare LF": _refused(b"X-A: b\nX-B: c"),
    "a head that ends with a bare LF": left(GOOD[:-2] + b"\n", 400),
    "a bare CR in a value": _refused(b"X-A: b\rc"),
    "a bare CR before a header": _refused(b"\rX-A: b"),
    "NUL in a value": _refused(b"X-A: b\0c"),
    "NUL in a name": _refused(b"X\0A: b"),
    "a control character in a value": _refused(b"X-A: b\x01c"),
    "an escape character in a value": _refused(b"X-A: \x1b[31m"),
    "DEL in a value": _refused(b"X-A: b\x7fc"),
    "a line without a colon": _refused(b"X-A"),
    "an empty name": _refused(b": b"),
    "a space before the colon": _refused(b"X-A : b"),
    "a tab before the colon": _refused(b"X-A\t: b"),
    "a space in a name": _refused(b"X A: b"),
    "a space at the start of the first header": left(get(headers=b" Host: localhost\r\n"), 400),
    "a space at the start of another header": _refused(b" X-A: b"),
    "a name that is not ASCII": _refused("X-Ä: b".encode()),
    "a name in quotes": _refused(b'"X-A": b'),
    "a name with a slash": _refused(b"X/A: b"),
    "a value of Latin-1 at a provider": kept(post(b"X-A: \xe4\r\n" + LENGTH), 400),
    "a value of UTF-8 at a provider": kept(post("X-A: ä\r\n".encode() + LENGTH), 200),
    "a very long value": _taken(b"X-A: " + b"b" * 200_000),
    "a very long name": _taken(b"X" * 100_000 + b": b"),
    "a thousand headers": _taken(b"\r\n".join(b"X-%d: b" % number for number in range(1000))),
    "a value over the limit": _refused(b"X-A: " + b"b" * _MAX, 431),
    "headers over the limit together": _refused(b"\r\n".join([b"X-A: b"] * (_MAX // 8)), 431),
    "a type of content that comes twice": left(post(b"Content-Type: text/plain\r\n" + LENGTH), 400),
}

HOSTS = {
    "no Host": left(get(headers=b""), 400),
    "no Host, but a whole URL": left(get(b"GET http://x%s HTTP/1.1" % HEALTH, b""), 400),
    "no Host of HEAD": left(get(b"HEAD %s HTTP/1.1" % HEALTH, b""), 400),
    "Host twice": _refused(b"Host: x"),
    "two other Hosts": _refused(b"host: y"),
    "an empty Host": kept(get(headers=b"Host:\r\n"), 200),
    "a Host with a port": kept(get(headers=b"Host: localhost:8585\r\n"), 200),
    "a Host with an empty port": kept(get(headers=b"Host: localhost:\r\n"), 200),
    "a Host with a dot behind": kept(get(headers=b"Host: localhost.\r\n"), 200),
    "a Host that is an IPv6 address": kept(get(headers=b"Host: [::1]:80\r\n"), 200),
    "a list of Hosts": left(get(headers=b"Host: x, y\r\n"), 400),
    "two Hosts behind each other": left(get(headers=b"Host: x y\r\n"), 400),
    "a Host that a tab is in": left(get(headers=b"Host: x\ty\r\n"), 400),
    "a Host with NUL": left(get(headers=b"Host: x\0y\r\n"), 400),
    "a Host that is a URL, as an SDK sends it": kept(post(LENGTH, line=POST.replace(b": l", b": http://l")), 200),
    "a Host that the admin API is not for": kept(HIDDEN.replace(b"localhost", b"elsewhere"), 403),
    "a Host that a URL goes before": kept(
        get(b"GET http://localhost/__fauxlate/nothing HTTP/1.1", b"Host: x\r\n"), 404
    ),
    "a Host of a URL that the admin API is not for": kept(get(b"GET http://x/__fauxlate/nothing HTTP/1.1"), 403),
}

_H2C = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
_WEBSOCKET = (
    b"Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
)
_IN_CHUNKS = chunk(BODY) + LAST
UPGRADES = {
    "h2c": kept(get(headers=b"Host: localhost\r\n" + _H2C), 200),
    "h2c, and a request behind it": kept(get(headers=b"Host: localhost\r\n" + _H2C) + HIDDEN, 200, 404),
    "h2c with a body": kept(post(_H2C + LENGTH), 200),
    "h2c with a request for a body": kept(post(_H2C + b"Content-Length: %d\r\n" % len(HIDDEN), HIDDEN), 400),
    "h2c with a body of zero": kept(post(_H2C + b"Content-Length: 0\r\n", HIDDEN), 400, 404),
    "h2c with chunks": kept(post(_H2C + CHUNKED, _IN_CHUNKS), 200),
    "h2c with chunks and a trailer": kept(post(_H2C + CHUNKED, chunk(BODY) + b"0\r\nX-Sum: 1\r\n\r\n"), 200),
    "h2c with no chunk but the last": kept(post(_H2C + CHUNKED, LAST + HIDDEN), 400, 404),
    "h2c with chunks that are broken": left(post(_H2C + CHUNKED, b"x\r\n"), 400),
    "h2c with gzip": left(post(_H2C + b"Transfer-Encoding: gzip\r\n", _IN_CHUNKS), 400),
    "h2c with gzip in chunks": left(post(_H2C + b"Transfer-Encoding: gzip, chunked\r\n", _IN_CHUNKS), 501),
    "h2c with a length and chunks": left(post(_H2C + LENGTH + CHUNKED, _IN_CHUNKS), 400),
    "h2c with a body that is expected": kept(post(_H2C + LENGTH + b"Expect: 100-continue\r\n"), 100, 200),
    "h2c twice": kept(post(_H2C + LENGTH) * 2, 200, 200),
    "h2c behind a request": kept(GOOD + post(_H2C + CHUNKED, _IN_CHUNKS), 200, 200),
    "h2c that is to be closed": left(post(b"Connection: close\r\n" + _H2C + LENGTH), 200),
    "h2c in HTTP/1.0": left(get(b"GET %s HTTP/1.0" % HEALTH, _H2C), 200),
    "a websocket where there is none": kept(get(headers=_WEBSOCKET), 200),
    "a websocket at a path that is none": kept(get(b"GET /__fauxlate/nothing HTTP/1.1", _WEBSOCKET), 404),
    "TLS in place": kept(
        get(b"OPTIONS * HTTP/1.1", b"Host: localhost\r\nConnection: Upgrade\r\nUpgrade: TLS/1.0\r\n"), 404
    ),
    "Upgrade without Connection": kept(get(headers=b"Host: localhost\r\nUpgrade: h2c\r\n") + HIDDEN, 200, 404),
    "Connection without Upgrade": kept(get(headers=b"Host: localhost\r\nConnection: Upgrade\r\n") + HIDDEN, 200, 404),
}

_POSTED = post(LENGTH)
_BROKEN = b"\0\1\2\r\n\r\n"
PIPELINES = {
    "two requests": kept(GOOD + HIDDEN, 200, 404),
    "bodies of each kind": kept(_POSTED + post(CHUNKED, _IN_CHUNKS) + GOOD + _POSTED, 200, 200, 200, 200),
    "a body that is no JSON between others": kept(_POSTED + post(LENGTH, b"x" * len(BODY)) + _POSTED, 200, 400, 200),
    "two requests, and what is none": left(GOOD + _POSTED + _BROKEN, 200, 200, 400),
    "two requests, and one with broken chunks": left(_POSTED * 2 + post(CHUNKED, b"x\r\n"), 200, 200, 400),
    "two requests, and one of another version": left(_POSTED + GOOD + get(b"GET / HTTP/2.0"), 200, 200, 505),
    "two requests, and one without a Host": left(_POSTED + HIDDEN + get(headers=b""), 200, 404, 400),
    "what is none, between requests": left(GOOD + _BROKEN + GOOD, 200, 400),
    "requests behind one that closes": left(post(b"Connection: close\r\n" + LENGTH) + GOOD * 3, 200),
    "fifty requests": kept((GOOD + _POSTED) * 25, *([200] * 50)),
    "HEAD, and what has a body": kept(get(b"HEAD %s HTTP/1.1" % HEALTH) + _POSTED, 200, 200),
    "an upgrade between bodies": kept(_POSTED + post(_H2C + LENGTH) + _POSTED, 200, 200, 200),
    "a trailer between bodies": kept(post(CHUNKED, chunk(BODY) + b"0\r\nA: b\r\n\r\n") + _POSTED, 200, 200),
}
