"""SDK-HMAC-SHA256, judged by a vector that was captured from the official SDK and by what one changed byte does."""

from __future__ import annotations

import hashlib

import pytest
from fauxlate.engine.exchange.request import Request
from fauxlate.providers.huawei.access import signing
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

SECRET = "SKexample-secret"
PATH = "/v1/0123456789abcdef0123456789abcdef/machine-translation/file-translation/jobs/567e6536-0000-0000-0000-826321939656"
HEADERS = {
    "Content-Type": "application/json",
    "Host": "127.0.0.1:18461",
    "User-Agent": "huaweicloud-usdk-python/3.0; os/Linux##1_SMP_PREEMPT_DYNAMIC_@0#x86_64 python/3.11.7 impl/CPython; "
    "app/54da4085-11c7-417b-abd7-b910c747ca73",
    "X-Project-Id": "0123456789abcdef0123456789abcdef",
    "X-Sdk-Date": "20261121T021754Z",
}
NAMES = "content-type;host;user-agent;x-project-id;x-sdk-date"
SIGNATURE = "be1cd5d3d4aa5cfa14cc04d649e68cbf75614b794f46aad96cba8bd45c90d25e"


def make_request(
    method: str = "GET", target: str = PATH, headers: dict[str, str] | None = None, body: bytes = b""
) -> Request:
    return Request(method, target, CIMultiDict(headers or HEADERS), body)


def build_single_canonical_request(request: Request, names: str = NAMES) -> str:
    (canonical,) = signing.build_canonical_requests(request, names)
    return canonical


def test_the_captured_request_has_the_captured_hash_and_signature() -> None:
    canonical = build_single_canonical_request(make_request())
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    assert hashed == "ae5b17c906a1128d687db1c5dd1f3c6fbbc0595f2c7ee4e90e350e33252fe83d"
    assert signing.compute_signature(SECRET, HEADERS["X-Sdk-Date"], canonical) == SIGNATURE


def parse_authorization(authorization: str) -> signing.Claim | None:
    return signing.read_claim(Request("GET", "/", CIMultiDict({"Authorization": authorization})))


def test_the_header_of_the_captured_request_is_understood() -> None:
    claim = parse_authorization(f"SDK-HMAC-SHA256 Access=AK, SignedHeaders={NAMES}, Signature={SIGNATURE}")
    assert claim == ("AK", NAMES, SIGNATURE)
    assert claim is not None
    assert signing.matches(make_request(), claim, SECRET)
    assert not signing.matches(make_request(), claim, SECRET + "x")


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "none",
        "Bearer x",
        "SDK-HMAC-SHA256",
        f"SDK-HMAC-SM3 Access=AK, SignedHeaders=host, Signature={SIGNATURE}",
        f"V11-HMAC-SHA256 Credential=AK/20261121/cn-north-4/nlp, SignedHeaders=host, Signature={SIGNATURE}",
        f"SDK-HMAC-SHA256 Access=AK, Signature={SIGNATURE}",
        "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=",
        f"SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature={SIGNATURE} and more",
    ],
)
def test_no_other_header_is_taken_for_one(authorization: str) -> None:
    assert parse_authorization(authorization) is None


def test_a_path_with_escapes_is_right_in_either_sdks_form() -> None:
    wire = "/v1/p/jobs/a%20b%2Fc%25d~%C3%A9"
    paths = [
        canonical.split("\n")[1] for canonical in signing.build_canonical_requests(make_request(target=wire), "host")
    ]
    assert paths == ["/v1/p/jobs/a%20b/c%25d~%C3%A9/", "/v1/p/jobs/a%2520b%252Fc%2525d~%25C3%25A9/"]


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("", ""),
        ("b=2&a=1", "a=1&b=2"),
        ("a=2&a=1", "a=1&a=2"),
        ("name", "name="),
        ("name=cn-north-4", "name=cn-north-4"),
        ("a=x%20y&b=%E5%8E%9F", "a=x%20y&b=%E5%8E%9F"),
        ("a=x+y:z", "a=x%20y%3Az"),
    ],
)
def test_the_query_is_sorted_and_encoded_anew(query: str, canonical: str) -> None:
    assert build_single_canonical_request(make_request(target=f"{PATH}?{query}"), "host").split("\n")[2] == canonical


