"""How well a fact is known: every operation, state, limit, error and quirk carries one of these words."""

from __future__ import annotations

from enum import StrEnum


class Evidence(StrEnum):
    """The four grades, from the firmest to the weakest."""

    DOCUMENTED = "documented"
    """A page of the provider says so."""
    SDK = "sdk"
    """Read in, or seen from, an official SDK."""
    REPORTED = "reported"
    """A client author saw the live service do it."""
    ASSUMED = "assumed"
    """Nobody says; we chose, and the row says why."""
