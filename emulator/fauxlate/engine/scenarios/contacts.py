"""Contacts: the people and departments of a corp, where a scenario lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en", "ja", "ko", "de", "ar"]


@dataclass(frozen=True, slots=True)
class Person:
    """A person that a scenario lists; None stands for a value that is made up."""

    name: str
    union_id: str | None = None
    mobile: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Contacts:
    """By id, all users and departments in contact scope; None where any id is, and its name is made up.

    `languages` are those of the made-up names; none: of all that there are.
    """

    users: Mapping[str, Person] | None = None
    departments: Mapping[str, str] | None = None
    languages: tuple[Language, ...] = ()
