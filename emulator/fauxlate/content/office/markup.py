"""One XML part of an Office package, read without trust: no DTD, no entities of its own, nothing fetched.

Handlers get byte positions, so that whoever edits a part can leave every other byte as it is.
"""

import codecs
from collections.abc import Callable, Mapping
from typing import NamedTuple
from xml.parsers import expat

from fauxlate.content.unreadable import Unreadable

SEPARATOR = " "  # between namespace and local name; no URI holds a space
Start = Callable[[str, Mapping[str, str], int], None]
End = Callable[[str, int], None]
Text = Callable[[str], None]

# "XML content shall be encoded using either UTF-8 or UTF-16" (Open Packaging Conventions, XML usage).
ENCODINGS = frozenset({"utf-8", "utf-16"})
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Encoded(NamedTuple):
    """The bytes of a part as UTF-8 without byte order mark, and how they came."""

    body: bytes
    mark: bytes
    encoding: str

    def back(self, body: bytes) -> bytes:
        """Put `body` (UTF-8) into the encoding in which the part came."""
        return self.mark + body.decode().encode(self.encoding)


def decoded(part: bytes) -> Encoded:
    """Take the byte order mark and UTF-16 away from `part`."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if part.startswith(mark):
            try:
                return Encoded(part.removeprefix(mark).decode(encoding).encode(), mark, encoding)
            except UnicodeError as error:
                raise Unreadable("unreadable", f"an XML part is not {encoding}: {error}") from error
    return Encoded(part, b"", "utf-8")


def read(body: bytes, *, start: Start | None = None, end: End | None = None, text: Text | None = None) -> None:
    """Parse `body` (UTF-8): `start(name, attributes, position)`, `end(name, position)`, `text(characters)`.

    Names are `uri local`, or `local` without a namespace. An element without content ends at the position
    where it starts. Raises `Unreadable` for what is not well-formed, has a DTD, or declares another encoding
    than Office's two.
    """
    parser = expat.ParserCreate("utf-8", SEPARATOR)
    parser.buffer_text = whole = True

    def refuse_dtd(*_: object) -> None:
        raise Unreadable("unreadable", "an XML part has a DTD, which Office files must not have")

    def check_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ENCODINGS:
            raise Unreadable("unreadable", f"an XML part is in {encoding}, Office formats have UTF-8 or UTF-16 only")

    parser.StartDoctypeDeclHandler = refuse_dtd
    parser.XmlDeclHandler = check_encoding
    if start is not None:
        parser.StartElementHandler = lambda name, attributes: start(name, attributes, parser.CurrentByteIndex)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name, parser.CurrentByteIndex)
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(body, whole)
    except expat.ExpatError as error:
        raise Unreadable("unreadable", f"an XML part is not well-formed: {error}") from error
