"""The journal: why each rule did or did not apply, and that no secret is ever in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import requests
from tests.web.clients import PATIENCE, connected, text
from tests.web.conftest import Box, Boxes, rule

RULES = """\
rules:
  - {on: huawei.RunFileTranslation, then: {fail: NLP.0201}}
  - {on: alibaba.CreateAsyncTranslate, when: {body.SourceText: 'b*'}, then: {fail: '10013'}}
  - on: alibaba.CreateAsyncTranslate
    skip: 1
    then: {fail: '10013'}
  - {on: alibaba.CreateAsyncTranslate, when: {body.SourceText: c}, times: 1, then: {patch: {n: 1}}}
  - {on: alibaba.CreateAsyncTranslate, when: {body.SourceText: {absent: true}}, then: {fail: '10013'}}
  - {on: 'alibaba.*', every: 2, then: {patch: {n: 2}}}
  - {on: alibaba.CreateAsyncTranslate, then: {patch: {n: 3}}}
"""


def test_the_journal_says_of_each_rule_why_it_did_not_apply(box: Boxes) -> None:
    here = box()
    here.follow(RULES)
    here.alibaba.create("c")
    here.alibaba.create("a")
    first, second = here.journal()
    assert first["rule"] == "scenario:7"
    assert first["why"] == [
        "scenario:2: it is on huawei.RunFileTranslation",
        "scenario:3: body.SourceText is `c`, not `b*`",
        "scenario:4: it skips 1, and this is number 1",
        "scenario:7: applied",
        "scenario:8: not looked at, an earlier rule applied or the call got no further",
        "scenario:9: not looked at, an earlier rule applied or the call got no further",
        "scenario:10: not looked at, an earlier rule applied or the call got no further",
    ]
    assert (second["rule"], second["why"][2]) == ("scenario:4", "scenario:4: applied")


def test_the_journal_says_what_has_been_used_up_and_what_did_not_come_up(box: Boxes) -> None:
    here = box()
    here.follow(
        """\
rules:
  - {on: alibaba.CreateAsyncTranslate, times: 1, then: {patch: {n: 1}}}
  - {on: alibaba.CreateAsyncTranslate, every: 3, then: {patch: {n: 2}}}
  - {on: alibaba.CreateAsyncTranslate, chance: 1.0e-9, then: {patch: {n: 3}}}
  - {on: alibaba.CreateAsyncTranslate, when: {job.nth: 7}, then: {patch: {n: 4}}}
