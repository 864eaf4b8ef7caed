"""Types of JSON Schemas in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from docs.generator.markdown import as_code

_WORDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}


def describe_type(schema: Mapping[str, Any], reference: Callable[[str], str]) -> str:
    """Return the type of `schema` in words; `reference` tells how a named one is written. Null is left out."""
    kind = schema.get("type")
    if "$ref" in schema:
        words = reference(schema["$ref"].rpartition("/")[2])
    elif choices := schema.get("anyOf") or schema.get("oneOf"):
        types = (describe_type(choice, reference) for choice in choices if choice.get("type") != "null")
        words = " or ".join(dict.fromkeys(types))
    elif values := schema.get("enum") or ("const" in schema and [schema["const"]]):
        words = ", ".join(as_code(value) for value in values)
    elif kind == "array":
        words = f"list of {describe_type(schema.get('items', {}), reference)}"
    elif kind == "object":
        inner = schema.get("additionalProperties")
        words = f"mapping to {describe_type(inner, reference)}" if inner and isinstance(inner, Mapping) else "mapping"
    else:
        words = _WORDS.get(str(kind), "anything")
    return words
