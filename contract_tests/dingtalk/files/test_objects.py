"""How a file is put where DingTalk says: under signed headers, for a time, or by an OSS client."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from urllib.parse import urlsplit

import pytest

from contract_tests.clients.dingtalk.plain import DingTalkClient
from contract_tests.dingtalk.files.uploads import (
    FILE,
    is_accepted,
    put_file,
    request_drive_info,
    request_upload_info,
)
from contract_tests.harness.target import Target

pytestmark = pytest.mark.documented("the page of the upload, named in the catalog as the source of its operation")


@pytest.mark.assumed("no page says which of its ids medias takes: the media id of drive 1.0 is the only one so called")
def test_a_file_is_known_by_its_media_id_once_it_has_been_put(client: DingTalkClient, token: str) -> None:
    _, body = request_drive_info(client, token)
    signature_info = body["headerSignatureUploadInfo"]
    assert signature_info["mediaId"] == body["stsUploadInfo"]["mediaId"]
    assert signature_info["mediaId"].startswith("yundisk0/")
    assert signature_info["mediaId"].endswith(".file")
    assert not is_accepted(client, token, signature_info["mediaId"])
    assert put_file(client, signature_info["resourceUrl"], signature_info["headers"]) == (200, None)
    assert is_accepted(client, token, signature_info["mediaId"])
    assert not is_accepted(client, token, signature_info["mediaId"], "other.csv")


def test_a_put_carries_the_signed_headers_and_no_others(client: DingTalkClient, token: str) -> None:
    signature_info = request_upload_info(client, token)["headerSignatureInfo"]
    url, headers = signature_info["resourceUrls"][0], signature_info["headers"]
    assert headers.keys() == {"Authorization", "x-oss-date"}
    assert signature_info["expirationSeconds"] == 900
    assert put_file(client, url, {**headers, "Content-Type": "text/csv"}) == (403, "SignatureDoesNotMatch")
    assert put_file(client, url, {**headers, "x-oss-meta-a": "b"}) == (403, "SignatureDoesNotMatch")
    assert put_file(client, url.replace(".file", "x.file"), headers) == (403, "AccessDenied")
    other_url = request_upload_info(client, token)["headerSignatureInfo"]["resourceUrls"][0]
    assert put_file(client, other_url, headers) == (403, "InvalidAccessKeyId")
    assert put_file(client, url, {}) == (403, "AccessDenied")
    assert client.send("GET", urlsplit(url).path).status_code == 405
    assert put_file(client, url, headers) == (200, None)


def test_upload_information_is_good_for_a_quarter_of_an_hour_and_can_be_renewed(
    sandbox: Target, client: DingTalkClient, token: str
) -> None:
    _, first = request_drive_info(client, token)
    signature_info, media_id = first["headerSignatureUploadInfo"], first["stsUploadInfo"]["mediaId"]
    sandbox.advance(899)
    assert put_file(client, signature_info["resourceUrl"], signature_info["headers"])[0] == 200
    sandbox.advance(1)
    assert put_file(client, signature_info["resourceUrl"], signature_info["headers"]) == (403, "RequestTimeTooSkewed")
    _, second = request_drive_info(client, token, mediaId=media_id)
    assert second["stsUploadInfo"]["mediaId"] == media_id
    new_signature_info = second["headerSignatureUploadInfo"]
    assert put_file(client, new_signature_info["resourceUrl"], new_signature_info["headers"])[0] == 200
    status, body = request_drive_info(client, token, mediaId="yundisk0/nothing.file")
    assert (status, body["code"]) == (404, "object.not.exist")


@pytest.mark.assumed("stsUploadInfo has what an OSS SDK signs with; OSS's own documents say how")
def test_an_oss_client_signs_with_the_security_token(sandbox: Target, client: DingTalkClient, token: str) -> None:
    import hmac
    from email.utils import formatdate

    _, body = request_drive_info(client, token)
    sts = body["stsUploadInfo"]
    epoch = sandbox.call_admin("GET", f"sandboxes/{sandbox.sandbox_id}/clock")["epoch"]
    path, date = f"/{sts['bucket']}/{sts['mediaId']}", formatdate(epoch, usegmt=True)
    md5 = b64encode(hashlib.md5(FILE, usedforsecurity=False).digest()).decode()

    def sign_headers(security_token: str) -> dict[str, str]:
        text = f"PUT\n{md5}\ntext/csv\n{date}\nx-oss-security-token:{security_token}\n{path}"
        key = b64encode(hmac.digest(sts["accessKeySecret"].encode(), text.encode(), "sha1")).decode()
        return {
            "Authorization": f"OSS {sts['accessKeyId']}:{key}",
            "Content-Type": "text/csv",
            "Content-MD5": md5,
            "Date": date,
            "x-oss-security-token": security_token,
        }

    url = sts["endPoint"] + path
    assert put_file(client, url, sign_headers("another")) == (403, "InvalidSecurityToken")
    assert put_file(client, url, sign_headers(sts["accessToken"]), b"other") == (400, "InvalidDigest")
    assert put_file(client, url, sign_headers(sts["accessToken"])) == (200, None)
    sandbox.advance(900)
    assert put_file(client, url, sign_headers(sts["accessToken"])) == (403, "SecurityTokenExpired")
