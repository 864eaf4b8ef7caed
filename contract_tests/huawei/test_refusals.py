"""One byte changed in what proves who calls, or in what was asked: Huawei's documented refusal, each time."""

from __future__ import annotations

import json
import string
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contract_tests.clients.huawei.raw import RawRequest, call_admin, create_sandbox, request_token, send, sign
from contract_tests.harness.exchange import JSON, Response
from contract_tests.harness.target import Target

pytestmark = pytest.mark.documented(
    "guide to request signing (SDK-HMAC-SHA256); apig-faq-0003; appendix of gateway error codes"
)

BODY = json.dumps({"url": "https://b.example/a.txt", "from": "zh", "to": "en", "type": "txt"}).encode()
ALPHANUMERIC = string.ascii_letters + string.digits
QUICK = settings(max_examples=40, deadline=None)


class Here:
    """A strict sandbox with a finished job: its client's path, a token and the result's link."""

    def __init__(self, url: str) -> None:
        self.told = create_sandbox(url, strict=True)
        self.jobs = f"/v1/{self.told['project_id']}/machine-translation/file-translation/jobs"
        job = self.sent(sign(self.told, "POST", self.jobs, BODY)).json["job_id"]
        self.query = f"{self.jobs}/{job}"
        self.token = request_token(self.told, {"project": {"name": "cn-north-4"}})[0]
        call_admin(url, "PATCH", f"/sandboxes/{self.told['id']}/clock", {"advance": "1m"})
        self.link: str = self.sent(sign(self.told, "GET", self.query)).json["url"].removeprefix(url)

    def sent(self, wire: RawRequest) -> Response:
        return send(self.told["endpoint"], wire)


@pytest.fixture(scope="module")
def here(server: Target) -> Iterator[Here]:
    here = Here(server.url)
    yield here
    call_admin(server.url, "DELETE", f"/sandboxes/{here.told['id']}")


def altered(text: str, position: int, character: str, *, first: int = 0) -> str:
    """Return `text` with another character at some position from `first` on."""
    return _at(text, first + position % (len(text) - first), character)


def _at(text: str, at: int, character: str) -> str:
    assume(text[at] != character)
    return text[:at] + character + text[at + 1 :]


anywhere = st.integers(0, 10_000)
letters = st.sampled_from(ALPHANUMERIC)


def reason(said: Response) -> str:
    assert (said.status, said.json["error_code"]) == (401, "APIG.0301"), said.body
    assert len(said.json["request_id"]) == 32
    assert said.headers["X-Request-Id"] == said.json["request_id"]
    message: str = said.json["error_msg"]
    assert message.startswith("Incorrect IAM authentication information: ")
    return message.removeprefix("Incorrect IAM authentication information: ")


def test_what_is_not_altered_is_accepted(here: Here) -> None:
    assert here.sent(sign(here.told, "GET", here.query)).json["status"] == "FINISHED"
    assert here.sent(RawRequest("GET", here.query, {"X-Auth-Token": here.token})).json["status"] == "FINISHED"
    assert here.sent(RawRequest("GET", here.link)).status == 200


@given(anywhere, letters)
@QUICK
def test_another_access_key_does_not_exist(here: Here, position: int, character: str) -> None:
    key = altered(here.told["access_key"], position, character)
    said = here.sent(sign(here.told, "GET", here.query, access_key=key))
    assert reason(said) == "Get secretKey failed,ak:******,err:ak not exist"


@given(anywhere, letters)
@QUICK
def test_another_secret_key_makes_another_signature(here: Here, position: int, character: str) -> None:
    secret = altered(here.told["secret_key"], position, character)
    said = here.sent(sign(here.told, "GET", here.query, secret_key=secret))
    assert reason(said).startswith(f"verify aksk signature fail, canonicalRequest:GET|{here.query}/||content-type:")


@given(anywhere, letters)
@QUICK
def test_another_signature_is_refused(here: Here, position: int, character: str) -> None:
    wire = sign(here.told, "GET", here.query)
    start, mark, signature = wire.headers["Authorization"].partition("Signature=")
    authorization = start + mark + altered(signature, position, character)
    said = here.sent(replace(wire, headers={**wire.headers, "Authorization": authorization}))
    assert reason(said).startswith("verify aksk signature fail") or character not in string.hexdigits


