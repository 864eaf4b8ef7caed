"""A job: what was asked and when, as immutable facts, and the timeline that was drawn for it then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from emulator.engine.timeline import NO_MARKS, Marks, Position, Timeline

Facts = TypeVar("Facts")


@dataclass(frozen=True, slots=True)
class Job(Generic[Facts]):
    """One job of one sandbox. `lifecycle` is the name of its table of states; `facts` belong to its provider."""

    id: str
    lifecycle: str
    owner: str
    created: float
    timeline: Timeline
    facts: Facts

    def at(self, now: float, marks: Marks = NO_MARKS) -> Position:
        """Return where the job stands at `now`. Asking changes nothing."""
        return self.timeline.position(self.created, now, marks)
