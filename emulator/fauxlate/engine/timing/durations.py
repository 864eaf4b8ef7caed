"""Durations and rates as people write them: `250ms`, `2s`, `1h30m`; `20/s`, `100/5m`."""

from __future__ import annotations

import re

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_DURATION = re.compile(rf"(?:{_PART.pattern})+")
_RATE = re.compile(r"(\d{1,9})\s*/\s*(\d*(?:\.\d+)?(?:ms|s|m|h|d))")
MAX_DURATION = 100 * 366 * 86400.0
"""Seconds in a hundred years. More is a slip of the pen, and would leave the range of dates."""


def parse_duration(text: str | float) -> float:
    """Return the length of `text` in seconds; a bare number is seconds. Raises `ValueError` that says what to write."""
    if isinstance(text, str):
        compact = text.replace(" ", "")
        if not _DURATION.fullmatch(compact):
            raise ValueError(f"{text!r} is not a duration; write for example 250ms, 2s, 10m or 1h30m")
        length = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(compact))
    else:
        length = float(text)
    if not 0 <= length <= MAX_DURATION:
        raise ValueError(f"{text!r} is out of range; a duration lies between 0s and 100 years")
    return length


def format_duration(length: float) -> str:
    """Return `length` seconds in the shortest form that `parse_duration` reads back to the same value."""
    for unit in ("d", "h", "m", "s"):
        number = length / _UNITS[unit]
        if number >= 1 and number == int(number):
            return f"{int(number)}{unit}"
    return f"{length:g}s" if length == float(f"{length:g}") else f"{length!r}s"


def parse_rate(text: str) -> tuple[int, float]:
    """Return the number and the seconds of `20/s` or `100/5m`. Raises `ValueError` that says what to write."""
    match = _RATE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a rate; write for example 20/s or 100/5m")
    window = parse_duration(match[2] if match[2][0].isdigit() else f"1{match[2]}")
    if window <= 0:
        raise ValueError(f"{text!r} is not a rate; its window has no length")
    return int(match[1]), window
