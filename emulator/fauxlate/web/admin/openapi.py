"""The OpenAPI document of the admin API, made from its routes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter

from fauxlate.version import __version__
from fauxlate.web.admin.route import PREFIX, Route
from fauxlate.web.admin.shapes.fields import SANDBOX_ID
from fauxlate.web.admin.shapes.responses import ErrorBody

_REF = "#/components/schemas/{model}"
_DESCRIPTION = """Sandboxes, their clocks, scenarios, jobs, journals and coverage.

What comes in a body is refused as a whole or done as a whole. A refusal says what came, why it is refused, and what to
do. The sandbox `default`, where unknown credentials land, is a sandbox like any other, except that it stays."""
_TAGS = {
    "server": "The process, and what it serves.",
    "sandboxes": "Worlds of their own, each with credentials of its own.",
    "clock": "A sandbox's time: real, frozen, at a rate; it only moves forward.",
    "scenario": "What the providers do wrong, in a sandbox.",
    "callbacks": "Who is told of events, and where; what a provider's console sends on demand.",
    "jobs": "Where the jobs of a sandbox stand.",
    "journal": "Every request, its answer, and why.",
    "coverage": "Which documented operations, errors, states, quirks and faults have been served.",
}
_ERRORS = {
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
_HEADERS: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": "How to send the token."},
    405: {"Allow": "The methods that the path takes."},
}
_PATH_PARAMETERS = {
    "id": {"schema": {"type": "string", "pattern": SANDBOX_ID}, "description": "A sandbox.", "example": "default"},
    "job": {"schema": {"type": "string", "minLength": 1}, "description": "A job's id, as its provider gave it."},
    "provider": {
        "schema": {"type": "string", "minLength": 1},
        "description": "A provider with a console.",
        "example": "dingtalk",
    },
}


def document(routes: Iterable[Route], *, requires_token: bool) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of `routes`, as they are on a server that requires a token or not."""
    routes = tuple(routes)
    schemas: dict[str, Any] = {}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        operation = _operation(route, schemas, requires_token=requires_token)
        paths.setdefault(f"{PREFIX}{route.path}", {})[route.method.lower()] = operation
    followers = [_operation_id(route) for route in routes if route.segments[1:] == ("{id}",)]
    for route in routes:
        if route.status == 201:  # noqa: PLR2004  (Created: what comes next is asked by its id)
            created = paths[f"{PREFIX}{route.path}"][route.method.lower()]["responses"]["201"]
            created["links"] = {
                name: {"operationId": name, "parameters": {"id": "$response.body#/id"}} for name in followers
            }
    components: dict[str, Any] = {"schemas": schemas}
    if requires_token:
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Fauxlate admin API",
            "version": __version__,
            "description": _DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": description} for name, description in _TAGS.items()],
        "paths": paths,
        "components": components,
    }


def _operation_id(route: Route) -> str:
    return route.handle.__name__


def _tag(route: Route) -> str:
    segments = route.segments
    return next((name for name in reversed(segments) if name in _TAGS), "journal" if "{id}" in segments else "server")


def _operation(route: Route, schemas: dict[str, Any], *, requires_token: bool) -> dict[str, Any]:
    names = [segment[1:-1] for segment in route.segments if segment.startswith("{")]
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, **_PATH_PARAMETERS[name]} for name in names
    ]
    errors = {405, *route.error_statuses}
    operation: dict[str, Any] = {
        "summary": route.summary,
        "operationId": _operation_id(route),
        "tags": [_tag(route)],
        "parameters": parameters,
        "responses": {
            str(route.status): {
                "description": "Created." if route.status == 201 else "Done.",  # noqa: PLR2004
                "content": {route.media_type: {"schema": _schema(route.response, schemas)}},
            }
        },
    }
    if not route.is_public:
        errors.add(401 if requires_token else 403)
        operation["security"] = [{"token": []}] if requires_token else []
    if names:
        errors.add(404)
    if route.query is not None:
        errors.add(400)
        parameters += _query(route.query)
    if route.body is not None:
        errors |= {400, 413, 415}
        body = {"schema": _schema(route.body, schemas)}
        operation["requestBody"] = {"required": True, "content": dict.fromkeys(sorted(route.media_types), body)}
    for status in sorted(errors):
        operation["responses"][str(status)] = _error(status, schemas)
    return operation


def _error(status: int, schemas: dict[str, Any]) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": _ERRORS[status],
        "content": {"application/json": {"schema": _schema(ErrorBody, schemas)}},
    }
    headers = _HEADERS.get(status)
    if headers is not None:
        response["headers"] = {
            name: {"description": description, "required": True, "schema": {"type": "string"}}
            for name, description in headers.items()
        }
    return response


def _schema(shape: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of `shape`, or a reference to it among `schemas` where it has a name."""
    schema = TypeAdapter(shape).json_schema(ref_template=_REF)
    schemas.update(schema.pop("$defs", {}))
    title = schema.get("title")
    if title is None:
        return schema
    schemas[title] = schema
    return {"$ref": _REF.format(model=title)}


def _query(model: type[BaseModel]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(ref_template=_REF)
    return [_parameter(name, property_) for name, property_ in schema.get("properties", {}).items()]


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter of the query, which is left out rather than null."""
    description = schema.pop("description", None)
    choices = [choice for choice in schema.pop("anyOf", ()) if choice.get("type") != "null"]
    if choices:
        schema = choices[0]
    parameter = {"name": name, "in": "query", "required": False, "schema": schema}
    return parameter if description is None else {**parameter, "description": description}
