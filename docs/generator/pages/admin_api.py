"""Blocks about the admin API, made from its OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from fauxlate.web.admin.openapi import document
from fauxlate.web.admin.routes import ROUTES

from docs.generator.markdown import anchor, as_code, code, prose, sentence, slug, table
from docs.generator.schemas import describe_type


def _document() -> Mapping[str, Any]:
    return document(ROUTES, requires_token=True)


def _routes() -> str:
    openapi = _document()
    routes = [
        (operation["tags"][0], method.upper(), path, operation)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    ]
    order = [tag["name"] for tag in openapi["tags"]]
    routes.sort(key=lambda route: order.index(route[0]))
    about = {tag["name"]: tag["description"] for tag in openapi["tags"]}
    parts: list[str] = []
    for tag, of_tag in groupby(routes, key=lambda route: route[0]):
        parts.append(f"### {tag.capitalize()}\n\n{about[tag]}\n")
        parts += ["".join(_route(method, path, operation)) for _, method, path, operation in of_tag]
    return "\n".join(parts)


def _route(method: str, path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"#### {method} {code(path)}\n\n{sentence(operation['summary'])}\n"
    query = [parameter for parameter in operation["parameters"] if parameter["in"] == "query"]
    if query:
        rows = (
            (code(parameter["name"]), _type(parameter["schema"]), sentence(prose(parameter.get("description", ""))))
            for parameter in query
        )
        yield "\n" + table(("Query", "Type", "Meaning"), rows)
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]
        media = next(iter(content.values()))
        yield f"\nBody ({', '.join(map(code, content))}): {_type(media['schema'])}\n"
    for status, response in operation["responses"].items():
        if status < "300":
            kind, media = next(iter(response["content"].items()))
            yield (
                f"\nAnswer, {status}: {_type(media['schema'])}"
                + ("" if kind == "application/json" else f" ({code(kind)})")
                + "\n"
            )
    refusals = [status for status in operation["responses"] if status >= "300"]
    if refusals:
        yield f"\nRefusals: {', '.join(refusals)}.\n"


def _type(schema: Mapping[str, Any]) -> str:
    return describe_type(schema, lambda name: f"[`{name}`](#{slug(name)})")


def _shapes() -> str:
    schemas = _document()["components"]["schemas"]
    return "\n".join(_shape(name, schema) for name, schema in schemas.items())


def _shape(name: str, schema: Mapping[str, Any]) -> str:
    head = f"### {anchor(slug(name))}`{name}`\n\n"
    if schema.get("description"):
        head += f"{prose(schema['description'])}\n\n"
    required = schema.get("required", ())
    rows = [
        (
            code(key),
            _type(described),
            "yes" if key in required else "",
            sentence(prose(described.get("description", ""))),
            "<br>".join(as_code(example) for example in described.get("examples", ())),
        )
        for key, described in schema.get("properties", {}).items()
    ]
    return head + (table(("Key", "Type", "Always", "Meaning", "Examples"), rows) if rows else "")


BLOCKS = {"admin api": _routes, "admin api shapes": _shapes}
