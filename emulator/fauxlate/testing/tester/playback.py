"""Playback: from what a provider did to a client, call by call, to a scenario file in which it does that again.

The file needs no hand on the clock: a job's states become polls, and what had expired becomes the error that said so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from fauxlate.testing.strategies import LIFECYCLES, OPERATIONS

if TYPE_CHECKING:
    from fauxlate.engine.tables.lifecycles import Lifecycle
    from fauxlate.testing.sandbox import Exchange, Job

Verb = dict[str, Any]


def replayed(journal: Sequence[Exchange], jobs: Iterable[Job], done: Mapping[int, Verb]) -> dict[str, Any]:
    """Return the scenario of what `journal` tells; `done` has the verbs that were applied, by the exchange's number."""
    courses = {job.id: course for job in jobs if (course := _course(job, journal)) is not None}
    rules: list[dict[str, Any]] = []
    for operation, calls in _by_operation(journal).items():
        made = 0
        for number, call in enumerate(calls, 1):
            then: list[Verb] = []
            if OPERATIONS[operation][1].creates_job and call.job in courses:
                then.append({"timeline": courses[call.job]})
            if call.number in done:
                then.append(done[call.number])
            elif call.error is not None:
                then.append({"fail": call.error})
            if then:
                skip = number - 1 - made  # of the calls before it, each rule above took one
                made += 1
                rules.append({"on": operation, **({"skip": skip} if skip else {}), "times": 1, "then": then})
    return {"rules": rules}


def _by_operation(journal: Iterable[Exchange]) -> dict[str, list[Exchange]]:
    found: dict[str, list[Exchange]] = {}
    for one in journal:
        if one.operation is not None and one.callback is None:
            found.setdefault(one.operation, []).append(one)
    return found


def _course(job: Job, journal: Iterable[Exchange]) -> Any:
    """Return the states in which the job was seen, each for as many polls; None where nobody has looked."""
    lifecycle = LIFECYCLES[job.lifecycle]
    seen = [_seen(job, lifecycle, one) for one in journal if one.job == job.id and _looks(one)]
    gone = [state for state, was_gone in seen if was_gone]
    steps = [f"{state} {len(list(same))} polls" for state, same in groupby(state for state, past in seen if not past)]
    if gone:
        ends = lifecycle.course[-1].name
        passing = [step for step in steps if not step.startswith(f"{ends} ")]
        return {"steps": [*passing, ends], "kept": "0s"}
    if not steps:
        return None
    last, _, _ = steps[-1].partition(" ")
    failing = lifecycle.failed is not None and last == lifecycle.failed.name and job.error is not None
    return [*steps[:-1], f"{last} {job.error}" if failing else last]


def _looks(one: Exchange) -> bool:
    """Whether an exchange is a query that has run, whatever became of its answer."""
    operation = OPERATIONS[one.operation][1] if one.operation in OPERATIONS else None
    return operation is not None and not operation.creates_job and operation.response is not None and one.error is None


def _seen(job: Job, lifecycle: Lifecycle, one: Exchange) -> tuple[str, bool]:
    timeline = lifecycle.parse_timeline(list(job.timeline))
    position = timeline.position(_seconds(job.created), _seconds(one.at))
    return position.state, position.gone


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()