@given(anywhere, letters)
@QUICK
def test_another_date_is_refused(here: Here, position: int, character: str) -> None:
    wire = sign(here.told, "GET", here.query)
    headers = {**wire.headers, "X-Sdk-Date": altered(wire.headers["X-Sdk-Date"], position, character)}
    said = reason(here.sent(replace(wire, headers=headers)))
    assert said.startswith(
        ("verify aksk signature fail", "calc ak sk signature fail:signature expired", "Unauthorized")
    )


@given(anywhere, st.binary(min_size=1, max_size=1))
@QUICK
def test_another_body_is_refused(here: Here, position: int, byte: bytes) -> None:
    wire = sign(here.told, "POST", here.jobs, BODY)
    at = position % len(BODY)
    assume(BODY[at : at + 1] != byte)
    said = here.sent(replace(wire, body=BODY[:at] + byte + BODY[at + 1 :]))
    assert reason(said).startswith("verify aksk signature fail")


@given(anywhere, letters)
@QUICK
def test_another_path_is_refused(here: Here, position: int, character: str) -> None:
    wire = sign(here.told, "GET", here.query)
    path = altered(here.query, position, character, first=len(here.jobs) + 1)
    said = here.sent(replace(wire, path=path))
    assert reason(said).startswith(f"verify aksk signature fail, canonicalRequest:GET|{path}/|")


@given(anywhere, letters)
@QUICK
def test_another_query_is_refused(here: Here, position: int, character: str) -> None:
    path = "/v3/projects?name=cn-north-4"
    wire = sign(here.told, "GET", path)
    assert here.sent(wire).status == 200
    said = here.sent(replace(wire, path=altered(path, position, character, first=len("/v3/projects?"))))
    assert reason(said).startswith("verify aksk signature fail, canonicalRequest:GET|/v3/projects/|")


@pytest.mark.parametrize("name", ["Content-Type", "X-Project-Id", "Host"])
def test_another_signed_header_is_refused(here: Here, name: str) -> None:
    wire = sign(here.told, "GET", here.query)
    said = here.sent(replace(wire, headers={**wire.headers, name: wire.headers[name] + "x"}))
    assert reason(said).startswith("verify aksk signature fail")


@pytest.mark.documented("seed 003: NLP.0101")
@given(anywhere, letters)
@QUICK
def test_another_token_is_refused(here: Here, position: int, character: str) -> None:
    said = here.sent(RawRequest("GET", here.query, {"X-Auth-Token": altered(here.token, position, character)}))
    assert said.status == 401
    assert said.json == {"error_code": "NLP.0101", "error_msg": "Authentication failed. Verify the token."}


@pytest.mark.documented("Object Storage API, signature in a URL")
@given(anywhere, letters)
@QUICK
def test_another_link_is_refused(here: Here, position: int, character: str) -> None:
    marks = [at for at, found in enumerate(here.link) if found in "/?&=" and at] + [len(here.link)]
    values = ["/nlp-mt", "AccessKeyId=", "Expires=", "Signature="]
    starts = [here.link.index(value) + (len(value) if value.endswith("=") else 1) for value in values]
    spans = [at for start in starts for at in range(start, next(mark for mark in marks if mark > start - 1))]
    at = spans[position % len(spans)]
    link = _at(here.link, at, character)
    assume(unquote(link) != unquote(here.link))
    said = here.sent(RawRequest("GET", link))
    assert said.status == 403, said.body
    assert said.headers["Content-Type"] == "application/xml"
    code = ElementTree.fromstring(said.body).findtext("Code")
    assert code in ("SignatureDoesNotMatch", "InvalidAccessKeyId", "AccessDenied")


@pytest.fixture
def frozen(server: Target) -> Iterator[dict[str, Any]]:
    told = create_sandbox(server.url, clock={"mode": "frozen", "at": "2030-01-01T00:00:00Z"})
    yield told
    call_admin(server.url, "DELETE", f"/sandboxes/{told['id']}")


