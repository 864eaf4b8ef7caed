"""Objects that are put into Huawei's storage in parts."""

from __future__ import annotations

from typing import Any

import pytest
from obs import (
    CompleteMultipartUploadRequest,
    CompletePart,
)

from contract_tests.huawei.storage.storage_sandbox import StorageSandbox, bucket_and_key

pytestmark = pytest.mark.documented("Object Storage API: objects, signature in a header and in a URL, error responses")


@pytest.fixture
def large(tmp_path: Any) -> Any:
    """A file that the SDK puts in three parts."""
    path = tmp_path / "年报.txt"
    path.write_text("你好\n" * 30_000)
    return path


def test_a_large_file_is_put_in_parts_and_translated(storage: StorageSandbox, large: Any) -> None:
    assert storage.obs.createBucket("sources").status == 200
    put = storage.obs.uploadFile("sources", "大/年报.txt", str(large), partSize=100 * 1024, taskNum=3)
    assert put.status == 200, put.errorMessage
    assert (put.body.bucket, put.body.key) == ("sources", "大/年报.txt")
    response = storage.obs.getObject("sources", "大/年报.txt", loadStreamInMemory=True)
    assert response.body.buffer == large.read_bytes()
    assert response.body.etag == put.body.etag
    assert put.body.etag.endswith('-3"')
    job_id = storage.create_job(storage.link("大/年报.txt"))
    target = large.parent / "result.txt"
    assert storage.obs.getObject(*bucket_and_key(storage.end_job(job_id).url), downloadPath=str(target)).status == 200
    assert target.read_text() == "hello\n" * 30_000


def test_parts_may_come_in_any_order_and_anew(storage: StorageSandbox) -> None:
    obs = storage.obs
    upload = obs.initiateMultipartUpload("sources", "a.txt", contentType="text/x").body.uploadId
    etags = {}
    first = "a" * 100 * 1024
    for number, text in ((2, "b"), (1, "x"), (1, first)):
        etags[number] = obs.uploadPart("sources", "a.txt", number, upload, text).body.etag
    assert obs.getObject("sources", "a.txt").errorCode == "NoSuchBucket"  # nothing is there before it is whole
    parts = [CompletePart(number, etag) for number, etag in etags.items()]
    assert obs.completeMultipartUpload("sources", "a.txt", upload, CompleteMultipartUploadRequest(parts)).status == 200
    response = obs.getObject("sources", "a.txt", loadStreamInMemory=True)
    assert (response.body.buffer, response.body.contentType) == (f"{first}b".encode(), "text/x")
    second = obs.completeMultipartUpload("sources", "a.txt", upload, CompleteMultipartUploadRequest(parts))
    assert (second.status, second.errorCode) == (404, "NoSuchUpload")


def test_an_upload_that_is_given_up_leaves_nothing(storage: StorageSandbox) -> None:
    obs = storage.obs
    upload = obs.initiateMultipartUpload("sources", "a.txt").body.uploadId
    etag = obs.uploadPart("sources", "a.txt", 1, upload, "x").body.etag
    assert obs.abortMultipartUpload("sources", "a.txt", upload).status == 204
    assert obs.uploadPart("sources", "a.txt", 1, upload, "x").errorCode == "NoSuchUpload"
    whole = CompleteMultipartUploadRequest([CompletePart(1, etag)])
    assert obs.completeMultipartUpload("sources", "a.txt", upload, whole).errorCode == "NoSuchUpload"
    assert obs.abortMultipartUpload("sources", "a.txt", upload).errorCode == "NoSuchUpload"


X_ETAG = "9dd4e461268c8034f5c8564e155c67a6"
"""The ETag of a part that is `x`."""


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([(2, "0" * 32)], "InvalidPart"),
        ([(1, "0" * 32)], "InvalidPart"),
        ([], "MalformedXML"),
        ([(1, X_ETAG), (3, X_ETAG)], "EntityTooSmall"),
        ([(1, X_ETAG), (1, X_ETAG)], "InvalidPartOrder"),
    ],
    ids=["not put", "another etag", "none", "too small", "twice"],
)
def test_parts_that_are_not_there_are_not_joined(
    storage: StorageSandbox, parts: list[tuple[int, str]], code: str
) -> None:
    upload = storage.obs.initiateMultipartUpload("sources", "a.txt").body.uploadId
    storage.obs.uploadPart("sources", "a.txt", 1, upload, "x")
    storage.obs.uploadPart("sources", "a.txt", 3, upload, "x")
    whole = CompleteMultipartUploadRequest([CompletePart(*part) for part in parts])
    response = storage.obs.completeMultipartUpload("sources", "a.txt", upload, whole)
    assert (response.status, response.errorCode) == (400, code)


def test_another_objects_upload_is_unknown_and_a_part_has_a_number(storage: StorageSandbox) -> None:
    upload = storage.obs.initiateMultipartUpload("sources", "a.txt").body.uploadId
    assert storage.obs.uploadPart("sources", "b.txt", 1, upload, "x").errorCode == "NoSuchUpload"
    for number in (0, 10_001):
        assert storage.obs.uploadPart("sources", "a.txt", number, upload, "x").errorCode == "InvalidArgument"
