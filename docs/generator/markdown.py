"""Markdown as the generator writes it: tables, code, anchors."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Sequence


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a bar or a line break in a cell is escaped."""
    cells = [heads, ["---"] * len(heads), *([escape_cell(cell) for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)


def escape_cell(text: str) -> str:
    """Return `text` as it may stand in a cell."""
    return re.sub(r"\s*\n\s*", " ", text).replace("|", "\\|")


def code(text: str) -> str:
    """Return `text` as code that may stand in a cell; an empty text stays empty."""
    if "|" in text:  # which ends a cell, also inside of backticks
        return f"<code>{html.escape(text, quote=False).replace('|', '&#124;')}</code>"
    if "`" in text:
        return f"`` {text} ``"
    return f"`{text}`" if text else ""


def as_code(value: object) -> str:
    """Return a value as compact JSON in code, text without its quotes."""
    return code(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


_ACTIVE = re.compile(r"([\\`*<>\[\]]|(?<!\w)_|_(?!\w))")


def plain(text: str) -> str:
    """Return a foreign text so that nothing in it is taken for Markdown."""
    return _ACTIVE.sub(r"\\\1", text)


def prose(text: str) -> str:
    """Return a text of our own, in which backticks mean code, so that nothing else in it is taken for Markdown."""
    return "".join(part if part.startswith("`") else plain(part) for part in re.split(r"(`[^`]+`)", text))


def slug(text: str) -> str:
    """Return `text` as an anchor: small letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "none"


def anchor(name: str) -> str:
    """Return a place that a link can lead to, unseen."""
    return f'<a id="{name}"></a>'


class Slugs:
    """Anchors of one page: what would be the same gets a number."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def next(self, text: str) -> str:
        """Return an anchor that this page does not have yet."""
        base = slug(text)
        number = self._counts[base] = self._counts.get(base, 0) + 1
        return base if number == 1 else f"{base}-{number}"


_SMALL_WORD = re.compile(r"[a-z][a-z'-]*(?=[ ,:;.]|$)")
_ENDED = re.compile(r"[.!?:。！？]$|[\u4e00-\u9fff]$")


def sentence(text: str) -> str:
    """Return `text` with a capital letter at its start, unless it starts with a name, and a full stop at its end."""
    text = text.strip()
    if _SMALL_WORD.match(text):
        text = text[0].upper() + text[1:]
    return text if not text or _ENDED.search(text) else f"{text}."
