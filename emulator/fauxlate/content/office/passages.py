"""Passages: text of an XML part that belongs together though cut into runs, found and rewritten in place.

A paragraph of Word, a paragraph of a slide, a shared string or a cell of a spreadsheet are passages; a
`Grammar` says which elements make one. Every byte of a part that is not the text of a changed run stays as
it is.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from fauxlate.content.office import markup

SPACE = f"http://www.w3.org/XML/1998/namespace{markup.SEPARATOR}space"
TAG = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")
# XML 1.0, 2.2: everything else cannot stand in a document, escaped or not.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


class Grammar(NamedTuple):
    """How an XML vocabulary writes passages; elements are local names in any of `namespaces`."""

    namespaces: frozenset[str]
    passage: frozenset[str]
    run: frozenset[str]
    breaks: frozenset[str] = frozenset()
    """Elements that part the lines of a passage: text before and after one is never joined."""
    skipped: frozenset[str] = frozenset()
    """Elements whose text is not the passage's: the reading aid of a string, the number of a slide."""
    keeps_space: bool = False
    """White space at the ends of a run needs `xml:space="preserve"`."""


class Run(NamedTuple):
    """The text of one run element, and where it stands: behind its start tag, before its end tag."""

    start: int
    end: int
    text: str
    name: str
    has_space: bool
    """Its tag has an `xml:space` already."""


@dataclass(slots=True)
class Passage:
    """One passage: its element's attributes, the local names of the elements in it, and its lines of runs."""

    attributes: Mapping[str, str]
    elements: set[str] = field(default_factory=set)
    lines: list[list[Run]] = field(default_factory=lambda: [[]])


Change = Callable[[Passage], Iterable[tuple[Run, str]]]


def rewrite(part: bytes, grammar: Grammar, change: Change) -> bytes:
    """Give runs the texts that `change` names for each passage; `part` itself when nothing changes."""
    encoded = markup.decoded(part)
    changes: list[tuple[Run, str]] = []
    finder = _Finder(encoded.body, grammar, lambda passage: changes.extend(change(passage)))
    markup.read(encoded.body, start=finder.start, end=finder.end, text=finder.text)
    pieces = []
    at = 0
    for run, text in sorted(changes):
        if text == run.text:
            continue
        pieces.append(encoded.body[at : run.start])
        if grammar.keeps_space and not run.has_space and text != text.strip():
            pieces[-1] = pieces[-1].removesuffix(b">") + b' xml:space="preserve">'
        pieces.append(_escape(text))
        at = run.end
    return encoded.back(b"".join([*pieces, encoded.body[at:]])) if pieces else part


def _escape(text: str) -> bytes:
    return NOT_XML.sub("", text).translate(ESCAPES).encode()


class _Finder:
    """The handlers of one reading: they hand each passage to `found` when its element ends."""

    def __init__(self, body: bytes, grammar: Grammar, found: Callable[[Passage], None]) -> None:
        self._body, self._grammar, self._found = body, grammar, found
        self._passages: list[Passage] = []  # those that are open; a text box in a paragraph has paragraphs
        self._skipping = 0
        self._text: list[str] | None = None  # of the run that is open
        self._opened = 0
        self._has_space = False

    def start(self, name: str, attributes: Mapping[str, str], position: int) -> None:
        tag = self._local(name)
        if tag in self._grammar.passage:
            self._passages.append(Passage(attributes))
        elif tag and self._passages:
            self._inside(tag, attributes, position)

    def text(self, characters: str) -> None:
        if self._text is not None:
            self._text.append(characters)

    def end(self, name: str, position: int) -> None:
        tag = self._local(name)
        if not tag or not self._passages:
            return
        if tag in self._grammar.passage:
            self._found(self._passages.pop())
        elif tag in self._grammar.skipped:
            self._skipping -= 1
        elif tag in self._grammar.run and self._text is not None:
            opening = TAG.match(self._body, self._opened)
            # `<t/>` ends where it starts: no text, and no place for one.
            if opening is not None and position > self._opened:
                run = Run(opening.end(), position, "".join(self._text), tag, self._has_space)
                self._passages[-1].lines[-1].append(run)
            self._text = None

    def _inside(self, tag: str, attributes: Mapping[str, str], position: int) -> None:
        passage = self._passages[-1]
        passage.elements.add(tag)
        if tag in self._grammar.skipped:
            self._skipping += 1
        elif tag in self._grammar.breaks:
            passage.lines.append([])
        elif tag in self._grammar.run and not self._skipping:
            self._text, self._opened, self._has_space = [], position, SPACE in attributes

    def _local(self, name: str) -> str:
        """Take the local name out of `name`; nothing when it is of another vocabulary."""
        uri, _, tag = name.rpartition(markup.SEPARATOR)
        return tag if uri in self._grammar.namespaces else ""
