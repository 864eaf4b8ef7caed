"""Every row of the error tables of every operation: provoked by a rule of a scenario, and read from the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any
from xml.etree import ElementTree

import pytest
from fauxlate.engine.tables.errors import ErrorRow
from fauxlate.engine.tables.quirks import resolve_choices
from fauxlate.providers.huawei import PROVIDER

from contract_tests.clients.huawei.raw import RawRequest, call_admin, create_sandbox, request_token, send
from contract_tests.harness.evidence import case
from contract_tests.harness.exchange import JSON, Response
from contract_tests.harness.target import Target

CASES = [
    case(row, operation.name, key, id=f"{operation.name}-{key}")
    for operation in PROVIDER.operations
    for key, row in PROVIDER.error_rows(operation).items()
]
OPERATIONS = {operation.name: operation for operation in PROVIDER.operations}
QUERIES = {
    "InitiateMultipartUpload": "?uploads",
    "UploadPart": "?partNumber=1&uploadId=x",
    "CompleteMultipartUpload": "?uploadId=x",
    "AbortMultipartUpload": "?uploadId=x",
}


@pytest.fixture(scope="module")
def sandbox(server: Target) -> Iterator[dict[str, Any]]:
    sandbox = create_sandbox(server.url, signatures="ignored")
    token = request_token(sandbox, {"project": {"name": "cn-north-4"}})[0]
    yield {**sandbox, "token": token}
    call_admin(server.url, "DELETE", f"/sandboxes/{sandbox['id']}")


def build_request(sandbox: dict[str, Any], name: str) -> RawRequest:
    """Return a valid request of an operation, which the scenario then refuses."""
    operation = OPERATIONS[name]
    path = operation.path.format_map({"project_id": sandbox["project_id"], "job_id": "x", "bucket": "b", "key+": "k"})
    user = {"name": sandbox["user"], "password": sandbox["password"]}
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
    headers = {"X-Auth-Token": sandbox["token"], "X-Subject-Token": sandbox["token"], "Content-Type": JSON}
    if operation.family == "storage":
        date = formatdate(usegmt=True)
        headers = {"Authorization": f"OBS {sandbox['access_key']}:x", "x-obs-date": date}
    body = json.dumps(bodies[name]).encode() if name in bodies else b""
    return RawRequest(operation.methods[0], path, headers, body)


def check_error(row: ErrorRow, method: str, response: Response) -> None:
    code, message = row.format(resolve_choices(PROVIDER.quirks, {}).__getitem__, {})
    if row.group == "storage":
        request_id = response.headers["x-obs-request-id"]
        assert len(request_id) == 32
        assert response.headers["Content-Type"] == "application/xml"
        if method == "HEAD":
            assert response.body == b""
            return
        error = ElementTree.fromstring(response.body)
        members = {child.tag: child.text for child in error}
        host = response.headers["x-obs-id-2"]
        path = "/b/k" if "/b/k" in (members["Resource"] or "") else "/b"
        assert (error.tag, members) == (
            "Error",
            {"Code": code, "Message": message, "RequestId": request_id, "HostId": host, "Resource": path},
        )
        return
    assert response.headers["Content-Type"] == JSON
    if row.group == "iam":
        assert response.json == {"error": {"code": row.status, "message": message, "title": row.extra["title"]}}
        assert response.headers["X-IAM-Trace-Id"]
        return
    expected = {"error_code": code, "error_msg": message}
    if row.group == "gateway":
        expected["request_id"] = response.headers["X-Request-Id"]
    assert response.json == expected
    assert len(response.headers["X-Request-Id"]) == 32


@pytest.mark.parametrize(("name", "key"), CASES)
def test_an_error_reaches_the_client_as_its_row_says(sandbox: dict[str, Any], name: str, key: str) -> None:
    scenario = {"rules": [{"on": f"huawei.{name}", "then": {"fail": key}}]}
    call_admin(sandbox["endpoint"], "PUT", f"/sandboxes/{sandbox['id']}/scenario", scenario)
    request = build_request(sandbox, name)
    response = send(sandbox["endpoint"], request)
    row = PROVIDER.error_rows(OPERATIONS[name])[key]
    assert response.status == row.status
    check_error(row, request.method, response)