def test_only_signed_headers_count() -> None:
    headers = {"Host": "h", "X-Sdk-Date": "d", "User-Agent": "rewritten by a proxy"}
    assert build_single_canonical_request(make_request(headers=headers), "host;x-sdk-date").split("\n")[3:7] == [
        "host:h",
        "x-sdk-date:d",
        "",
        "host;x-sdk-date",
    ]


def hash_payload(headers: dict[str, str], body: bytes) -> list[str]:
    post = make_request("POST", headers=headers, body=body)
    return [canonical.rpartition("\n")[2] for canonical in signing.build_canonical_requests(post, "host")]


def test_a_body_of_another_type_may_be_left_unsigned_and_a_hash_that_is_said_is_not_believed() -> None:
    empty, hashed = hashlib.sha256().hexdigest(), hashlib.sha256(b"x").hexdigest()
    unsigned = {"X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"}
    assert hash_payload({}, b"x") == [hashed]
    assert hash_payload({}, b"") == [empty]
    assert hash_payload(unsigned, b"x") == ["UNSIGNED-PAYLOAD"]
    assert hash_payload(unsigned, b"") == ["UNSIGNED-PAYLOAD", empty]
    assert hash_payload({"X-Sdk-Content-Sha256": "0" * 64}, b"x") == [hashed]


def test_the_echo_has_bars_for_newlines_and_no_tokens() -> None:
    headers = {"Host": "h", "X-Security-Token": "secret", "X-Auth-Token": "secret too"}
    echo = signing.echo_canonical_request(
        make_request(target="/v1/p/", headers=headers), "host;x-auth-token;x-security-token"
    )
    empty = hashlib.sha256().hexdigest()
    assert echo == (
        "GET|/v1/p/||host:h|x-auth-token:******|x-security-token:******||host;x-auth-token;x-security-token|" + empty
    )


def test_a_date_is_read_in_its_one_form() -> None:
    assert signing.parse_date("19700101T000100Z") == 60
    for wrong in (
        "",
        "1970-01-01T00:01",
        "19700101T000100",
        "19700101t000100Z",
        "19701301T000100Z",
        "1970W011T000100Z",
    ):
        assert signing.parse_date(wrong) is None


@given(st.integers(0, 63), st.sampled_from("0123456789abcdefABCDEF"))
def test_a_signature_with_another_digit_does_not_match(position: int, digit: str) -> None:
    altered = SIGNATURE[:position] + digit + SIGNATURE[position + 1 :]
    claim = signing.Claim("AK", NAMES, altered)
    assert signing.matches(make_request(), claim, SECRET) == (altered == SIGNATURE)


words = st.text(st.characters(exclude_characters="\0"), max_size=8)


@given(
    st.text(max_size=30),
    st.lists(st.tuples(words, words), max_size=3),
    st.binary(max_size=30),
)
def test_whatever_is_signed_can_be_verified(job: str, pairs: list[tuple[str, str]], body: bytes) -> None:
    from urllib.parse import quote, urlencode

    target = f"/v1/p/jobs/{quote(job, safe='', errors='replace')}?{urlencode(pairs, errors='replace')}"
    signed_request = make_request("POST", target, HEADERS, body)
    for canonical in signing.build_canonical_requests(signed_request, NAMES):
        claim = signing.Claim("AK", NAMES, signing.compute_signature(SECRET, HEADERS["X-Sdk-Date"], canonical))
        assert signing.matches(signed_request, claim, SECRET)
        assert not signing.matches(make_request("POST", target, HEADERS, body + b"x"), claim, SECRET)
