"""A job: its request and time as immutable facts, and the timeline that it got when it was created."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from fauxlate.engine.timing.timeline import NO_MARKS, Marks, Position, Timeline

Facts = TypeVar("Facts")


@dataclass(frozen=True, slots=True)
class Job(Generic[Facts]):
    """One job of one sandbox, the `nth` of its lifecycle there, from 1.

    `lifecycle` is the name of its table of states; `facts` belong to its provider. Facts may have a property
    `attributes`: a mapping of what conditions of scenarios can match and the admin API shows (`file`, `source`, `target`).
    """

    id: str
    nth: int
    lifecycle: str
    owner: str
    created: float
    timeline: Timeline
    facts: Facts

    def at(self, now: float, marks: Marks = NO_MARKS) -> Position:
        """Return where the job stands at `now`. Reading changes nothing."""
        return self.timeline.position(self.created, now, marks)
