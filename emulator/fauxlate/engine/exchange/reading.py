"""Reading of what comes from outside, by one rule for each kind of it: text, JSON, and numbers."""

from __future__ import annotations

import re
from typing import Any

import orjson

MAX_JSON_PARTS = 20_000
"""Commas and opening brackets in JSON that comes, those of its texts aside: what it may have of values, more or less."""
_ESCAPED_NUL = b"\\u0000"
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""A string of JSON, or what follows a quotation mark that nothing closes: it matches at each, so the search is linear."""


def is_text(text: str) -> bool:
    """Whether `text` is Unicode without NUL: every byte of it was UTF-8, and no half of a surrogate pair is alone."""
    return "\0" not in text and (text.isascii() or _is_encodable(text))


def parse_text(data: bytes) -> str:
    """Return the text that bytes of UTF-8 hold. Raises `ValueError` for bytes that are no UTF-8, and for NUL."""
    text = data.decode()
    if "\0" in text:
        raise ValueError("holds NUL")
    return text


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def parse_json(data: bytes | str) -> Any:
    """Return the data that JSON text means.

    Raises `ValueError` for anything else, for numbers that are none (`NaN`, `1e400`), for text that is none (half a
    surrogate pair, NUL), and for more than `MAX_JSON_PARTS` parts.
    """
    encoded = data.encode() if isinstance(data, str) else data
    if _count_parts(encoded) > MAX_JSON_PARTS and _count_parts(_STRING.sub(b"", encoded)) > MAX_JSON_PARTS:
        raise ValueError(f"it has more than {MAX_JSON_PARTS} commas and brackets")
    parsed = orjson.loads(encoded)
    if _ESCAPED_NUL in encoded and _holds_nul(parsed):
        raise ValueError("a text in it holds NUL")
    return parsed


def _count_parts(encoded: bytes) -> int:
    return encoded.count(b",") + encoded.count(b"[") + encoded.count(b"{")


def _holds_nul(data: Any) -> bool:
    remaining = [data]
    while remaining:
        value = remaining.pop()
        if isinstance(value, str):
            if "\0" in value:
                return True
        elif isinstance(value, list):
            remaining += value
        elif isinstance(value, dict):
            remaining += value
            remaining += value.values()
    return False


def parse_number(text: str, maximum: int) -> int | None:
    """Return the number that ASCII digits write; None for anything else, and for a number above `maximum`."""
    if not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0")
    if len(digits) > len(str(maximum)):  # thousands of digits are no `int`
        return None
    number = int(digits or "0")
    return number if number <= maximum else None
