"""Every rule of signing: a request that keeps them is accepted, and one that breaks one is refused as documented."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fauxlate.engine.tables.evidence import Evidence

from contract_tests.clients.huawei.raw import RawRequest, sign
from contract_tests.harness.drift.observer import Observer
from contract_tests.harness.evidence import case
from contract_tests.harness.exchange import Request, Response
from contract_tests.harness.flows import FLOWS, huawei_jobs_path
from contract_tests.harness.provider_client import ProviderClient
from contract_tests.harness.target import Target

_GATEWAY = "alibabacloud.com, common errors of the gateway"
_GUIDE = "guide to request signing (SDK-HMAC-SHA256); apig-faq-0003"
IAM = "Incorrect IAM authentication information: "


RequestBuilder = Callable[[ProviderClient], Request]


@dataclass(frozen=True)
class Rule:
    """A rule of signing, by a request of `operation` and its answer: `status`, `code` and a pattern of the `message`.

    Without a code the request is accepted.
    """

    name: str
    operation: str
    build: RequestBuilder
    code: str = ""
    message: str = ""
    status: int = 400
    source: str = _GATEWAY
    evidence: Evidence = Evidence.DOCUMENTED


def alimt(
    before: dict[str, str] | None = None, after: dict[str, str] | None = None, *missing: str, **options: Any
) -> RequestBuilder:
    """Return a builder of signed requests of alimt.

    `before` replaces parameters before it is signed, `after` afterwards, and the `missing` ones are taken away. `options`
    are those of `ProviderClient.alimt_request`.
    """

    def build(client: ProviderClient) -> Request:
        form = {"SourceText": "你好 *~+"}
        request = client.alimt_request("GetDetectLanguage", form, **{**options, **(before or {})})
        return replace(request, query={**request.query, **(after or {})}).without(*missing)

    return build


def alimt_at(minutes: float) -> RequestBuilder:
    """Return a builder of requests of alimt whose timestamp is so many minutes from now."""

    def build(client: ProviderClient) -> Request:
        return alimt(timestamp=datetime.now(UTC) + timedelta(minutes=minutes))(client)

    return build


def nlp(alter: Callable[[RawRequest], RawRequest] = lambda request: request, **options: Any) -> RequestBuilder:
    """Return a builder of Huawei's status queries, signed by the official SDK's own signer and then altered."""

    def build(client: ProviderClient) -> Request:
        credentials = {**client.target.credentials("huawei"), "endpoint": client.target.base_url("huawei", "nlp")}
        request = alter(sign(credentials, "GET", f"{huawei_jobs_path(client)}/x", **options))
        return Request(request.method, request.path, {}, request.headers)

    return build


def nlp_at(seconds: float) -> RequestBuilder:
    """Return a builder of Huawei's status queries whose date is so many seconds from now."""

    def build(client: ProviderClient) -> Request:
        return nlp(timestamp=datetime.now(UTC).timestamp() + seconds)(client)

    return build


def unsigned_nlp(**headers: str) -> RequestBuilder:
    """Return a builder of Huawei's status queries that are not signed."""
    return lambda client: Request("GET", f"{huawei_jobs_path(client)}/x", {}, headers)


