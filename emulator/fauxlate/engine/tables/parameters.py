"""Request parameters: pydantic models whose fields say under which name and in which place a value is sent.

A text or an image, which may have more characters than other values, is marked by `is_long`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

Place = Literal["path", "query", "header", "form", "query or form", "body", "file"]


class Parameters(BaseModel):
    """The parameters of one operation. Unknown names are ignored, as the services do; types are not coerced."""

    model_config = ConfigDict(defer_build=True, extra="ignore", frozen=True, strict=True)


class Nested(BaseModel):
    """An object within the body of a request. Names that it does not list are ignored; types are not coerced."""

    model_config = ConfigDict(defer_build=True, extra="ignore", frozen=True, strict=True)


def _field(place: Place, name: str, default: Any, *, is_long: bool = False, **rules: Any) -> Any:
    return Field(default, alias=name, json_schema_extra={"in": place, "is_long": is_long}, **rules)


def path(name: str, **rules: Any) -> Any:
    """Return a field filled from the path's `{name}`."""
    return _field("path", name, ..., **rules)


def query(name: str, default: Any = ..., **rules: Any) -> Any:
    """Return a field sent in the query string."""
    return _field("query", name, default, **rules)


def query_or_form(name: str, default: Any = ..., **rules: Any) -> Any:
    """Return a field documented for the query string, which the service takes in a form body too."""
    return _field("query or form", name, default, **rules)


def header(name: str, default: Any = ..., **rules: Any) -> Any:
    """Return a field sent as a header; `name` in lower case."""
    return _field("header", name, default, **rules)


def form(name: str, default: Any = ..., **rules: Any) -> Any:
    """Return a field sent in a form body, or in the query string where the service reads both."""
    return _field("form", name, default, **rules)


def body(name: str, default: Any = ..., **rules: Any) -> Any:
    """Return a field of a JSON body."""
    return _field("body", name, default, **rules)


@cache
def places(model: type[Parameters]) -> Mapping[str, Place]:
    """Return the place of each parameter of `model`, by its name on the wire."""
    by_name: dict[str, Place] = {}
    for field in model.model_fields.values():
        extra = field.json_schema_extra
        assert isinstance(extra, Mapping)
        place: Any = extra["in"]
        by_name[str(field.alias)] = place
    return by_name


def long_names(model: type[Parameters]) -> frozenset[str]:
    """Return the names of the parameters that are marked as long."""
    fields = model.model_fields.values()
    return frozenset(
        str(field.alias)
        for field in fields
        if isinstance(field.json_schema_extra, Mapping) and field.json_schema_extra["is_long"]
    )


def first_error(refusal: ValueError) -> ErrorDetails:
    """Return the first error of parameters that their model has refused."""
    assert isinstance(refusal, ValidationError)
    return refusal.errors(include_url=False)[0]


def describe_parameters(model: type[Parameters]) -> list[dict[str, object]]:
    """Return name, place, required flag and type of each parameter, for the catalog."""
    schema = model.model_json_schema(by_alias=True)
    by_name = places(model)
    return [
        {
            "name": name,
            "in": "query" if by_name[name] == "query or form" else by_name[name],
            "required": name in schema.get("required", ()),
            "type": _type(property_),
        }
        for name, property_ in schema.get("properties", {}).items()
    ]


def _type(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return next(_type(choice) for choice in schema["anyOf"] if choice.get("type") != "null")
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return f"object<string,{_type(schema['additionalProperties'])}>"
    return str(schema.get("type", "object"))
