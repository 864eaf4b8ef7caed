"""What alimt's gateway looks at before a call reaches the service: signature, time, nonce, tokens, format."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

import pytest
import requests
from fauxlate.engine.exchange.request import Request
from fauxlate.providers.alibaba.access import signing
from fauxlate.server import Emulator

from contract_tests.target import Target

pytestmark = pytest.mark.documented(
    "alibabacloud.com, V3 request structure and signature; RPC signature; common errors of the gateway"
)

TIMEOUT = 20
FORM = "application/x-www-form-urlencoded"
_NONCES = itertools.count()


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Box:
    """A sandbox, and calls to it that are signed in either way and may then be spoilt."""

    def __init__(self, server: Target | Emulator, session: requests.Session, **settings: Any) -> None:
        self.url, self.session = server.url, session
        told = session.post(f"{server.url}/__fauxlate/sandboxes", json=settings, timeout=TIMEOUT).json()
        self.id = told["id"]
        self.own: dict[str, str] = told["credentials"]["alibaba"]

    def admin(self, method: str, path: str, **options: Any) -> Any:
        answer = self.session.request(
            method, f"{self.url}/__fauxlate/sandboxes/{self.id}/{path}", timeout=TIMEOUT, **options
        )
        assert answer.status_code < 300, answer.text
        return answer.json()

    @property
    def explained(self) -> Any:
        """The `signature` of the journal's last entry."""
        return self.admin("GET", "journal")["entries"][-1]["signature"]

    def rpc(
        self,
        *,
        form: Mapping[str, str] | None = None,
        secret: str | None = None,
        path: str = "/",
        method: str = "POST",
        signed: Mapping[str, str | None] | None = None,
        spoilt: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Call in RPC style; `signed` changes parameters before signing (None takes one away), `spoilt` after."""
        query: dict[str, str] = {
            "Action": "GetDetectLanguage",
            "Version": "2018-10-12",
            "Format": "JSON",
            "AccessKeyId": self.own["access_key_id"],
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": f"n-{next(_NONCES)}",
            "Timestamp": written(datetime.now(UTC)),
        }
        for name, value in (signed or {}).items():
            if value is None:
                del query[name]
            else:
                query[name] = value
        form = {"SourceText": "你好 *~+"} if form is None else form
        text = signing.rpc_string_to_sign(method, signing.canonical_query({**query, **form}))
        query["Signature"] = signing.rpc_signature(secret or self.own["access_key_secret"], text)
        if signed is not None and signed.get("Signature", "") is None:
            del query["Signature"]
        sent = f"{self.url}{path}?{urlencode({**query, **(spoilt or {})})}"
        return self.session.request(method, sent, data=urlencode(form), headers={"Content-Type": FORM}, timeout=TIMEOUT)

    def acs3(
        self,
        *,
        secret: str | None = None,
        signed: Mapping[str, str | None] | None = None,
        spoilt: Mapping[str, str] | None = None,
        body: bytes = b"SourceText=%E4%BD%A0%E5%A5%BD",
        sent: Any = None,
        query: str = "",
        algorithm: str = signing.ACS3,
    ) -> requests.Response:
        """Call in ACS3 style; `signed` changes headers before signing, `spoilt` after; `sent` is another body."""
        headers: dict[str, str] = {
            "content-type": FORM,
            "host": self.own["endpoint"],
            "x-acs-action": "GetDetectLanguage",
            "x-acs-content-sha256": signing.sha256(body),
            "x-acs-date": written(datetime.now(UTC)),
            "x-acs-signature-nonce": f"n-{next(_NONCES)}",
            "x-acs-version": "2018-10-12",
        }
        for name, value in (signed or {}).items():
            if value is None:
                del headers[name]
            else:
                headers[name] = value
        pairs = Request("POST", f"/{query}", {}).query
        names = sorted(headers)
        canonical = signing.acs3_canonical_request("POST", "/", pairs, headers, names, signing.sha256(body))
        signature = signing.acs3_signature(
            secret or self.own["access_key_secret"], signing.acs3_string_to_sign(canonical)
        )
        credential = f"Credential={self.own['access_key_id']},SignedHeaders={';'.join(names)},Signature={signature}"
        headers["authorization"] = f"{algorithm} {credential}"
        return self.session.post(
            f"{self.url}/{query}",
            data=body if sent is None else sent,
            headers={**headers, **(spoilt or {})},
            timeout=TIMEOUT,
        )


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def box(server: Target, session: requests.Session) -> Box:
    return Box(server, session)


def code(answer: requests.Response) -> str | None:
    said: dict[str, str] = answer.json()
    return said.get("Code")


def good(answer: requests.Response) -> bool:
    return answer.status_code == 200 and answer.json()["DetectedLanguage"] == "zh"


def test_a_right_signature_of_either_family_is_accepted(box: Box) -> None:
    assert good(box.rpc())
    assert good(box.acs3())


@pytest.mark.reported("pot-app/pot-desktop: calls to /api/translate/web/general are signed as /")
def test_rpc_signs_the_path_slash_whatever_is_called(box: Box) -> None:
    assert good(box.rpc(path="/api/translate/web/general"))


@pytest.mark.sdk("aliyun-python-sdk-core 2.16.1 signs SignatureType= without a value")
def test_rpc_signs_parameters_without_a_value_too(box: Box) -> None:
    assert good(box.rpc(signed={"SignatureType": ""}))


_USUAL = "Credential={key},SignedHeaders={names},Signature={signature}"


def by_hand(box: Box, query: str, canonical: str, form: str = _USUAL) -> requests.Response:
    """Call in ACS3 style under a signature that hashlib and HMAC make, and say so in Authorization in this form."""
    empty = hashlib.sha256(b"").hexdigest()
    host = urlsplit(box.url).netloc
    headers = {
        "host": host,
        "x-acs-action": "GetDetectLanguage",
        "x-acs-date": written(datetime.now(UTC)),
        "x-acs-signature-nonce": f"n-{next(_NONCES)}",
        "x-acs-version": "2018-10-12",
    }
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    names = ";".join(headers)
    signed = f"POST\n/\n{canonical}\n{lines}\n{names}\n{empty}".encode()
    text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(signed).hexdigest()}".encode()
    signature = hmac.digest(box.own["access_key_secret"].encode(), text, "sha256").hex()
    said = form.format(key=box.own["access_key_id"], names=names, capitals=names.upper(), signature=signature)
    headers["authorization"] = f"ACS3-HMAC-SHA256 {said}"
    return box.session.post(f"{box.url}/?{query}", headers=headers, timeout=TIMEOUT)


def test_acs3_signs_the_query_in_order_and_encoded_anew(box: Box) -> None:
    canonical = "A=%2A%20~&SourceText=%E4%BD%A0%E5%A5%BD&b="
    for query in (canonical, "b=&SourceText=%e4%bd%a0%e5%a5%bd&A=*+%7E"):
        assert good(by_hand(box, query, canonical))
    assert code(by_hand(box, canonical, canonical.replace("%2A", "*"))) == "SignatureDoesNotMatch"


@pytest.mark.assumed("the page shows one form of Authorization, and does not say that there is no other")
@pytest.mark.parametrize(
    "form",
    [
        "Credential={key},SignedHeaders={capitals},Signature={signature}",
        "Credential={key}, SignedHeaders={names},Signature={signature}",
        "Credential={key}, SignedHeaders={names}, Signature={signature}",
        "Signature={signature},SignedHeaders={names},Credential={key}",
    ],
    ids=["capitals", "one blank", "blanks", "another order"],
)
def test_authorization_may_be_written_otherwise(form: str, box: Box) -> None:
    text = "SourceText=%E4%BD%A0%E5%A5%BD"
    assert good(by_hand(box, text, text, form))


def test_acs3_hashes_what_came_in_pieces(box: Box) -> None:
    assert good(box.acs3(sent=iter([b"SourceText=%E4%BD%A0", b"%E5%A5%BD"])))


@pytest.mark.sdk("alibabacloud-tea-openapi 0.4.6 with an endpoint that has a scheme")
def test_a_host_header_that_is_a_url_is_signed_as_it_is(box: Box) -> None:
    assert good(box.acs3(signed={"host": f"http://{box.own['endpoint']}"}))


def test_a_security_token_is_accepted_where_it_is_signed(box: Box) -> None:
    assert good(box.rpc(signed={"SecurityToken": "t/+="}))
    assert good(box.acs3(signed={"x-acs-security-token": "t/+=", "x-acs-accesskey-id": box.own["access_key_id"]}))


@pytest.mark.reported("windingwind/zotero-pdf-translate sends toISOString(), and is answered")
def test_milliseconds_in_the_timestamp_are_accepted(box: Box) -> None:
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.123Z")
    assert good(box.rpc(signed={"Timestamp": moment}))
    assert good(box.acs3(signed={"x-acs-date": moment}))


OFF = [timedelta(minutes=16), timedelta(minutes=-16)]


@pytest.mark.parametrize("off", OFF)
def test_a_timestamp_more_than_15_minutes_off_has_expired(off: timedelta, box: Box) -> None:
    moment = written(datetime.now(UTC) + off)
    assert code(box.rpc(signed={"Timestamp": moment})) == "InvalidTimeStamp.Expired"
    assert code(box.acs3(signed={"x-acs-date": moment})) == "InvalidTimeStamp.Expired"


@pytest.mark.assumed("the live service has one clock; a client of a moved sandbox goes by the wall's")
def test_the_time_of_the_sandbox_is_as_good_as_that_of_the_server(server: Target, session: requests.Session) -> None:
    clock = {"mode": "frozen", "at": "2026-01-01T00:00:00Z"}
    frozen = Box(server, session, scenario={"clock": clock})
    assert good(frozen.rpc())
    assert good(frozen.acs3(signed={"x-acs-date": "2026-01-01T00:14:00Z"}))
    assert code(frozen.acs3(signed={"x-acs-date": "2026-01-01T00:16:00Z"})) == "InvalidTimeStamp.Expired"


@pytest.mark.parametrize("moment", ["2026-01-01 00:00:00", "yesterday", "2026-02-30T00:00:00Z"])
def test_a_timestamp_of_another_form_is_refused(moment: str, box: Box) -> None:
    assert code(box.rpc(signed={"Timestamp": moment})) == "InvalidTimeStamp.Format"
    assert code(box.acs3(signed={"x-acs-date": moment})) == "InvalidTimeStamp.Format"


@pytest.mark.assumed("SignatureNonceUsed is documented, how long a nonce is remembered is not")
def test_a_nonce_is_good_once_until_its_timestamp_cannot_be(box: Box) -> None:
    again: dict[str, str | None] = {"SignatureNonce": "again"}
    assert good(box.rpc(signed=again))
    assert code(box.rpc(signed=again)) == "SignatureNonceUsed"
    assert code(box.acs3(signed={"x-acs-signature-nonce": "again"})) == "SignatureNonceUsed"
    box.admin("PATCH", "clock", json={"advance": "31m"})
    assert good(box.rpc(signed=again))


@pytest.mark.assumed("SignatureNonceUsed is documented, how long a nonce is remembered is not")
def test_a_nonce_is_remembered_for_as_long_as_the_latest_timestamp_is_good(
    server: Target, session: requests.Session
) -> None:
    frozen = Box(server, session, scenario={"clock": {"mode": "frozen", "at": "2026-01-01T00:00:00Z"}})
    again: dict[str, str | None] = {"SignatureNonce": "again", "Timestamp": "2026-01-01T00:15:00Z"}
    assert good(frozen.rpc(signed=again))
    frozen.admin("PATCH", "clock", json={"advance": "30m"})
    assert code(frozen.rpc(signed=again)) == "SignatureNonceUsed"
    frozen.admin("PATCH", "clock", json={"advance": "1s"})
    assert code(frozen.rpc(signed=again)) == "InvalidTimeStamp.Expired"


@pytest.mark.assumed("no page says in which order nonce and signature are looked at")
def test_a_nonce_under_a_wrong_signature_is_not_used_up(box: Box) -> None:
    again: dict[str, str | None] = {"SignatureNonce": "again"}
    assert code(box.rpc(signed=again, secret="wrong")) == "SignatureDoesNotMatch"
    assert good(box.rpc(signed=again))


@pytest.mark.parametrize(
    "name", ["SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp", "Signature", "Version", "Action"]
)
def test_a_missing_common_parameter_is_named(name: str, box: Box) -> None:
    expected = "InvalidAction.NotFound" if name == "Action" else f"Missing{name}"
    without: dict[str, str | None] = {name: None}
    if name == "Signature":
        answer = box.session.post(f"{box.url}/", data=str(box.rpc().request.url).partition("?")[2].partition("&Signature=")[0], headers={"Content-Type": FORM}, timeout=TIMEOUT)  # fmt: skip
    else:
        answer = box.rpc(signed=without)
    assert code(answer) == expected


@pytest.mark.assumed("the errors for missing ACS3 headers are not documented")
def test_acs3_without_date_or_nonce_gets_the_errors_of_rpc(box: Box) -> None:
    for header, missing in (("x-acs-date", "MissingTimestamp"), ("x-acs-signature-nonce", "MissingSignatureNonce")):
        answer = box.acs3(signed={header: None})
        assert code(answer) == missing
        assert f"sent in the header {header}" in answer.headers["X-Fauxlate-Hint"]
    answer = box.rpc(signed={"Timestamp": None})
    assert "sent in the query or the form body" in answer.headers["X-Fauxlate-Hint"]


def test_a_header_that_is_not_signed_is_not_believed(box: Box) -> None:
    late = written(datetime.now(UTC))
    answer = box.acs3(signed={"x-acs-date": None}, spoilt={"x-acs-date": late})
    assert code(answer) == "IncompleteSignature"


def test_another_method_of_signing_is_refused(box: Box) -> None:
    assert code(box.rpc(signed={"SignatureMethod": "HMAC-MD5"})) == "InvalidSignatureMethod"
    assert code(box.acs3(algorithm="ACS3-HMAC-SM3")) == "InvalidSignatureMethod"
    assert code(box.rpc(signed={"SignatureVersion": "2.0"})) == "InvalidSignatureVersion"


@pytest.mark.assumed("strangers are let in so that any credentials will do; the live service refuses them")
def test_an_unknown_key_is_refused_by_a_strict_sandbox_alone(server: Target, session: requests.Session) -> None:
    other: dict[str, str | None] = {"AccessKeyId": "nobody"}
    assert good(Box(server, session).rpc(signed=other, secret="any"))
    with Emulator() as strict:
        strict.sandbox().strict = True
        answer = Box(strict, session).rpc(signed=other, secret="any")
        assert (answer.status_code, code(answer)) == (404, "InvalidAccessKeyId.NotFound")


@pytest.mark.documented("developer.aliyun.com ask/278265: InvalidAccessKeyId.Inactive")
def test_an_inactive_key_comes_by_scenario(box: Box) -> None:
    rules = [{"on": "alibaba.*", "then": {"fail": "InvalidAccessKeyId.Inactive"}}]
    box.admin("PUT", "scenario", json={"rules": rules})
    assert code(box.acs3()) == "InvalidAccessKeyId.Inactive"


@pytest.mark.assumed("for shells that cannot sign; the live service has no such switch")
def test_a_sandbox_can_ignore_signatures(server: Target, session: requests.Session) -> None:
    assert good(Box(server, session, signatures="ignored").rpc(secret="wrong", signed={"Timestamp": None}))


@pytest.mark.sdk("alibabacloud-tea-openapi 0.4.6: bearer tokens; the API metadata names the operations")
@pytest.mark.parametrize("style", ["acs3", "rpc"])
def test_a_bearer_token_calls_the_operations_that_take_one(style: str, box: Box) -> None:
    def called(action: str, form: Mapping[str, str]) -> requests.Response:
        token = box.own["bearer_token"]
        common = {"Action": action, "Version": "2018-10-12", "Format": "JSON", "BearerToken": token}
        headers = {"x-acs-action": action, "x-acs-version": "2018-10-12", "x-acs-bearer-token": token}
        query = urlencode(common) if style == "rpc" else "SignatureType=BEARERTOKEN"
        sent = {} if style == "rpc" else headers
        return box.session.post(f"{box.url}/?{query}", data=form, headers=sent, timeout=TIMEOUT)

    text = {"SourceText": "你好", "SourceLanguage": "auto", "TargetLanguage": "en", "FormatType": "text"}
    answer = called("TranslateGeneral", text)
    assert answer.json()["Data"] == {"Translated": "hello", "WordCount": "2", "DetectedLanguage": "zh"}
    assert code(called("GetDetectLanguage", text)) == "IncompleteSignature"


CAUSES = [
    ("acs3", {"secret": "wrong"}, "AccessKeySecret is wrong"),
    ("acs3", {"sent": b"SourceText=altered"}, "The body was altered on its way"),
    ("acs3", {"spoilt": {"host": "proxy.example"}}, "The Host header was altered"),
    ("acs3", {"spoilt": {"x-acs-version": "2018-10-12 "}, "signed": {"x-acs-x": ""}}, None),
    ("rpc", {"secret": "wrong"}, "AccessKeySecret is wrong"),
    ("rpc", {"spoilt": {"Extra": "1"}}, "The parameter Extra was added"),
]


@pytest.mark.assumed("the journal is the emulator's own")
@pytest.mark.parametrize(("style", "how", "cause"), CAUSES)
def test_the_journal_says_why_a_signature_does_not_match(
    style: str, how: Mapping[str, Any], cause: str | None, box: Box
) -> None:
    answer = (box.acs3 if style == "acs3" else box.rpc)(**how)
    if cause is None:  # white space around a header is no alteration
        assert good(answer)
        assert box.explained is None
        return
    assert (answer.status_code, code(answer)) == (400, "SignatureDoesNotMatch")
    explained = box.explained
    assert cause in explained["cause"]
    lines = explained["lines"]
    assert [line["here"] for line in lines[:2]] == ["POST", "/"]
    differ = [line for line in lines if line["client"] not in (None, line["here"])]
    assert bool(differ) == (how.get("secret") is None)


@pytest.mark.assumed("the journal is the emulator's own")
def test_the_secret_of_one_family_in_the_other_is_recognised(box: Box) -> None:
    box.acs3(secret=box.own["access_key_secret"] + "&")
    assert "that is RPC's" in box.explained["cause"]


def test_the_message_has_what_was_signed_in_the_words_of_its_family(box: Box) -> None:
    rpc = box.rpc(secret="wrong").json()["Message"]
    assert rpc.startswith("Specified signature is not matched with our calculation. server string to sign is:POST&%2F&")
    assert rpc.count(":") == 1  # the old SDK takes what stands between the first colon and the second
    acs3 = box.acs3(secret="wrong").json()["Message"]
    assert "server StringToSign is [ACS3-HMAC-SHA256\n" in acs3
    assert "server CanonicalRequest is [POST\n/\n\ncontent-type:" in acs3


@pytest.mark.parametrize("wanted", ["XML", None])
def test_rpc_answers_are_xml_unless_json_is_asked_for(wanted: str | None, box: Box) -> None:
    answer = box.rpc(signed={"Format": wanted})
    assert answer.headers["Content-Type"] == "application/xml;charset=utf-8"
    told = ElementTree.fromstring(answer.content)
    assert (told.tag, told.findtext("DetectedLanguage")) == ("GetDetectLanguageResponse", "zh")
    refused = box.rpc(signed={"Format": wanted}, secret="wrong")
    told = ElementTree.fromstring(refused.content)
    assert (refused.status_code, told.tag, told.findtext("Code")) == (400, "Error", "SignatureDoesNotMatch")
    assert [one.tag for one in told] == ["RequestId", "Message", "Recommend", "HostId", "Code"]


@pytest.mark.assumed("no page shows an error of alimt in XML")
def test_an_error_in_the_body_is_xml_too(box: Box) -> None:
    asked = {"SourceText": "x" * 5001}
    told = ElementTree.fromstring(box.rpc(signed={"Format": "xml"}, form=asked).content)
    assert (told.tag, told.findtext("Code")) == ("GetDetectLanguageResponse", "10008")


def test_another_format_is_refused(box: Box) -> None:
    told = ElementTree.fromstring(box.rpc(signed={"Format": "YAML"}).content)
    assert told.findtext("Code") == "InvalidParameter.Format"


@pytest.mark.assumed("no page shows a list of alimt in XML")
def test_lists_in_xml_are_one_element_an_item_and_letters_that_xml_has_not_are_replaced(box: Box) -> None:
    box.admin("PUT", "scenario", json={"lifecycles": {"alibaba.image_batch": {"created": "0s", "running": "0s"}}})
    asked = {
        "ImageUrls": "https://e.example/<a>\u0001,https://e.example/b",
        "SourceLanguage": "zh",
        "TargetLanguage": "en",
    }
    made = box.rpc(signed={"Format": None, "Action": "TranslateImageBatch"}, form=asked)
    task = ElementTree.fromstring(made.content).findtext("Data/TaskId") or ""
    action: dict[str, str | None] = {"Format": None, "Action": "GetTranslateImageBatchResult"}
    told = ElementTree.fromstring(box.rpc(signed=action, form={"TaskId": task}).content)
    urls = [one.findtext("SourceImageUrl") for one in told.findall("Data/Result")]
    assert urls == ["https://e.example/<a>\ufffd", "https://e.example/b"]
    assert [one.findtext("Success") for one in told.findall("Data/Result")] == ["true", "true"]


@pytest.mark.assumed("the journal is the emulator's own")
def test_the_journal_is_json_whatever_was_signed(box: Box) -> None:
    box.rpc(secret="wrong", form={"SourceText": "\u0000\ud800".encode(errors="replace").decode()})
    assert json.dumps(box.explained)
