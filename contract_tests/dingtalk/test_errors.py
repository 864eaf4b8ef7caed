"""Every error of DingTalk that a scenario can name, on every operation: over the wire, in the shape of its host."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from xml.etree import ElementTree

import pytest
import requests
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.tables.errors import ErrorRow
from fauxlate.engine.tables.quirks import resolve
from fauxlate.providers.dingtalk import PROVIDER
from fauxlate.providers.dingtalk.paths import CONNECT_PATH

from contract_tests.clients.dingtalk.plain import TIMEOUT, DingTalkClient
from contract_tests.harness.evidence import case
from contract_tests.harness.exchange import Request
from contract_tests.harness.target import Target
from contract_tests.harness.valid_requests import valid_request

ROWS = [(operation, row) for operation in PROVIDER.operations for row in PROVIDER.rows(operation).values()]
GENERAL = PROVIDER.general_errors
UPPER_UUID = r"[0-9A-F]{8}-[0-9A-F]{4}-7[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}"
BATCH = 700
"""Rules of one scenario; there is a limit to how many parts it may have."""


@pytest.fixture(scope="module")
def box(server: Target) -> Iterator[Target]:
    with server.create_sandbox({}) as target:
        yield target


@pytest.fixture(scope="module")
def asking(box: Target) -> dict[str, Request]:
    """A request of each operation that reaches it."""
    return {operation.name: valid_request(f"dingtalk.{operation.name}", box) for operation in PROVIDER.operations}


def reaching(box: Target, sent: Request) -> Request:
    """Return a request that lands in the sandbox even where nothing in it is a credential."""
    told = box.credentials("dingtalk")
    tag = told["app_key"]
    path = sent.path
    if path.startswith(("/contact/files/", "/dingtalk-drive/yundisk0/")):
        head, _, _ = path.rpartition("/")
        path = f"{head}/{_tag(box)}x"
    query = {**sent.query}
    if path in ("/login", "/oauth2/auth"):
        query["client_id"] = tag
    if path == CONNECT_PATH:
        query["ticket"] = f"{_tag(box)}x"
    if path == "/gettoken":
        query["appkey"] = tag
    if path == "/service/get_corp_token":
        query["accessKey"] = told["suite_key"]
    body = sent.body
    if body is not None and path.startswith("/v1.0/oauth2/") and path.count("/") == 3:
        key = {"accessToken": "appKey", "userAccessToken": "clientId"}.get(path.rpartition("/")[2])
        body = json.dumps({**json.loads(body), **({key: tag} if key else {})}).encode()
    return Request(sent.method, path, query, sent.headers, body)


def _tag(box: Target) -> str:
    return DingTalkClient(box.credentials("dingtalk")).corp_token()[:8]


def answered(box: Target, sent: Request) -> requests.Response:
    request = reaching(box, sent)
    wire = DingTalkClient(box.credentials("dingtalk"))
    return wire.session.request(
        request.method,
        wire.url + request.path,
        params=dict(request.query),
        data=request.body,
        headers=dict(request.headers),
        timeout=TIMEOUT,
        allow_redirects=False,
    )


def checked(row: ErrorRow, family: str, answer: requests.Response) -> None:
    """Assert that an answer is `row`, in the shape of its host."""
    code, message = row.wording(resolve(PROVIDER.quirks, {}).__getitem__, {})
    assert answer.status_code == row.status
    if row.group == "oss":
        error = ElementTree.fromstring(answer.content)
        assert answer.headers["Content-Type"] == "application/xml"
        assert (error.findtext("Code"), error.findtext("Message")) == (code, message)
        assert error.findtext("RequestId") == answer.headers["x-oss-request-id"]
        return
    said = answer.json()
    if row.group == "firewall":
        assert (said["status"], said["wait"], said["punish"]) == (1111, 5, "deny")
    elif row.group in ("legacy", "oapi"):
        assert answer.status_code == 200
        number: Any = int(code) if code.lstrip("-").isdecimal() else code
        assert said.pop("request_id", None) if family == "topapi" else "request_id" not in said
        assert said == {"errcode": number, "errmsg": message}
    elif row.group == "topapi":
        assert (said["errcode"], said["sub_msg"]) == (row.extra["errcode"], message)
        assert said.get("sub_code", str(said["errcode"])) == code
        assert message in said["errmsg"]
    else:
        assert answer.headers["Content-Type"] == "application/json;charset=utf-8"
        order = ["code", "requestid", "message"] if row.group in ("gateway", "oauth2") else None
        assert list(said)[:3] == (order or [name for name in ("requestid", "code", "message") if name in said])
        assert (said.get("code", "-"), said["message"]) == (code, message)
        assert ("accessdenieddetail" in said) == ("detail" in row.extra)


@pytest.mark.parametrize(
    ("operation", "row"), [case(row, operation, row, id=f"{operation.name}-{row.key}") for operation, row in ROWS]
)
def test_an_error_of_the_tables_goes_over_the_wire(
    box: Target, asking: dict[str, Request], operation: Operation, row: ErrorRow
) -> None:
    rules = [{"on": f"dingtalk.{operation.name}", "then": {"fail": row.key}}]
    box.call_admin("PUT", f"sandboxes/{box.sandbox_id}/scenario", {"rules": rules})
    checked(row, operation.family, answered(box, asking[operation.name]))


@pytest.mark.documented("DingTalk global error codes (Chinese, 2026-05-06)")
@pytest.mark.parametrize("first", range(0, len(GENERAL), BATCH))
def test_any_error_of_the_global_table_can_be_named(box: Target, first: int) -> None:
    named = {"global": "GetTranslateFileJobResult", "oapi": "UploadSingle"}
    own = {name: PROVIDER.rows(one) for one in PROVIDER.operations if (name := one.name) in named.values()}
    batch = [row for row in GENERAL[first : first + BATCH] if row.key not in own[named[row.group]]]
    rules = [
        {"on": f"dingtalk.{named[row.group]}", "when": {"query.n": str(n)}, "then": {"fail": row.key}}
        for n, row in enumerate(batch)
    ]
    box.call_admin("PUT", f"sandboxes/{box.sandbox_id}/scenario", {"rules": rules})
    wire = DingTalkClient(box.credentials("dingtalk"))
    token = wire.corp_token()
    headers = {"x-acs-dingtalk-access-token": token}
    for n, row in enumerate(batch):
        if row.group == "global":
            answer = wire.send("GET", f"/v1.0/contact/files/translateResults?jobId=x&n={n}", headers=headers)
        else:
            query = {"access_token": token, "n": str(n)}
            answer = wire.send("POST", "/file/upload/single", params=query, files={"file": ("a.csv", b"x")})
        checked(row, "", answer)
    assert len(batch) > BATCH // 2


@pytest.mark.documented("DingTalk global error codes (Chinese, 2026-05-06)")
def test_the_global_table_is_whole() -> None:
    hosts = {group: [row for row in GENERAL if row.group == group] for group in ("global", "oapi")}
    assert {group: len(rows) for group, rows in hosts.items()} == {"global": 2116, "oapi": 378}
    assert len({(row.group, row.key) for row in GENERAL}) == len(GENERAL)
    assert all(200 <= row.status < 600 for row in GENERAL)
    assert {row.status for row in hosts["oapi"]} == {200}


@pytest.mark.assumed("coverage is our own")
def test_an_error_of_the_global_table_counts_as_documented_in_coverage(server: Target) -> None:
    rules = [{"on": "dingtalk.GetCorpAccessToken", "then": {"fail": "suiteCallInvalid"}}]
    with server.create_sandbox({"rules": rules}) as target:
        wire = DingTalkClient(target.credentials("dingtalk"))
        asked = {**wire.suite_keys, "authCorpId": wire.told["corp_id"]}
        assert wire.api("POST", "/v1.0/oauth2/corpAccessToken", asked)[1]["code"] == "suiteCallInvalid"
        rows = target.call_admin("GET", f"sandboxes/{target.sandbox_id}/coverage?kind=error&only=served")["rows"]
    assert [(row["name"], row["evidence"]) for row in rows] == [
        ("dingtalk.GetCorpAccessToken suiteCallInvalid", "documented")
    ]


@pytest.mark.assumed("how a wrong scenario is refused is our own")
def test_a_code_of_the_global_table_that_is_misspelled_is_put_right(server: Target) -> None:
    rules = [{"on": "dingtalk.GetCorpAccessToken", "then": {"fail": "suiteCallInvalit"}}]
    with pytest.raises(HTTPError) as refusal:
        server.call_admin("POST", "sandboxes", {"scenario": {"rules": rules}})
    with refusal.value as answer:
        assert b"Did you mean `suiteCallInvalid`?" in answer.read()
