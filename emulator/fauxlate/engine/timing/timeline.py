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
    """How long a state lasts: so many seconds, so many polls, until moved by hand, or for ever."""

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
    """When a job was polled and when it was moved by hand, in sandbox time, ascending."""

    polls: Sequence[float] = ()
    moves: Sequence[float] = ()


NO_MARKS = Marks()


class Position(NamedTuple):
    """Where a job stands. `since` is when its state began; `gone` says that its retention has passed."""

    step: Step
    since: float
    last: bool
    gone: bool

    @property
    def state(self) -> str:
        """The state, in the document's spelling."""
        return self.step.state


@dataclass(frozen=True, slots=True)
class Timeline:
    """The steps of a job in order; the last one stays. `kept`: seconds that its result is kept from there on."""

    steps: tuple[Step, ...]
    kept: float | None = None
    polled: bool = field(init=False)
    """Whether polls move it, so that they have to be remembered."""
    marked: bool = field(init=False)
    """Whether anything but time moves it, so that where it stands depends on marks."""
    _passing: tuple[tuple[Step, DwellKind, float], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "polled", any(step.dwell.kind == "polls" for step in self.steps))
        object.__setattr__(self, "marked", any(step.dwell.kind in ("polls", "manual") for step in self.steps))
        passing = tuple((step, step.dwell.kind, step.dwell.amount) for step in self.steps[:-1])
        object.__setattr__(self, "_passing", passing)

    def end_time(self, created: float) -> float | None:
        """Return when the last step of a job created at `created` begins; None where more than time decides."""
        passing = self.steps[:-1]
        if any(step.dwell.kind != "time" for step in passing):
            return None
        return created + sum(step.dwell.amount for step in passing)

    def position(self, created: float, now: float, marks: Marks = NO_MARKS) -> Position:
        """Return where a job created at `created` stands at `now`.

        Steps that end by polls or by hand end at the n-th such mark after they began, so that a timeline may mix
        them with timed ones and a jump of the clock still lands right.
        """
        since, polls, moves = created, marks.polls, marks.moves
        for step, kind, amount in self._passing:
            if kind == "time":
                end = since + amount
            elif kind == "stay":
                return Position(step, since, last=False, gone=False)
            else:
                due = [at for at in (polls if kind == "polls" else moves) if at >= since]
                if len(due) < amount:
                    return Position(step, since, last=False, gone=False)
                end = due[int(amount) - 1]
                if kind == "polls":
                    polls = due[int(amount) :]
                else:
                    moves = due[int(amount) :]
            if now < end:
                return Position(step, since, last=False, gone=False)
            since = end
        gone = self.kept is not None and now >= since + self.kept
        return Position(self.steps[-1], since, last=True, gone=gone)


_POLLS = re.compile(r"(\d{1,6}) polls?")


def parse_dwell(text: str | float) -> Dwell:
    """Return the dwell that `2s`, `3 polls`, `manual` or nothing (stay) describes. Raises `ValueError`."""
    if text == "":
        return STAY
    if text == "manual":
        return MANUAL
    if isinstance(text, str) and (found := _POLLS.fullmatch(text)):
        return Dwell("polls", int(found[1]))
    return Dwell("time", parse_duration(text))


def with_progress(timeline: Timeline, progress: Progress) -> Timeline:
    """Return `timeline` with every timed step ended by one poll, by hand, or at once instead."""
    if progress == "time":
        return timeline
    pace = {"polls": Dwell("polls", 1), "manual": MANUAL, "immediate": Dwell("time", 0)}[progress]
    steps = tuple(replace(step, dwell=pace) if step.dwell.kind == "time" else step for step in timeline.steps)
    return replace(timeline, steps=steps)