NOW = 1893456000.0
"""2030-01-01T00:00:00Z."""


@pytest.mark.parametrize(("off", "status"), [(-901, 401), (-900, 200), (0, 200), (900, 200), (901, 401)])
def test_a_signature_is_good_for_fifteen_minutes_either_way(frozen: dict[str, Any], off: float, status: int) -> None:
    said = send(frozen["endpoint"], sign(frozen, "GET", "/v3/projects", timestamp=NOW + off))
    assert said.status == status
    if status == 401:
        assert reason(said) == "calc ak sk signature fail:signature expired"
        assert f"shows {-off} seconds later" in said.headers["X-Fauxlate-Hint"]


@pytest.mark.parametrize("date", ["2030-W01T000000Z", "20300101 000000Z", "20300101T000000", "20300230T000000Z"])
def test_a_date_of_another_form_is_refused(frozen: dict[str, Any], date: str) -> None:
    wire = sign(frozen, "GET", "/v3/projects", timestamp=NOW)
    assert (
        reason(send(frozen["endpoint"], replace(wire, headers={**wire.headers, "X-Sdk-Date": date}))) == "Unauthorized"
    )


def test_a_token_that_is_not_good_is_told_whether_it_ever_was(frozen: dict[str, Any]) -> None:
    given, _ = request_token(frozen, {"project": {"name": "cn-north-4"}})
    path = f"/v1/{frozen['project_id']}/machine-translation/file-translation/jobs/x"

    def hint(value: str) -> str:
        return send(frozen["endpoint"], RawRequest("GET", path, {"X-Auth-Token": value})).headers["X-Fauxlate-Hint"]

    assert "never given out" in hint(f"{given}x")
    call_admin(frozen["endpoint"], "PATCH", f"/sandboxes/{frozen['id']}/clock", {"advance": "24h"})
    assert "expired 24 hours after" in hint(given)


@pytest.mark.assumed("the live service has one clock; a client of a moved sandbox goes by the wall's")
def test_a_client_that_goes_by_the_wall_clock_is_heard_in_a_sandbox_whose_clock_was_moved(
    frozen: dict[str, Any],
) -> None:
    assert send(frozen["endpoint"], sign(frozen, "GET", "/v3/projects")).status == 200


def test_blanks_around_a_value_are_not_signed(here: Here) -> None:
    wire = sign(here.told, "GET", here.query)
    spaced = {name: f"  {value} \t" for name, value in wire.headers.items()}
    assert here.sent(replace(wire, headers=spaced)).status == 200


def test_security_tokens_are_accepted_and_signed(here: Here) -> None:
    wire = sign(here.told, "GET", here.query, headers={"X-Security-Token": "temporary"})
    assert here.sent(wire).status == 200
    said = here.sent(replace(wire, headers={**wire.headers, "X-Security-Token": "other"}))
    assert "x-security-token:******|" in reason(said)


@pytest.mark.parametrize(
    ("authorization", "said"),
    [
        ("SDK-HMAC-SM3 Access=AK, SignedHeaders=host, Signature=0a", "Unauthorized"),
        ("SDK-ECDSA-P256-SHA256 Access=AK, SignedHeaders=host, Signature=0a", "Unauthorized"),
        ("V11-HMAC-SHA256 Credential=AK/20261121/r/s, SignedHeaders=host, Signature=0a", "Unauthorized"),
        ("SDK-HMAC-SHA256 Access=AK", "Unauthorized"),
        ("Bearer x", "decrypt token fail"),
        ("Basic x", "Unauthorized"),
    ],
)
def test_any_other_authorization_is_refused(here: Here, authorization: str, said: str) -> None:
    answer = here.sent(RawRequest("GET", here.query, {"Authorization": authorization}))
    assert reason(answer) == said
    if said == "Unauthorized" and not authorization.startswith("Basic"):
        is_ours = authorization.startswith("SDK-HMAC-SHA256 ")
        assert ("not of the form" if is_ours else "not verified here") in answer.headers["X-Fauxlate-Hint"]


