"""Blocks about scenarios: the grammar key by key, the shipped ones, and the schema's entry in SchemaStore's catalog."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from fauxlate import library
from fauxlate.engine.grammar.compiler import compile_scenario
from fauxlate.engine.grammar.model import MODELS, SCHEMA_ID, PatternModel, ScenarioModel, schema
from fauxlate.engine.grammar.verb_models import Model
from fauxlate.serving.composition import PROVIDERS

from docs.generator.markdown import as_code, code, prose, table
from docs.generator.schemas import describe_type
from docs.generator.sources import link_sources


def _grammar() -> str:
    sections: list[tuple[str, type[Model]]] = [("The file", ScenarioModel)]
    for key, model in MODELS.items():
        sections.append((_title(key), model))
        if key == "rules":
            sections.append(("`rules` › `when`, a condition that is no plain pattern", PatternModel))
    definitions = schema()
    return "\n".join(_section(title, model, definitions) for title, model in sections)


def _title(key: str) -> str:
    if key in ("clock", "directory", "rules"):
        return f"`{key}`"
    if key == "users":
        return "`directory` › `users`, somebody"
    if key == "then":
        return "`rules` › `then`"
    return f"`then` › `{key}`"


def _section(title: str, model: type[Model], definitions: Mapping[str, Any]) -> str:
    own = definitions if model is ScenarioModel else definitions["$defs"][model.__name__]
    rows = []
    for name, field in model.model_fields.items():
        key = field.alias or name
        described = own["properties"][key]
        default = "required" if field.is_required() else _default(described)
        examples = "<br>".join(map(as_code, field.examples or ()))
        rows.append((code(key), _type(described), default, prose(field.description or ""), examples))
    heads = ("Key", "Type", "Default", "Meaning", "Examples")
    return f"### {title}\n\n{inspect.getdoc(model)}\n\n" + table(heads, rows)


def _default(described: Mapping[str, Any]) -> str:
    default = described.get("default")
    return "" if default in (None, "") else as_code(default)


def _type(described: Mapping[str, Any]) -> str:
    return describe_type(described, lambda _: "mapping")


def _library() -> str:
    parts = []
    for folder, names in groupby(library.shipped_names(), key=lambda name: name.partition("/")[0]):
        rows = []
        for name in names:
            scenario = compile_scenario(library.load_shipped(name), PROVIDERS, find=library.resolve_extends)
            rows.append((code(name), prose(scenario.about), link_sources(scenario.source)))
        parts.append(f"### {folder}\n\n" + table(("Name", "What happens", "Source"), rows))
    return "\n".join(parts)


def _schemastore() -> str:
    entry = {
        "name": "Fauxlate scenario",
        "description": "Scenario of Fauxlate, the emulator of translation providers",
        "fileMatch": ["*.fauxlate.yaml", "*.fauxlate.yml", "*.fauxlate.json"],
        "url": SCHEMA_ID,
    }
    return f"<!-- not run: data -->\n```json\n{json.dumps(entry)}\n```\n"


BLOCKS = {"grammar": _grammar, "library": _library, "schemastore": _schemastore}
