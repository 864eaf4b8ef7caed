"""Every row of the error tables of every operation: provoked by a rule of a scenario, and read from the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any
from xml.etree import ElementTree

import pytest
from fauxlate.engine.tables.errors import ErrorRow
from fauxlate.engine.tables.quirks import resolve
from fauxlate.providers.huawei import PROVIDER

from contract_tests.clients.huawei.raw import RawRequest, call_admin, create_sandbox, request_token, send
from contract_tests.harness.evidence import case
from contract_tests.harness.exchange import JSON, Response
from contract_tests.harness.target import Target

ROWS = [
    case(row, operation.name, key, id=f"{operation.name}-{key}")
    for operation in PROVIDER.operations
    for key, row in PROVIDER.rows(operation).items()
]
OPERATIONS = {operation.name: operation for operation in PROVIDER.operations}
QUERIES = {
    "InitiateMultipartUpload": "?uploads",
    "UploadPart": "?partNumber=1&uploadId=x",
    "CompleteMultipartUpload": "?uploadId=x",
    "AbortMultipartUpload": "?uploadId=x",
}


@pytest.fixture(scope="module")
def told(server: Target) -> Iterator[dict[str, Any]]:
    told = create_sandbox(server.url, signatures="ignored")
    given = request_token(told, {"project": {"name": "cn-north-4"}})[0]
    yield {**told, "token": given}
    call_admin(server.url, "DELETE", f"/sandboxes/{told['id']}")


def request(told: dict[str, Any], name: str) -> RawRequest:
    """Return a request that reaches the operation, and of which the scenario then makes an error."""
    operation = OPERATIONS[name]
    path = operation.path.format_map({"project_id": told["project_id"], "job_id": "x", "bucket": "b", "key+": "k"})
    user = {"name": told["user"], "password": told["password"]}
    bodies: dict[str, Any] = {
        "RunTextTranslation": {"text": "x", "from": "zh", "to": "en"},
        "RunLanguageDetection": {"text": "x"},
        "RunFileTranslation": {"url": "https://b.example/a.txt", "from": "zh", "to": "en", "type": "txt"},
        "KeystoneCreateUserTokenByPassword": {
            "auth": {"identity": {"methods": ["password"], "password": {"user": user}}}
        },
        "KeystoneCreateProject": {"project": {"name": "cn-north-4_x"}},
    }
    path += QUERIES.get(name, "")
    headers = {"X-Auth-Token": told["token"], "X-Subject-Token": told["token"], "Content-Type": JSON}
    if operation.family == "storage":
        date = formatdate(usegmt=True)
        headers = {"Authorization": f"OBS {told['access_key']}:x", "x-obs-date": date}
    body = json.dumps(bodies[name]).encode() if name in bodies else b""
    return RawRequest(operation.methods[0], path, headers, body)


def checked(row: ErrorRow, method: str, said: Response) -> None:
    code, message = row.wording(resolve(PROVIDER.quirks, {}).__getitem__, {})
    if row.group == "storage":
        request_id = said.headers["x-obs-request-id"]
        assert len(request_id) == 32
        assert said.headers["Content-Type"] == "application/xml"
        if method == "HEAD":
            assert said.body == b""
            return
        error = ElementTree.fromstring(said.body)
        told = {child.tag: child.text for child in error}
        host = said.headers["x-obs-id-2"]
        path = "/b/k" if "/b/k" in (told["Resource"] or "") else "/b"
        assert (error.tag, told) == (
            "Error",
            {"Code": code, "Message": message, "RequestId": request_id, "HostId": host, "Resource": path},
        )
        return
    assert said.headers["Content-Type"] == JSON
    if row.group == "iam":
        assert said.json == {"error": {"code": row.status, "message": message, "title": row.extra["title"]}}
        assert said.headers["X-IAM-Trace-Id"]
        return
    expected = {"error_code": code, "error_msg": message}
    if row.group == "gateway":
        expected["request_id"] = said.headers["X-Request-Id"]
    assert said.json == expected
    assert len(said.headers["X-Request-Id"]) == 32


@pytest.mark.parametrize(("name", "key"), ROWS)
def test_an_error_reaches_the_client_as_its_row_says(told: dict[str, Any], name: str, key: str) -> None:
    scenario = {"rules": [{"on": f"huawei.{name}", "then": {"fail": key}}]}
    call_admin(told["endpoint"], "PUT", f"/sandboxes/{told['id']}/scenario", scenario)
    wire = request(told, name)
    said = send(told["endpoint"], wire)
    row = PROVIDER.rows(OPERATIONS[name])[key]
    assert said.status == row.status
    checked(row, wire.method, said)
