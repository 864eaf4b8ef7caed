"""Bodies in chunks: sizes, extensions, ends of lines, trailers."""

from __future__ import annotations

from tests.web.front.framings.framing import (
    BODY,
    CHUNKED,
    HIDDEN,
    LAST,
    broken_off,
    chunk,
    chunks,
    kept,
    left,
    post,
)

_SIZE = b"%x" % len(BODY)
_SPACED = b'{"appKey":"a",\r\n\r\n\r\n0\r\n\r\n"appSecret":"b"}\r\n\r\n'.replace(b"0", b" ")


def _size(size: bytes) -> bytes:
    return chunks(chunk(BODY, size))


def _extended(extension: bytes) -> bytes:
    return chunks(chunk(BODY, more=extension))


def _with_trailers(trailers: bytes) -> bytes:
    return chunks(chunk(BODY), end=b"0\r\n%s\r\n" % trailers)


FORMS = {
    "a chunk for each byte": kept(chunks(*(chunk(bytes([byte])) for byte in BODY)), 200),
    "no chunk but the last": kept(chunks(), 400),
    "no chunk but the last, and a request behind it": kept(chunks() + HIDDEN, 400, 404),
    "a request for a chunk": kept(chunks(chunk(HIDDEN)), 400),
    "blank lines in a chunk": kept(chunks(chunk(_SPACED)), 200),
    "blank lines over two chunks": kept(chunks(chunk(BODY + b"\r\n\r"), chunk(b"\n\r\n\r\n")), 200),
    "an end for a chunk": kept(chunks(chunk(LAST)), 400),
    "a size of capitals": kept(_size(_SIZE.upper()), 200),
    "a size of small letters": kept(_size(_SIZE.lower()), 200),
    "a size with leading zeros": kept(_size(b"000" + _SIZE), 200),
    "a size with forty leading zeros": kept(_size(b"0" * 40 + _SIZE), 200),
    "a last size of many zeros": kept(chunks(chunk(BODY), end=b"00000\r\n\r\n"), 200),
    "a size with 0x": left(_size(b"0x" + _SIZE), 400),
    "a size with a plus": left(_size(b"+" + _SIZE), 400),
    "a size with a minus": left(_size(b"-" + _SIZE), 400),
    "a last size of minus zero": left(chunks(chunk(BODY), end=b"-0\r\n\r\n"), 400),
    "a blank before a size": left(_size(b" " + _SIZE), 400),
    "an underscore in a size": left(_size(b"0_" + _SIZE), 400),
    "a size that is none": left(_size(b"size"), 400),
    "no size": left(post(CHUNKED, b"\r\n" + BODY + b"\r\n" + LAST), 400),
    "a size of 2^64 and its own": left(_size(b"100000000000000" + _SIZE.rjust(2, b"0")), 400),
    "a size of a hundred digits": left(_size(b"F" * 100), 400),
    "a huge size whose chunk is broken off": broken_off(chunks(chunk(BODY, b"F" * 12))),
    "a size too small": left(chunks(chunk(BODY, b"%x" % (len(BODY) - 1))), 400),
    "a size too large": left(chunks(chunk(BODY, b"%x" % (len(BODY) + 1))), 400),
    "no line end behind a chunk": left(chunks(_SIZE + b"\r\n" + BODY), 400),
    "a bare LF behind a size": left(chunks(_SIZE + b"\n" + BODY + b"\r\n"), 400),
    "a bare LF behind a chunk": left(chunks(_SIZE + b"\r\n" + BODY + b"\n"), 400),
    "a bare CR behind a size": left(chunks(_SIZE + b"\r" + BODY + b"\r\n"), 400),
    "a bare LF behind the last size": left(chunks(chunk(BODY), end=b"0\n\r\n"), 400),
    "a bare LF for the end": left(chunks(chunk(BODY), end=b"0\r\n\n"), 400),
    "chunks without an end": broken_off(chunks(chunk(BODY), end=b"")),
    "chunks without a blank line behind the end": left(chunks(chunk(BODY), end=b"0\r\n"), 400),
}

EXTENSIONS = {
    "an extension": kept(_extended(b";name=value"), 200),
    "an extension without a value": kept(_extended(b";name"), 200),
    "two extensions": kept(_extended(b";one=1;two"), 200),
    "an extension in quotes": kept(_extended(b';name="a value"'), 200),
    "an extension with a semicolon in quotes": kept(_extended(b';name="a;b=c"'), 200),
    "an extension with quotes in quotes": kept(_extended(b';name="a\\"b\\\\"'), 200),
    "an extension of the last chunk": kept(chunks(chunk(BODY), end=b"0;name=value\r\n\r\n"), 200),
    "an extension of a thousand bytes": kept(_extended(b";name=" + b"v" * 1000), 200),
    "an extension whose quotes do not close": left(_extended(b';name="value'), 400),
    "an extension without a name": left(_extended(b";"), 400),
    "an extension with a control character": left(_extended(b";name=\x01"), 400),
    "an extension with NUL": left(_extended(b";na\0me"), 400),
    "an extension that ends with a bare LF": left(chunks(_SIZE + b";name\n" + BODY + b"\r\n"), 400),
    "an extension that a bare CR is in": left(_extended(b";na\rme"), 400),
}

TRAILERS = {
    "a trailer": kept(_with_trailers(b"X-Sum: 1\r\n"), 200),
    "a trailer that was announced": kept(
        post(b"Trailer: X-Sum\r\n" + CHUNKED, chunk(BODY) + b"0\r\nX-Sum: 1\r\n\r\n"), 200
    ),
    "a hundred trailers": kept(_with_trailers(b"X: 1\r\n" * 100), 200),
    "a hundred and one trailers": left(_with_trailers(b"X: 1\r\n" * 101), 400),
    "a trailer without a value": kept(_with_trailers(b"X-Sum:\r\n"), 200),
    "a trailer Host": kept(_with_trailers(b"Host: elsewhere\r\n"), 200),
    "a trailer Content-Type": kept(_with_trailers(b"Content-Type: text/plain\r\n"), 200),
    "a trailer Connection: close": kept(_with_trailers(b"Connection: close\r\n"), 200),
    "a trailer Upgrade": kept(_with_trailers(b"Connection: Upgrade\r\nUpgrade: h2c\r\n"), 200),
    "a trailer Expect": kept(_with_trailers(b"Expect: 100-continue\r\n"), 200),
    "a trailer Content-Length": left(_with_trailers(b"Content-Length: 5\r\n"), 400),
    "a trailer Transfer-Encoding": left(_with_trailers(b"Transfer-Encoding: chunked\r\n"), 400),
    "a trailer that is no header": left(_with_trailers(b"no header\r\n"), 400),
    "a trailer that goes on on the next line": left(_with_trailers(b"X-Sum: 1\r\n 2\r\n"), 400),
    "a trailer with NUL": left(_with_trailers(b"X-Sum: \0\r\n"), 400),
    "a trailer that ends with a bare LF": left(_with_trailers(b"X-Sum: 1\n"), 400),
}
