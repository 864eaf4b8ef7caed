"""From scenario files to one scenario: each is compiled with what it extends, and later ones are laid over earlier ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fauxlate.engine.grammar.diagnostics import Diagnostics
from fauxlate.engine.grammar.document import compile_document
from fauxlate.engine.grammar.sources import Finder, Source
from fauxlate.engine.grammar.text import parse
from fauxlate.engine.scenarios.scenario import Scenario
from fauxlate.engine.service.provider import Provider

_MAX_EXTENDS = 8
"""Scenarios that extend each other in a row."""


def _find_nothing(name: str, _: Source) -> Source:
    raise ValueError(f"`{name}` cannot be found from here")


def compile_scenario(
    sources: str | Source | Sequence[Source],
    providers: Sequence[Provider],
    *,
    find: Finder = _find_nothing,
) -> Scenario:
    """Return the scenario in `sources`, later ones laid over earlier ones; `find` gets the text of what they extend.

    Raises `ScenarioError` that lists everything that is wrong with the first source that has anything wrong; nothing
    is half-loaded.
    """
    if isinstance(sources, str):
        sources = Source(sources)
    scenario = Scenario()
    for source in [sources] if isinstance(sources, Source) else sources:
        scenario = _overlay(scenario, _compile_source(source, providers, find, ()))
    return replace(scenario, rules=tuple(replace(rule, index=index) for index, rule in enumerate(scenario.rules)))


def _compile_source(
    source: Source, providers: Sequence[Provider], find: Finder, extending: tuple[str, ...]
) -> Scenario:
    """Return the scenario in `source` laid over what it extends; `extending` names those that extend it in turn."""
    data, positions = parse(source.text, is_json=source.is_json, name=source.name)
    diagnostics = Diagnostics(positions, source.name)
    model, scenario = compile_document({} if data is None else data, providers, diagnostics)
    base = Scenario()
    for number, name in enumerate(model.extends or ()):
        try:
            base_source = find(name, source)
            if base_source.name in extending or base_source.name == source.name or len(extending) >= _MAX_EXTENDS:
                raise ValueError(f"`{name}` extends itself, by way of {', '.join((*extending, source.name))}")
        except ValueError as refusal:
            diagnostics.add(("extends", number), str(refusal))
            raise diagnostics.error() from None
        base = _overlay(base, _compile_source(base_source, providers, find, (*extending, source.name)))
    return _overlay(base, scenario)


def _overlay(base: Scenario, top: Scenario) -> Scenario:
    """Return `top` laid over `base`: its rules come first, its other entries win."""
    return Scenario(
        about=top.about or base.about,
        source=top.source or base.source,
        seed=base.seed if top.seed is None else top.seed,
        make_clock=top.make_clock or base.make_clock,
        quirks={**base.quirks, **top.quirks},
        timelines={**base.timelines, **top.timelines},
        link_lifetimes={**base.link_lifetimes, **top.link_lifetimes},
        contacts=top.contacts or base.contacts,
        rules=(*top.rules, *base.rules),
        document=_overlay_document(base.document, top.document),
    )


def _overlay_document(base: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    """Return what two scenario documents say together, as one."""
    document = {**base, **top}
    for name in ("quirks", "lifecycles"):
        if name in base and name in top:
            document[name] = {**base[name], **top[name]}
    if "rules" in base and "rules" in top:
        document["rules"] = [*top["rules"], *base["rules"]]
    return document
