"""Passages: text of an XML part that belongs together although it is cut into runs, rewritten in place.

A paragraph of Word, a paragraph of a slide, a shared string or a cell of a spreadsheet are passages; a
`Grammar` says which elements make one. Every byte of a part that is not the text of a changed run stays as it is.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from fauxlate.content.office import markup

SPACE_ATTRIBUTE = f"http://www.w3.org/XML/1998/namespace{markup.SEPARATOR}space"
TAG = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")
# XML 1.0, 2.2: everything else cannot stand in a document, escaped or not.
INVALID_CHARACTERS = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


class Grammar(NamedTuple):
    """How an XML vocabulary writes passages; elements are local names in any of `namespaces`."""

    namespaces: frozenset[str]
    passage_elements: frozenset[str]
    run_elements: frozenset[str]
    break_elements: frozenset[str] = frozenset()
    """Elements that separate the lines of a passage: text before and after one is never joined."""
    ignored_elements: frozenset[str] = frozenset()
    """Elements whose text is not part of the passage: the reading aid of a string, the number of a slide."""
    needs_space_attribute: bool = False
    """White space at the ends of a run needs `xml:space="preserve"`."""


class Run(NamedTuple):
    """The text of one run element, and its position in bytes: behind its start tag, before its end tag."""

    start: int
    end: int
    text: str
    name: str
    has_space: bool
    """Whether its tag has an `xml:space` already."""


@dataclass(slots=True)
class Passage:
    """One passage: its element's attributes, the local names of the elements in it, and its lines of runs."""

    attributes: Mapping[str, str]
    elements: set[str] = field(default_factory=set)
    lines: list[list[Run]] = field(default_factory=lambda: [[]])


Change = Callable[[Passage], Iterable[tuple[Run, str]]]
"""Takes a passage, returns new texts for its runs."""


def rewrite(part: bytes, grammar: Grammar, change: Change) -> bytes:
    """Give runs the texts that `change` returns for each passage; return `part` itself when nothing changes."""
    decoded = markup.decode(part)
    changes: list[tuple[Run, str]] = []
    finder = _Finder(decoded.body, grammar, lambda passage: changes.extend(change(passage)))
    markup.parse(decoded.body, start=finder.start, end=finder.end, text=finder.text)
    pieces = []
    end = 0
    for run, text in sorted(changes):
        if text == run.text:
            continue
        pieces.append(decoded.body[end : run.start])
        if grammar.needs_space_attribute and not run.has_space and text != text.strip():
            pieces[-1] = pieces[-1].removesuffix(b">") + b' xml:space="preserve">'
        pieces.append(_escape(text))
        end = run.end
    return decoded.encode(b"".join([*pieces, decoded.body[end:]])) if pieces else part


def _escape(text: str) -> bytes:
    return INVALID_CHARACTERS.sub("", text).translate(ESCAPES).encode()


class _Finder:
    """The handlers of one parse: each passage goes to `on_passage` when its element ends."""

    def __init__(self, body: bytes, grammar: Grammar, on_passage: Callable[[Passage], None]) -> None:
        self._body, self._grammar, self._on_passage = body, grammar, on_passage
        self._passages: list[Passage] = []  # those that are open; a text box in a paragraph has paragraphs
        self._ignored_depth = 0
        self._text: list[str] | None = None  # of the run that is open
        self._run_start = 0
        self._has_space = False

    def start(self, name: str, attributes: Mapping[str, str], position: int) -> None:
        tag = self._find_local_name(name)
        if tag in self._grammar.passage_elements:
            self._passages.append(Passage(attributes))
        elif tag and self._passages:
            self._enter_element(tag, attributes, position)

    def text(self, characters: str) -> None:
        if self._text is not None:
            self._text.append(characters)

    def end(self, name: str, position: int) -> None:
        tag = self._find_local_name(name)
        if not tag or not self._passages:
            return
        if tag in self._grammar.passage_elements:
            self._on_passage(self._passages.pop())
        elif tag in self._grammar.ignored_elements:
            self._ignored_depth -= 1
        elif tag in self._grammar.run_elements and self._text is not None:
            opening = TAG.match(self._body, self._run_start)
            # `<t/>` ends where it starts: no text, and no place for one.
            if opening is not None and position > self._run_start:
                run = Run(opening.end(), position, "".join(self._text), tag, self._has_space)
                self._passages[-1].lines[-1].append(run)
            self._text = None

    def _enter_element(self, tag: str, attributes: Mapping[str, str], position: int) -> None:
        passage = self._passages[-1]
        passage.elements.add(tag)
        if tag in self._grammar.ignored_elements:
            self._ignored_depth += 1
        elif tag in self._grammar.break_elements:
            passage.lines.append([])
        elif tag in self._grammar.run_elements and not self._ignored_depth:
            self._text, self._run_start, self._has_space = [], position, SPACE_ATTRIBUTE in attributes

    def _find_local_name(self, name: str) -> str:
        """Return the local name in `name`, an empty one when it is of another vocabulary."""
        uri, _, tag = name.rpartition(markup.SEPARATOR)
        return tag if uri in self._grammar.namespaces else ""
