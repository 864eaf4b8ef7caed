"""What alimt's gateway verifies before a call reaches the service: signature, time, nonce, keys, tokens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from fauxlate.serving.background import BackgroundServer

from contract_tests.alibaba.signed_sandbox import TIMEOUT, SignedSandbox, error_code, format_timestamp, is_accepted
from contract_tests.harness.exchange import FORM
from contract_tests.harness.target import Target

pytestmark = pytest.mark.documented(
    "alibabacloud.com, V3 request structure and signature; RPC signature; common errors of the gateway"
)


def test_a_right_signature_of_either_family_is_accepted(sandbox: SignedSandbox) -> None:
    assert is_accepted(sandbox.call_rpc())
    assert is_accepted(sandbox.call_acs3())


@pytest.mark.reported("pot-app/pot-desktop: calls to /api/translate/web/general are signed as /")
def test_rpc_signs_the_path_slash_whatever_is_called(sandbox: SignedSandbox) -> None:
    assert is_accepted(sandbox.call_rpc(path="/api/translate/web/general"))


@pytest.mark.sdk("aliyun-python-sdk-core 2.16.1 signs SignatureType= without a value")
def test_rpc_signs_parameters_without_a_value_too(sandbox: SignedSandbox) -> None:
    assert is_accepted(sandbox.call_rpc(before={"SignatureType": ""}))


def test_acs3_signs_the_query_in_order_and_encoded_anew(sandbox: SignedSandbox) -> None:
    canonical = "A=%2A%20~&SourceText=%E4%BD%A0%E5%A5%BD&b="
    for query in (canonical, "b=&SourceText=%e4%bd%a0%e5%a5%bd&A=*+%7E"):
        assert is_accepted(sandbox.call_acs3_by_hand(query, canonical))
    assert error_code(sandbox.call_acs3_by_hand(canonical, canonical.replace("%2A", "*"))) == "SignatureDoesNotMatch"


@pytest.mark.assumed("the page shows one form of Authorization, and does not say that there is no other")
@pytest.mark.parametrize(
    "authorization_form",
    [
        "Credential={key},SignedHeaders={capitals},Signature={signature}",
        "Credential={key}, SignedHeaders={names},Signature={signature}",
        "Credential={key}, SignedHeaders={names}, Signature={signature}",
        "Signature={signature},SignedHeaders={names},Credential={key}",
    ],
    ids=["capitals", "one blank", "blanks", "another order"],
)
def test_authorization_may_be_written_otherwise(authorization_form: str, sandbox: SignedSandbox) -> None:
    text = "SourceText=%E4%BD%A0%E5%A5%BD"
    assert is_accepted(sandbox.call_acs3_by_hand(text, text, authorization_form))


def test_acs3_hashes_what_came_in_pieces(sandbox: SignedSandbox) -> None:
    assert is_accepted(sandbox.call_acs3(actual_body=iter([b"SourceText=%E4%BD%A0", b"%E5%A5%BD"])))


@pytest.mark.sdk("alibabacloud-tea-openapi 0.4.6 with an endpoint that has a scheme")
def test_a_host_header_that_is_a_url_is_signed_as_it_is(sandbox: SignedSandbox) -> None:
    assert is_accepted(sandbox.call_acs3(before={"host": f"http://{sandbox.credentials['endpoint']}"}))


def test_a_security_token_is_accepted_where_it_is_signed(sandbox: SignedSandbox) -> None:
    assert is_accepted(sandbox.call_rpc(before={"SecurityToken": "t/+="}))
    assert is_accepted(
        sandbox.call_acs3(
            before={"x-acs-security-token": "t/+=", "x-acs-accesskey-id": sandbox.credentials["access_key_id"]}
        )
    )


@pytest.mark.reported("windingwind/zotero-pdf-translate sends toISOString(), and is answered")
def test_milliseconds_in_the_timestamp_are_accepted(sandbox: SignedSandbox) -> None:
    timestamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.123Z")
    assert is_accepted(sandbox.call_rpc(before={"Timestamp": timestamp}))
    assert is_accepted(sandbox.call_acs3(before={"x-acs-date": timestamp}))


@pytest.mark.parametrize("offset", [timedelta(minutes=16), timedelta(minutes=-16)])
def test_a_timestamp_more_than_15_minutes_off_has_expired(offset: timedelta, sandbox: SignedSandbox) -> None:
    timestamp = format_timestamp(datetime.now(UTC) + offset)
    assert error_code(sandbox.call_rpc(before={"Timestamp": timestamp})) == "InvalidTimeStamp.Expired"
    assert error_code(sandbox.call_acs3(before={"x-acs-date": timestamp})) == "InvalidTimeStamp.Expired"


@pytest.mark.assumed("the live service has one clock; a client of a moved sandbox goes by the wall's")
def test_the_time_of_the_sandbox_is_as_good_as_that_of_the_server(server: Target, session: requests.Session) -> None:
    clock = {"mode": "frozen", "at": "2026-01-01T00:00:00Z"}
    frozen = SignedSandbox(server, session, scenario={"clock": clock})
    assert is_accepted(frozen.call_rpc())
    assert is_accepted(frozen.call_acs3(before={"x-acs-date": "2026-01-01T00:14:00Z"}))
    assert error_code(frozen.call_acs3(before={"x-acs-date": "2026-01-01T00:16:00Z"})) == "InvalidTimeStamp.Expired"


@pytest.mark.parametrize("timestamp", ["2026-01-01 00:00:00", "yesterday", "2026-02-30T00:00:00Z"])
def test_a_timestamp_of_another_form_is_refused(timestamp: str, sandbox: SignedSandbox) -> None:
    assert error_code(sandbox.call_rpc(before={"Timestamp": timestamp})) == "InvalidTimeStamp.Format"
    assert error_code(sandbox.call_acs3(before={"x-acs-date": timestamp})) == "InvalidTimeStamp.Format"


@pytest.mark.assumed("SignatureNonceUsed is documented, how long a nonce is remembered is not")
def test_a_nonce_is_good_once_until_its_timestamp_cannot_be(sandbox: SignedSandbox) -> None:
    nonce: dict[str, str | None] = {"SignatureNonce": "again"}
    assert is_accepted(sandbox.call_rpc(before=nonce))
    assert error_code(sandbox.call_rpc(before=nonce)) == "SignatureNonceUsed"
    assert error_code(sandbox.call_acs3(before={"x-acs-signature-nonce": "again"})) == "SignatureNonceUsed"
    sandbox.call_sandbox("PATCH", "clock", json={"advance": "31m"})
    assert is_accepted(sandbox.call_rpc(before=nonce))


@pytest.mark.assumed("SignatureNonceUsed is documented, how long a nonce is remembered is not")
def test_a_nonce_is_remembered_for_as_long_as_the_latest_timestamp_is_good(
    server: Target, session: requests.Session
) -> None:
    frozen = SignedSandbox(server, session, scenario={"clock": {"mode": "frozen", "at": "2026-01-01T00:00:00Z"}})
    nonce: dict[str, str | None] = {"SignatureNonce": "again", "Timestamp": "2026-01-01T00:15:00Z"}
    assert is_accepted(frozen.call_rpc(before=nonce))
    frozen.call_sandbox("PATCH", "clock", json={"advance": "30m"})
    assert error_code(frozen.call_rpc(before=nonce)) == "SignatureNonceUsed"
    frozen.call_sandbox("PATCH", "clock", json={"advance": "1s"})
    assert error_code(frozen.call_rpc(before=nonce)) == "InvalidTimeStamp.Expired"


@pytest.mark.assumed("no page says in which order nonce and signature are looked at")
def test_a_nonce_under_a_wrong_signature_is_not_used_up(sandbox: SignedSandbox) -> None:
    nonce: dict[str, str | None] = {"SignatureNonce": "again"}
    assert error_code(sandbox.call_rpc(before=nonce, secret="wrong")) == "SignatureDoesNotMatch"
    assert is_accepted(sandbox.call_rpc(before=nonce))


@pytest.mark.parametrize(
    "name", ["SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp", "Signature", "Version", "Action"]
)
def test_a_missing_common_parameter_is_named(name: str, sandbox: SignedSandbox) -> None:
    expected = "InvalidAction.NotFound" if name == "Action" else f"Missing{name}"
    before: dict[str, str | None] = {name: None}
    if name == "Signature":
        query = str(sandbox.call_rpc().request.url).partition("?")[2].partition("&Signature=")[0]
        response = sandbox.session.post(f"{sandbox.url}/", data=query, headers={"Content-Type": FORM}, timeout=TIMEOUT)
    else:
        response = sandbox.call_rpc(before=before)
    assert error_code(response) == expected


@pytest.mark.assumed("the errors for missing ACS3 headers are not documented")
def test_acs3_without_date_or_nonce_gets_the_errors_of_rpc(sandbox: SignedSandbox) -> None:
    for header, missing in (("x-acs-date", "MissingTimestamp"), ("x-acs-signature-nonce", "MissingSignatureNonce")):
        response = sandbox.call_acs3(before={header: None})
        assert error_code(response) == missing
        assert f"sent in the header {header}" in response.headers["X-Fauxlate-Hint"]
    response = sandbox.call_rpc(before={"Timestamp": None})
    assert "sent in the query or the form body" in response.headers["X-Fauxlate-Hint"]


def test_a_header_that_is_not_signed_is_not_believed(sandbox: SignedSandbox) -> None:
    timestamp = format_timestamp(datetime.now(UTC))
    for name, value in {
        "x-acs-action": "GetDetectLanguage",
        "x-acs-version": "2018-10-12",
        "content-type": FORM,
    }.items():
        response = sandbox.call_acs3(before={name: None}, after={name: value})
        assert error_code(response) == "IncompleteSignature"
        assert f"leaves out {name}" in response.headers["X-Fauxlate-Hint"]
    response = sandbox.call_acs3(before={"x-acs-date": None}, after={"x-acs-date": timestamp})
    assert error_code(response) == "IncompleteSignature"


def test_another_method_of_signing_is_refused(sandbox: SignedSandbox) -> None:
    assert error_code(sandbox.call_rpc(before={"SignatureMethod": "HMAC-MD5"})) == "InvalidSignatureMethod"
    assert error_code(sandbox.call_acs3(algorithm="ACS3-HMAC-SM3")) == "InvalidSignatureMethod"
    assert error_code(sandbox.call_rpc(before={"SignatureVersion": "2.0"})) == "InvalidSignatureVersion"


@pytest.mark.assumed("strangers are let in so that any credentials will do; the live service refuses them")
def test_an_unknown_key_is_refused_by_a_strict_sandbox_alone(server: Target, session: requests.Session) -> None:
    stranger: dict[str, str | None] = {"AccessKeyId": "nobody"}
    assert is_accepted(SignedSandbox(server, session).call_rpc(before=stranger, secret="any"))
    with BackgroundServer() as strict:
        strict.engine_sandbox().strict = True
        response = SignedSandbox(strict, session).call_rpc(before=stranger, secret="any")
        assert (response.status_code, error_code(response)) == (404, "InvalidAccessKeyId.NotFound")


@pytest.mark.documented("developer.aliyun.com ask/278265: InvalidAccessKeyId.Inactive")
def test_an_inactive_key_comes_by_scenario(sandbox: SignedSandbox) -> None:
    rules = [{"on": "alibaba.*", "then": {"fail": "InvalidAccessKeyId.Inactive"}}]
    sandbox.call_sandbox("PUT", "scenario", json={"rules": rules})
    assert error_code(sandbox.call_acs3()) == "InvalidAccessKeyId.Inactive"


@pytest.mark.assumed("for shells that cannot sign; the live service has no such switch")
def test_a_sandbox_can_ignore_signatures(server: Target, session: requests.Session) -> None:
    assert is_accepted(
        SignedSandbox(server, session, signatures="ignored").call_rpc(secret="wrong", before={"Timestamp": None})
    )


@pytest.mark.sdk("alibabacloud-tea-openapi 0.4.6: bearer tokens; the API metadata names the operations")
@pytest.mark.parametrize("style", ["acs3", "rpc"])
def test_a_bearer_token_calls_the_operations_that_take_one(style: str, sandbox: SignedSandbox) -> None:
    def call(action: str, form: Mapping[str, str]) -> requests.Response:
        token = sandbox.credentials["bearer_token"]
        query_parameters = {"Action": action, "Version": "2018-10-12", "Format": "JSON", "BearerToken": token}
        headers = {"x-acs-action": action, "x-acs-version": "2018-10-12", "x-acs-bearer-token": token}
        query = urlencode(query_parameters) if style == "rpc" else "SignatureType=BEARERTOKEN"
        more_headers = {} if style == "rpc" else headers
        return sandbox.session.post(f"{sandbox.url}/?{query}", data=form, headers=more_headers, timeout=TIMEOUT)

    text = {"SourceText": "你好", "SourceLanguage": "auto", "TargetLanguage": "en", "FormatType": "text"}
    response = call("TranslateGeneral", text)
    assert response.json()["Data"] == {"Translated": "hello", "WordCount": "2", "DetectedLanguage": "zh"}
    assert error_code(call("GetDetectLanguage", text)) == "IncompleteSignature"


CAUSES = [
    ("acs3", {"secret": "wrong"}, "AccessKeySecret is wrong"),
    ("acs3", {"actual_body": b"SourceText=altered"}, "The body was altered on its way"),
    ("acs3", {"after": {"host": "proxy.example"}}, "The Host header was altered"),
    ("acs3", {"after": {"x-acs-version": "2018-10-12 "}, "before": {"x-acs-x": ""}}, None),
    ("rpc", {"secret": "wrong"}, "AccessKeySecret is wrong"),
    ("rpc", {"after": {"Extra": "1"}}, "The parameter Extra was added"),
]


@pytest.mark.assumed("the journal is the emulator's own")
@pytest.mark.parametrize(("style", "options", "cause"), CAUSES)
def test_the_journal_says_why_a_signature_does_not_match(
    style: str, options: Mapping[str, Any], cause: str | None, sandbox: SignedSandbox
) -> None:
    response = (sandbox.call_acs3 if style == "acs3" else sandbox.call_rpc)(**options)
    if cause is None:  # white space around a header is no alteration
        assert is_accepted(response)
        assert sandbox.last_diagnosis is None
        return
    assert (response.status_code, error_code(response)) == (400, "SignatureDoesNotMatch")
    diagnosis = sandbox.last_diagnosis
    assert cause in diagnosis["cause"]
    lines = diagnosis["lines"]
    assert [line["here"] for line in lines[:2]] == ["POST", "/"]
    different = [line for line in lines if line["client"] not in (None, line["here"])]
    assert bool(different) == (options.get("secret") is None)


@pytest.mark.assumed("the journal is the emulator's own")
def test_the_secret_of_one_family_in_the_other_is_recognised(sandbox: SignedSandbox) -> None:
    sandbox.call_acs3(secret=sandbox.credentials["access_key_secret"] + "&")
    assert "that is RPC's" in sandbox.last_diagnosis["cause"]


def test_the_message_has_what_was_signed_in_the_words_of_its_family(sandbox: SignedSandbox) -> None:
    rpc = sandbox.call_rpc(secret="wrong").json()["Message"]
    assert rpc.startswith("Specified signature is not matched with our calculation. server string to sign is:POST&%2F&")
    assert rpc.count(":") == 1  # the old SDK takes what stands between the first colon and the second
    acs3 = sandbox.call_acs3(secret="wrong").json()["Message"]
    assert "server StringToSign is [ACS3-HMAC-SHA256\n" in acs3
    assert "server CanonicalRequest is [POST\n/\n\ncontent-type:" in acs3


@pytest.mark.assumed("the journal is the emulator's own")
def test_the_journal_is_json_whatever_was_signed(sandbox: SignedSandbox) -> None:
    sandbox.call_rpc(secret="wrong", form={"SourceText": "\u0001\ufffe"})
    assert json.dumps(sandbox.last_diagnosis)
