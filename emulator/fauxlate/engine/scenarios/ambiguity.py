"""How ambiguous a regular expression is: in how many ways Python's engine may have to try it on one text.

What is repeated, and then stands in something that is repeated too, has ways without end: `(a+)+b`, `(a|a)*b`. What is
repeated once and followed by a character that cannot belong to it has one: `[0-9]+-[0-9]+`. Each other repetition
multiplies the ways by the length of the text, and each alternative by one more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_QUANTIFIER = re.compile(r"(?:[*+?]|\{(\d*)(,?)(\d*)\})[?+]?")
_GROUP = re.compile(r"\((?:\?(?:P<\w+>|P=\w+|<?[=!]|[aiLmsux-]*:|>|\(\w+\)|:))?")
_FLAGS = re.compile(r"\(\?[aiLmsux]+\)")
_INLINE_FLAGS = re.compile(r"\(\?[aiLmsux-]+:")
_VERBOSE = re.compile(r"\(\?[aiLmsu]*x")
_COMMENT = re.compile(r"\(\?#[^)]*\)")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x..|u.{4}|U.{8}|N\{[^}]*\}|[0-7]{1,3}|.)", re.DOTALL)
_SPECIAL = frozenset(".^$[(|)")


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """There are `factor` times the text's length to the power of `degree` ways, or fewer.

    `scans` says that something is repeated which is settled, and `rescans` that it is so again on each way: then there
    is as much to do once more as the text is long.
    """

    factor: int = 1
    degree: int = 0
    scans: bool = False
    rescans: bool = False

    @property
    def power(self) -> int:
        """The power of the text's length that bounds the work."""
        return self.degree + self.rescans

    def then(self, other: Ambiguity) -> Ambiguity:
        """Return the ambiguity of this and, behind it, another."""
        rescans = self.rescans or other.rescans or (other.scans and self.degree > 0)
        return Ambiguity(self.factor * other.factor, self.degree + other.degree, self.scans or other.scans, rescans)

    def beside(self, other: Ambiguity) -> Ambiguity:
        """Return the ambiguity of this or another."""
        degree, rescans = max((self.degree, self.rescans), (other.degree, other.rescans), key=sum)
        return Ambiguity(self.factor + other.factor, degree, self.scans or other.scans, rescans)


NOT_AMBIGUOUS = Ambiguity()


def measure_ambiguity(text: str) -> Ambiguity:
    """Return how ambiguous a valid regular expression is. Raises `ValueError` where its ways are without end."""
    if (flags := re.compile(text).flags) & re.VERBOSE or _VERBOSE.search(text):
        raise ValueError("it has the flag x")
    if _INLINE_FLAGS.search(text):
        flags |= re.IGNORECASE | re.DOTALL
    ambiguity, _, end = _measure_choice(text, 0, flags)
    if end < len(text):
        raise ValueError(f"it cannot be followed at character {end + 1}")
    return ambiguity


def _measure_choice(text: str, start: int, flags: int) -> tuple[Ambiguity, bool, int]:
    """Return the ambiguity of alternatives from `start` on, whether their length varies, and where they end."""
    ambiguity, varies, start = _measure_sequence(text, start, flags)
    while text.startswith("|", start):
        branch, _, start = _measure_sequence(text, start + 1, flags)
        ambiguity, varies = ambiguity.beside(branch), True
    return ambiguity, varies, start


def _measure_sequence(text: str, start: int, flags: int) -> tuple[Ambiguity, bool, int]:
    """Return the same of what stands one behind the other, up to `|`, `)` or the end."""
    ambiguity, varies = NOT_AMBIGUOUS, False
    while start < len(text) and text[start] not in "|)":
        item, item_varies, end = _measure_item(text, start, flags)
        ambiguity, varies = ambiguity.then(item), varies or item_varies
        quantifier = _QUANTIFIER.match(text, end)
        if quantifier is None or quantifier[0] in ("{}", "{,}"):
            start = end
            continue
        if quantifier[0][0] == "?":
            repeats, changes = False, True
        else:
            repeats = quantifier[0] not in ("{0}", "{1}", "{0,1}", "{,1}")
            changes = quantifier[0][0] in "*+" or bool(quantifier[2])
        if repeats and item_varies:
            raise ValueError(f"`{text[start : quantifier.end()]}` repeats what varies by itself")
        if changes:
            varies = True
            if _is_settled(text, start, end, quantifier.end(), flags):
                ambiguity = ambiguity.then(Ambiguity(scans=repeats))
            else:
                ambiguity = ambiguity.then(Ambiguity(degree=1) if repeats else Ambiguity(factor=2))
        start = quantifier.end()
    return ambiguity, varies, start


def _measure_item(text: str, start: int, flags: int) -> tuple[Ambiguity, bool, int]:
    """Return the same of one character, class, or group."""
    for pattern in (_COMMENT, _FLAGS):
        if match := pattern.match(text, start):
            return Ambiguity(), False, match.end()
    if group := _GROUP.match(text, start):
        is_reference = group[0].startswith("(?P=")
        inner, varies, end = _measure_choice(text, group.end(), flags)
        return (Ambiguity(1, 1) if is_reference else inner), varies or is_reference, end + 1
    if text[start] == "\\" and text[start + 1 : start + 2] in "123456789":
        return Ambiguity(1, 1), True, _match_end(_ESCAPE, text, start)
    return Ambiguity(), False, _atom_end(text, start)


def _atom_end(text: str, start: int) -> int:
    if text[start] == "[":
        return _match_end(_CLASS, text, start)
    return _match_end(_ESCAPE, text, start) if text[start] == "\\" else start + 1


def _match_end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return start + 1 if match is None else match.end()


def _is_settled(text: str, start: int, end: int, after: int, flags: int) -> bool:
    """Whether a repeated character or class is followed by a plain character that it cannot be: then it ends there."""
    if text[start] == "(" or after >= len(text):
        return False
    following = _atom_end(text, after)
    is_escape = text[after] == "\\"
    literal = text[after + is_escape : following]
    is_literal = not literal.isalnum() if is_escape else literal not in _SPECIAL
    if len(literal) != 1 or not is_literal or _QUANTIFIER.match(text, following):
        return False
    return re.compile(text[start:end], flags).fullmatch(literal) is None
