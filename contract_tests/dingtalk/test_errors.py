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
from fauxlate.engine.tables.quirks import resolve_choices
from fauxlate.providers.dingtalk import PROVIDER
from fauxlate.providers.dingtalk.paths import CONNECT_PATH

from contract_tests.clients.dingtalk.plain import TIMEOUT, DingTalkClient
from contract_tests.harness.evidence import case
from contract_tests.harness.exchange import Request
from contract_tests.harness.target import Target
from contract_tests.harness.valid_requests import valid_request

ROWS = [(operation, row) for operation in PROVIDER.operations for row in PROVIDER.error_rows(operation).values()]
GENERAL = PROVIDER.general_errors
UPPER_UUID = r"[0-9A-F]{8}-[0-9A-F]{4}-7[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}"
BATCH_SIZE = 700
"""Rules of one scenario; there is a limit to how many parts it may have."""


@pytest.fixture(scope="module")
def sandbox(server: Target) -> Iterator[Target]:
    with server.create_sandbox({}) as target:
        yield target


@pytest.fixture(scope="module")
def requests_by_operation(sandbox: Target) -> dict[str, Request]:
    """A valid request of each operation."""
    return {operation.name: valid_request(f"dingtalk.{operation.name}", sandbox) for operation in PROVIDER.operations}


def in_sandbox(sandbox: Target, request: Request) -> Request:
    """Return the request with something that names the sandbox, even if nothing in it is a credential."""
    credentials = sandbox.credentials("dingtalk")
    tag = credentials["app_key"]
    path = request.path
    if path.startswith(("/contact/files/", "/dingtalk-drive/yundisk0/")):
        head, _, _ = path.rpartition("/")
        path = f"{head}/{_tag(sandbox)}x"
    query = {**request.query}
    if path in ("/login", "/oauth2/auth"):
        query["client_id"] = tag
    if path == CONNECT_PATH:
        query["ticket"] = f"{_tag(sandbox)}x"
    if path == "/gettoken":
        query["appkey"] = tag
    if path == "/service/get_corp_token":
        query["accessKey"] = credentials["suite_key"]
    body = request.body
    if body is not None and path.startswith("/v1.0/oauth2/") and path.count("/") == 3:
        key = {"accessToken": "appKey", "userAccessToken": "clientId"}.get(path.rpartition("/")[2])
        body = json.dumps({**json.loads(body), **({key: tag} if key else {})}).encode()
    return Request(request.method, path, query, request.headers, body)


def _tag(sandbox: Target) -> str:
    return DingTalkClient(sandbox.credentials("dingtalk")).corp_token()[:8]


def send(sandbox: Target, request: Request) -> requests.Response:
    request = in_sandbox(sandbox, request)
    client = DingTalkClient(sandbox.credentials("dingtalk"))
    return client.session.request(
        request.method,
        client.url + request.path,
        params=dict(request.query),
        data=request.body,
        headers=dict(request.headers),
        timeout=TIMEOUT,
        allow_redirects=False,
    )


def check_error(row: ErrorRow, family: str, response: requests.Response) -> None:
    """Check that a response is `row`, in the shape of its host."""
    code, message = row.format(resolve_choices(PROVIDER.quirks, {}).__getitem__, {})
    assert response.status_code == row.status
    if row.group == "oss":
        error = ElementTree.fromstring(response.content)
        assert response.headers["Content-Type"] == "application/xml"
        assert (error.findtext("Code"), error.findtext("Message")) == (code, message)
        assert error.findtext("RequestId") == response.headers["x-oss-request-id"]
        return
    body = response.json()
    if row.group == "firewall":
        assert (body["status"], body["wait"], body["punish"]) == (1111, 5, "deny")
    elif row.group in ("legacy", "oapi"):
        assert response.status_code == 200
        number: Any = int(code) if code.lstrip("-").isdecimal() else code
        assert body.pop("request_id", None) if family == "topapi" else "request_id" not in body
        assert body == {"errcode": number, "errmsg": message}
    elif row.group == "topapi":
        assert (body["errcode"], body["sub_msg"]) == (row.extra["errcode"], message)
        assert body.get("sub_code", str(body["errcode"])) == code
        assert message in body["errmsg"]
    else:
        assert response.headers["Content-Type"] == "application/json;charset=utf-8"
        order = ["code", "requestid", "message"] if row.group in ("gateway", "oauth2") else None
        assert list(body)[:3] == (order or [name for name in ("requestid", "code", "message") if name in body])
        assert (body.get("code", "-"), body["message"]) == (code, message)
        assert ("accessdenieddetail" in body) == ("detail" in row.extra)


@pytest.mark.parametrize(
    ("operation", "row"), [case(row, operation, row, id=f"{operation.name}-{row.key}") for operation, row in ROWS]
)
def test_an_error_of_the_tables_goes_over_the_wire(
    sandbox: Target, requests_by_operation: dict[str, Request], operation: Operation, row: ErrorRow
) -> None:
    rules = [{"on": f"dingtalk.{operation.name}", "then": {"fail": row.key}}]
    sandbox.call_admin("PUT", f"sandboxes/{sandbox.sandbox_id}/scenario", {"rules": rules})
    check_error(row, operation.family, send(sandbox, requests_by_operation[operation.name]))


@pytest.mark.documented("DingTalk global error codes (Chinese, 2026-05-06)")
@pytest.mark.parametrize("first", range(0, len(GENERAL), BATCH_SIZE))
def test_any_error_of_the_global_table_can_be_named(sandbox: Target, first: int) -> None:
    operations = {"global": "GetTranslateFileJobResult", "oapi": "UploadSingle"}
    own_rows = {
        name: PROVIDER.error_rows(operation)
        for operation in PROVIDER.operations
        if (name := operation.name) in operations.values()
    }
    batch = [row for row in GENERAL[first : first + BATCH_SIZE] if row.key not in own_rows[operations[row.group]]]
    rules = [
        {"on": f"dingtalk.{operations[row.group]}", "when": {"query.n": str(number)}, "then": {"fail": row.key}}
        for number, row in enumerate(batch)
    ]
    sandbox.call_admin("PUT", f"sandboxes/{sandbox.sandbox_id}/scenario", {"rules": rules})
    client = DingTalkClient(sandbox.credentials("dingtalk"))
    token = client.corp_token()
    headers = {"x-acs-dingtalk-access-token": token}
    for number, row in enumerate(batch):
        if row.group == "global":
            response = client.send("GET", f"/v1.0/contact/files/translateResults?jobId=x&n={number}", headers=headers)
        else:
            query = {"access_token": token, "n": str(number)}
            response = client.send("POST", "/file/upload/single", params=query, files={"file": ("a.csv", b"x")})
        check_error(row, "", response)
    assert len(batch) > BATCH_SIZE // 2


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
        client = DingTalkClient(target.credentials("dingtalk"))
        body = {**client.suite_keys, "authCorpId": client.credentials["corp_id"]}
        assert client.api("POST", "/v1.0/oauth2/corpAccessToken", body)[1]["code"] == "suiteCallInvalid"
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
