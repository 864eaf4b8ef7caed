"""Where a body ends by its head: `Content-Length`, `Transfer-Encoding`, `Expect`, `Content-Encoding`."""

from __future__ import annotations

import gzip

from fauxlate.web.front import limits
from tests.web.front.framings.framing import (
    BODY,
    CHUNKED,
    GOOD,
    HIDDEN,
    LAST,
    LENGTH,
    POST,
    broken_off,
    chunk,
    get,
    kept,
    left,
    post,
)

_SIZE = len(BODY)
_IN_CHUNKS = chunk(BODY) + LAST
_OLD = POST.replace(b"1.1", b"1.0")
_ADMIN = b"POST /__fauxlate/sandboxes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
_EXPECT = b"Expect: 100-continue\r\n"
_TOO_MUCH = b"Content-Length: %d\r\n" % (limits.DEFAULT.body + 1)


def _length(value: bytes, body: bytes = BODY) -> bytes:
    return post(b"Content-Length:%s\r\n" % value, body)


def _coding(line: bytes, body: bytes = _IN_CHUNKS) -> bytes:
    return post(line + b"\r\n", body)


LENGTHS = {
    "a body as long as it says": kept(post(LENGTH), 200),
    "no length and no body": kept(post(b"", b""), 400),
    "no length, and bytes behind the head": left(post(b""), 400, 400),
    "no length, and a request behind the head": kept(post(b"", HIDDEN), 400, 404),
    "a length of zero": kept(_length(b" 0", b""), 400),
    "a length of zero, and a request behind the head": kept(_length(b" 0", HIDDEN), 400, 404),
    "a request for a body": kept(_length(b" %d" % len(HIDDEN), HIDDEN), 400),
    "a body of GET": kept(get(headers=b"Host: localhost\r\nContent-Length: %d\r\n" % len(HIDDEN)) + HIDDEN, 200),
    "a body of HEAD": kept(get(b"HEAD /__fauxlate/health HTTP/1.1", b"Host: localhost\r\n" + LENGTH) + BODY, 200),
    "a body of DELETE": kept(get(b"DELETE /__fauxlate/nothing HTTP/1.1", b"Host: localhost\r\n" + LENGTH) + BODY, 404),
    "the same length twice": left(post(LENGTH * 2), 400),
    "another length as well": left(post(LENGTH + b"Content-Length: 0\r\n"), 400),
    "another length in other letters": left(post(b"content-length: 0\r\n" + LENGTH), 400),
    "a list of the same lengths": left(_length(b" %d, %d" % (_SIZE, _SIZE)), 400),
    "a list of other lengths": left(_length(b" 0,%d" % _SIZE), 400),
    "a list that ends with a comma": left(_length(b" %d," % _SIZE), 400),
    "a length with a plus": left(_length(b" +%d" % _SIZE), 400),
    "a length with a minus": left(_length(b" -%d" % _SIZE), 400),
    "a length of minus zero": left(_length(b" -0"), 400),
    "no blank before a length": kept(_length(b"%d" % _SIZE), 200),
    "blanks around a length": kept(_length(b" \t %d\t " % _SIZE), 200),
    "a blank in a length": left(_length(b" 3 0"), 400),
    "a vertical tab before a length": left(_length(b" \x0b%d" % _SIZE), 400),
    "a length on the next line": left(_length(b"\r\n %d" % _SIZE), 400),
    "an empty length": left(_length(b""), 400),
    "blanks for a length": left(_length(b"  "), 400),
    "a length with 0x": left(_length(b" 0x1e"), 400),
    "a length of hexadecimal digits": left(_length(b" 1e"), 400),
    "a length with a point": left(_length(b" 30.0"), 400),
    "a length with an underscore": left(_length(b" 3_0"), 400),
    "a length in quotes": left(_length(b' "30"'), 400),
    "a length with leading zeros": kept(_length(b" 000%d" % _SIZE), 200),
    "a length of Arabic digits": left(_length(b" " + "\u0663\u0660".encode()), 400),
    "a length of full-width digits": left(_length(b" " + "\uff13\uff10".encode()), 400),
    "a length with a superscript digit": left(_length(b" 3\xb2"), 400),
    "a length of five thousand digits": left(_length(b" " + b"9" * 5000), 400),
    "a length of 2^64 and its own": left(_length(b" %d" % (2**64 + _SIZE)), 400),
    "a length of 2^32 and its own": left(_length(b" %d" % (2**32 + _SIZE)), 400),
    "a length of 2^63": left(_length(b" %d" % 2**63), 400),
    "a body over the limit, announced and not sent": left(post(_TOO_MUCH, b""), 400),
    "a body over the limit, announced and not sent to the admin API": left(post(_TOO_MUCH, b"", _ADMIN), 413),
    "a length too short, and then more": left(_length(b" %d" % (_SIZE - 1)), 400, 400),
    "a length that takes some of the next request": left(_length(b" %d" % (_SIZE + 5)), 400, 400),
    "a length that takes the next request": kept(_length(b" %d" % (_SIZE + len(GOOD)), BODY + GOOD), 400),
    "a body that is broken off": broken_off(_length(b" %d" % (_SIZE + 1))),
    "a head that is broken off": broken_off(post(LENGTH)[:40]),
    "a request, and a head that is broken off": broken_off(post(LENGTH) + GOOD[:-2], 200),
}

