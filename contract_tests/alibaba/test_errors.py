"""Every row of every error table of alimt: a scenario provokes it, and it goes over the wire as documented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
import requests
from fauxlate.composition import PROVIDERS
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.tables.errors import ErrorRow

from contract_tests.all_providers.test_bad_input import right
from contract_tests.harness.evidence import case
from contract_tests.harness.target import Target

ALIBABA = next(provider for provider in PROVIDERS if provider.name == "alibaba")
ROWS = [(operation, row) for operation in ALIBABA.operations for row in ALIBABA.rows(operation).values()]
every_row = pytest.mark.parametrize(
    ("operation", "row"), [case(pair[1], *pair, id=f"{pair[0].name}-{pair[1].key}") for pair in ROWS]
)
TIMEOUT = 20


@pytest.fixture(scope="module")
def box(server: Target) -> Iterator[Box]:
    """A sandbox that looks at no signatures."""
    with requests.Session() as session:
        session.trust_env = False
        yield Box(server, session)


class Box:
    """A sandbox, and one call to it at a time."""

    def __init__(self, server: Target, session: requests.Session) -> None:
        self.server, self.session = server, session
        made = session.post(f"{server.url}/__fauxlate/sandboxes", json={"signatures": "ignored"}, timeout=TIMEOUT)
        self.told = made.json()
        self.own: dict[str, str] = self.told["credentials"]["alibaba"]

    def provoked(self, operation: Operation, key: str, **quirks: str) -> requests.Response:
        """Call `operation` under a rule that makes it fail with the row `key`."""
        rules = [{"on": f"alibaba.{operation.name}", "then": {"fail": key}}]
        scenario: dict[str, Any] = {
            "quirks": {f"alibaba.{name}": choice for name, choice in quirks.items()},
            "rules": rules,
        }
        path = f"{self.server.url}/__fauxlate/sandboxes/{self.told['id']}/scenario"
        put = self.session.put(path, json=scenario, timeout=TIMEOUT)
        assert put.status_code == 200, put.text
        sent = right(f"alibaba.{operation.name}", self.server)
        url = self.server.url + sent.path.replace("/tag/", f"/{self.own['bearer_token'][:8]}/")
        query = {**sent.query, "AccessKeyId": self.own["access_key_id"]}
        return self.session.request(
            sent.method, url, params=query, data=sent.body, headers=sent.headers, timeout=TIMEOUT
        )


def worded(row: ErrorRow) -> tuple[str, str]:
    return row.wording(lambda name: next(quirk.default for quirk in ALIBABA.quirks if quirk.name == name), {})


@every_row
def test_a_row_goes_over_the_wire_as_documented(operation: Operation, row: ErrorRow, box: Box) -> None:
    answer = box.provoked(operation, row.key)
    status, content_type = answer.status_code, answer.headers["Content-Type"].partition(";")[0]
    code, message = worded(row)
    if row.group == "storage":
        assert (status, content_type) == (row.status, "application/xml")
        told = ElementTree.fromstring(answer.content)
        assert (told.findtext("Code"), told.findtext("Message")) == (code, message)
        return
    assert content_type == "application/json"
    said = answer.json()
    if row.listed in range(100, 200):  # in the body: a number, and nothing but the envelope
        assert status == 200
        assert said.keys() == {"RequestId", "Code", "Message"}
        assert (said["Code"], said["Message"]) == (int(code) if code.isdecimal() else row.listed, message)
        return
    assert status == row.status
    assert (said["Code"], said["Message"]) == (code, message)
    assert {"RequestId", "HostId", "Recommend"} <= said.keys()
    assert ("AccessDeniedDetail" in said) == (row.key in ("Forbidden.RAM", "NoPermission"))


NUMBERED = [pair for pair in ROWS if pair[1].listed in range(100, 200)]


@pytest.mark.parametrize("representation", ["body_long", "gateway"])
@pytest.mark.parametrize(
    ("operation", "row"), [case(pair[1], *pair, id=f"{pair[0].name}-{pair[1].key}") for pair in NUMBERED]
)
def test_a_numbered_row_takes_the_shape_that_the_quirk_says(
    operation: Operation, row: ErrorRow, representation: str, box: Box
) -> None:
    answer = box.provoked(operation, row.key, error_representation=representation)
    status = answer.status_code
    said = answer.json()
    if representation == "gateway":
        assert status in (400, 403, 500)
        assert said["Code"] == row.code
        return
    assert row.listed is not None
    long = int(row.code) if row.code.isdecimal() else 19999 if row.listed == 199 else row.listed + 9900
    assert (status, said["Code"]) == (200, long)