"""
    )
    for _ in range(3):
        here.alibaba.create()
    entry = here.last()
    assert entry["rule"] is None
    assert entry["why"] == [
        "scenario:2: it has been used 1 times, which is all",
        "scenario:3: it applies to every 3th, and this is number 2",
        "scenario:4: its chance of 1e-09 did not come up",
        "scenario:5: job.nth is `3`, not `7`",
    ]


def test_rules_sent_as_an_object_can_be_told_apart(box: Boxes) -> None:
    here = box(RULES)
    here.alibaba.create("c")
    places = [line.partition(": ")[0] for line in here.last()["why"]]
    assert len(set(places)) == 7
    assert here.last()["rule"] == places[3]


def test_the_journal_says_which_rules_and_jobs_were_left_over(box: Boxes) -> None:
    here = box()
    here.follow(RULES)
    here.alibaba.create("c")
    here.admin("POST", "/reset", {})
    here.follow(RULES)
    here.alibaba.create("c")
    left = here.admin("DELETE").json()
    assert [one.split(":")[1] for one in left["unused"]] == ["2", "3", "4", "8", "9", "10"]


def test_an_entry_tells_operation_job_answer_error_and_fault(box: Boxes) -> None:
    here = box(rule("huawei.RunGetFileTranslationResult", "{body: truncated}", "skip: 1, times: 1"))
    job = here.huawei.made()
    here.huawei.ask(job)
    with pytest.raises(requests.RequestException):
        here.huawei.ask(job)
    status = here.huawei.ask("nowhere").status_code
    found = here.journal(f"?job={job}")
    assert [(one["operation"], one["job"], one["reply"]["fault"]) for one in found] == [
        ("huawei.RunFileTranslation", job, None),
        ("huawei.RunGetFileTranslationResult", job, None),
        ("huawei.RunGetFileTranslationResult", job, "body truncated"),
    ]
    assert here.last()["reply"]["error"] == "NLP.6304"
    assert [one["reply"]["error"] for one in here.journal(f"?status={status}")] == ["NLP.6304"]
    assert len(here.journal("?operation=RunGetFileTranslationResult")) == 3
    numbers = [one["number"] for one in here.journal()]
    assert numbers == sorted(numbers)
    assert [one["number"] for one in here.journal(f"?after={numbers[-2]}")] == numbers[-1:]


def test_each_fault_is_named_in_the_journal_as_coverage_names_it(box: Boxes) -> None:
    for then, name in (
        ("{drop: reset}", "drop reset"),
        ("{drop: {how: empty, when: after}}", "drop empty"),
        ("{drop: {how: stall, for: 1ms}}", "drop stall"),
        ("{body: truncated}", "body truncated"),
        ("{body: {how: dribble, for: 1ms}}", "body dribble"),
    ):
        here = box(rule("alibaba.CreateAsyncTranslate", then))
        with connected(here.alibaba.creating()) as wire:
            try:
                wire.recv(1)
            except ConnectionResetError:
                assert name == "drop reset"
        assert here.last()["reply"]["fault"] == name
        assert here.faults() == {name: 1}


def test_a_listener_hears_of_each_call_and_goes_on_after_a_reset(box: Boxes) -> None:
    here = box()
    at = f"{here.url}/__fauxlate/sandboxes/{here.id}/events"
    with requests.Session() as session, closing(session.get(at, stream=True, timeout=PATIENCE)) as stream:
        lines = map(str, stream.iter_lines(decode_unicode=True))
        assert next(lines) == ": fauxlate"
        for label in ("first", "second"):
            here.alibaba.create(label)
            assert label in next(line for line in lines if line.startswith(("data: ", ": still")))
            assert here.admin("POST", "/reset", {}).status_code == 200
    here.alibaba.create()  # so that the server notices that nobody listens any more


# secrets


def flow(here: Box) -> Iterator[str]:
    """Use every credential there is in every way there is; give the secrets that were used or came back."""
    for told in here.credentials.values():
        yield from (value for name, value in told.items() if name.endswith(("secret", "secret_key", "password")))
    alibaba, huawei, dingtalk = here.alibaba, here.huawei, here.dingtalk
    job = alibaba.made()
    here.advance("1m")
    asked = alibaba.asking(job)
    alibaba.send(asked)
    yield str(asked.url).rpartition("Signature=")[2]
    keys = {"AccessKeyId": alibaba.told["access_key_id"], "Version": "2018-10-12", "Action": "CreateAsyncTranslate"}
    url = f"http://{alibaba.told['endpoint']}/"
    in_form = {"Signature": "form+signature/=", "SecurityToken": "form+security/="}
    here.session.post(url, data=keys | text("a") | in_form, timeout=PATIENCE)
    yield from in_form.values()
    headers = {
        "Authorization": f"ACS3-HMAC-SHA256 Credential={alibaba.told['access_key_id']},SignedHeaders=host,Signature=0123456789abcdef",
        "x-acs-action": "CreateAsyncTranslate",
        "x-acs-version": "2018-10-12",
        "x-acs-security-token": "header-security-token",
        "Cookie": "session=cookie-of-a-test",
    }
    here.session.post(url, params=text("a"), headers=headers, timeout=PATIENCE)
    yield from ("0123456789abcdef", "header-security-token", "cookie-of-a-test")

    document = huawei.made()
    yield huawei.token
    here.advance("1m")
    link = huawei.ask(document).json()["url"]
    assert here.session.get(link, timeout=PATIENCE).status_code == 200
    assert here.session.get(link.replace("Signature=", "Signature=A"), timeout=PATIENCE).status_code == 403
    yield link.rpartition("Signature=")[2]
    wrong = huawei.token_body()
    wrong["auth"]["identity"]["password"]["user"]["password"] = 'wrong "password" of a test'
    here.session.post(f"{huawei.told['iam_endpoint']}/v3/auth/tokens", json=wrong, timeout=PATIENCE)
    yield r"wrong \"password\" of a test"
    signed = {
        "Authorization": f"SDK-HMAC-SHA256 Access={huawei.told['access_key']}, SignedHeaders=host, Signature=abc123def456"
    }
    here.session.get(f"{huawei.jobs}/{document}", headers=signed, timeout=PATIENCE)
    yield "abc123def456"

    file = dingtalk.made()
    yield from (dingtalk.token, "ticket-of-a-test")
    here.advance("1m")
    result = dingtalk.ask(file).json()["url"]
    assert here.session.get(result, timeout=PATIENCE).status_code == 200
    own = {"appKey": dingtalk.told["app_key"], "appSecret": dingtalk.told["app_secret"]}
    token = here.session.post(f"{dingtalk.url}/v1.0/oauth2/accessToken", json=own, timeout=PATIENCE).json()
    yield token["accessToken"]
    own["appSecret"] = "another app secret"
    here.session.post(f"{dingtalk.url}/v1.0/oauth2/accessToken", json=own, timeout=PATIENCE)
    yield "another app secret"
    here.session.get(
        f"{dingtalk.url}/gettoken", params={"appkey": "k", "appsecret": "query-secret-of-a-test"}, timeout=PATIENCE
    )
    yield "query-secret-of-a-test"


def everything_told(here: Box) -> str:
    """Return all that the admin API tells of what was sent, but not the credentials that it hands out."""
    har = here.admin("GET", "/journal?format=har")
    return har.text + json.dumps(here.journal(), ensure_ascii=False) + here.admin("GET", "/jobs").text


def leaked(secrets: list[str], told: str) -> list[str]:
    forms = {secret: {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)} for secret in secrets}
    return [secret for secret, written in forms.items() if any(form in told for form in written)]


def test_no_secret_is_in_the_journal_or_the_har(box: Boxes) -> None:
    here = box()
    secrets = list(flow(here))
    assert len(secrets) >= 20
    assert all(secrets)
    told = everything_told(here)
    assert "<redacted>" in told
    assert leaked(secrets, told) == []


def test_no_secret_is_in_the_events(box: Boxes, aside: ThreadPoolExecutor) -> None:
    here = box()
    heard: list[str] = []
    at = f"{here.url}/__fauxlate/sandboxes/{here.id}/events"
    with requests.Session() as session, closing(session.get(at, stream=True, timeout=PATIENCE)) as stream:
        lines = stream.iter_lines(decode_unicode=True)
        assert next(lines) == ": fauxlate"

        def listen() -> None:
            for line in map(str, lines):
                heard.append(line)
                if "last-of-all" in line:
                    return

        listening = aside.submit(listen)
        secrets = list(flow(here))
        here.alibaba.create("last-of-all")
        listening.result(PATIENCE)
    told = "\n".join(heard)
    assert told.count("event: request") == len(here.journal())
    here.alibaba.create()  # so that the server notices that nobody listens any more
    assert leaked(secrets, told) == []


LOOKS: dict[str, tuple[str, Callable[[Box], str]]] = {
    "header.X-Auth-Token": ("huawei.RunFileTranslation", lambda here: here.huawei.token[:40]),
    "body.auth.identity.password.user.password": (
        "huawei.KeystoneCreateUserTokenByPassword",
        lambda here: here.huawei.told["password"],
    ),
    "header.x-acs-dingtalk-access-token": ("dingtalk.TranslateFile", lambda here: here.dingtalk.token),
    "query.access_token": ("dingtalk.UploadSingle", lambda here: here.dingtalk.token),
    "body.suiteSecret": ("dingtalk.GetCorpAccessToken", lambda here: here.dingtalk.told["suite_secret"][:40]),
    "query.Signature": ("alibaba.CreateAsyncTranslate", lambda _: SIGNATURE),
}
"""Conditions on secrets: the operation, and the secret that its journal must not tell."""
SIGNATURE = "c2lnbmF0dXJlIG9mIGEgdGVzdA=="


@pytest.mark.parametrize("field", LOOKS)
def test_no_secret_is_in_the_journal_because_a_rule_looks_at_it(box: Boxes, field: str) -> None:
    operation, secret = LOOKS[field]
    here = box(rule(operation, "{delay: 0s}", f"when: {{{field}: 'no*'}}"), signatures="ignored")
    if operation.startswith("alibaba"):
        parameters = {
            "Action": "CreateAsyncTranslate",
            "Version": "2018-10-12",
            "AccessKeyId": here.alibaba.told["access_key_id"],
            "Signature": SIGNATURE,
            **text("a"),
        }
        here.session.post(f"http://{here.alibaba.told['endpoint']}/", params=parameters, timeout=PATIENCE)
    else:
        (here.huawei if operation.startswith("huawei") else here.dingtalk).create()
    assert any(field in line for entry in here.journal() for line in entry["why"])
    assert leaked([secret(here)], everything_told(here)) == []


def odd(here: Box) -> dict[str, tuple[str, dict[str, Any], str]]:
    """Return requests, and the secret in each, that are not as clients send them."""
    alibaba = f"http://{here.alibaba.told['endpoint']}/"
    keys = f"AccessKeyId={here.alibaba.told['access_key_id']}&Version=2018-10-12&Action=CreateAsyncTranslate"
    token, suite = f"{here.dingtalk.url}/v1.0/oauth2/accessToken", here.dingtalk.told["app_key"]
    user = here.huawei.token_body()
    user["auth"]["identity"]["password"]["user"]["password"] = ["listed-secret"]
    return {
        "bearer token in the query": (
            alibaba + "?" + keys,
            {"params": {"BearerToken": "bearer-secret"}},
            "bearer-secret",
        ),
        "form without a content type": (
            alibaba,
            {"data": f"SecurityToken=first-secret&{keys}".encode()},
            "first-secret",
        ),
        "secret in a list": (token, {"json": {"appKey": suite, "appSecret": ["in-a-list"]}}, "in-a-list"),
        "secret in an object": (token, {"json": {"appKey": suite, "appSecret": {"a": "in-an-object"}}}, "in-an-object"),
        "secret as a number": (token, {"json": {"appKey": suite, "appSecret": 73577357}}, "73577357"),
        "password in a list": (f"{here.huawei.told['iam_endpoint']}/v3/auth/tokens", {"json": user}, "listed-secret"),
        "proxy": (alibaba + "?" + keys, {"headers": {"Proxy-Authorization": "Basic proxy-secret"}}, "proxy-secret"),
        "json cut in two": (
            token,
            {"data": f'{{"appKey": "{suite}", "appSecret": "cut-sec', "headers": {"Content-Type": "application/json"}},
            "cut-sec",
        ),
    }


@pytest.mark.parametrize(
    "name",
    [
        "bearer token in the query",
        "form without a content type",
        "secret in a list",
        "secret in an object",
        "secret as a number",
        "password in a list",
        "proxy",
        "json cut in two",
    ],
)
def test_no_secret_is_in_the_journal_however_oddly_it_was_sent(box: Boxes, name: str) -> None:
    here = box()
    url, sent, secret = odd(here)[name]
    here.session.post(url, **sent, timeout=PATIENCE)
    at = f"{here.url}/__fauxlate/sandboxes/default/journal"  # where those land that name no sandbox
    strays = [here.session.get(f"{at}?limit=1&format={form}", timeout=PATIENCE).text for form in ("json", "har")]
    assert leaked([secret], everything_told(here) + "".join(strays)) == []
