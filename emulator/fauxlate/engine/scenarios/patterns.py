"""Patterns of conditions: globs and regular expressions, which no value that a client sends keeps busy for long.

Python's engine tries one way after the other. Where there may be too many (`ambiguity`), RE2 takes its place, whose time
is linear in the text, if that is installed (`fauxlate[re2]`) and has all that is in the expression. If not, what may have
ways without end is refused when the scenario is read, and the more ways there are, the shorter are the values that fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import translate
from functools import cache
from math import comb
from typing import Any

from fauxlate.engine.scenarios.ambiguity import NOT_AMBIGUOUS, Ambiguity, measure_ambiguity

MAX_VALUE = 10_000
"""Characters of a value that a pattern looks at."""
MIN_VALUE = 40
"""Characters of a value that every expression looks at; one that is too ambiguous for that is refused."""
MAX_STEPS = 10_000_000
"""Ways that Python's engine may have to try on one value, which takes some twenty milliseconds."""
MAX_WORK = 20_000_000
"""Ways that it may have to try on all values of a request for one condition."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern, and how many ways it may have to try.

    It looks at the first `MAX_VALUE` characters of a value; where `max_length` is less, a longer value does not fit.
    """

    compiled: Any
    max_length: int = MAX_VALUE
    ambiguity: Ambiguity = NOT_AMBIGUOUS

    def matches_any(self, values: Iterable[str]) -> bool:
        """Whether one of the values fits."""
        work = 0
        for value in values:
            text = value[:MAX_VALUE]
            if len(text) > self.max_length:
                continue
            work += count_steps(self.ambiguity, len(text))
            if work > MAX_WORK:
                return False
            if self.compiled.fullmatch(text):
                return True
        return False


def compile_glob(text: str) -> Pattern:
    """Return the pattern of a value written with `*`, `?` and `[…]`; it never goes back."""
    return Pattern(re.compile(translate(text)))


def compile_regex(text: str) -> Pattern:
    """Return the pattern of a regular expression. Raises `ValueError` for what is none, or may take without end."""
    try:
        compiled = re.compile(text)
    except (re.error, OverflowError, RecursionError) as fault:
        raise ValueError(f"`{text}` is no regular expression: {fault}") from None
    try:
        ambiguity = measure_ambiguity(text)
        reason = "too much of it can be repeated"
    except ValueError as refusal:
        ambiguity, reason = None, str(refusal)
    max_length = 0 if ambiguity is None else _find_max_length(ambiguity)
    if ambiguity is not None and max_length == MAX_VALUE:
        return Pattern(compiled, ambiguity=ambiguity)
    linear = _compile_re2(text)
    if linear is not None:
        return Pattern(linear)
    if ambiguity is None or max_length < MIN_VALUE:
        raise ValueError(f"`{text}` may take without end on some values: {reason}; {_ADVICE}")
    return Pattern(compiled, max_length, ambiguity)


_ADVICE = "write it otherwise, or install `fauxlate[re2]`, whose engine matches in linear time"


def count_steps(ambiguity: Ambiguity, length: int) -> int:
    """Return how many ways there may be to try on a value of `length` characters."""
    return ambiguity.factor * comb(length + ambiguity.power, ambiguity.power) + length


def _find_max_length(ambiguity: Ambiguity) -> int:
    """Return the most characters, `MAX_VALUE` at most, on which there are no more than `MAX_STEPS` ways."""
    low, high = 0, MAX_VALUE
    while low < high:
        middle = (low + high + 1) // 2
        if count_steps(ambiguity, middle) <= MAX_STEPS:
            low = middle
        else:
            high = middle - 1
    return low


@cache
def _load_re2() -> Any:
    """Return the module of RE2; None where it is not installed."""
    try:
        import re2
    except ImportError:
        return None
    return re2


def _compile_re2(text: str) -> Any:
    """Return the expression compiled by RE2; None where that is not installed, or lacks something in it."""
    engine = _load_re2()
    if engine is None:
        return None
    options = engine.Options()
    options.log_errors = False
    try:
        return engine.compile(text, options)
    except engine.error:  # look-around, references back, more than 1000 repetitions
        return None
