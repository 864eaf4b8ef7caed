"""Timelines: a job's whole course, fixed when it is created; its state is a pure function of it and the time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from fauxlate.engine.timing.durations import format_duration, parse_duration

DwellKind = Literal["time", "polls", "manual", "stay"]
Progress = Literal["time", "polls", "manual", "immediate"]


@dataclass(frozen=True, slots=True)
class Dwell:
    """How long a state lasts: `amount` seconds, `amount` polls, until a move by hand, or for ever."""

    kind: DwellKind
    amount: float = 0.0

    def __str__(self) -> str:
        if self.kind == "polls":
            return f"{int(self.amount)} polls"
        return format_duration(self.amount) if self.kind == "time" else "manual" if self.kind == "manual" else ""


STAY = Dwell("stay")
MANUAL = Dwell("manual", 1)


@dataclass(frozen=True, slots=True)
class Step:
    """One state of a timeline. `error` is the documented code that a failing state carries."""

    state: str
    dwell: Dwell = STAY
    error: str | None = None

    def __str__(self) -> str:
        return " ".join(part for part in (self.state, str(self.dwell), self.error) if part)


class Marks(NamedTuple):
    """The times at which a job was polled and moved by hand, in sandbox time, ascending."""

    polls: Sequence[float] = ()
    moves: Sequence[float] = ()


NO_MARKS = Marks()


class Position(NamedTuple):
    """Where a job stands: in which step, since when, and whether that is its last.

    `is_expired` says that its result is no longer kept.
    """

    step: Step
    since: float
    is_last: bool
    is_expired: bool

    @property
    def state(self) -> str:
        """The state, in the document's spelling."""
        return self.step.state


@dataclass(frozen=True, slots=True)
class Timeline:
    """The steps of a job in order; the last one stays. `retention`: seconds that its result is kept from there on."""

    steps: tuple[Step, ...]
    retention: float | None = None
    counts_polls: bool = field(init=False)
    """Whether polls move it, so that they have to be remembered."""
    needs_marks: bool = field(init=False)
    """Whether anything but time moves it, so that its position depends on marks."""
    _ending_steps: tuple[tuple[Step, DwellKind, float], ...] = field(init=False, repr=False, compare=False)
    """The steps before the last one, with kind and amount of their dwell, which every poll looks at."""

    def __post_init__(self) -> None:
        kinds = {step.dwell.kind for step in self.steps}
        ending = tuple((step, step.dwell.kind, step.dwell.amount) for step in self.steps[:-1])
        object.__setattr__(self, "counts_polls", "polls" in kinds)
        object.__setattr__(self, "needs_marks", not kinds.isdisjoint(("polls", "manual")))
        object.__setattr__(self, "_ending_steps", ending)

    def end_time(self, created: float) -> float | None:
        """Return when the last step of a job created at `created` begins; None where more than time decides."""
        if any(kind != "time" for _, kind, _ in self._ending_steps):
            return None
        return created + sum(seconds for _, _, seconds in self._ending_steps)

    def position(self, created: float, now: float, marks: Marks = NO_MARKS) -> Position:
        """Return where a job created at `created` stands at `now`.

        A step that ends by polls or by hand ends at the n-th such mark after it began. So a timeline may mix them with
        timed steps, and a jump of the clock still lands right.
        """
        since, polls, moves = created, marks.polls, marks.moves
        for step, kind, amount in self._ending_steps:
            if kind == "time":
                end = since + amount
            elif kind == "stay":
                return Position(step, since, is_last=False, is_expired=False)
            else:
                later = [time for time in (polls if kind == "polls" else moves) if time >= since]
                if len(later) < amount:
                    return Position(step, since, is_last=False, is_expired=False)
                end = later[int(amount) - 1]
                if kind == "polls":
                    polls = later[int(amount) :]
                else:
                    moves = later[int(amount) :]
            if now < end:
                return Position(step, since, is_last=False, is_expired=False)
            since = end
        is_expired = self.retention is not None and now >= since + self.retention
        return Position(self.steps[-1], since, is_last=True, is_expired=is_expired)


_POLLS = re.compile(r"(\d{1,6}) polls?")


def parse_dwell(text: str | float) -> Dwell:
    """Return the dwell that `2s`, `3 polls`, `manual` or nothing (stay) describes. Raises `ValueError`."""
    if text == "":
        return STAY
    if text == "manual":
        return MANUAL
    if isinstance(text, str) and (match := _POLLS.fullmatch(text)):
        return Dwell("polls", int(match[1]))
    return Dwell("time", parse_duration(text))


def with_progress(timeline: Timeline, progress: Progress) -> Timeline:
    """Return `timeline` with every timed step ended by one poll, by hand, or at once instead."""
    if progress == "time":
        return timeline
    dwell = {"polls": Dwell("polls", 1), "manual": MANUAL, "immediate": Dwell("time", 0)}[progress]
    steps = tuple(replace(step, dwell=dwell) if step.dwell.kind == "time" else step for step in timeline.steps)
    return replace(timeline, steps=steps)
