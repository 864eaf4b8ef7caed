"""Sources: the text of a scenario with its name, and how what it extends is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a scenario, what it is called in messages, and how it is written."""

    text: str
    name: str = "scenario"
    is_json: bool = False


Finder = Callable[[str, Source], Source]
"""Finds what `extends` names, seen from the source that says it. Raises `ValueError` that says what there is."""
