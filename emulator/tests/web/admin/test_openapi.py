"""The OpenAPI document is valid, and the server does what it says: Schemathesis looks for where it does not."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import requests
import schemathesis
from fauxlate.serving.background import BackgroundServer
from fauxlate.settings import Settings
from fauxlate.web.admin import openapi
from fauxlate.web.admin.routes import ROUTES
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

TOKEN = "open-sesame"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
DOCUMENT = openapi.document(ROUTES, requires_token=True)
REFUSES_MORE_THAN_A_SCHEMA_CAN_SAY = [
    "create_sandbox",
    "replace_scenario",
    "change_clock",
    "get_journal",
    "set_receiver",
    "send_event",
]
"""Names of scenarios, operations, quirks and events; rules that fit no operation; times over a hundred years; URLs."""
WELL_FORMED = ["2xx", "400", "401", "404", "409", "429"]


@pytest.fixture(scope="module")
def emulator() -> Iterator[BackgroundServer]:
    with BackgroundServer(Settings(port=0, admin_token=TOKEN)) as emulator:
        yield emulator


def _schema(**more: Any) -> Any:
    """Return the document as Schemathesis takes it: every check, and the same requests in every run."""
    loose = {
        "include-operation-id": REFUSES_MORE_THAN_A_SCHEMA_CAN_SAY,
        "checks": {"positive_data_acceptance": {"expected-statuses": WELL_FORMED}},
    }
    told = {
        "seed": 8585,
        "headers": HEADERS,
        "generation": {"max-examples": 15, "deterministic": True, "database": "none"},
        "operations": [loose],
        **more,
    }
    config = SchemathesisConfig.from_dict(told)
    return schemathesis.openapi.from_dict(deepcopy(DOCUMENT), config=config).exclude(
        operation_id="follow_journal"
    )  # it has no end


anywhere = _schema()
in_a_sandbox = _schema(parameters={"path.id": "default"}).include(path_regex="{id}")
one_after_another = _schema().exclude(
    operation_id=["clear_journal", "delete_scenario"]
)  # what they delete is still there


def test_the_document_is_valid_openapi(emulator: BackgroundServer) -> None:
    served = requests.get(f"{emulator.url}/__fauxlate/openapi.json", headers=HEADERS, timeout=10).json()
    assert served == DOCUMENT
    schemathesis.openapi.from_dict(served).validate()


def test_the_document_has_every_route_and_names_each_once() -> None:
    operations = [one for methods in DOCUMENT["paths"].values() for one in methods.values()]
    assert len(operations) == len(ROUTES)
    assert len({one["operationId"] for one in operations}) == len(ROUTES)
    assert {tag for one in operations for tag in one["tags"]} == {tag["name"] for tag in DOCUMENT["tags"]}


def test_every_reference_in_the_document_leads_somewhere() -> None:
    names = set(DOCUMENT["components"]["schemas"])
    assert set(_references(DOCUMENT)) == {f"#/components/schemas/{name}" for name in names}


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from _references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _references(inner)


def test_a_server_without_a_token_does_not_ask_for_one() -> None:
    document = openapi.document(ROUTES, requires_token=False)
    assert "securitySchemes" not in document["components"]
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    assert not any(one.get("security") or "401" in one["responses"] for one in operations)
    assert sum("403" not in one["responses"] for one in operations) == sum(route.is_public for route in ROUTES) == 2


@anywhere.parametrize()  # type: ignore[untyped-decorator]
def test_the_server_does_what_the_document_says(case: schemathesis.Case[Any], emulator: BackgroundServer) -> None:
    case.call_and_validate(base_url=emulator.url)


@in_a_sandbox.parametrize()  # type: ignore[untyped-decorator]
def test_it_does_so_in_a_sandbox_that_there_is(case: schemathesis.Case[Any], emulator: BackgroundServer) -> None:
    case.call_and_validate(base_url=emulator.url)


def test_one_request_after_another_does_what_the_document_says(emulator: BackgroundServer) -> None:
    class OneAfterAnother(one_after_another.as_state_machine()):  # type: ignore[misc]
        """Creates sandboxes, and goes on with what it is told of them."""

        def get_call_kwargs(self, _: schemathesis.Case[Any]) -> dict[str, Any]:
            return {"base_url": emulator.url}

    OneAfterAnother.run(
        settings=settings(
            max_examples=10,
            stateful_step_count=12,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
    )
