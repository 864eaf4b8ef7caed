"""What Huawei's gateway verifies of signatures and tokens: dates, headers, limits, locks and paths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from contract_tests.clients.huawei.raw import RawRequest, call_admin, create_sandbox, request_token, send, sign
from contract_tests.harness.exchange import JSON, Response
from contract_tests.harness.target import Target
from contract_tests.huawei.access.signed_sandbox import SignedSandbox, read_reason

pytestmark = pytest.mark.documented(
    "guide to request signing (SDK-HMAC-SHA256); apig-faq-0003; appendix of gateway error codes"
)


@pytest.fixture(scope="module")
def sandbox(server: Target) -> Iterator[SignedSandbox]:
    sandbox = SignedSandbox(server.url)
    yield sandbox
    call_admin(server.url, "DELETE", f"/sandboxes/{sandbox.credentials['id']}")


@pytest.fixture
def frozen(server: Target) -> Iterator[dict[str, Any]]:
    credentials = create_sandbox(server.url, clock={"mode": "frozen", "at": "2030-01-01T00:00:00Z"})
    yield credentials
    call_admin(server.url, "DELETE", f"/sandboxes/{credentials['id']}")


NOW = 1893456000.0
"""2030-01-01T00:00:00Z."""


@pytest.mark.parametrize(("seconds", "status"), [(-901, 401), (-900, 200), (0, 200), (900, 200), (901, 401)])
def test_a_signature_is_good_for_fifteen_minutes_either_way(
    frozen: dict[str, Any], seconds: float, status: int
) -> None:
    response = send(frozen["endpoint"], sign(frozen, "GET", "/v3/projects", timestamp=NOW + seconds))
    assert response.status == status
    if status == 401:
        assert read_reason(response) == "calc ak sk signature fail:signature expired"
        assert f"shows {-seconds} seconds later" in response.headers["X-Fauxlate-Hint"]


@pytest.mark.parametrize("date", ["2030-W01T000000Z", "20300101 000000Z", "20300101T000000", "20300230T000000Z"])
def test_a_date_of_another_form_is_refused(frozen: dict[str, Any], date: str) -> None:
    request = sign(frozen, "GET", "/v3/projects", timestamp=NOW)
    assert (
        read_reason(send(frozen["endpoint"], replace(request, headers={**request.headers, "X-Sdk-Date": date})))
        == "Unauthorized"
    )


def test_a_token_that_is_not_good_is_told_whether_it_ever_was(frozen: dict[str, Any]) -> None:
    token, _ = request_token(frozen, {"project": {"name": "cn-north-4"}})
    path = f"/v1/{frozen['project_id']}/machine-translation/file-translation/jobs/x"

    def read_hint(value: str) -> str:
        return send(frozen["endpoint"], RawRequest("GET", path, {"X-Auth-Token": value})).headers["X-Fauxlate-Hint"]

    assert "never given out" in read_hint(f"{token}x")
    call_admin(frozen["endpoint"], "PATCH", f"/sandboxes/{frozen['id']}/clock", {"advance": "24h"})
    assert "expired 24 hours after" in read_hint(token)


@pytest.mark.assumed("the live service has one clock; a client of a moved sandbox goes by the wall's")
def test_a_client_that_goes_by_the_wall_clock_is_heard_in_a_sandbox_whose_clock_was_moved(
    frozen: dict[str, Any],
) -> None:
    assert send(frozen["endpoint"], sign(frozen, "GET", "/v3/projects")).status == 200


def test_blanks_around_a_value_are_not_signed(sandbox: SignedSandbox) -> None:
    request = sign(sandbox.credentials, "GET", sandbox.query)
    headers = {name: f"  {value} \t" for name, value in request.headers.items()}
    assert sandbox.send(replace(request, headers=headers)).status == 200


def test_security_tokens_are_accepted_and_signed(sandbox: SignedSandbox) -> None:
    request = sign(sandbox.credentials, "GET", sandbox.query, headers={"X-Security-Token": "temporary"})
    assert sandbox.send(request).status == 200
    response = sandbox.send(replace(request, headers={**request.headers, "X-Security-Token": "other"}))
    assert "x-security-token:******|" in read_reason(response)


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [
        ("SDK-HMAC-SM3 Access=AK, SignedHeaders=host, Signature=0a", "Unauthorized"),
        ("SDK-ECDSA-P256-SHA256 Access=AK, SignedHeaders=host, Signature=0a", "Unauthorized"),
        ("V11-HMAC-SHA256 Credential=AK/20261121/r/s, SignedHeaders=host, Signature=0a", "Unauthorized"),
        ("SDK-HMAC-SHA256 Access=AK", "Unauthorized"),
        ("Bearer x", "decrypt token fail"),
        ("Basic x", "Unauthorized"),
    ],
)
def test_any_other_authorization_is_refused(sandbox: SignedSandbox, authorization: str, reason: str) -> None:
    response = sandbox.send(RawRequest("GET", sandbox.query, {"Authorization": authorization}))
    assert read_reason(response) == reason
    if reason == "Unauthorized" and not authorization.startswith("Basic"):
        is_ours = authorization.startswith("SDK-HMAC-SHA256 ")
        assert ("not of the form" if is_ours else "not verified here") in response.headers["X-Fauxlate-Hint"]


def test_a_signed_body_has_twelve_megabytes_at_most(sandbox: SignedSandbox) -> None:
    request = sign(sandbox.credentials, "POST", sandbox.jobs, b"x" * (12 * 2**20 + 1))
    response = sandbox.send(request)
    assert (response.status, response.json["error_code"]) == (413, "APIG.0201")
    by_token = {"X-Auth-Token": sandbox.token, "Content-Type": JSON}
    assert sandbox.send(replace(request, headers=by_token)).json["error_code"] == "NLP.0304"


def test_a_uri_has_thirty_two_kilobytes_at_most(sandbox: SignedSandbox) -> None:
    longest_uri = f"{sandbox.jobs}/".ljust(32 * 1024, "x")
    for uri, status, code in ((longest_uri, 400, "NLP.6304"), (f"{longest_uri}x", 414, "APIG.0201")):
        response = sandbox.send(sign(sandbox.credentials, "GET", uri))
        assert (response.status, response.json["error_code"]) == (status, code)


@pytest.mark.documented("guide to request signing: five failures in a row lock a key for five minutes")
def test_a_key_that_fails_five_times_is_locked_for_five_minutes(server: Target) -> None:
    clock = {"mode": "frozen", "at": "2030-01-01T00:00:00Z"}
    credentials = create_sandbox(server.url, clock=clock, quirks={"huawei.key_lock": "five_failures"})

    def query(secret: str = credentials["secret_key"]) -> Response:
        return send(credentials["endpoint"], sign(credentials, "GET", "/v3/projects", secret_key=secret))

    assert {read_reason(query("wrong")).partition(",")[0] for _ in range(5)} == {"verify aksk signature fail"}
    for duration, status in (("299s", 401), ("1s", 200)):
        assert "AK access failed" in read_reason(query())
        call_admin(server.url, "PATCH", f"/sandboxes/{credentials['id']}/clock", {"advance": duration})
        assert query().status == status
    call_admin(server.url, "DELETE", f"/sandboxes/{credentials['id']}")


def test_parameters_are_signed_in_order_however_they_are_sent(sandbox: SignedSandbox) -> None:
    for query in ("enabled=true&name=cn-north-4", "name=cn-north-4&enabled=true"):
        assert sandbox.send(sign(sandbox.credentials, "GET", f"/v3/projects?{query}")).status == 200


@pytest.mark.assumed("the guide writes SignedHeaders in lower case, and does not say that they have to be")
def test_the_names_of_signed_headers_may_be_written_in_any_case(sandbox: SignedSandbox) -> None:
    request = sign(sandbox.credentials, "GET", sandbox.query)
    names = request.headers["Authorization"].partition("SignedHeaders=")[2].partition(",")[0]
    authorization = request.headers["Authorization"].replace(names, names.upper())
    assert names != names.upper()
    assert sandbox.send(replace(request, headers={**request.headers, "Authorization": authorization})).status == 200


@pytest.mark.sdk("huaweicloudsdkcore 3.1.219 without a project id")
@pytest.mark.parametrize("placeholder", ["{project_id}", "%7Bproject_id%7D"])
def test_a_path_with_the_literal_placeholder_is_told_what_it_lacks(sandbox: SignedSandbox, placeholder: str) -> None:
    path = sandbox.query.replace(sandbox.credentials["project_id"], placeholder)
    response = sandbox.send(replace(sign(sandbox.credentials, "GET", sandbox.query), path=path))
    assert (response.status, response.json["error_code"]) == (404, "APIG.0101")
    assert "The path has a literal {project_id}: the client has no project id." in response.json["error_msg"]


@pytest.mark.assumed("for shells that cannot sign; the live service has no such switch")
def test_signatures_are_not_looked_at_where_the_sandbox_ignores_them_nor_for_strangers(server: Target) -> None:
    unverified, open_sandbox = create_sandbox(server.url, signatures="ignored"), create_sandbox(server.url)
    for credentials, key in ((unverified, unverified["access_key"]), (open_sandbox, "x")):
        path = f"/v1/{credentials['project_id']}/machine-translation/file-translation/jobs/x"
        request = sign(credentials, "GET", path, access_key=key, secret_key="x")
        assert send(server.url, request).json["error_code"] == "NLP.6304"
        call_admin(server.url, "DELETE", f"/sandboxes/{credentials['id']}")
