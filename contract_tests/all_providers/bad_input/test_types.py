"""A value of another type than its parameter has, nested or not, gets a documented error and never an internal one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.all_providers.bad_input.refusals import OPERATIONS, is_documented
from contract_tests.harness.evidence import case
from contract_tests.harness.exchange import FORM, JSON, Request, exchange
from contract_tests.harness.target import Target
from contract_tests.harness.valid_requests import valid_request

Path = tuple[str, ...]
WITH_JSON = [name for name, operation in OPERATIONS.items() if operation.media_types == (JSON,)]
JSON_TEXTS = {
    "alibaba.TranslateImage": "Ext",
    "alibaba.TranslateImageBatch": "Ext",
    "alibaba.GetImageTranslate": "Extra",
    "alibaba.CreateImageTranslateTask": "Extra",
    "alibaba.GetImageDiagnose": "Extra",
    "alibaba.GetTitleDiagnose": "Extra",
    "alibaba.GetTitleGenerate": "Extra",
    "alibaba.GetTitleIntelligence": "Extra",
    "alibaba.GetBatchTranslate": "SourceText",
}
"""By operation, the parameter that is JSON in a string."""
words = st.one_of(st.text(max_size=5), st.sampled_from(["needEditorData", "true", "DINGTALK", "OVERWRITE", "9" * 5000]))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=True, allow_infinity=True) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def find_places(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Give the path of each member that a schema declares, nested ones too, with its schema."""
    for choice in schema.get("anyOf", [schema]):
        resolved = definitions[choice["$ref"].rpartition("/")[2]] if "$ref" in choice else choice
        for name, member in resolved.get("properties", {}).items():
            yield (name,), member
            yield from (((name, *path), inner) for path, inner in find_places(member, definitions))
        if "items" in resolved:
            yield ("0",), resolved["items"]
            yield from ((("0", *path), inner) for path, inner in find_places(resolved["items"], definitions))


def declared_places(name: str) -> dict[Path, Mapping[str, Any]]:
    """Return the schema of each member of an operation's JSON body, by its path."""
    model = OPERATIONS[name].parameters
    schema = model.model_json_schema(by_alias=True)
    definitions = schema.get("$defs", {})
    members = {key: member for key, member in schema["properties"].items() if member.get("in") == "body"}
    return {
        path: {**member, "$defs": definitions} for path, member in find_places({"properties": members}, definitions)
    }


def put(data: Any, path: Path, value: Any) -> Any:
    """Return `data` with a value at a path, and what is needed around it."""
    if not path:
        return value
    if path[0] == "0":
        inner = data[0] if isinstance(data, list) and data else None
        return [put(inner, path[1:], value)]
    return {**(data if isinstance(data, dict) else {}), path[0]: put((data or {}).get(path[0]), path[1:], value)}


def encode(data: Any) -> bytes:
    """Return JSON, with numbers and characters that it does not have."""
    return json.dumps(data).encode()


def fits(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a value is one that a schema allows, and one that JSON has."""
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return jsonschema_rs.is_valid(dict(schema), value)


@pytest.mark.parametrize("name", [case(OPERATIONS[name], name) for name in WITH_JSON])
@few
@given(data=st.data())
def test_a_member_of_another_type_is_refused_wherever_it_stands(name: str, target: Target, data: st.DataObject) -> None:
    places = declared_places(name)
    path = data.draw(st.sampled_from(sorted(places)))
    value = data.draw(values)
    request = valid_request(name, target)
    body = put(json.loads(request.body or b"{}"), path, value)
    response = exchange(target.url, replace(request, body=encode(body)))
    error = response.error
    assert response.status < 500, (path, value, response.body)
    assert error is None or is_documented(name.partition(".")[0], error[0]), (path, value, response.body)
    if not fits(value, places[path]):
        assert error is not None, (path, value, response.body)


@pytest.mark.parametrize("name", [case(OPERATIONS[name], name) for name in JSON_TEXTS])
@few
@given(value=values)
def test_json_in_a_string_may_be_any(name: str, target: Target, value: Any) -> None:
    request = valid_request(name, target)
    grown = f"&{urlencode({JSON_TEXTS[name]: encode(value)})}".encode()
    response = exchange(
        target.url, replace(request, body=(request.body or b"") + grown, headers={"Content-Type": FORM})
    )
    assert response.status < 500, (value, response.body)
    assert response.error is None or is_documented("alibaba", response.error[0]), (value, response.body)
    if not isinstance(value, dict):
        assert response.error is not None


@pytest.mark.assumed("no page says what becomes of an option of another type")
@pytest.mark.parametrize("operation", ["dingtalk.CommitFile", "dingtalk.CommitFileV1"])
@pytest.mark.parametrize(
    ("option", "code"),
    [
        ({"conflictStrategy": ["OVERWRITE"]}, "paramError.conflictStrategy"),
        ({"conflictStrategy": {"a": 1}}, "paramError.conflictStrategy"),
        ({"size": True}, "paramError"),
        ({"size": "1"}, "paramError"),
        ({"size": -1}, "paramError"),
        ([], "paramError"),
    ],
)
def test_an_option_of_another_type_is_told(operation: str, option: Any, code: str, target: Target) -> None:
    request: Request = valid_request(operation, target)
    body = {**json.loads(request.body or b"{}"), "option": option}
    response = exchange(target.url, replace(request, body=encode(body)))
    assert response.error is not None
    assert response.error[0] == code
