"""Faults on the wire: what is done to a connection, or to the bytes of an answer, instead of sending it whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DropKind = Literal["reset", "empty", "stall"]
BodyKind = Literal["truncated", "garbage", "malformed", "html", "dribble"]


@dataclass(frozen=True, slots=True)
class Drop:
    """Break the connection instead of answering: `after` the operation has run, or before it.

    `reset` sends a TCP reset, `empty` closes without a byte, `stall` says nothing for `seconds` and then closes.
    """

    kind: DropKind
    after: bool = False
    seconds: float = 3600.0

    @property
    def label(self) -> str:
        """Its name in journal and coverage."""
        return f"drop {self.kind}"


@dataclass(frozen=True, slots=True)
class BodyFault:
    """Spoil the answer of an operation that has run.

    `truncated` promises more bytes than it sends; `dribble` sends them in pieces over `seconds`.
    """

    kind: BodyKind
    seconds: float = 2.0

    @property
    def label(self) -> str:
        """Its name in journal and coverage."""
        return f"body {self.kind}"
