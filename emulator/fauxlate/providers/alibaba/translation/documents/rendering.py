"""The content of a translated document; a sample stands in for the source, as links of clients are never fetched."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from fauxlate.engine.exchange.xml import escape_text

if TYPE_CHECKING:
    from fauxlate.providers.alibaba.translation.documents.facts import DocumentTask

_OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = {
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "txt": "text/plain;charset=utf-8",
    "html": "text/html;charset=utf-8",
    "xml": "application/xml",
    "json": "application/json",
}
"""The Content-Type of a result by its format."""


def count_pages(task: DocumentTask) -> int:
    """Return the pages of the source."""
    from fauxlate.content import documents

    return documents.count_pages(_build_source(task), _find_source_format(task))


def render(task: DocumentTask) -> bytes:
    """Return the translated document."""
    from fauxlate.content import documents, pseudo

    target_format, languages = task.type.format, (task.source, task.target)
    source = _build_source(task)
    if target_format in ("docx", "pptx", "txt"):
        return documents.translate(source, target_format, *languages)
    lines = source.decode().split("\n")
    return _FORMATTERS[target_format]([pseudo.translate(line, *languages) for line in lines if line.strip()]).encode()


def _build_source(task: DocumentTask) -> bytes:
    from fauxlate.content import samples

    return samples.build_document(_find_source_format(task), task.source)


def _find_source_format(task: DocumentTask) -> str:
    return task.type.format if task.type.format in ("docx", "pptx") else "txt"


def _format_html(lines: list[str]) -> str:
    body = _format_paragraphs(lines)
    return f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"/></head><body>{body}</body></html>\n'


def _format_xml(lines: list[str]) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<document>{_format_paragraphs(lines)}</document>\n'


def _format_paragraphs(lines: list[str]) -> str:
    return "".join(f"<p>{escape_text(line)}</p>" for line in lines)


def _format_json(lines: list[str]) -> str:
    return json.dumps({"text": lines}, ensure_ascii=False)


_FORMATTERS: Mapping[str, Callable[[list[str]], str]] = {
    "html": _format_html,
    "xml": _format_xml,
    "json": _format_json,
}
