"""Both signatures give what Alibaba Cloud's pages print, and claims are read from wherever clients put them."""

from __future__ import annotations

import pytest
from fauxlate.engine.exchange.request import Request
from fauxlate.providers.alibaba.access import signing

# help.aliyun.com "V3 version request body & signature mechanism", the example with fixed parameters.
V3_HEADERS = {
    "host": "ecs.cn-shanghai.aliyuncs.com",
    "x-acs-action": "RunInstances",
    "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "x-acs-date": "2023-10-26T10:22:32Z",
    "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    "x-acs-version": "2014-05-26",
}
V3_QUERY = {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
# help.aliyun.com "RPC mechanism", the example of DescribeRegions.
RPC_QUERY = {
    "Timestamp": "2016-02-23T12:46:24Z",
    "Format": "XML",
    "AccessKeyId": "testid",
    "Action": "DescribeRegions",
    "SignatureMethod": "HMAC-SHA1",
    "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
    "Version": "2014-05-26",
    "SignatureVersion": "1.0",
}


def test_acs3_gives_the_signature_of_the_page() -> None:
    canonical = signing.build_acs3_canonical_request(
        "POST", "/", V3_QUERY, V3_HEADERS, tuple(V3_HEADERS), signing.compute_sha256(b"")
    )
    text = signing.build_acs3_string_to_sign(canonical)
    assert text == "ACS3-HMAC-SHA256\n7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259"
    assert (
        signing.compute_acs3_signature("YourAccessKeySecret", text)
        == "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_rpc_gives_the_signature_of_the_page() -> None:
    text = signing.build_rpc_string_to_sign("GET", signing.build_canonical_query(RPC_QUERY))
    assert text == (
        "GET&%2F&AccessKeyId%3Dtestid%26Action%3DDescribeRegions%26Format%3DXML%26SignatureMethod%3DHMAC-SHA1"
        "%26SignatureNonce%3D3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf%26SignatureVersion%3D1.0"
        "%26Timestamp%3D2016-02-23T12%253A46%253A24Z%26Version%3D2014-05-26"
    )
    assert signing.compute_rpc_signature("testsecret", text) == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="


def test_parameters_are_encoded_as_rfc_3986_has_it_and_empty_ones_stay() -> None:
    canonical = signing.build_canonical_query({"b": "a b*~!'()+译", "a": "", "Signature": "out"})
    assert canonical == "a=&b=a%20b%2A~%21%27%28%29%2B%E8%AF%91"
    assert signing.build_rpc_string_to_sign("POST", canonical).endswith(
        "a%3D%26b%3Da%2520b%252A~%2521%2527%2528%2529%252B%25E8%25AF%2591"
    )


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-01-01T00:00:00Z", 1767225600.0),
        ("2026-01-01T00:00:00.250Z", 1767225600.25),
        ("2026-02-31T00:00:00Z", None),
        ("2026-01-01T00:00:00", None),
        ("2026-01-01 00:00:00Z", None),
        ("2026-01-01T00:00:00+08:00", None),
        ("Thu, 01 Jan 2026 00:00:00 GMT", None),
    ],
)
def test_a_timestamp_is_utc_with_or_without_milliseconds(text: str, seconds: float | None) -> None:
    assert signing.parse_timestamp(text) == seconds


def test_a_claim_is_read_from_the_authorization_header() -> None:
    value = "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=Host;x-acs-date, Signature=0a"
    claim = signing.read_claim(
        Request("POST", "/", {"authorization": value, "x-acs-date": "t", "x-acs-signature-nonce": "n"})
    )
    assert (claim.family, claim.algorithm, claim.access_key_id, claim.signature) == (
        "acs3",
        "ACS3-HMAC-SHA256",
        "id",
        "0a",
    )
    assert (claim.timestamp, claim.nonce, claim.signed_headers) == ("t", "n", ("host", "x-acs-date"))


@pytest.mark.parametrize("placed", ["query", "form"])
def test_a_claim_is_read_from_query_or_form(placed: str) -> None:
    query = (
        "AccessKeyId=id&Signature=a%2Bb%3D&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&Timestamp=t&SignatureNonce=n"
    )
    form = {"content-type": "application/x-www-form-urlencoded"}
    request = Request("POST", f"/?{query}", {}) if placed == "query" else Request("POST", "/", form, query.encode())
    claim = signing.read_claim(request)
    assert (claim.family, claim.algorithm, claim.version) == ("rpc", "HMAC-SHA1", "1.0")
    assert (claim.access_key_id, claim.signature, claim.timestamp, claim.nonce) == ("id", "a+b=", "t", "n")