def test_a_signed_body_has_twelve_megabytes_at_most(here: Here) -> None:
    wire = sign(here.told, "POST", here.jobs, b"x" * (12 * 2**20 + 1))
    said = here.sent(wire)
    assert (said.status, said.json["error_code"]) == (413, "APIG.0201")
    by_token = {"X-Auth-Token": here.token, "Content-Type": JSON}
    assert here.sent(replace(wire, headers=by_token)).json["error_code"] == "NLP.0304"


def test_a_uri_has_thirty_two_kilobytes_at_most(here: Here) -> None:
    longest = f"{here.jobs}/".ljust(32 * 1024, "x")
    for uri, status, code in ((longest, 400, "NLP.6304"), (f"{longest}x", 414, "APIG.0201")):
        said = here.sent(sign(here.told, "GET", uri))
        assert (said.status, said.json["error_code"]) == (status, code)


@pytest.mark.documented("guide to request signing: five failures in a row lock a key for five minutes")
def test_a_key_that_fails_five_times_is_locked_for_five_minutes(server: Target) -> None:
    clock = {"mode": "frozen", "at": "2030-01-01T00:00:00Z"}
    told = create_sandbox(server.url, clock=clock, quirks={"huawei.key_lock": "five_failures"})

    def query(secret: str = told["secret_key"]) -> Response:
        return send(told["endpoint"], sign(told, "GET", "/v3/projects", secret_key=secret))

    assert {reason(query("wrong")).partition(",")[0] for _ in range(5)} == {"verify aksk signature fail"}
    for advanced, status in (("299s", 401), ("1s", 200)):
        assert "AK access failed" in reason(query())
        call_admin(server.url, "PATCH", f"/sandboxes/{told['id']}/clock", {"advance": advanced})
        assert query().status == status
    call_admin(server.url, "DELETE", f"/sandboxes/{told['id']}")


def test_parameters_are_signed_in_order_however_they_are_sent(here: Here) -> None:
    for query in ("enabled=true&name=cn-north-4", "name=cn-north-4&enabled=true"):
        assert here.sent(sign(here.told, "GET", f"/v3/projects?{query}")).status == 200


@pytest.mark.assumed("the guide writes SignedHeaders in lower case, and does not say that they have to be")
def test_the_names_of_signed_headers_may_be_written_in_any_case(here: Here) -> None:
    wire = sign(here.told, "GET", here.query)
    named = wire.headers["Authorization"].partition("SignedHeaders=")[2].partition(",")[0]
    upper = wire.headers["Authorization"].replace(named, named.upper())
    assert named != named.upper()
    assert here.sent(replace(wire, headers={**wire.headers, "Authorization": upper})).status == 200


@pytest.mark.sdk("huaweicloudsdkcore 3.1.219 without a project id")
@pytest.mark.parametrize("placeholder", ["{project_id}", "%7Bproject_id%7D"])
def test_a_path_with_the_literal_placeholder_is_told_what_it_lacks(here: Here, placeholder: str) -> None:
    path = here.query.replace(here.told["project_id"], placeholder)
    said = here.sent(replace(sign(here.told, "GET", here.query), path=path))
    assert (said.status, said.json["error_code"]) == (404, "APIG.0101")
    assert "The path has a literal {project_id}: the client has no project id." in said.json["error_msg"]


@pytest.mark.assumed("for shells that cannot sign; the live service has no such switch")
def test_signatures_are_not_looked_at_where_the_sandbox_ignores_them_nor_for_strangers(server: Target) -> None:
    lax, open_to_all = create_sandbox(server.url, signatures="ignored"), create_sandbox(server.url)
    for told, key in ((lax, lax["access_key"]), (open_to_all, "x")):
        path = f"/v1/{told['project_id']}/machine-translation/file-translation/jobs/x"
        wire = sign(told, "GET", path, access_key=key, secret_key="x")
        assert send(server.url, wire).json["error_code"] == "NLP.6304"
        call_admin(server.url, "DELETE", f"/sandboxes/{told['id']}")
