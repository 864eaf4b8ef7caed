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

SOME = settings(max_examples=150, deadline=None)
LATIN = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40)
VISIBLE = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#"), max_size=40)


@pytest.fixture(scope="module")
def told(server: Target) -> Iterator[dict[str, Any]]:
    told = create_sandbox(server.url, strict=True)
    yield told
    call_admin(server.url, "DELETE", f"/sandboxes/{told['id']}")


def status_of(url: str, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> int:
    connection = http.client.HTTPConnection(url.partition("://")[2], timeout=10)
    try:
        connection.putrequest(method, path or "/", skip_accept_encoding=True)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            connection.putheader(name, value.encode("latin-1"))
        connection.endheaders(body)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


@given(
    LATIN,
    LATIN,
    st.sampled_from(["SDK-HMAC-SHA256 Access={}, SignedHeaders={}, Signature=0a", "OBS {}:{}", "AWS {}:{}", "{} {}"]),
    LATIN,
    st.sampled_from(["GET", "PUT", "DELETE", "POST", "HEAD"]),
)
@SOME
def test_any_authorization_is_answered(
    told: dict[str, Any], key: str, names: str, form: str, date: str, method: str
) -> None:
    jobs = f"/v1/{told['project_id']}/machine-translation/file-translation/jobs"
    for whose in (told["access_key"], key):
        headers = {"Authorization": form.format(whose, names).strip(), "X-Sdk-Date": date.strip(), "Date": date.strip()}
        for path in (f"{jobs}/x", "/bucket/key", "/bucket", "/v3/projects"):
            assert status_of(told["endpoint"], method, path, headers) < 500


@given(VISIBLE, VISIBLE, VISIBLE, LATIN, st.sampled_from(["AccessKeyId", "AWSAccessKeyId"]))
@SOME
def test_any_link_is_answered(
    told: dict[str, Any], path: str, expires: str, signature: str, wanted: str, name: str
) -> None:
    query = f"{name}={told['access_key']}&Expires={expires}&Signature={signature}"
    headers = {"Range": wanted.strip(), "If-Match": wanted.strip()}
    assert status_of(told["endpoint"], "GET", f"/bucket/{path}?{query}", headers) != 500


@given(st.text(max_size=40))
@example("[")
@example("[::1]/a")
@example("127.0.0.1:99999999/a.txt")
@example("a.obs.cn-north-4.myhuaweicloud.com/\ud800")
@SOME
def test_any_source_is_taken_or_refused(told: dict[str, Any], rest: str) -> None:
    for start in ("", "http://", told["endpoint"], f"{told['endpoint']}/"):
        body = json.dumps({"url": f"{start}{rest}", "from": "zh", "to": "en", "type": "txt"}).encode()
        path = f"/v1/{told['project_id']}/machine-translation/file-translation/jobs"
        said = send(told["endpoint"], sign(told, "POST", path, body))
        assert said.status in (200, 400), said.body
        if said.status == 400:
            assert said.json["error_code"] in ("NLP.6303", "NLP.0304")
        else:
            query = send(told["endpoint"], sign(told, "GET", f"{path}/{said.json['job_id']}"))
            assert query.status == 200
    assert call_admin(told["endpoint"], "GET", f"/sandboxes/{told['id']}/jobs")["jobs"] is not None


def test_a_header_cannot_be_smuggled_into_an_answer(told: dict[str, Any]) -> None:
    path = "/bucket/a?response-content-type=text%2Fplain%0D%0AX-Evil:%201"
    date = formatdate(usegmt=True)
    lax = create_sandbox(told["endpoint"], signatures="ignored")
    headers = {"Authorization": f"OBS {lax['access_key']}:x", "Date": date, "Content-Type": JSON}
    assert send(told["endpoint"], RawRequest("PUT", "/bucket/a", headers, b"x")).status == 200
    said = send(told["endpoint"], RawRequest("GET", path, headers))
    assert (said.status, "X-Evil" in said.headers) == (400, False)
    assert b"<Code>BadRequest</Code>" in said.body
