"""Durations as people write them: `250ms`, `2s`, `1h30m`."""

from __future__ import annotations

import re

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_WHOLE = re.compile(rf"(?:{_PART.pattern})+")
LONGEST = 100 * 366 * 86400.0
"""A hundred years; more is a slip of the pen, and would leave the range of dates."""


def parse_duration(text: str | float) -> float:
    """Return the length of `text` in seconds; a bare number is seconds. Raises `ValueError` that says what to write."""
    if isinstance(text, str):
        compact = text.replace(" ", "")
        if not _WHOLE.fullmatch(compact):
            raise ValueError(f"{text!r} is not a duration; write for example 250ms, 2s, 10m or 1h30m")
        length = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(compact))
    else:
        length = float(text)
    if not 0 <= length <= LONGEST:
        raise ValueError(f"{text!r} is out of range; a duration lies between 0s and 100 years")
    return length


def format_duration(length: float) -> str:
    """Return `length` seconds in the shortest form that `seconds` reads back to the same value."""
    for unit in ("d", "h", "m", "s"):
        number = length / _UNITS[unit]
        if number >= 1 and number == int(number):
            return f"{int(number)}{unit}"
    return f"{length:g}s" if length == float(f"{length:g}") else f"{length!r}s"
