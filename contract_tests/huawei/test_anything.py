"""Whatever a client puts into signatures, links, ranges and source URLs, Huawei's error comes back, and no 500."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contract_tests.clients.huawei.raw import RawRequest, call_admin, create_sandbox, send, sign
from contract_tests.harness.exchange import JSON
from contract_tests.harness.target import Target

pytestmark = pytest.mark.assumed(
    "no page says what becomes of every odd request; a server error is documented for none"
)

SETTINGS = settings(max_examples=150, deadline=None)
LATIN_TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40)
VISIBLE_TEXTS = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#"), max_size=40)


@pytest.fixture(scope="module")
def sandbox(server: Target) -> Iterator[dict[str, Any]]:
    sandbox = create_sandbox(server.url, strict=True)
    yield sandbox
    call_admin(server.url, "DELETE", f"/sandboxes/{sandbox['id']}")


def status_of(url: str, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> int:
    """Send a request as it is, and return the HTTP status of the response."""
    connection = http.client.HTTPConnection(url.partition("://")[2], timeout=10)
    try:
        connection.putrequest(method, path or "/", skip_accept_encoding=True)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            connection.putheader(name, value.encode("latin-1"))
        connection.endheaders(body)
        response = connection.getresponse()
        response.read()
        return response.status
    finally:
        connection.close()


@given(
    LATIN_TEXTS,
    LATIN_TEXTS,
    st.sampled_from(["SDK-HMAC-SHA256 Access={}, SignedHeaders={}, Signature=0a", "OBS {}:{}", "AWS {}:{}", "{} {}"]),
    LATIN_TEXTS,
    st.sampled_from(["GET", "PUT", "DELETE", "POST", "HEAD"]),
)
@SETTINGS
def test_any_authorization_is_answered(
    sandbox: dict[str, Any], other_key: str, headers_text: str, form: str, date: str, method: str
) -> None:
    jobs = f"/v1/{sandbox['project_id']}/machine-translation/file-translation/jobs"
    for access_key in (sandbox["access_key"], other_key):
        headers = {
            "Authorization": form.format(access_key, headers_text).strip(),
            "X-Sdk-Date": date.strip(),
            "Date": date.strip(),
        }
        for path in (f"{jobs}/x", "/bucket/key", "/bucket", "/v3/projects"):
            assert status_of(sandbox["endpoint"], method, path, headers) < 500


@given(VISIBLE_TEXTS, VISIBLE_TEXTS, VISIBLE_TEXTS, LATIN_TEXTS, st.sampled_from(["AccessKeyId", "AWSAccessKeyId"]))
@SETTINGS
def test_any_link_is_answered(
    sandbox: dict[str, Any], path: str, expires: str, signature: str, range_text: str, key_name: str
) -> None:
    query = f"{key_name}={sandbox['access_key']}&Expires={expires}&Signature={signature}"
    headers = {"Range": range_text.strip(), "If-Match": range_text.strip()}
    assert status_of(sandbox["endpoint"], "GET", f"/bucket/{path}?{query}", headers) != 500


@given(st.text(max_size=40))
@example("[")
@example("[::1]/a")
@example("127.0.0.1:99999999/a.txt")
@example("a.obs.cn-north-4.myhuaweicloud.com/\ud800")
@SETTINGS
def test_any_source_is_taken_or_refused(sandbox: dict[str, Any], rest: str) -> None:
    for start in ("", "http://", sandbox["endpoint"], f"{sandbox['endpoint']}/"):
        body = json.dumps({"url": f"{start}{rest}", "from": "zh", "to": "en", "type": "txt"}).encode()
        path = f"/v1/{sandbox['project_id']}/machine-translation/file-translation/jobs"
        response = send(sandbox["endpoint"], sign(sandbox, "POST", path, body))
        assert response.status in (200, 400), response.body
        if response.status == 400:
            assert response.json["error_code"] in ("NLP.6303", "NLP.0304")
        else:
            query = send(sandbox["endpoint"], sign(sandbox, "GET", f"{path}/{response.json['job_id']}"))
            assert query.status == 200
    assert call_admin(sandbox["endpoint"], "GET", f"/sandboxes/{sandbox['id']}/jobs")["jobs"] is not None


def test_a_header_cannot_be_smuggled_into_an_answer(sandbox: dict[str, Any]) -> None:
    path = "/bucket/a?response-content-type=text%2Fplain%0D%0AX-Evil:%201"
    date = formatdate(usegmt=True)
    unverified = create_sandbox(sandbox["endpoint"], signatures="ignored")
    headers = {"Authorization": f"OBS {unverified['access_key']}:x", "Date": date, "Content-Type": JSON}
    assert send(sandbox["endpoint"], RawRequest("PUT", "/bucket/a", headers, b"x")).status == 200
    response = send(sandbox["endpoint"], RawRequest("GET", path, headers))
    assert (response.status, "X-Evil" in response.headers) == (400, False)
    assert b"<Code>BadRequest</Code>" in response.body
