"""Object storage's signature, by the documented string to sign."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from fauxlate.engine.exchange.request import Request
from fauxlate.providers.huawei.access import storage_signing
from multidict import CIMultiDict

SECRET = "SKexample-secret"


def make_request(method: str, target: str, headers: dict[str, str] | None = None) -> Request:
    return Request(method, target, CIMultiDict(headers or {}))


def compute_expected(text: str) -> str:
    return base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha1).digest()).decode()


def sign(request: Request) -> str:
    claim = storage_signing.read_claim(request)
    assert claim is not None
    return next(storage_signing.compute_signatures(SECRET, request, claim))


def test_a_plain_link_signs_four_lines_and_the_encoded_path() -> None:
    path = "/bkt/out/%E8%AF%91%E6%96%87%201.docx"
    request = make_request("GET", f"{path}?AccessKeyId=AK&Expires=1795262491&Signature=x")
    assert sign(request) == compute_expected(f"GET\n\n\n1795262491\n{path}")


def test_parameters_of_the_answer_are_signed_and_others_are_not() -> None:
    query = "response-content-type=text%2Fplain&other=1&acl&AccessKeyId=AK&Expires=9&Signature=x"
    request = make_request("GET", f"/b/k?{query}")
    assert sign(request) == compute_expected("GET\n\n\n9\n/b/k?acl&response-content-type=text/plain")


def test_a_header_signature_has_the_date_and_the_schemes_own_headers() -> None:
    headers = {
        "Authorization": "OBS AK:x",
        "Content-MD5": "m",
        "Content-Type": "text/plain",
        "Date": "Sat, 21 Nov 2026 11:51:30 GMT",
        "x-obs-meta-b": "v",
        "x-obs-acl": "public-read",
        "x-amz-acl": "private",
    }
    request = make_request("PUT", "/b/k", headers)
    lines = "PUT\nm\ntext/plain\nSat, 21 Nov 2026 11:51:30 GMT\nx-obs-acl:public-read\nx-obs-meta-b:v\n/b/k"
    assert sign(request) == compute_expected(lines)
    older = make_request("PUT", "/b/k", headers | {"Authorization": "AWS AK:x"})
    assert sign(older) == compute_expected("PUT\nm\ntext/plain\nSat, 21 Nov 2026 11:51:30 GMT\nx-amz-acl:private\n/b/k")


def test_the_services_own_date_takes_the_dates_place() -> None:
    headers = {"Authorization": "OBS AK:x", "Date": "y", "x-obs-date": "d"}
    assert sign(make_request("GET", "/b/k", headers)) == compute_expected("GET\n\n\n\nx-obs-date:d\n/b/k")
    assert storage_signing.read_date(make_request("GET", "/b/k", headers), "OBS") == "d"


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/b/k", {}),
        ("/b/k", {"Authorization": "OBS AK"}),
        ("/b/k", {"Authorization": "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=0a"}),
        ("/b/k?AccessKeyId=AK&Signature=x", {}),
        ("/b/k?Expires=9&Signature=x", {}),
    ],
)
def test_what_is_no_storage_signature_is_not_taken_for_one(target: str, headers: dict[str, str]) -> None:
    assert storage_signing.read_claim(make_request("GET", target, headers)) is None
