"""The values of headers: whatever is put into one, what is sent is one line that HTTP allows."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)


@lru_cache(maxsize=256)
def is_header_name(text: str) -> bool:
    """Return whether `text` may be the name of a header: a token (RFC 9110, 5.6.2)."""
    return _NAME.fullmatch(text) is not None


def header_value(text: str) -> str:
    """Return `text` as the value of a header, which encodes as UTF-8.

    A control character, CR and LF among them, or anything else that is not printed becomes percent-encoded; half a
    surrogate pair becomes a question mark. What is printable stays as it is, so that a second time changes nothing.
    """
    if text.isprintable():
        return text
    return "".join(_encode_character(character) for character in text)


def _encode_character(character: str) -> str:
    return character if character.isprintable() or character == "\t" else quote(character, safe="", errors="replace")
