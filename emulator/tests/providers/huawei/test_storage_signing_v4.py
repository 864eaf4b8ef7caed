"""AWS signature 4, by the examples that its documents print."""

from __future__ import annotations

import pytest
from fauxlate.engine.exchange.request import Request
from fauxlate.providers.huawei.access import storage_signing_v4 as v4
from multidict import CIMultiDict

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
CREDENTIAL = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"
GET = {
    "Host": "examplebucket.s3.amazonaws.com",
    "Range": "bytes=0-9",
    "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "x-amz-date": "20130524T000000Z",
}
GET_SIGNATURE = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
PUT = {
    "Host": "s3.amazonaws.com",
    "x-amz-date": "20130524T000000Z",
    "x-amz-storage-class": "REDUCED_REDUNDANCY",
    "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "Content-Encoding": "aws-chunked",
    "x-amz-decoded-content-length": "66560",
    "Content-Length": "66824",
}
PUT_SIGNATURE = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
CHUNKS = (
    ("ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648", b"a" * 65536),
    ("0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497", b"a" * 1024),
    ("b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9", b""),
)


def signed(
    method: str, target: str, headers: dict[str, str], signature: str, body: bytes = b"", **more: str
) -> Request:
    names = ";".join(sorted(name.lower() for name in headers))
    claim = f"{v4.ALGORITHM} Credential={CREDENTIAL},SignedHeaders={names},Signature={signature}"
    named = {name.replace("_", "-"): value for name, value in more.items()}
    return Request(method, target, CIMultiDict({**headers, "Authorization": claim, **named}), body)


def is_right(request: Request) -> bool:
    parts = v4.read_parts(request)
    assert parts is not None
    return v4.compute_signature(SECRET, request, parts) == parts.signature


def test_the_printed_signature_of_a_get_is_right_and_of_no_other_request() -> None:
    assert is_right(signed("GET", "/test.txt", GET, GET_SIGNATURE))
    assert not is_right(signed("HEAD", "/test.txt", GET, GET_SIGNATURE))
    assert not is_right(signed("GET", "/test.txt?acl", GET, GET_SIGNATURE))
    assert not is_right(signed("GET", "/test.txt", GET, GET_SIGNATURE, b"body"))
    for name in ("x_amz_acl", "content_type", "content_md5", "date"):
        assert not is_right(signed("GET", "/test.txt", GET, GET_SIGNATURE, b"", **{name: "x"})), name


def test_the_printed_signature_of_a_link_is_right() -> None:
    query = (
        f"X-Amz-Algorithm={v4.ALGORITHM}&X-Amz-Credential={CREDENTIAL.replace('/', '%2F')}&X-Amz-Date=20130524T000000Z"
        "&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )
    request = Request("GET", f"/test.txt?{query}", CIMultiDict({"Host": "examplebucket.s3.amazonaws.com"}))
    parts = v4.read_parts(request)
    assert parts is not None
    assert is_right(request)
    assert parts.expires == str(1369353600 + 86400)


def chunked(chunks: tuple[tuple[str, bytes], ...] = CHUNKS) -> bytes:
    return b"".join(
        f"{len(data):x};chunk-signature={signature}\r\n".encode() + data + b"\r\n" for signature, data in chunks
    )


def join(body: bytes, secret: str | None = SECRET, content: str = PUT["x-amz-content-sha256"]) -> bytes | None:
    headers = {**PUT, "x-amz-content-sha256": content}
    request = signed("PUT", "/examplebucket/chunkObject.txt", headers, PUT_SIGNATURE, body)
    parts = v4.read_parts(request)
    assert parts is not None
    return v4.join_chunks(request, parts, secret)


def test_the_printed_chunks_are_joined() -> None:
    assert is_right(signed("PUT", "/examplebucket/chunkObject.txt", PUT, PUT_SIGNATURE, chunked()))
    assert join(chunked()) == b"a" * 66560


@pytest.mark.parametrize(
    "body",
    [
        chunked().replace(b"aaaa", b"aaab", 1),
        chunked((CHUNKS[1], CHUNKS[0], CHUNKS[2])),
        chunked(CHUNKS[:2]),
        chunked()[:40000],
        b"3\r\nabc\r\n0\r\n\r\n",
        b"",
    ],
)
def test_chunks_that_were_not_signed_are_not_joined(body: bytes) -> None:
    assert join(body) is None


def test_chunks_without_signatures_are_joined_and_their_trailer_is_left_out() -> None:
    body = b"3\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"
    assert join(body, content="STREAMING-UNSIGNED-PAYLOAD-TRAILER") == b"abcde"
