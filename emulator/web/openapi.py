"""The OpenAPI document of the admin API, made from its routes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

from emulator import __version__

if TYPE_CHECKING:
    from emulator.web.admin import Route

_REF = "#/components/schemas/{model}"


class ScenarioDocument(BaseModel):
    """A scenario: see `scenario.schema.json`."""

    model_config = ConfigDict(extra="allow", defer_build=True)


class Refusal(BaseModel):
    """What came, why it is refused, and what to do."""

    model_config = ConfigDict(extra="allow", defer_build=True)
    message: str


_REFUSALS = {
    400: "The body or the query is refused.",
    401: "The admin token is missing or wrong.",
    403: "The Host is not this server's.",
    404: "There is no such thing.",
    405: "The path takes other methods.",
    409: "It does not go with how things stand.",
    413: "The body is over the limit.",
    415: "The content type is not taken.",
    429: "There are too many sandboxes.",
}
_ALWAYS = (401, 403, 405)


def document(routes: Iterable[Route]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of `routes`."""
    schemas: dict[str, Any] = {}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(f"/__fauxlate/{route.path}", {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Fauxlate admin API",
            "version": __version__,
            "description": "Sandboxes, their clocks, scenarios, jobs, journals and coverage.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    in_path = [segment[1:-1] for segment in route.segments if segment.startswith("{")]
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in in_path]
    if route.query is not None:
        parameters += _query(route.query)
    content = {} if route.answer is None else {"schema": _schema(route.answer, schemas)}
    refusals = {*_ALWAYS, *route.refuses, *((404,) if in_path else ()), *((400,) if route.query else ())}
    told: dict[str, Any] = {
        "summary": route.about,
        "operationId": route.run.__name__.strip("_"),
        "parameters": parameters,
        "security": [{}, {"token": []}],
        "responses": {str(route.status): {"description": "Done.", "content": {route.media_type: content}}},
    }
    if route.body is not None:
        refusals |= {400, 413, 415}
        body = {"schema": _schema(route.body, schemas)}
        told["requestBody"] = {"required": True, "content": dict.fromkeys(sorted(route.takes), body)}
    refusal = {"application/json": {"schema": _schema(Refusal, schemas)}}
    for status in sorted(refusals):
        told["responses"][str(status)] = {"description": _REFUSALS[status], "content": refusal}
    return told


def _schema(shape: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    schema = TypeAdapter(shape).json_schema(ref_template=_REF)
    schemas.update(schema.pop("$defs", {}))
    title = schema.get("title")
    if title is None:
        return schema
    schemas[title] = schema
    return {"$ref": _REF.format(model=title)}


def _query(model: type[BaseModel]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(ref_template=_REF)
    return [
        {"name": name, "in": "query", "required": False, "schema": _plain(described)}
        for name, described in schema.get("properties", {}).items()
    ]


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter that is left out rather than null."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice.get("type") != "null"]
    return {**choices[0], "title": schema.get("title", "")} if choices else schema
