"""The documents as tests see them: which there are, and the blocks of code on a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent.parent
SITE = ROOT / "docs" / "en"
README = ROOT / "README.md"

_FENCE = re.compile(
    r"(?:^<!-- (?P<directive>(?:not run|exits): [^\n]+?) -->\n)?"
    r"^```(?P<language>[a-z]*)(?P<options>[^\n]*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_COMMENT = re.compile(r"(?:^|[ \t]+)# .*$", re.MULTILINE)
_TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True)
class Block:
    """A fenced block. `title` is the file that it is; `not_run` says why it is not run, `exits` with which code."""

    language: str
    text: str
    title: str | None
    not_run: str | None
    exits: int
    line: int


def blocks(text: str) -> Iterator[Block]:
    """Give every block of a page, in order."""
    for match in _FENCE.finditer(text):
        title = _TITLE.search(match["options"])
        kind, _, rest = (match["directive"] or "").partition(": ")
        yield Block(
            match["language"],
            match["text"],
            None if title is None else title[1],
            rest if kind == "not run" else None,
            int(rest) if kind == "exits" else 0,
            text.count("\n", 0, match.start("language")) + 1,
        )


def pages() -> list[Path]:
    """Return every page whose blocks are run: the README and the English site; other languages have the same blocks."""
    return [README, *sorted(SITE.rglob("*.md"))]


def fences(text: str) -> list[str]:
    """Return every fenced block of a page as it is written, with the directive before it, but without comments."""
    return [_COMMENT.sub("", match[0]) for match in _FENCE.finditer(text)]
