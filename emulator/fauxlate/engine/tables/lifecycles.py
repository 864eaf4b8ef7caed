"""Lifecycles: the documented states of each kind of job, and the timelines that are written with their names."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from fauxlate.engine.suggest import did_you_mean
from fauxlate.engine.tables.evidence import Evidence
from fauxlate.engine.timing.timeline import STAY, Step, Timeline, parse_dwell


@dataclass(frozen=True, slots=True)
class State:
    """A documented state. `also` are other spellings of it; `lasts` is its dwell when nobody says otherwise."""

    name: str
    duration: str = ""
    about: str = ""
    source: str = ""
    evidence: Evidence = Evidence.DOCUMENTED
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The table of states of one kind of job.

    `course` is the way of a job that succeeds; `failed` the state in which one that fails ends; `gone` what the
    query then says of a result no longer kept: a state, or nothing where it answers with an error instead. `kept`
    and `link` are the retention of the result and the lifetime of its link, in seconds.
    """

    name: str
    course: tuple[State, ...]
    failed: State | None = None
    gone: State | None = None
    kept: float | None = None
    link_lifetime: float | None = None
    source: str = ""

    @property
    def expiry(self) -> str:
        """The name under which coverage counts a result that is no longer kept."""
        return self.gone.name if self.gone is not None else "(gone)"

    @property
    def states(self) -> tuple[State, ...]:
        """Every state that a query can show."""
        return self.course + tuple(state for state in (self.failed, self.gone) if state is not None)

    def state_name(self, spelling: str) -> str:
        """Return the state that `spelling` names. Raises `ValueError` with the nearest one."""
        settable = [state for state in self.states if state is not self.gone]
        for state in settable:
            if spelling == state.name or spelling in state.spellings:
                return state.name
        known = [state.name for state in settable]
        raise ValueError(
            f"`{spelling}` is not a state of {self.name}; it has {', '.join(known)}.{did_you_mean(spelling, known)}"
        )

    def default_timeline(self) -> Timeline:
        """Return the documented course with its default dwells."""
        *passing, final = self.course
        steps = [Step(state.name, parse_dwell(state.duration)) for state in passing]
        return Timeline((*steps, Step(final.name)), self.kept)

    def fail_timeline(self, timeline: Timeline, error: str | None) -> Timeline:
        """Return `timeline` ending in the failed state, carrying `error`, where it would have ended well."""
        if timeline.steps[-1].state != self.course[-1].name:
            return timeline
        final = self.failed or self.course[-1]
        return replace(timeline, steps=(*timeline.steps[:-1], Step(final.name, error=error)))

    def parse_timeline(self, steps: Iterable[str], codes: Collection[str] | None = None) -> Timeline:
        """Return the timeline that lines such as `WAITING 2s`, `created 1 poll`, `ERROR NLP.6308` describe.

        Raises `ValueError` for a state or a code (when `codes` are given) that no document has, for a step without
        an end that is not the last, and for an end to the last.
        """
        parsed = [self._step(text, codes) for text in steps]
        if not parsed:
            raise ValueError("a timeline has one step at least")
        for step in parsed[:-1]:
            if step.dwell is STAY:
                raise ValueError(
                    f"`{step.state}` never ends, so nothing can follow it; write how long it lasts, for example "
                    f"`{step.state} 2s`, `{step.state} 3 polls` or `{step.state} manual`"
                )
        final = parsed[-1]
        if final.dwell is not STAY:
            raise ValueError(f"`{final.state}` is the last step, which stays; leave out how long it lasts")
        ends = {self.course[-1].name, self.failed.name if self.failed else None}
        return Timeline(tuple(parsed), self.kept if final.state in ends else None)

    def _step(self, text: str, codes: Collection[str] | None) -> Step:
        state, _, rest = text.strip().partition(" ")
        rest = rest.strip()
        name = self.state_name(state)
        if not rest:
            return Step(name)
        if codes is not None and rest in codes:
            return Step(name, error=rest)
        try:
            return Step(name, parse_dwell(rest))
        except ValueError as refusal:
            if codes is None or rest[:1].isdigit():
                raise ValueError(f"{refusal}; or `3 polls`, or `manual`") from None
            raise ValueError(
                f"`{rest}` is neither how long `{state}` lasts ({refusal}) nor a documented error code."
                f"{did_you_mean(rest, codes)}"
            ) from None
