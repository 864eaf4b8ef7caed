"""Every row of the error tables of alimt: a scenario provokes it, and it goes over the wire as documented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
import requests
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.tables.errors import ErrorRow
from fauxlate.serving.composition import PROVIDERS

from contract_tests.harness.evidence import case
from contract_tests.harness.target import Target
from contract_tests.harness.valid_requests import valid_request

ALIBABA = next(provider for provider in PROVIDERS if provider.name == "alibaba")
ROWS = [(operation, row) for operation in ALIBABA.operations for row in ALIBABA.error_rows(operation).values()]
every_row = pytest.mark.parametrize(
    ("operation", "row"), [case(pair[1], *pair, id=f"{pair[0].name}-{pair[1].key}") for pair in ROWS]
)
TIMEOUT = 20


@pytest.fixture(scope="module")
def sandbox(server: Target) -> Iterator[AlimtSandbox]:
    """A sandbox that ignores signatures."""
    with requests.Session() as session:
        session.trust_env = False
        yield AlimtSandbox(server, session)


class AlimtSandbox:
    """A sandbox whose calls fail under a rule."""

    def __init__(self, server: Target, session: requests.Session) -> None:
        self.server, self.session = server, session
        response = session.post(f"{server.url}/__fauxlate/sandboxes", json={"signatures": "ignored"}, timeout=TIMEOUT)
        self.document = response.json()
        self.credentials: dict[str, str] = self.document["credentials"]["alibaba"]

    def provoke(self, operation: Operation, key: str, **quirks: str) -> requests.Response:
        """Call `operation` under a rule that makes it fail with the row `key`; `quirks` are choices by name."""
        rules = [{"on": f"alibaba.{operation.name}", "then": {"fail": key}}]
        scenario: dict[str, Any] = {
            "quirks": {f"alibaba.{name}": choice for name, choice in quirks.items()},
            "rules": rules,
        }
        path = f"{self.server.url}/__fauxlate/sandboxes/{self.document['id']}/scenario"
        response = self.session.put(path, json=scenario, timeout=TIMEOUT)
        assert response.status_code == 200, response.text
        request = valid_request(f"alibaba.{operation.name}", self.server)
        url = self.server.url + request.path.replace("/tag/", f"/{self.credentials['bearer_token'][:8]}/")
        query = {**request.query, "AccessKeyId": self.credentials["access_key_id"]}
        return self.session.request(
            request.method, url, params=query, data=request.body, headers=request.headers, timeout=TIMEOUT
        )


def default_wording(row: ErrorRow) -> tuple[str, str]:
    return row.format(lambda name: next(quirk.default for quirk in ALIBABA.quirks if quirk.name == name), {})


@every_row
def test_a_row_goes_over_the_wire_as_documented(operation: Operation, row: ErrorRow, sandbox: AlimtSandbox) -> None:
    response = sandbox.provoke(operation, row.key)
    status, content_type = response.status_code, response.headers["Content-Type"].partition(";")[0]
    code, message = default_wording(row)
    if row.group == "storage":
        assert (status, content_type) == (row.status, "application/xml")
        error = ElementTree.fromstring(response.content)
        assert (error.findtext("Code"), error.findtext("Message")) == (code, message)
        return
    assert content_type == "application/json"
    body = response.json()
    if row.listed_status in range(100, 200):  # in the body: a number, and nothing but the envelope
        assert status == 200
        assert body.keys() == {"RequestId", "Code", "Message"}
        assert (body["Code"], body["Message"]) == (int(code) if code.isdecimal() else row.listed_status, message)
        return
    assert status == row.status
    assert (body["Code"], body["Message"]) == (code, message)
    assert {"RequestId", "HostId", "Recommend"} <= body.keys()
    assert ("AccessDeniedDetail" in body) == (row.key in ("Forbidden.RAM", "NoPermission"))


NUMBERED_ROWS = [pair for pair in ROWS if pair[1].listed_status in range(100, 200)]


@pytest.mark.parametrize("representation", ["body_long", "gateway"])
@pytest.mark.parametrize(
    ("operation", "row"), [case(pair[1], *pair, id=f"{pair[0].name}-{pair[1].key}") for pair in NUMBERED_ROWS]
)
def test_a_numbered_row_takes_the_shape_that_the_quirk_says(
    operation: Operation, row: ErrorRow, representation: str, sandbox: AlimtSandbox
) -> None:
    response = sandbox.provoke(operation, row.key, error_representation=representation)
    status = response.status_code
    body = response.json()
    if representation == "gateway":
        assert status in (400, 403, 500)
        assert body["Code"] == row.code
        return
    assert row.listed_status is not None
    long_number = (
        int(row.code) if row.code.isdecimal() else 19999 if row.listed_status == 199 else row.listed_status + 9900
    )
    assert (status, body["Code"]) == (200, long_number)
