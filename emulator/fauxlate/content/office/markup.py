"""The XML of one part of an Office package, parsed without trust: no DTD, no entities of its own, nothing fetched.

Handlers get byte positions, so that an edit of a part can leave every other byte as it is.
"""

import codecs
from collections.abc import Callable, Mapping
from typing import NamedTuple
from xml.parsers import expat

from fauxlate.content.errors import ContentError

SEPARATOR = " "  # between namespace and local name; no URI holds a space
StartHandler = Callable[[str, Mapping[str, str], int], None]
EndHandler = Callable[[str, int], None]
TextHandler = Callable[[str], None]

# "XML content shall be encoded using either UTF-8 or UTF-16" (Open Packaging Conventions, XML usage).
ENCODINGS = frozenset({"utf-8", "utf-16"})
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Part(NamedTuple):
    """A part: its bytes as UTF-8 without byte order mark, and the byte order mark and encoding of the original."""

    body: bytes
    byte_order_mark: bytes
    encoding: str

    def encode(self, body: bytes) -> bytes:
        """Return `body` (UTF-8) in the encoding of the original part."""
        return self.byte_order_mark + body.decode().encode(self.encoding)


def decode(part: bytes) -> Part:
    """Return `part` in UTF-8 without byte order mark. Raises `ContentError` where its byte order mark is wrong."""
    for byte_order_mark, encoding in BYTE_ORDER_MARKS:
        if part.startswith(byte_order_mark):
            try:
                return Part(part.removeprefix(byte_order_mark).decode(encoding).encode(), byte_order_mark, encoding)
            except UnicodeError as error:
                raise ContentError("unreadable", f"an XML part is not {encoding}: {error}") from error
    return Part(part, b"", "utf-8")


def parse(
    body: bytes, *, start: StartHandler | None = None, end: EndHandler | None = None, text: TextHandler | None = None
) -> None:
    """Parse `body` (UTF-8): `start(name, attributes, position)`, `end(name, position)`, `text(characters)`.

    Names are `uri local`, or `local` without a namespace. An element without content ends at the position
    where it starts. Raises `ContentError` for what is not well-formed, has a DTD, or declares another encoding
    than Office's two.
    """
    parser = expat.ParserCreate("utf-8", SEPARATOR)
    parser.buffer_text = is_final = True

    def refuse_dtd(*_: object) -> None:
        raise ContentError("unreadable", "an XML part has a DTD, which Office files must not have")

    def check_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ENCODINGS:
            raise ContentError("unreadable", f"an XML part is in {encoding}, Office formats have UTF-8 or UTF-16 only")

    parser.StartDoctypeDeclHandler = refuse_dtd
    parser.XmlDeclHandler = check_encoding
    if start is not None:
        parser.StartElementHandler = lambda name, attributes: start(name, attributes, parser.CurrentByteIndex)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name, parser.CurrentByteIndex)
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(body, is_final)
    except expat.ExpatError as error:
        raise ContentError("unreadable", f"an XML part is not well-formed: {error}") from error
