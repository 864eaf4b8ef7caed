"""How requests to Huawei's storage are signed: dates, headers, parameters, digests and links."""

from __future__ import annotations

import base64
import hmac
from email.utils import formatdate

import pytest
from obs import (
    PutObjectHeader,
)

from contract_tests.clients.huawei.raw import RawRequest, call_admin, send
from contract_tests.harness.exchange import Response
from contract_tests.harness.target import Target
from contract_tests.huawei.storage.storage_sandbox import StorageSandbox

pytestmark = pytest.mark.documented("Object Storage API: objects, signature in a header and in a URL, error responses")


@pytest.mark.parametrize(("seconds", "status"), [(-901, 403), (-900, 200), (900, 200), (901, 403)])
def test_a_date_may_be_fifteen_minutes_off(server: Target, seconds: float, status: int) -> None:
    storage = StorageSandbox(server.url, clock={"mode": "frozen", "at": "2030-01-01T00:00:00Z"})
    date = formatdate(1893456000 + seconds, usegmt=True)
    assert send_by_hand(storage, "PUT", "/sources", f"PUT\n\n\n{date}\n/sources", {"Date": date}).status == status
    call_admin(server.url, "DELETE", f"/sandboxes/{storage.credentials['id']}")


def test_a_date_fifteen_minutes_off_is_refused_and_so_is_none(storage: StorageSandbox) -> None:
    url = storage.credentials["endpoint"]
    headers = {"Authorization": f"OBS {storage.credentials['access_key']}:x", "Date": "Sat, 21 Nov 2020 11:51:30 GMT"}
    assert b"<Code>RequestTimeTooSkewed</Code>" in send(url, RawRequest("GET", "/sources/a", headers)).body
    headers.pop("Date")
    assert b"<Code>AccessDenied</Code>" in send(url, RawRequest("GET", "/sources/a", headers)).body


def send_by_hand(storage: StorageSandbox, method: str, target: str, text: str, headers: dict[str, str]) -> Response:
    """Send a request under a signature of these lines, which HMAC itself makes."""
    digest = hmac.digest(storage.credentials["secret_key"].encode(), text.encode(), "sha1")
    authorization = f"OBS {storage.credentials['access_key']}:{base64.b64encode(digest).decode()}"
    return send(
        storage.credentials["endpoint"], RawRequest(method, target, {"Authorization": authorization, **headers}, b"")
    )


def test_headers_are_signed_in_lower_case_and_in_order_however_they_are_sent(storage: StorageSandbox) -> None:
    date = formatdate(usegmt=True)
    lines = f"PUT\n\n\n\nx-obs-acl:public-read\nx-obs-date:{date}\nx-obs-meta-a:1\n/sources/a.txt"
    for blank in ("", "  "):
        headers = {"X-Obs-Meta-A": f"{blank}1{blank}", "X-OBS-Date": date, "x-obs-acl": "public-read"}
        assert send_by_hand(storage, "PUT", "/sources/a.txt", lines, headers).status == 200


def test_parameters_are_signed_in_order_however_they_are_sent(storage: StorageSandbox) -> None:
    assert storage.obs.putContent("sources", "a.txt", "x").status == 200
    date = formatdate(usegmt=True)
    path, first, second = "/sources/a.txt", "response-cache-control=no-store", "response-content-type=text/plain"
    lines = f"GET\n\n\n{date}\n{path}?{first}&{second}"
    for query in (f"{first}&{second}", f"{second}&{first}"):
        assert send_by_hand(storage, "GET", f"{path}?{query}", lines, {"Date": date}).status == 200


@pytest.mark.sdk("esdk-obs-python 3.26.6 signs whatever begins with x-obs-, in any case")
def test_a_parameter_that_begins_as_the_headers_do_is_signed_in_any_case(storage: StorageSandbox) -> None:
    assert storage.obs.putContent("sources", "a.txt", "x").status == 200
    date = formatdate(usegmt=True)
    for parameter in ("X-Obs-Odd=1", "x-obs-odd=1"):
        lines = f"GET\n\n\n{date}\n/sources/a.txt?{parameter}"
        response = send_by_hand(storage, "GET", f"/sources/a.txt?{parameter}", lines, {"Date": date})
        assert b"<Code>ServiceNotImplemented</Code>" in response.body  # which is said once the signature is right


def test_a_body_that_is_not_what_its_digest_says_is_refused(storage: StorageSandbox) -> None:
    header = PutObjectHeader(md5="AAAAAAAAAAAAAAAAAAAAAA==")
    response = storage.obs.putContent("sources", "a", "x", headers=header)
    assert (response.status, response.errorCode) == (400, "BadDigest")


def test_links_to_put_are_signed_too(storage: StorageSandbox) -> None:
    url = storage.credentials["endpoint"]
    link = storage.obs.createSignedUrl("PUT", "sources", "a.txt", expires=600).signedUrl.removeprefix(url)
    assert send(url, RawRequest("PUT", link, body=b"x")).status == 200
    assert b"SignatureDoesNotMatch" in send(url, RawRequest("GET", link)).body
    call_admin(url, "PATCH", f"/sandboxes/{storage.credentials['id']}/clock", {"advance": "10m"})
    assert b"Request has expired" in send(url, RawRequest("PUT", link, body=b"x")).body
