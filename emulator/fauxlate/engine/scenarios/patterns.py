"""Patterns of conditions: globs and regular expressions, which no value that a client sends keeps busy for long.

A regular expression runs in RE2, whose time is linear in the text, where that is installed (`fauxlate[re2]`). Without it
Python's engine runs, which tries one way after the other: what can make it try without end is refused when the scenario
is read (`ambiguity`), and the more ways there are, the shorter are the values that are looked at.
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

    A value longer than `max_length` does not fit; a glob (`is_cut`) looks at the beginning of it.
    """

    compiled: Any
    max_length: int = MAX_VALUE
    ambiguity: Ambiguity = NOT_AMBIGUOUS
    is_cut: bool = False

    def matches_any(self, values: Iterable[str]) -> bool:
        """Whether one of the values fits."""
        work = 0
        for value in values:
            text = value[: self.max_length] if self.is_cut else value
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
    return Pattern(re.compile(translate(text)), is_cut=True)


def compile_regex(text: str) -> Pattern:
    """Return the pattern of a regular expression. Raises `ValueError` for what is none, or may take without end."""
    engine = _load_re2()
    if engine is not None:
        return Pattern(_compile_re2(engine, text))
    try:
        compiled = re.compile(text)
    except (re.error, OverflowError, RecursionError) as fault:
        raise ValueError(f"`{text}` is no regular expression: {fault}") from None
    try:
        ambiguity = measure_ambiguity(text)
    except ValueError as refusal:
        raise ValueError(f"`{text}` may take without end on some values: {refusal}; {_ADVICE}") from None
    max_length = _find_max_length(ambiguity)
    if max_length < MIN_VALUE:
        raise ValueError(f"`{text}` may take without end on some values: too much of it can be repeated; {_ADVICE}")
    return Pattern(compiled, max_length, ambiguity)


_ADVICE = "write it otherwise, or install `fauxlate[re2]`, whose engine takes any in linear time"


def count_steps(ambiguity: Ambiguity, length: int) -> int:
    """Return how many ways there may be to try on a value of `length` characters."""
    return ambiguity.factor * comb(length + ambiguity.degree, ambiguity.degree) + length


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


def _compile_re2(engine: Any, text: str) -> Any:
    options = engine.Options()
    options.log_errors = False
    try:
        return engine.compile(text, options)
    except engine.error as fault:
        detail = fault.args[0] if fault.args else fault
        reason = detail.decode(errors="replace") if isinstance(detail, bytes) else detail
        raise ValueError(f"`{text}` is no regular expression of RE2: {reason}") from None
