"""Every rule of signing: a request that keeps them is let in, and one that breaks one gets the documented refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fauxlate.engine.tables.evidence import Evidence

from contract_tests.clients.huawei_wire import Wire, signed
from contract_tests.drift import Observer
from contract_tests.evidence import case
from contract_tests.speaking import FLOWS, Said, Sent, Speaker, jobs_path, without
from contract_tests.target import Target

_GATEWAY = "alibabacloud.com, common errors of the gateway"
_GUIDE = "guide to request signing (SDK-HMAC-SHA256); apig-faq-0003"
IAM = "Incorrect IAM authentication information: "


@dataclass(frozen=True)
class Rule:
    """A rule: the request that breaks it, and the code and message (a pattern) of its refusal; no code: it is kept."""

    name: str
    operation: str
    sent: Callable[[Speaker], Sent]
    code: str = ""
    message: str = ""
    status: int = 400
    source: str = _GATEWAY
    evidence: Evidence = Evidence.DOCUMENTED


def alimt(
    before: dict[str, str] | None = None, after: dict[str, str] | None = None, *leave_out: str, **options: Any
) -> Callable[[Speaker], Sent]:
    """Return a call of alimt; `before` goes over its parameters before it is signed, `after` afterwards."""

    def sent(speaker: Speaker) -> Sent:
        call = speaker.alimt("GetDetectLanguage", {"SourceText": "你好 *~+"}, **{**options, **(before or {})})
        return without(replace(call, query={**call.query, **(after or {})}), *leave_out)

    return sent


def late(minutes: float) -> Callable[[Speaker], Sent]:
    def sent(speaker: Speaker) -> Sent:
        return alimt(at=datetime.now(UTC) + timedelta(minutes=minutes))(speaker)

    return sent


def nlp(spoilt: Callable[[Wire], Wire] = lambda wire: wire, **options: Any) -> Callable[[Speaker], Sent]:
    """Return a status query of Huawei that the official SDK's own signer has signed, and that is then spoilt."""

    def sent(speaker: Speaker) -> Sent:
        told = {**speaker.target.told("huawei"), "endpoint": speaker.target.base("huawei", "nlp")}
        wire = spoilt(signed(told, "GET", f"{jobs_path(speaker)}/x", **options))
        return Sent(wire.method, wire.path, {}, wire.headers)

    return sent


def off(seconds: float) -> Callable[[Speaker], Sent]:
    def sent(speaker: Speaker) -> Sent:
        return nlp(at=datetime.now(UTC).timestamp() + seconds)(speaker)

    return sent


def plain(**headers: str) -> Callable[[Speaker], Sent]:
    return lambda speaker: Sent("GET", f"{jobs_path(speaker)}/x", {}, headers)


_DETECT = "alibaba.GetDetectLanguage"
_QUERY = "huawei.RunGetFileTranslationResult"
_UNKNOWN = ("NLP.6304", "Task is not found!", 400)
RULES = (
    Rule("alimt, signed", _DETECT, alimt()),
    Rule("alimt, signed with a parameter without value", _DETECT, alimt({"SignatureType": ""})),
    Rule("alimt, 14 minutes late", _DETECT, late(-14)),
    Rule("alimt, 14 minutes early", _DETECT, late(14)),
    Rule("alimt, 16 minutes late", _DETECT, late(-16), "InvalidTimeStamp.Expired", ".* expired.*"),
    Rule("alimt, 16 minutes early", _DETECT, late(16), "InvalidTimeStamp.Expired", ".* expired.*"),
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
    Rule("nlp, 14 minutes late", _QUERY, off(-840), *_UNKNOWN, source=_GUIDE),
    Rule("nlp, 14 minutes early", _QUERY, off(840), *_UNKNOWN, source=_GUIDE),
    *(
        Rule(f"nlp, {words}", _QUERY, off(by), "APIG.0301", f"{IAM}.*signature expired", 401, _GUIDE)
        for words, by in (("16 minutes late", -960), ("16 minutes early", 960))
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
        nlp(lambda wire: replace(wire, path=f"{wire.path}y")),
        "APIG.0301",
        f"{IAM}verify aksk signature fail, .*",
        401,
        _GUIDE,
    ),
    Rule("nlp, no authentication", _QUERY, plain(), "APIG.0301", f"{IAM}.*", 401, "huawei.missing_authentication"),
    Rule(
        "nlp, unknown token",
        _QUERY,
        plain(**{"X-Auth-Token": "MIIF"}),
        "NLP.0101",
        "Authentication failed. Verify the token.",
        401,
        "seed 003",
    ),
)


def checked(rule: Rule, said: Said) -> None:
    if not rule.code:
        assert (said.status, said.error) == (200, None)
        return
    assert said.error is not None, said.body
    code, message = said.error
    assert (said.status, code) == (rule.status, rule.code)
    assert re.fullmatch(rule.message, message, re.DOTALL), message


@pytest.mark.parametrize("rule", [case(rule, rule, id=rule.name) for rule in RULES])
def test_a_rule_of_signing_is_kept(rule: Rule, target: Target, observer: Observer) -> None:
    speaker = Speaker(target)
    sent = rule.sent(speaker)
    speaker.heard = observer.heard
    checked(rule, speaker.ask(rule.operation, sent))


@pytest.mark.documented(_GATEWAY)
def test_a_nonce_is_good_once(target: Target, observer: Observer) -> None:
    speaker = Speaker(target, observer.heard)
    sent = alimt()(speaker)
    assert speaker.ask(_DETECT, sent).error is None
    said = speaker.ask(_DETECT, sent)
    assert (said.status, said.error) == (
        400,
        ("SignatureNonceUsed", "Specified signature nonce was used already."),
    )


@pytest.mark.documented("Object Storage API, signature in a URL")
@pytest.mark.parametrize("altered", ["Signature", "Expires"])
def test_a_link_is_good_as_it_is_alone(target: Target, observer: Observer, altered: str) -> None:
    speaker, flow = Speaker(target), FLOWS["huawei.file_translation"]
    job = flow.started(speaker)
    target.until(lambda: flow.seen(speaker, job).links, within=10, every=flow.poll)
    link = flow.seen(speaker, job).links[0]
    speaker.heard = observer.heard
    spoilt = re.sub(rf"({altered}=)(.)", lambda found: found[1] + ("9" if found[2] != "9" else "8"), link)
    said = speaker.fetch(flow.fetched, spoilt)
    assert said.status == 403
    assert said.error is not None
    assert said.error[0] == "SignatureDoesNotMatch"


_THEN = datetime(2030, 1, 1, tzinfo=UTC)
_EXPIRED = "Specified time stamp or date value is expired."


@pytest.mark.documented("guide to request signing, common errors of the gateway: more than 15 minutes")
@pytest.mark.parametrize(("seconds", "good"), [(-900, True), (-901, False), (900, True), (901, False)])
def test_a_signature_is_good_for_fifteen_minutes_either_way(target: Target, seconds: int, good: bool) -> None:  # noqa: FBT001
    with target.scripted({}, clock={"mode": "frozen", "at": _THEN.isoformat()}) as box:
        speaker, at = Speaker(box), _THEN + timedelta(seconds=seconds)
        said = speaker.ask(_DETECT, alimt(at=at)(speaker))
        assert said.error is None if good else said.error == ("InvalidTimeStamp.Expired", _EXPIRED)
        said = speaker.ask(_QUERY, nlp(at=at.timestamp())(speaker))
        assert said.error is not None
        assert said.error[0] == ("NLP.6304" if good else "APIG.0301")
