"""Layers: what a test says its scenario is (a name, a file, YAML, a mapping), compiled and laid over each other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fauxlate.engine.grammar.sources import Source
    from fauxlate.engine.scenarios.scenario import Scenario

Told = str | Mapping[str, Any] | Path
"""A shipped name, a file, YAML text, or what a scenario file holds as a mapping."""


def compiled(layers: Iterable[Told], folder: Path | None = None) -> Scenario:
    """Return the scenario that `layers` make, later ones over earlier ones; files are looked for in `folder` first.

    Raises `ValueError` that says what is wrong and where.
    """
    return _compiled(tuple(_source(layer, folder) for layer in layers))


@lru_cache(maxsize=64)
def _compiled(sources: tuple[Source, ...]) -> Scenario:
    from fauxlate import library
    from fauxlate.engine.grammar import compiler
    from fauxlate.server import PROVIDERS

    return compiler.compile_scenario(sources, PROVIDERS, find=library.find)


def _source(layer: Told, folder: Path | None) -> Source:
    from fauxlate import library
    from fauxlate.engine.grammar.sources import Source

    if isinstance(layer, Mapping):
        return Source(json.dumps(layer, indent=2, ensure_ascii=False, default=str), is_json=True)
    if isinstance(layer, str) and ("\n" in layer or ": " in layer):
        return Source(layer)
    for path in ((folder or Path()) / layer, Path(layer)):
        if path.is_file():
            return library.from_file(path)
    return library.named(str(layer))


def choices(patterns: Iterable[str]) -> list[tuple[str, str]]:
    """Return each choice of each quirk that one of `patterns` fits (`huawei.bad_token`, `alibaba.*`), as documented.

    Raises `ValueError` where a pattern fits none.
    """
    from fnmatch import fnmatchcase

    from fauxlate.engine.suggest import did_you_mean
    from fauxlate.server import PROVIDERS

    quirks = {quirk.name: quirk for provider in PROVIDERS for quirk in provider.quirks}
    found: list[tuple[str, str]] = []
    for pattern in patterns:
        names = [name for name in quirks if fnmatchcase(name, pattern)]
        if not names:
            raise ValueError(f"`{pattern}` is not a quirk.{did_you_mean(pattern, quirks)} `fauxlate catalog` has them.")
        found += [(name, choice.name) for name in names for choice in quirks[name].choices]
    return list(dict.fromkeys(found))
