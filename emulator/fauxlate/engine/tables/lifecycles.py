"""Lifecycles: the documented states of each kind of job, and the timelines that are written with their names."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from fauxlate.engine.suggest import did_you_mean
from fauxlate.engine.tables.evidence import Evidence
from fauxlate.engine.timing.timeline import STAY, Step, Timeline, parse_dwell


@dataclass(frozen=True, slots=True)
class State:
    """A documented state. `spellings` are other ways to write it; `duration` is its usual dwell, such as `2s` or `1 poll`."""

    name: str
    duration: str = ""
    about: str = ""
    source: str = ""
    evidence: Evidence = Evidence.DOCUMENTED
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The table of states of one kind of job.

    `course` holds the states of a job that succeeds, in order; `failed_state` is the last one of a job that fails.
    `expired_state` is the state of a job whose result is no longer kept, None where its query is an error then.
    `retention` of the result and `link_lifetime` are in seconds.
    """

    name: str
    course: tuple[State, ...]
    failed_state: State | None = None
    expired_state: State | None = None
    retention: float | None = None
    link_lifetime: float | None = None
    source: str = ""

    @property
    def expiry_name(self) -> str:
        """The name under which coverage counts a result that is no longer kept."""
        return self.expired_state.name if self.expired_state is not None else "(gone)"

    @property
    def states(self) -> tuple[State, ...]:
        """Every state that a query can show."""
        return self.course + tuple(state for state in (self.failed_state, self.expired_state) if state is not None)

    def resolve_state(self, spelling: str) -> str:
        """Return the name of the state that is written `spelling`. Raises `ValueError` with the nearest one."""
        candidates = [state for state in self.states if state is not self.expired_state]
        for state in candidates:
            if spelling == state.name or spelling in state.spellings:
                return state.name
        names = [state.name for state in candidates]
        raise ValueError(
            f"`{spelling}` is not a state of {self.name}; it has {', '.join(names)}.{did_you_mean(spelling, names)}"
        )

    def default_timeline(self) -> Timeline:
        """Return the documented course with its usual dwells."""
        *states, final = self.course
        steps = [Step(state.name, parse_dwell(state.duration)) for state in states]
        return Timeline((*steps, Step(final.name)), self.retention)

    def fail_timeline(self, timeline: Timeline, error: str | None) -> Timeline:
        """Return `timeline` with the failed state and `error` as its end where it would end well."""
        if timeline.steps[-1].state != self.course[-1].name:
            return timeline
        final = self.failed_state or self.course[-1]
        return replace(timeline, steps=(*timeline.steps[:-1], Step(final.name, error=error)))

    def parse_timeline(self, steps: Iterable[str], codes: Collection[str] | None = None) -> Timeline:
        """Return the timeline that lines such as `WAITING 2s`, `created 1 poll`, `ERROR NLP.6308` describe.

        Raises `ValueError` for a state or a code (when `codes` are given) that no document has, for a step without
        an end that is not the last, and for an end to the last.
        """
        timeline = [self._parse_step(text, codes) for text in steps]
        if not timeline:
            raise ValueError("a timeline has one step at least")
        for step in timeline[:-1]:
            if step.dwell is STAY:
                raise ValueError(
                    f"`{step.state}` never ends, so nothing can follow it; write how long it lasts, for example "
                    f"`{step.state} 2s`, `{step.state} 3 polls` or `{step.state} manual`"
                )
        final = timeline[-1]
        if final.dwell is not STAY:
            raise ValueError(f"`{final.state}` is the last step, which stays; leave out how long it lasts")
        ends = {self.course[-1].name, self.failed_state.name if self.failed_state else None}
        return Timeline(tuple(timeline), self.retention if final.state in ends else None)

    def _parse_step(self, text: str, codes: Collection[str] | None) -> Step:
        state, _, rest = text.strip().partition(" ")
        rest = rest.strip()
        name = self.resolve_state(state)
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
