"""Every example that the documents print: the request is sent, and the response is the printed one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from contract_tests.all_providers.example_requests import ExampleRequests
from contract_tests.harness.documents.examples import Example, printed_examples
from contract_tests.harness.documents.tables import printed_errors, printed_parameters
from contract_tests.harness.drift.observer import Observer
from contract_tests.harness.evidence import case
from contract_tests.harness.exchange import JSON, Request, Response
from contract_tests.harness.provider_client import ProviderClient
from contract_tests.harness.target import Target

ANY_VALUE = "*"


@pytest.fixture(scope="module")
def place(target: Target) -> Iterator[Target]:
    """A sandbox of its own if there can be one, otherwise the target as it is."""
    if not target.has_admin:
        yield target
        return
    with target.create_sandbox({}) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def jobs() -> dict[str, str]:
    """Jobs that have ended, by lifecycle."""
    return {}


def differences(value: Any, printed: Any, example: Example, *, is_live: bool, path: str = "") -> Iterator[str]:
    """Give a line for each difference between a body and the printed one, except in what varies from call to call."""
    pattern = example.document.get("varies", {}).get(path)
    if type(value) is not type(printed):
        yield f"{path} is {value!r}, which is no {type(printed).__name__}"
    elif pattern is not None:
        if pattern != ANY_VALUE and not re.fullmatch(pattern, value, re.DOTALL):
            yield f"{path} is {value!r}, which is not of the form {pattern}"
    elif isinstance(printed, dict | list):
        members, printed_members = (
            dict(document) if isinstance(document, dict) else dict(enumerate(document)) for document in (value, printed)
        )
        for name in {**printed_members, **members}:
            member_path = f"{path}.{name}".lstrip(".")
            if name in members and name in printed_members:
                yield from differences(members[name], printed_members[name], example, is_live=is_live, path=member_path)
            else:
                yield f"{member_path} is {'missing' if name in printed_members else 'not printed'}"
    elif value != printed and not (is_live and path in example.document.get("content", ())):
        yield f"{path} is {value!r}; {printed!r} is printed"


def send(example: Example, client: ProviderClient, request: Request) -> Response:
    """Send the request of an example; follow a scenario if its error cannot be provoked otherwise."""
    if "scripted" not in example.document:
        return client.send(example.operation, request)
    client.target.require_admin()
    rule = {"on": example.operation, "then": {"fail": example.document["scripted"]}}
    with client.target.follow_scenario({"rules": [rule]}):
        return client.send(example.operation, request)


@pytest.mark.parametrize("example", [case(example, example, id=example.name) for example in printed_examples()])
def test_an_example_is_answered_as_printed(
    example: Example, place: Target, jobs: dict[str, str], observer: Observer
) -> None:
    client = ProviderClient(place)
    request = ExampleRequests(client, jobs, example.provider).build(example)
    client.listener = observer.on_exchange
    response = send(example, client, request)
    printed = example.response
    observer.note_example(printed["status"], printed["body"])
    assert (response.status, response.media_type) == (printed["status"], JSON)
    for name, pattern in printed.get("headers", {}).items():
        assert re.fullmatch(pattern, response.headers[name])
    assert list(differences(response.json, printed["body"], example, is_live=place.is_live)) == []


_SUCCESSES = [
    example for example in printed_examples() if example.response["status"] < 300 and "upload" not in example.request
]


def with_request(example: Example, request: dict[str, Any]) -> Example:
    """Return the example with another request."""
    return replace(example, document={**example.document, "request": request})


@pytest.mark.parametrize("example", [case(example, example, id=example.name) for example in _SUCCESSES])
def test_a_parameter_that_is_not_documented_changes_nothing(
    example: Example, place: Target, jobs: dict[str, str]
) -> None:
    client = ProviderClient(place)
    requests = ExampleRequests(client, jobs, example.provider)
    if "action" in example.request:
        part = "form" if "form" in example.request else "query"
        parameters = {**example.request[part], "NotDocumented": "x"}
        request = requests.build(with_request(example, {**example.request, part: parameters}))
    else:
        request = requests.build(example)
        if request.body is not None:
            body = {**json.loads(request.body), "notDocumented": "x"}
            request = replace(request, body=json.dumps(body).encode())
        else:
            request = replace(request, query={**request.query, "notDocumented": "x"})
    response = client.send(example.operation, request)
    assert response.status == example.response["status"]
    assert list(differences(response.json, example.response["body"], example, is_live=place.is_live)) == []


def _example_parameters(example: Example) -> dict[str, Any]:
    """Return the printed row of each parameter that the example has, by name."""
    request = example.request
    names = {name.lower() for part in ("form", "query", "headers", "body") for name in request.get(part, {})}
    rows = {name: row for operation, name, row in printed_parameters() if operation == example.operation}
    return {name: row for name, row in rows.items() if name.lower() in names}


_REQUIRED_PARAMETERS = [
    (example, name) for example in _SUCCESSES for name, row in _example_parameters(example).items() if row["required"]
]
_BODY_PARAMETERS = [
    (example, name)
    for example in _SUCCESSES
    for name, row in _example_parameters(example).items()
    if row["in"] == "body"
]


def without_parameter(example: Example, name: str) -> Example:
    """Return the example without a parameter."""
    request = {**example.request}
    for part in ("form", "query", "headers", "body"):
        if part in request:
            request[part] = {key: value for key, value in request[part].items() if key.lower() != name.lower()}
    return with_request(example, request)


def with_body_member(example: Example, name: str, value: Any) -> Example:
    """Return the example with another value of a member of its body."""
    return with_request(example, {**example.request, "body": {**example.request["body"], name: value}})


def refusal_code(response: Response, example: Example) -> str:
    """Return the code of an error; check that one is printed for the example's provider."""
    assert response.error is not None, response.body
    code, _ = response.error
    assert 400 <= response.status < 500
    codes = {row.code for row in printed_errors() if row.provider == example.provider} | {"400", "401"}
    assert code in codes or re.fullmatch(r"(Missing|Invalid)\w+", code), code
    return code


@pytest.mark.parametrize(
    ("example", "name"),
    [case(example, example, name, id=f"{example.name}-{name}") for example, name in _REQUIRED_PARAMETERS],
)
def test_a_required_parameter_may_not_be_missing(
    example: Example, name: str, place: Target, jobs: dict[str, str], observer: Observer
) -> None:
    client = ProviderClient(place)
    request = ExampleRequests(client, jobs, example.provider).build(without_parameter(example, name))
    client.listener = observer.on_exchange
    code = refusal_code(client.send(example.operation, request), example)
    if example.provider == "alibaba":
        assert code == f"Missing{name}"


@pytest.mark.parametrize(
    ("example", "name"),
    [case(example, example, name, id=f"{example.name}-{name}") for example, name in _BODY_PARAMETERS],
)
def test_a_parameter_may_not_be_of_another_type(
    example: Example, name: str, place: Target, jobs: dict[str, str], observer: Observer
) -> None:
    client = ProviderClient(place)
    request = ExampleRequests(client, jobs, example.provider).build(with_body_member(example, name, 5))
    client.listener = observer.on_exchange
    refusal_code(client.send(example.operation, request), example)
