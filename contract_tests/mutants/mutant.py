"""A mutant: one change of one file's text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Mutant:
    """One change: in `file`, `new` replaces `old`, which stands from `start` to `end` (in characters).

    `file` is relative to the repository, and `kind` says what is altered, such as `dwell` or `comparison`.
    """

    file: str
    line: int
    start: int
    end: int
    kind: str
    new: str
    old: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind}: {self.old} → {self.new}"
