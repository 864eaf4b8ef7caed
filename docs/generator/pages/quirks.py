"""Blocks about quirks: every place where documents contradict each other or say nothing."""

from __future__ import annotations

from fauxlate.engine.tables.quirks import Quirk
from fauxlate.serving.composition import PROVIDERS

from docs.generator.markdown import anchor, code, sentence, slug, table
from docs.generator.sources import link_sources


def _overview() -> str:
    rows = (
        (
            f"[`{quirk.name}`](#{slug(quirk.name)})",
            link_sources(quirk.about),
            ", ".join(code(choice.name) for choice in quirk.choices),
        )
        for provider in PROVIDERS
        for quirk in provider.quirks
    )
    return table(("Quirk", "What it decides", "Choices, the default first"), rows)


def _details() -> str:
    return "\n".join(_quirk(quirk) for provider in PROVIDERS for quirk in provider.quirks)


def _quirk(quirk: Quirk) -> str:
    rows = (
        (
            code(choice.name) + (" (default)" if choice.name == quirk.default else ""),
            sentence(link_sources(choice.source)),
            str(choice.evidence),
        )
        for choice in quirk.choices
    )
    head = f"### {anchor(slug(quirk.name))}`{quirk.name}`\n\n{link_sources(quirk.about)}\n\n"
    return head + table(("Choice", "What speaks for it", "Evidence"), rows)


BLOCKS = {"quirks": _overview, "quirks in detail": _details}
