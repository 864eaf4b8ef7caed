"""The nearest valid name, for messages that refuse a wrong one."""

from __future__ import annotations

from collections.abc import Iterable

_MAX_LENGTH = 200
"""Characters of a name that is compared; one that is longer is near to none."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like `name`, or None where none is close."""
    if len(name) > _MAX_LENGTH:
        return None
    from difflib import get_close_matches  # only a refusal needs it

    by_fold: dict[str, str] = {}
    for candidate in known:
        by_fold.setdefault(candidate.lower(), candidate)
    matches = get_close_matches(name.lower(), by_fold, n=1, cutoff=0.6)
    return by_fold[matches[0]] if matches else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ` Did you mean …?` with a leading space, or an empty text where no name is close."""
    match = nearest(name, known)
    return f" Did you mean `{match}`?" if match else ""
