"""Single objects in Huawei's storage: what is known of them, ranges, conditions, and what is refused."""

from __future__ import annotations

import pytest
from obs import (
    GetObjectHeader,
    GetObjectRequest,
    HeadPermission,
    PutObjectHeader,
)

from contract_tests.clients.huawei.raw import RawRequest, send
from contract_tests.harness.exchange import Response
from contract_tests.harness.target import Target
from contract_tests.huawei.storage.storage_sandbox import StorageSandbox, bucket_and_key

pytestmark = pytest.mark.documented("Object Storage API: objects, signature in a header and in a URL, error responses")


def test_what_was_put_comes_back_with_what_is_known_of_it(storage: StorageSandbox) -> None:
    put = storage.obs.putContent("sources", "a/ä ~(1).txt", "x", headers=PutObjectHeader(contentType="text/x"))
    metadata = storage.obs.getObjectMetadata("sources", "a/ä ~(1).txt").body
    assert (metadata.contentLength, metadata.contentType, metadata.etag) == (1, "text/x", put.body.etag)
    assert metadata.etag == '"9dd4e461268c8034f5c8564e155c67a6"'
    assert metadata.lastModified.endswith("GMT")
    response = storage.obs.getObject("sources", "a/ä ~(1).txt", loadStreamInMemory=True)
    assert (response.status, response.body.buffer) == (200, b"x")
    assert len(response.requestId) == 32


@pytest.mark.parametrize(
    ("range_text", "part", "content_range"),
    [
        ("bytes=0-1", b"01", "bytes 0-1/10"),
        ("bytes=8-", b"89", "bytes 8-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=5-99", b"56789", "bytes 5-9/10"),
        ("bytes=-99", b"0123456789", "bytes 0-9/10"),
    ],
)
def test_a_range_is_given_and_named(storage: StorageSandbox, range_text: str, part: bytes, content_range: str) -> None:
    response = download_range(storage, range_text)
    assert (response.status, response.body, response.headers["Content-Range"]) == (206, part, content_range)


def download_range(storage: StorageSandbox, range_text: str) -> Response:
    storage.obs.putContent("sources", "digits", "0123456789")
    return download_by_link(storage, "digits", Range=range_text)


def download_by_link(storage: StorageSandbox, key: str, **headers: str) -> Response:
    link = storage.link(key).removeprefix(storage.credentials["endpoint"])
    header_names = {name.replace("_", "-"): value for name, value in headers.items()}
    return send(storage.credentials["endpoint"], RawRequest("GET", link, header_names))


@pytest.mark.parametrize("range_text", ["bytes=3-1", "bytes=-", "bytes=0-1,3-4", "lines=0-1"])
def test_what_is_no_range_asks_for_all(storage: StorageSandbox, range_text: str) -> None:
    assert (download_range(storage, range_text).status, download_range(storage, range_text).body) == (
        200,
        b"0123456789",
    )


@pytest.mark.parametrize("range_text", ["bytes=10-", "bytes=10-20", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(storage: StorageSandbox, range_text: str) -> None:
    response = download_range(storage, range_text)
    assert response.status == 416
    assert b"<Code>InvalidRange</Code>" in response.body


def test_the_sdk_reads_ranges_and_conditions(storage: StorageSandbox) -> None:
    etag = storage.obs.putContent("sources", "digits", "0123456789").body.etag
    part = storage.obs.getObject("sources", "digits", headers=GetObjectHeader(range="2-4"), loadStreamInMemory=True)
    assert (part.status, part.body.buffer) == (206, b"234")
    unchanged = storage.obs.getObject("sources", "digits", headers=GetObjectHeader(if_none_match=etag))
    assert unchanged.status == 304
    changed = storage.obs.getObject("sources", "digits", headers=GetObjectHeader(if_match="other"))
    assert (changed.status, changed.errorCode) == (412, "PreconditionFailed")


def test_a_link_can_set_headers_of_the_answer(storage: StorageSandbox) -> None:
    storage.obs.putContent("sources", "a.txt", "x")
    request = GetObjectRequest(content_type="text/csv", content_disposition="attachment; filename=b.csv")
    response = storage.obs.getObject("sources", "a.txt", getObjectRequest=request, loadStreamInMemory=True)
    assert response.status == 200
    headers = {str(name).lower(): value for name, value in response.header}
    assert (headers["content-type"], headers["content-disposition"]) == ("text/csv", "attachment; filename=b.csv")


def test_what_is_not_there_is_named(storage: StorageSandbox) -> None:
    assert storage.obs.createBucket("empty").status == 200
    assert storage.obs.headBucket("empty").status == 200
    assert storage.obs.headBucket("missing").status == 404
    for bucket, code in (("empty", "NoSuchKey"), ("missing", "NoSuchBucket")):
        response = storage.obs.getObject(bucket, "a")
        assert (response.status, response.errorCode) == (404, code)
        assert storage.obs.getObjectMetadata(bucket, "a").status == 404
    assert storage.obs.deleteObject("empty", "a").status == 204
    assert storage.obs.deleteObject("missing", "a").errorCode == "NoSuchBucket"


def test_wrong_keys_are_refused(server: Target) -> None:
    storage = StorageSandbox(server.url, strict=True)
    storage.obs.putContent("sources", "a", "x")
    stranger_client = storage.open_client(secret_key="x" * 40)
    for response in (stranger_client.getObject("sources", "a"), stranger_client.putContent("sources", "a", "y")):
        assert (response.status, response.errorCode) == (403, "SignatureDoesNotMatch")
    result = storage.end_job(storage.create_job("https://elsewhere.example/a.txt")).url
    stranger = storage.open_client(access_key="STRANGER")
    response = stranger.getObject(*bucket_and_key(result))
    assert (response.status, response.errorCode) == (403, "InvalidAccessKeyId")


@pytest.mark.assumed("the live service's bucket is its own; what it refuses with is not known")
def test_the_services_own_bucket_is_not_written_to(storage: StorageSandbox) -> None:
    bucket, key = bucket_and_key(storage.end_job(storage.create_job("https://elsewhere.example/a.txt")).url)
    for response in (storage.obs.putContent(bucket, key, "x"), storage.obs.deleteObject(bucket, key)):
        assert (response.status, response.errorCode) == (403, "AccessDenied")


@pytest.mark.assumed("all but single objects is left out of the emulator")
def test_other_operations_on_the_same_path_do_nothing(storage: StorageSandbox) -> None:
    storage.obs.putContent("sources", "a", "x")
    response = storage.obs.setObjectAcl("sources", "a", aclControl=HeadPermission.PRIVATE)
    assert (response.status, response.errorCode) == (501, "ServiceNotImplemented")
    assert storage.obs.copyObject("sources", "a", "sources", "b").errorCode == "ServiceNotImplemented"
    assert storage.obs.listObjects("sources").errorCode == "MethodNotAllowed"
    assert storage.obs.getObject("sources", "a", loadStreamInMemory=True).body.buffer == b"x"
