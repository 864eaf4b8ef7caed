"""Request lines, versions, and what is no HTTP at all."""

from __future__ import annotations

import ssl

from fauxlate.web.front import limits
from tests.web.front.framings.framing import BODY, GOOD, HEALTH, HIDDEN, LENGTH, POST, Framing, get, kept, left, post

_MAX_TARGET = limits.DEFAULT.target


def _client_hello() -> bytes:
    """Return what a client says first that speaks TLS."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()
    raise AssertionError


def _asks(target: bytes, *statuses: int, method: bytes = b"GET") -> Framing:
    return kept(get(b"%s %s HTTP/1.1" % (method, target)), *statuses)


def _fails(line: bytes, status: int = 400) -> Framing:
    return left(get(line), status)


TARGETS = {
    "a path": _asks(HEALTH, 200),
    "a path with a query": _asks(HEALTH + b"?a=b&c", 200),
    "a whole URL": _asks(b"http://localhost" + HEALTH, 200),
    "a whole URL with a port": _asks(b"http://localhost:8585" + HEALTH, 200),
    "a whole URL of HTTPS": _asks(b"https://localhost" + HEALTH, 200),
    "a whole URL in capitals": _asks(b"HTTP://LOCALHOST" + HEALTH, 200),
    "a whole URL of an IPv6 address": _asks(b"http://[::1]:8585" + HEALTH, 200),
    "a whole URL without a path": _asks(b"http://localhost", 404),
    "a whole URL of a query without a path": _asks(b"http://localhost?/__fauxlate/health", 404),
    "a whole URL without a host": _fails(b"GET http:///__fauxlate/health HTTP/1.1"),
    "a whole URL with a password": _fails(b"GET http://user:password@localhost/ HTTP/1.1"),
    "a whole URL of another scheme": _fails(b"GET ftp://localhost/ HTTP/1.1"),
    "a URL without slashes": _fails(b"GET http:localhost HTTP/1.1"),
    "CONNECT to a host and a port": _asks(b"localhost:443", 404, method=b"CONNECT"),
    "CONNECT with a body": kept(
        post(LENGTH, HIDDEN[:30], b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n"), 404
    ),
    "CONNECT to a host without a port": _fails(b"CONNECT localhost HTTP/1.1"),
    "CONNECT to an empty port": _fails(b"CONNECT localhost: HTTP/1.1"),
    "CONNECT to a path": _fails(b"CONNECT /__fauxlate/health HTTP/1.1"),
    "a host and a port for a path": _fails(b"GET localhost:443 HTTP/1.1"),
    "OPTIONS of the whole server": _asks(b"*", 404, method=b"OPTIONS"),
    "OPTIONS of a path": _asks(HEALTH, 405, method=b"OPTIONS"),
    "GET of the whole server": _fails(b"GET * HTTP/1.1"),
    "no path": _fails(b"GET HTTP/1.1"),
    "no path between two spaces": _fails(b"GET  HTTP/1.1"),
    "a path without a slash": _fails(b"GET index HTTP/1.1"),
    "two slashes": _asks(b"//", 404),
    "two slashes before a path": _asks(b"/" + HEALTH, 404),
    "dots in a path": _asks(b"/x/.." + HEALTH, 404),
    "a fragment": _fails(b"GET /__fauxlate/health#part HTTP/1.1"),
    "a fragment behind a query": _fails(b"GET /__fauxlate/health?a#part HTTP/1.1"),
    "a space in a path": _fails(b"GET /a b HTTP/1.1"),
    "NUL in a path": _fails(b"GET /a\0b HTTP/1.1"),
    "a control character in a path": _fails(b"GET /a\x01b HTTP/1.1"),
    "DEL in a path": _fails(b"GET /a\x7fb HTTP/1.1"),
    "a letter in a path that is not ASCII": _fails("GET /ä HTTP/1.1".encode()),
    "a bare CR in a path": _fails(b"GET /a\rb HTTP/1.1"),
    "a bare LF in a path": _fails(b"GET /a\nb HTTP/1.1"),
    "a long target": _asks(HEALTH + b"?" + b"a" * 100_000, 200),
    "a target over the limit": _fails(b"GET /%s HTTP/1.1" % (b"a" * _MAX_TARGET), 414),
}

LINES = {
    "two spaces before a path": kept(get(b"GET  %s HTTP/1.1" % HEALTH), 200),
    "two spaces behind a path": kept(get(b"GET %s  HTTP/1.1" % HEALTH), 200),
    "a tab before a path": _fails(b"GET\t%s HTTP/1.1" % HEALTH),
    "a tab behind a path": _fails(b"GET %s\tHTTP/1.1" % HEALTH),
    "a space behind the version": _fails(b"GET %s HTTP/1.1 " % HEALTH),
    "a space before the method": _fails(b" GET %s HTTP/1.1" % HEALTH),
    "a method in small letters": _fails(b"get %s HTTP/1.1" % HEALTH),
    "a method that nobody knows": _fails(b"BREW %s HTTP/1.1" % HEALTH),
    "a method that begins like another": _fails(b"GETS %s HTTP/1.1" % HEALTH),
    "a method with NUL": _fails(b"GE\0T %s HTTP/1.1" % HEALTH),
    "a method of ten thousand letters": _fails(b"A" * 10_000 + b" / HTTP/1.1"),
    "a method that is known and not offered": _asks(HEALTH, 405, method=b"PROPFIND"),
    "a method of RTSP": _fails(b"DESCRIBE %s RTSP/1.0" % HEALTH),
    "GET of RTSP": _fails(b"GET %s RTSP/1.0" % HEALTH),
    "GET of ICE": _fails(b"GET %s ICE/1.0" % HEALTH),
    "an empty line before": kept(b"\r\n" + GOOD, 200),
    "four empty lines before": kept(b"\r\n" * 4 + GOOD, 200),
    "an empty line behind a body": kept(post(LENGTH) + b"\r\n", 200),
    "an empty line of a bare LF before": kept(b"\n" + GOOD, 200),
    "a bare CR before": left(b"\r" + GOOD, 400),
    "lines that end with a bare LF": left(GOOD.replace(b"\r\n", b"\n"), 400),
    "a request line that ends with a bare LF": left(GOOD.replace(b"\r\n", b"\n", 1), 400),
    "a request line that ends with a bare CR": left(GOOD.replace(b"\r\n", b"\r", 1), 400),
    "a request line that ends with CR CR LF": left(GOOD.replace(b"\r\n", b"\r\r\n", 1), 400),
}

_OLD = b"GET %s HTTP/1.0" % HEALTH
_OLD_KEPT = get(_OLD, b"Connection: keep-alive\r\n")
VERSIONS = {
    "HTTP/1.0": left(get(_OLD), 200),
    "HTTP/1.0 without any header": left(get(_OLD, b""), 200),
    "HTTP/1.0 that is to be kept": kept(_OLD_KEPT, 200),
    "HTTP/1.0 that is to be kept, in capitals": kept(get(_OLD, b"Connection: Keep-Alive\r\n"), 200),
    "HTTP/1.0 that is to be kept, in a list": kept(get(_OLD, b"Connection: a , keep-alive\r\n"), 200),
    "HTTP/1.0 with a body": left(post(LENGTH, line=POST.replace(b"1.1", b"1.0")), 200),
    "HTTP/1.0 behind HTTP/1.1": left(GOOD + get(_OLD), 200, 200),
    "HTTP/1.1 behind HTTP/1.0 that is to be kept": kept(_OLD_KEPT + GOOD, 200, 200),
    "HTTP/1.1 that is to be closed": left(get(headers=b"Host: localhost\r\nConnection: close\r\n"), 200),
    "HTTP/1.1 that is to be closed, in capitals": left(get(headers=b"Host: localhost\r\nConnection: CLOSE\r\n"), 200),
    "HTTP/1.1 that is to be closed, in a list": left(
        get(headers=b"Host: localhost\r\nConnection: keep-alive, close\r\n"), 200
    ),
    "HTTP/1.1 that is to be closed, and kept": left(
        get(headers=b"Host: localhost\r\nConnection: close\r\nConnection: keep-alive\r\n"), 200
    ),
    "HTTP/1.1 that is to be closed, with a body": left(post(b"Connection: close\r\n" + LENGTH), 200),
    "HTTP/1.1 that is not to be closed by such a word": kept(
        get(headers=b"Host: localhost\r\nConnection: closed\r\n"), 200
    ),
    "HTTP/1.2": kept(get(b"GET %s HTTP/1.2" % HEALTH), 200),
    "HTTP/1.9 with a body": kept(post(LENGTH, line=POST.replace(b"1.1", b"1.9")), 200),
    "HTTP/0.9 with its version": _fails(b"GET %s HTTP/0.9" % HEALTH, 505),
    "HTTP/0.9": left(b"GET %s\r\n" % HEALTH, 400),
    "HTTP/2.0": _fails(b"GET %s HTTP/2.0" % HEALTH, 505),
    "HTTP/3.0": _fails(b"GET %s HTTP/3.0" % HEALTH, 505),
    "HTTP/2.0 of HEAD": _fails(b"HEAD %s HTTP/2.0" % HEALTH, 505),
    "HTTP/2": _fails(b"GET %s HTTP/2" % HEALTH),
    "HTTP/1.1x": _fails(b"GET %s HTTP/1.1x" % HEALTH),
    "HTTP/11": _fails(b"GET %s HTTP/11" % HEALTH),
    "HTTP/1.10": _fails(b"GET %s HTTP/1.10" % HEALTH),
    "HTTP/01.1": _fails(b"GET %s HTTP/01.1" % HEALTH),
    "HTTP/1,1": _fails(b"GET %s HTTP/1,1" % HEALTH),
    "HTTP/ 1.1": _fails(b"GET %s HTTP/ 1.1" % HEALTH),
    "HTTP/-1.1": _fails(b"GET %s HTTP/-1.1" % HEALTH),
    "http/1.1": _fails(b"GET %s http/1.1" % HEALTH),
    "HTTQ/1.1": _fails(b"GET %s HTTQ/1.1" % HEALTH),
    "the preface of HTTP/2": left(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "a client that speaks TLS": left(_client_hello(), 400),
    "a client that speaks SSH": left(b"SSH-2.0-OpenSSH_9.9\r\n", 400),
    "JSON without a head": left(BODY, 400),
    "an answer for a request": left(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 400),
    "noughts": left(bytes(100), 400),
}
