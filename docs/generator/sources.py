"""Sources: from the abbreviations that stand in the tables to the title and address of a page."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from docs.generator.markdown import code, plain, prose, table

_FILE = Path(__file__).with_name("sources.toml")
_PAIR = re.compile(r"\bseeds (\d+) and (\d+)")


@dataclass(frozen=True, slots=True)
class Source:
    """A page, a package or a report; `names` are what stands for it in the tables."""

    names: tuple[str, ...]
    title: str
    url: str | None = None
    language: str | None = None

    @property
    def link(self) -> str:
        """The title, as a link where there is an address."""
        return plain(self.title) if self.url is None else f"[{plain(self.title)}]({self.url})"


@cache
def load_sources() -> tuple[Source, ...]:
    """Return every source, in the order of the file."""
    return tuple(
        Source(tuple(entry["names"]), entry["title"], entry.get("url"), entry.get("language"))
        for entry in tomllib.loads(_FILE.read_text("utf-8"))["sources"]
    )


@cache
def _by_name() -> Mapping[str, Source]:
    return {name: source for source in load_sources() for name in source.names}


@cache
def _pattern() -> re.Pattern[str]:
    names = sorted(_by_name(), key=len, reverse=True)
    return re.compile("|".join(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in names))


def find_sources(text: str) -> list[Source]:
    """Return the sources that `text`, the `source` of a row, names."""
    return [_by_name()[match[0]] for match in _pattern().finditer(_PAIR.sub(r"seed \1 and seed \2", text))]


def link_sources(text: str) -> str:
    """Return `text`, the `source` of a row, with the title and address of each page for its abbreviation."""
    parts: list[str] = []
    end = 0
    text = _PAIR.sub(r"seed \1 and seed \2", text)
    for match in _pattern().finditer(text):
        parts += [prose(text[end : match.start()]), _by_name()[match[0]].link]
        end = match.end()
    return "".join([*parts, prose(text[end:])])


_LANGUAGES = {"zh": "Chinese", "en": "English", None: ""}


def source_table() -> str:
    """Make the table of all sources."""
    rows = (
        (source.link, _LANGUAGES[source.language], ", ".join(code(name) for name in source.names))
        for source in load_sources()
    )
    return table(("Source", "Language", "Stands in the tables as"), rows)


BLOCKS = {"sources": source_table}
