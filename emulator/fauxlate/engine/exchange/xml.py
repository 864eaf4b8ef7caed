"""XML of answers: the one place that writes it, and that cannot write what is none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no document may have, escaped or not (XML 1.0, 2.2)."""
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_STANDALONE = ' standalone="yes"'
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})


@dataclass(frozen=True, slots=True)
class Element:
    """An element: its name, and its text or the elements in it; `is_cdata` writes the text as a CDATA section."""

    name: str
    content: str | tuple[Element, ...]
    is_cdata: bool = False

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r:.80} is no name of an element")


def elements(values: Iterable[tuple[str, str]]) -> tuple[Element, ...]:
    """Return an element with text for each name and value."""
    return tuple(Element(name, value) for name, value in values)


def encode_xml(root: Element, *, standalone: bool = False, indent: bool = False) -> bytes:
    """Return a document in UTF-8; a character that XML does not have becomes U+FFFD.

    `standalone` says so in the declaration, `indent` gives each element of the root a line of its own.
    """
    declaration = f'<?xml version="1.0" encoding="UTF-8"{_STANDALONE if standalone else ""}?>'
    if indent and not isinstance(root.content, str):
        lines = "".join(f"  {_format(element)}\n" for element in root.content)
        return f"{declaration}\n<{root.name}>\n{lines}</{root.name}>\n".encode()
    return f"{declaration}\n{_format(root)}".encode()


def escape_text(text: str) -> str:
    """Return `text` as it may stand between two tags."""
    return _NOT_XML.sub(_REPLACEMENT, text).translate(_ESCAPES)


def _format(element: Element) -> str:
    if not isinstance(element.content, str):
        inner = "".join(map(_format, element.content))
    elif element.is_cdata:
        inner = f"<![CDATA[{_NOT_XML.sub(_REPLACEMENT, element.content).replace(']]>', ']]]]><![CDATA[>')}]]>"
    else:
        inner = escape_text(element.content)
    return f"<{element.name}>{inner}</{element.name}>"
