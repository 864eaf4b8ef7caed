"""The OpenAPI document of the admin API, made from its routes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

from fauxlate.version import __version__

if TYPE_CHECKING:
    from fauxlate.web.admin.door import Route

SANDBOX_ID = r"^[a-z0-9][a-z0-9-]{0,62}$"
_REF = "#/components/schemas/{model}"
_ABOUT = """Sandboxes, their clocks, scenarios, jobs, journals and coverage.

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


class ScenarioDocument(BaseModel):
    """A scenario: see `scenario.schema.json`."""

    model_config = ConfigDict(
        extra="allow",
        defer_build=True,
        json_schema_extra={
            "externalDocs": {"url": "scenario.schema.json", "description": "The JSON Schema of scenario files."},
            "examples": [{"rules": [{"on": "huawei.*", "times": 2, "then": {"drop": "reset"}}]}],
        },
    )


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
_HEADERS: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": "How to send the token."},
    405: {"Allow": "The methods that the path takes."},
}
_PATH = {
    "id": {"schema": {"type": "string", "pattern": SANDBOX_ID}, "description": "A sandbox.", "example": "default"},
    "job": {"schema": {"type": "string", "minLength": 1}, "description": "A job's id, as its provider gave it."},
    "provider": {
        "schema": {"type": "string", "minLength": 1},
        "description": "A provider with a console.",
        "example": "dingtalk",
    },
}


def document(routes: Iterable[Route], *, guarded: bool) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of `routes`, as they are on a server that is `guarded` by a token or not."""
    routes = tuple(routes)
    schemas: dict[str, Any] = {}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(f"/__fauxlate/{route.path}", {})[route.method.lower()] = _operation(route, schemas, guarded)
    followers = [_name(route) for route in routes if route.segments[1:] == ("{id}",)]
    for route in routes:
        if route.status == 201:  # noqa: PLR2004  (Created: what comes next is asked by its id)
            made = paths[f"/__fauxlate/{route.path}"][route.method.lower()]["responses"]["201"]
            made["links"] = {
                name: {"operationId": name, "parameters": {"id": "$response.body#/id"}} for name in followers
            }
    components: dict[str, Any] = {"schemas": schemas}
    if guarded:
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Fauxlate admin API",
            "version": __version__,
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": about} for name, about in _TAGS.items()],
        "paths": paths,
        "components": components,
    }


def _name(route: Route) -> str:
    return route.run.__name__.strip("_")


def _tag(route: Route) -> str:
    segments = route.segments
    return next((name for name in reversed(segments) if name in _TAGS), "journal" if "{id}" in segments else "server")


def _operation(route: Route, schemas: dict[str, Any], guarded: bool) -> dict[str, Any]:  # noqa: FBT001
    in_path = [segment[1:-1] for segment in route.segments if segment.startswith("{")]
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, **_PATH[name]} for name in in_path
    ]
    refusals = {405, *route.refuses}
    told: dict[str, Any] = {
        "summary": route.about,
        "operationId": _name(route),
        "tags": [_tag(route)],
        "parameters": parameters,
        "responses": {
            str(route.status): {
                "description": "Created." if route.status == 201 else "Done.",  # noqa: PLR2004
                "content": {route.media_type: {"schema": _schema(route.answer, schemas)}},
            }
        },
    }
    if not route.open:
        refusals.add(401 if guarded else 403)
        told["security"] = [{"token": []}] if guarded else []
    if in_path:
        refusals.add(404)
    if route.query is not None:
        refusals.add(400)
        parameters += _query(route.query)
    if route.body is not None:
        refusals |= {400, 413, 415}
        body = {"schema": _schema(route.body, schemas)}
        told["requestBody"] = {"required": True, "content": dict.fromkeys(sorted(route.takes), body)}
    for status in sorted(refusals):
        told["responses"][str(status)] = _refusal(status, schemas)
    return told


def _refusal(status: int, schemas: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": _REFUSALS[status],
        "content": {"application/json": {"schema": _schema(Refusal, schemas)}},
    }
    headers = _HEADERS.get(status)
    if headers is not None:
        told["headers"] = {
            name: {"description": about, "required": True, "schema": {"type": "string"}}
            for name, about in headers.items()
        }
    return told


def _schema(shape: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """Return a schema of `shape`, or a reference to it where it has a name."""
    schema = TypeAdapter(shape).json_schema(ref_template=_REF)
    schemas.update(schema.pop("$defs", {}))
    title = schema.get("title")
    if title is None:
        return schema
    schemas[title] = schema
    return {"$ref": _REF.format(model=title)}


def _query(model: type[BaseModel]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(ref_template=_REF)
    return [_parameter(name, described) for name, described in schema.get("properties", {}).items()]


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter of the query, which is left out rather than null."""
    about = schema.pop("description", None)
    choices = [choice for choice in schema.pop("anyOf", ()) if choice.get("type") != "null"]
    if choices:
        schema = choices[0]
    told = {"name": name, "in": "query", "required": False, "schema": schema}
    return told if about is None else {**told, "description": about}