_DETECT = "alibaba.GetDetectLanguage"
_QUERY = "huawei.RunGetFileTranslationResult"
_UNKNOWN = ("NLP.6304", "Task is not found!", 400)
RULES = (
    Rule("alimt, signed", _DETECT, alimt()),
    Rule("alimt, signed with a parameter without value", _DETECT, alimt({"SignatureType": ""})),
    Rule("alimt, 14 minutes late", _DETECT, alimt_at(-14)),
    Rule("alimt, 14 minutes early", _DETECT, alimt_at(14)),
    Rule("alimt, 16 minutes late", _DETECT, alimt_at(-16), "InvalidTimeStamp.Expired", ".* expired.*"),
    Rule("alimt, 16 minutes early", _DETECT, alimt_at(16), "InvalidTimeStamp.Expired", ".* expired.*"),
    Rule(
        "alimt, time of another form",
        _DETECT,
        alimt({"Timestamp": "yesterday"}),
        "InvalidTimeStamp.Format",
        "Specified time stamp or date value is not well formatted.",
    ),
    Rule("alimt, wrong secret", _DETECT, alimt(secret="wrong"), "SignatureDoesNotMatch", ".*sign is:POST&%2F&.*"),
    Rule("alimt, altered", _DETECT, alimt(after={"SignatureNonce": "x"}), "SignatureDoesNotMatch", ".*sign is:.*"),
    Rule("alimt, added to", _DETECT, alimt(after={"More": "x"}), "SignatureDoesNotMatch", ".*sign is:.*"),
    Rule(
        "alimt, another method of signing",
        _DETECT,
        alimt({"SignatureMethod": "HMAC-MD5"}),
        "InvalidSignatureMethod",
        "Specified signature method is not valid.",
    ),
    Rule("alimt, another API version", _DETECT, alimt({"Version": "2019-01-02"}), "InvalidVersion", ".*Version.*"),
    *(
        Rule(f"alimt without {name}", _DETECT, alimt(None, None, name), f"Missing{name}", f"{name} is mandatory.*")
        for name in ("Timestamp", "SignatureNonce", "SignatureMethod", "Signature", "AccessKeyId", "Version")
    ),
    Rule("nlp, signed", _QUERY, nlp(), *_UNKNOWN, source=_GUIDE),
    Rule("nlp, 14 minutes late", _QUERY, nlp_at(-840), *_UNKNOWN, source=_GUIDE),
    Rule("nlp, 14 minutes early", _QUERY, nlp_at(840), *_UNKNOWN, source=_GUIDE),
    *(
        Rule(f"nlp, {description}", _QUERY, nlp_at(seconds), "APIG.0301", f"{IAM}.*signature expired", 401, _GUIDE)
        for description, seconds in (("16 minutes late", -960), ("16 minutes early", 960))
    ),
    Rule(
        "nlp, wrong secret",
        _QUERY,
        nlp(secret_key="wrong"),
        "APIG.0301",
        f"{IAM}verify aksk signature fail, canonicalRequest:GET\\|/v1/.*",
        401,
        _GUIDE,
    ),
    Rule(
        "nlp, altered",
        _QUERY,
        nlp(lambda request: replace(request, path=f"{request.path}y")),
        "APIG.0301",
        f"{IAM}verify aksk signature fail, .*",
        401,
        _GUIDE,
    ),
    Rule(
        "nlp, no authentication", _QUERY, unsigned_nlp(), "APIG.0301", f"{IAM}.*", 401, "huawei.missing_authentication"
    ),
    Rule(
        "nlp, unknown token",
        _QUERY,
        unsigned_nlp(**{"X-Auth-Token": "MIIF"}),
        "NLP.0101",
        "Authentication failed. Verify the token.",
        401,
        "seed 003",
    ),
)


def check(rule: Rule, response: Response) -> None:
    if not rule.code:
        assert (response.status, response.error) == (200, None)
        return
    assert response.error is not None, response.body
    code, message = response.error
    assert (response.status, code) == (rule.status, rule.code)
    assert re.fullmatch(rule.message, message, re.DOTALL), message


@pytest.mark.parametrize("rule", [case(rule, rule, id=rule.name) for rule in RULES])
def test_a_rule_of_signing_is_kept(rule: Rule, target: Target, observer: Observer) -> None:
    client = ProviderClient(target)
    request = rule.build(client)
    client.listener = observer.on_exchange
    check(rule, client.send(rule.operation, request))


@pytest.mark.documented(_GATEWAY)
def test_a_nonce_is_good_once(target: Target, observer: Observer) -> None:
    client = ProviderClient(target, observer.on_exchange)
    request = alimt()(client)
    assert client.send(_DETECT, request).error is None
    response = client.send(_DETECT, request)
    assert (response.status, response.error) == (
        400,
        ("SignatureNonceUsed", "Specified signature nonce was used already."),
    )


@pytest.mark.documented("Object Storage API, signature in a URL")
@pytest.mark.parametrize("parameter", ["Signature", "Expires"])
def test_a_link_is_good_as_it_is_alone(target: Target, observer: Observer, parameter: str) -> None:
    client, flow = ProviderClient(target), FLOWS["huawei.file_translation"]
    job_id = flow.start(client)
    target.wait_until(lambda: flow.status(client, job_id).links, within=10, interval=flow.poll_interval)
    link = flow.status(client, job_id).links[0]
    client.listener = observer.on_exchange
    wrong_link = re.sub(rf"({parameter}=)(.)", lambda match: match[1] + ("9" if match[2] != "9" else "8"), link)
    response = client.download(flow.download_operation, wrong_link)
    assert response.status == 403
    assert response.error is not None
    assert response.error[0] == "SignatureDoesNotMatch"


_NOW = datetime(2030, 1, 1, tzinfo=UTC)
_EXPIRED = "Specified time stamp or date value is expired."


@pytest.mark.documented("guide to request signing, common errors of the gateway: more than 15 minutes")
@pytest.mark.parametrize(("seconds", "is_good"), [(-900, True), (-901, False), (900, True), (901, False)])
def test_a_signature_is_good_for_fifteen_minutes_either_way(target: Target, seconds: int, is_good: bool) -> None:  # noqa: FBT001
    with target.create_sandbox({}, clock={"mode": "frozen", "at": _NOW.isoformat()}) as sandbox:
        client, timestamp = ProviderClient(sandbox), _NOW + timedelta(seconds=seconds)
        response = client.send(_DETECT, alimt(timestamp=timestamp)(client))
        assert response.error is None if is_good else response.error == ("InvalidTimeStamp.Expired", _EXPIRED)
        response = client.send(_QUERY, nlp(timestamp=timestamp.timestamp())(client))
        assert response.error is not None
        assert response.error[0] == ("NLP.6304" if is_good else "APIG.0301")