CODINGS = {
    "chunks": kept(_coding(b"Transfer-Encoding: chunked"), 200),
    "Chunked": kept(_coding(b"Transfer-Encoding: Chunked"), 200),
    "CHUNKED in a header of capitals": kept(_coding(b"TRANSFER-ENCODING: CHUNKED"), 200),
    "chunks of GET": kept(get(headers=b"Host: localhost\r\n" + CHUNKED) + _IN_CHUNKS, 200),
    "a tab before chunked": kept(_coding(b"Transfer-Encoding:\tchunked"), 200),
    "blanks around chunked": kept(_coding(b"Transfer-Encoding: \t chunked  "), 200),
    "no blank before chunked": kept(_coding(b"Transfer-Encoding:chunked"), 200),
    "an empty element before chunked": kept(_coding(b"Transfer-Encoding: , chunked"), 200),
    "chunked twice": left(_coding(b"Transfer-Encoding: chunked, chunked"), 400),
    "chunked on two lines": left(post(CHUNKED * 2, _IN_CHUNKS), 400),
    "gzip alone": left(_coding(b"Transfer-Encoding: gzip"), 400),
    "gzip in chunks": left(_coding(b"Transfer-Encoding: gzip, chunked"), 501),
    "gzip in chunks on two lines": left(_coding(b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked"), 501),
    "chunks in gzip": left(_coding(b"Transfer-Encoding: chunked, gzip"), 400),
    "chunks in gzip on two lines": left(_coding(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip"), 400),
    "identity": left(_coding(b"Transfer-Encoding: identity", b""), 400),
    "identity in chunks": left(_coding(b"Transfer-Encoding: identity, chunked"), 501),
    "no coding": left(_coding(b"Transfer-Encoding:"), 400),
    "a coding that begins like chunked": left(_coding(b"Transfer-Encoding: chunkedx"), 400),
    "a coding that ends like chunked": left(_coding(b"Transfer-Encoding: xchunked"), 400),
    "chunked in quotes": left(_coding(b'Transfer-Encoding: "chunked"'), 400),
    "chunked with a parameter": left(_coding(b"Transfer-Encoding: chunked;q=1"), 400),
    "chunked, and NUL": left(_coding(b"Transfer-Encoding: chunked\0"), 400),
    "a vertical tab before chunked": left(_coding(b"Transfer-Encoding: \x0bchunked"), 400),
    "a form feed behind chunked": left(_coding(b"Transfer-Encoding: chunked\x0c"), 400),
    "a no-break space before chunked": left(_coding(b"Transfer-Encoding: \xa0chunked"), 400),
    "chunked on the next line": left(_coding(b"Transfer-Encoding:\r\n chunked"), 400),
    "a blank before the colon of chunked": left(_coding(b"Transfer-Encoding : chunked"), 400),
    "an underscore in the name": left(_coding(b"Transfer_Encoding: chunked"), 400, 400),
    "a length, and chunks": left(post(LENGTH + CHUNKED, _IN_CHUNKS), 400),
    "chunks, and a length": left(post(CHUNKED + LENGTH, _IN_CHUNKS), 400),
    "chunks, and a length of zero": left(post(CHUNKED + b"Content-Length: 0\r\n", _IN_CHUNKS), 400),
    "a length, and a coding that is none": left(post(LENGTH + b"Transfer-Encoding: x\r\n"), 400),
    "chunks in HTTP/1.0": left(post(CHUNKED, _IN_CHUNKS, _OLD), 400),
    "chunks in HTTP/1.0 that is to be kept": left(post(b"Connection: keep-alive\r\n" + CHUNKED, _IN_CHUNKS, _OLD), 400),
    "a gzip of a body is taken as it is": kept(
        post(b"Content-Encoding: gzip\r\nContent-Length: %d\r\n" % len(gzip.compress(BODY)), gzip.compress(BODY)), 400
    ),
    "what is called a gzip and is none is taken as it is": kept(post(b"Content-Encoding: gzip\r\n" + LENGTH), 200),
    "TE asks for trailers": kept(
        get(headers=b"Host: localhost\r\nTE: trailers, chunked;q=0\r\nConnection: TE\r\n"), 200
    ),
}

STRICT = {
    "a tab behind chunked": left(_coding(b"Transfer-Encoding: chunked\t"), 400),
    "an empty element behind chunked": left(_coding(b"Transfer-Encoding: chunked,"), 400),
    "a blank behind the size of a chunk": left(post(CHUNKED, _IN_CHUNKS.replace(b"\r", b" \r", 1)), 400),
    "blanks around an extension": left(post(CHUNKED, _IN_CHUNKS.replace(b"\r", b" ; a = b\r", 1)), 400),
}
"""What HTTP would have read (RFC 9110, 5.6; RFC 9112, 7.1.1), but the parser will not: it is refused, not misread."""

EXPECTATIONS = {
    "a body that is there is expected": kept(post(_EXPECT + LENGTH), 100, 200),
    "a body that waits to be asked for": kept(post(_EXPECT + LENGTH, b""), 100, 200, then=BODY),
    "chunks that wait to be asked for": kept(post(_EXPECT + CHUNKED, b""), 100, 200, then=_IN_CHUNKS),
    "chunks that are there are expected": kept(post(_EXPECT + CHUNKED, _IN_CHUNKS), 100, 200),
    "an expectation in capitals": kept(post(_EXPECT.replace(b"continue", b"CONTINUE") + LENGTH), 100, 200),
    "an expectation without a body": kept(post(_EXPECT, b""), 400),
    "an expectation of a body of zero": kept(post(_EXPECT + b"Content-Length: 0\r\n", b""), 400),
    "an expectation of GET": kept(get(headers=b"Host: localhost\r\n" + _EXPECT), 200),
    "an expectation that nobody knows": left(post(b"Expect: 200-ok\r\n" + LENGTH), 417),
    "one expectation that is known and one that is not": left(post(b"Expect: 100-continue, more\r\n" + LENGTH), 417),
    "an expectation of HEAD that nobody knows": left(
        get(b"HEAD / HTTP/1.1", b"Host: localhost\r\nExpect: tea\r\n"), 417
    ),
    "an empty expectation": kept(post(b"Expect:\r\n" + LENGTH), 200),
    "an expectation of a body over the limit": left(post(_EXPECT + _TOO_MUCH, b"", _ADMIN), 413),
    "an expectation in HTTP/1.0": left(post(_EXPECT + LENGTH, line=_OLD), 200),
    "an expectation that nobody knows in HTTP/1.0": left(post(b"Expect: 200-ok\r\n" + LENGTH, line=_OLD), 200),
    "an expectation behind a request": kept(post(LENGTH) + post(_EXPECT + LENGTH), 200, 100, 200),
}
