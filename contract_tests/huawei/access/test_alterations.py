"""One character changed in what proves who calls, or in what is asked for: Huawei's documented refusal, each time."""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contract_tests.clients.huawei.raw import RawRequest, call_admin, sign
from contract_tests.harness.target import Target
from contract_tests.huawei.access.signed_sandbox import BODY, SignedSandbox, read_reason

pytestmark = pytest.mark.documented(
    "guide to request signing (SDK-HMAC-SHA256); apig-faq-0003; appendix of gateway error codes"
)

ALPHANUMERIC = string.ascii_letters + string.digits
SETTINGS = settings(max_examples=40, deadline=None)


@pytest.fixture(scope="module")
def sandbox(server: Target) -> Iterator[SignedSandbox]:
    sandbox = SignedSandbox(server.url)
    yield sandbox
    call_admin(server.url, "DELETE", f"/sandboxes/{sandbox.credentials['id']}")


def replace_after(text: str, position: int, character: str, *, first: int = 0) -> str:
    """Return the text with another character at a position that counts round from `first`."""
    return replace_at(text, first + position % (len(text) - first), character)


def replace_at(text: str, index: int, character: str) -> str:
    """Return the text with another character at an index; give up on this example if it is the same."""
    assume(text[index] != character)
    return text[:index] + character + text[index + 1 :]


positions = st.integers(0, 10_000)
letters = st.sampled_from(ALPHANUMERIC)


def test_what_is_not_altered_is_accepted(sandbox: SignedSandbox) -> None:
    assert sandbox.send(sign(sandbox.credentials, "GET", sandbox.query)).json["status"] == "FINISHED"
    assert sandbox.send(RawRequest("GET", sandbox.query, {"X-Auth-Token": sandbox.token})).json["status"] == "FINISHED"
    assert sandbox.send(RawRequest("GET", sandbox.link)).status == 200


@given(positions, letters)
@SETTINGS
def test_another_access_key_does_not_exist(sandbox: SignedSandbox, position: int, character: str) -> None:
    key = replace_after(sandbox.credentials["access_key"], position, character)
    response = sandbox.send(sign(sandbox.credentials, "GET", sandbox.query, access_key=key))
    assert read_reason(response) == "Get secretKey failed,ak:******,err:ak not exist"


@given(positions, letters)
@SETTINGS
def test_another_secret_key_makes_another_signature(sandbox: SignedSandbox, position: int, character: str) -> None:
    secret = replace_after(sandbox.credentials["secret_key"], position, character)
    response = sandbox.send(sign(sandbox.credentials, "GET", sandbox.query, secret_key=secret))
    assert read_reason(response).startswith(
        f"verify aksk signature fail, canonicalRequest:GET|{sandbox.query}/||content-type:"
    )


@given(positions, letters)
@SETTINGS
def test_another_signature_is_refused(sandbox: SignedSandbox, position: int, character: str) -> None:
    request = sign(sandbox.credentials, "GET", sandbox.query)
    start, mark, signature = request.headers["Authorization"].partition("Signature=")
    authorization = start + mark + replace_after(signature, position, character)
    response = sandbox.send(replace(request, headers={**request.headers, "Authorization": authorization}))
    assert read_reason(response).startswith("verify aksk signature fail") or character not in string.hexdigits


@given(positions, letters)
@SETTINGS
def test_another_date_is_refused(sandbox: SignedSandbox, position: int, character: str) -> None:
    request = sign(sandbox.credentials, "GET", sandbox.query)
    headers = {**request.headers, "X-Sdk-Date": replace_after(request.headers["X-Sdk-Date"], position, character)}
    response = read_reason(sandbox.send(replace(request, headers=headers)))
    assert response.startswith(
        ("verify aksk signature fail", "calc ak sk signature fail:signature expired", "Unauthorized")
    )


@given(positions, st.binary(min_size=1, max_size=1))
@SETTINGS
def test_another_body_is_refused(sandbox: SignedSandbox, position: int, byte: bytes) -> None:
    request = sign(sandbox.credentials, "POST", sandbox.jobs, BODY)
    index = position % len(BODY)
    assume(BODY[index : index + 1] != byte)
    response = sandbox.send(replace(request, body=BODY[:index] + byte + BODY[index + 1 :]))
    assert read_reason(response).startswith("verify aksk signature fail")


@given(positions, letters)
@SETTINGS
def test_another_path_is_refused(sandbox: SignedSandbox, position: int, character: str) -> None:
    request = sign(sandbox.credentials, "GET", sandbox.query)
    path = replace_after(sandbox.query, position, character, first=len(sandbox.jobs) + 1)
    response = sandbox.send(replace(request, path=path))
    assert read_reason(response).startswith(f"verify aksk signature fail, canonicalRequest:GET|{path}/|")


@given(positions, letters)
@SETTINGS
def test_another_query_is_refused(sandbox: SignedSandbox, position: int, character: str) -> None:
    path = "/v3/projects?name=cn-north-4"
    request = sign(sandbox.credentials, "GET", path)
    assert sandbox.send(request).status == 200
    response = sandbox.send(replace(request, path=replace_after(path, position, character, first=len("/v3/projects?"))))
    assert read_reason(response).startswith("verify aksk signature fail, canonicalRequest:GET|/v3/projects/|")


@pytest.mark.parametrize("name", ["Content-Type", "X-Project-Id", "Host"])
def test_another_signed_header_is_refused(sandbox: SignedSandbox, name: str) -> None:
    request = sign(sandbox.credentials, "GET", sandbox.query)
    response = sandbox.send(replace(request, headers={**request.headers, name: request.headers[name] + "x"}))
    assert read_reason(response).startswith("verify aksk signature fail")


@pytest.mark.documented("seed 003: NLP.0101")
@given(positions, letters)
@SETTINGS
def test_another_token_is_refused(sandbox: SignedSandbox, position: int, character: str) -> None:
    response = sandbox.send(
        RawRequest("GET", sandbox.query, {"X-Auth-Token": replace_after(sandbox.token, position, character)})
    )
    assert response.status == 401
    assert response.json == {"error_code": "NLP.0101", "error_msg": "Authentication failed. Verify the token."}


@pytest.mark.documented("Object Storage API, signature in a URL")
@given(positions, letters)
@SETTINGS
def test_another_link_is_refused(sandbox: SignedSandbox, position: int, character: str) -> None:
    separators = [index for index, letter in enumerate(sandbox.link) if letter in "/?&=" and index] + [
        len(sandbox.link)
    ]
    values = ["/nlp-mt", "AccessKeyId=", "Expires=", "Signature="]
    starts = [sandbox.link.index(value) + (len(value) if value.endswith("=") else 1) for value in values]
    indices = [index for start in starts for index in range(start, next(end for end in separators if end > start - 1))]
    link = replace_at(sandbox.link, indices[position % len(indices)], character)
    assume(unquote(link) != unquote(sandbox.link))
    assume("\ufffd" not in unquote(link))  # that is no signature, but no UTF-8
    response = sandbox.send(RawRequest("GET", link))
    assert response.status == 403, response.body
    assert response.headers["Content-Type"] == "application/xml"
    code = ElementTree.fromstring(response.body).findtext("Code")
    assert code in ("SignatureDoesNotMatch", "InvalidAccessKeyId", "AccessDenied")
