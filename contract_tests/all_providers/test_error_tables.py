"""Every row of the printed tables of errors and parameters: each error as it goes over the wire."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fauxlate.engine.service.provider import Provider
from fauxlate.serving.composition import PROVIDERS

from contract_tests.harness.documents.comparison import differences, missing_rows
from contract_tests.harness.documents.tables import PrintedError, printed_errors
from contract_tests.harness.evidence import case
from contract_tests.harness.exchange import Request, Response, exchange
from contract_tests.harness.target import Target
from contract_tests.harness.valid_requests import valid_request

_BODY_STATUSES = range(100, 200)
"""Statuses that a page prints and HTTP cannot have: they stand in the body, with HTTP 200."""


@pytest.mark.assumed("the fixtures are our own second copy of the printed tables; a row has to stand in both")
@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_no_row_of_the_tables_lacks_its_fixture(provider: Provider) -> None:
    rows = missing_rows(provider)
    missing = [row["key"] for row in rows["errors"]] + list(rows["parameters"]) + list(rows["lifecycles"])
    assert missing == [], (
        "`python -m contract_tests.harness.documents --add` adds them to fixtures/tables; compare with the page"
    )


@pytest.mark.assumed("the fixtures are our own second copy of the printed tables")
@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_errors_and_parameters_stand_in_the_tables_as_in_the_fixture(provider: Provider) -> None:
    assert differences(provider) == []


@pytest.fixture(scope="module")
def requests(emulator: Target) -> Iterator[dict[str, Request]]:
    """Valid requests by operation, built while nothing fails yet; they are for the sandbox `default`."""
    emulator.require_admin()
    with emulator.follow_scenario({}):
        yield {}


def provoke(target: Target, requests: dict[str, Request], row: PrintedError) -> Response:
    """Call the row's operation under a rule that makes it fail with the row."""
    operation = f"{row.provider}.{row.operation}"
    path = f"sandboxes/{target.sandbox_id}/scenario"
    if operation not in requests:
        target.call_admin("PUT", path, {})
        requests[operation] = valid_request(operation, target)
    target.call_admin("PUT", path, {"rules": [{"on": operation, "then": {"fail": row.key}}]})
    return exchange(target.url, requests[operation])


@pytest.mark.parametrize("row", [case(row, row, id=row.id) for row in printed_errors()])
def test_an_error_goes_over_the_wire_as_printed(
    row: PrintedError, emulator: Target, requests: dict[str, Request]
) -> None:
    response = provoke(emulator, requests, row)
    if row.listed_status in _BODY_STATUSES and row.provider == "alibaba":
        number = int(row.code) if row.code.isdecimal() else row.listed_status
        assert (response.status, response.error) == (200, (str(number), row.message))
        return
    assert response.status == row.status
    if not response.body:
        assert requests[f"{row.provider}.{row.operation}"].method == "HEAD"
        return
    assert response.error == (row.code, row.message)
    assert [text for text in row.extra_texts if text not in response.body.decode()] == []
