"""Blocks about errors: an index by code, a table for each page of a provider's documents, and DingTalk's global table."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, partial
from importlib.resources import files
from itertools import groupby
from typing import Any

from fauxlate.engine.service.provider import Provider
from fauxlate.engine.tables.errors import ANY, ErrorRow
from fauxlate.engine.tables.evidence import Evidence
from fauxlate.serving.composition import PROVIDERS

from docs.generator.markdown import Slugs, anchor, code, plain, prose, sentence, slug, table
from docs.generator.retries import judge
from docs.generator.sources import link_sources


def _index(provider: Provider) -> str:
    anchors = row_anchors(provider.name)
    codes = sorted(anchors, key=_sortable)
    return ", ".join(f"[`{code_}`]({provider.name}.md#{anchors[code_]})" for code_ in codes) + "\n"


@cache
def row_anchors(name: str) -> Mapping[str, str]:
    """Return by code the anchor of its first row on the page of the provider `name`."""
    slugs = Slugs()
    anchors: dict[str, str] = {}
    for row in next(provider for provider in PROVIDERS if provider.name == name).errors:
        anchors.setdefault(row.code, slugs.next(row.code))
    return anchors


def _sortable(code_: str) -> tuple[bool, int, str, str]:
    number = code_.removeprefix("-")
    return (not number.isdigit(), int(code_) if number.isdigit() else 0, code_.lower(), code_)


def _tables(provider: Provider) -> str:
    """Make a section for each table of the provider's `errors.toml`; its rows are the provider's, in the same order."""
    text = files(f"fauxlate.providers.{provider.name}").joinpath("errors.toml").read_text("utf-8")
    rows = iter(provider.errors)
    slugs = Slugs()
    groups = _by_group(provider)
    return "\n".join(
        "".join(_table(raw, [next(rows) for _ in raw["rows"]], slugs, groups)) for raw in tomllib.loads(text)["table"]
    )


def _by_group(provider: Provider) -> Mapping[str, list[str]]:
    """Return by group of errors the operations that may answer with those of any operation."""
    return {
        group: [op.name for op in provider.operations if group in provider.error_groups[op.family]]
        for group in sorted({row.group for row in provider.errors})
    }


def _table(
    raw: Mapping[str, Any], rows: list[ErrorRow], slugs: Slugs, groups: Mapping[str, list[str]]
) -> Iterator[str]:
    group = raw["name"]
    name = slugs.next(f"group {group}")
    yield f"### {anchor(name)}{prose(raw['about'])}\n\n"
    yield f"Group *{group}*, operations: {_operations(frozenset(raw['operations']), groups[group])}.\n\n"
    yield f"Source: {sentence(link_sources(raw['source']))}\n\n"
    if raw.get("note"):
        yield f"{sentence(link_sources(raw['note']))}\n\n"
    yield table(("Code", "HTTP", "Text", "Meaning", "Retry", "Evidence"), (_row(raw, row, slugs) for row in rows))


def _operations(names: frozenset[str], of_group: list[str]) -> str:
    if ANY in names:
        return f"any of {', '.join(of_group)}"
    return ", ".join(sorted(names))


def _row(raw: Mapping[str, Any], row: ErrorRow, slugs: Slugs) -> tuple[str, ...]:
    http = str(row.status) if row.listed_status in (None, row.status) else f"{row.status} (printed {row.listed_status})"
    texts = [code(row.message), *(code(text) for text in row.texts.values())]
    wording = f" {' or '.join(dict.fromkeys(texts))}" + (
        f", by [`{row.quirk}`](../quirks.md#{slug(row.quirk)})" if row.quirk else ""
    )
    meaning = [
        sentence(link_sources(text)) for text in (row.meaning, row.note if row.note != raw.get("note") else "") if text
    ]
    if row.operations != frozenset(raw["operations"]):
        meaning.append(f"Only {', '.join(sorted(row.operations))}.")
    evidence = f"*{row.evidence}*"
    if row.source != raw["source"]:
        evidence += f": {sentence(link_sources(row.source))}"
    return (
        anchor(slugs.next(row.code)) + code(row.code),
        http,
        wording.strip(),
        " ".join(meaning),
        _retry(row),
        evidence,
    )


def _retry(row: ErrorRow) -> str:
    verdict = judge(row)
    return f"**{verdict.retry}**" if verdict.evidence != Evidence.ASSUMED else str(verdict.retry)


_TITLES = {"en": "DingTalk's global error codes", "zh": "钉钉全局错误码"}
_INTRODUCTIONS = {
    "en": "The global table of DingTalk's documents: what errors there are, but not which operation gives them. A rule of a "
    "scenario may name any of them on any operation of DingTalk. What the column *Retry* means is on the page "
    "[Errors](index.md).",
    "zh": "钉钉文档的全局错误码表：只列出有哪些错误，不说明由哪个接口返回。场景规则可以在钉钉的任何操作上使用其中任一错误。"
    "“Retry” 一列的含义见[错误码](index.md)。",
}
_HOSTS = {"global": "New API (`api.dingtalk.com`)", "oapi": "Legacy API (`oapi.dingtalk.com`)"}


def render_global_errors(language: str) -> str:
    """Make the page of DingTalk's global table."""
    provider = next(provider for provider in PROVIDERS if provider.name == "dingtalk")
    rows = provider.general_errors
    parts = [f"# {_TITLES[language]}\n\n{_INTRODUCTIONS[language]}\n\nSource: {link_sources(rows[0].source)}.\n"]
    for group, of_group in groupby(rows, key=lambda row: row.group):
        cells = (
            (
                code(row.key),
                "" if row.listed_status is None else str(row.listed_status),
                plain(row.message),
                _retry(row),
            )
            for row in of_group
        )
        parts.append(f"\n## {_HOSTS[group]}\n\n" + table(("Code", "HTTP", "Text", "Retry"), cells))
    return "".join(parts)


BLOCKS = {
    **{f"error index {provider.name}": partial(_index, provider) for provider in PROVIDERS},
    **{f"errors {provider.name}": partial(_tables, provider) for provider in PROVIDERS},
}
