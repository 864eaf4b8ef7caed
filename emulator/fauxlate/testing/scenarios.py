"""Scenarios of tests: layers (a name, a file, YAML, a mapping) compiled over each other, and scenarios written as files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fauxlate.engine.grammar.sources import Source
    from fauxlate.engine.scenarios.scenario import Scenario

Layer = str | Mapping[str, Any] | Path
"""A part of a scenario: a shipped name, a file, YAML text, or what a scenario file holds as a mapping."""


def compile_layers(layers: Iterable[Layer], folder: Path | None = None) -> Scenario:
    """Return the scenario that `layers` make, later ones over earlier ones; files are looked for in `folder` first.

    Raises `ValueError` that says what is wrong and where.
    """
    return _compile_sources(tuple(_read_layer(layer, folder) for layer in layers))


@lru_cache(maxsize=64)
def _compile_sources(sources: tuple[Source, ...]) -> Scenario:
    from fauxlate import library
    from fauxlate.engine.grammar import compiler
    from fauxlate.serving.composition import PROVIDERS

    return compiler.compile_scenario(sources, PROVIDERS, find=library.resolve_extends)


def _read_layer(layer: Layer, folder: Path | None) -> Source:
    from fauxlate import library
    from fauxlate.engine.grammar.sources import Source

    if isinstance(layer, Mapping):
        return Source(json.dumps(layer, indent=2, ensure_ascii=False, default=str), is_json=True)
    if isinstance(layer, str) and ("\n" in layer or ": " in layer):
        return Source(layer)
    for path in ((folder or Path()) / layer, Path(layer)):
        if path.is_file():
            return library.read_file(path)
    return library.load(str(layer))


def format_scenario(scenario: Mapping[str, Any], about: str) -> str:
    """Return a scenario as a file that is about `about`: YAML whose values are JSON, which YAML includes."""
    lines = [f"about: {json.dumps(about, ensure_ascii=False)}"]
    for key, value in scenario.items():
        if key == "rules":
            lines += ["rules:", *(f"  - {json.dumps(rule, ensure_ascii=False)}" for rule in value)]
        else:
            lines.append(f"{key}: {json.dumps(value, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"
