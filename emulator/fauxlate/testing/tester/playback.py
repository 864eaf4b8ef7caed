"""Playback: from what a provider did to a client, call by call, to a scenario in which it does that again.

The scenario needs nobody to move the clock: a job's states become polls, and what had expired becomes the error that
said so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from fauxlate.testing.strategies import LIFECYCLES, OPERATIONS

if TYPE_CHECKING:
    from fauxlate.engine.tables.lifecycles import Lifecycle
    from fauxlate.engine.timing.timeline import Position
    from fauxlate.testing.records import Exchange, Job

Verb = dict[str, Any]
"""A verb of a scenario, as a rule writes it."""


def reproduce(journal: Sequence[Exchange], jobs: Iterable[Job], verbs: Mapping[int, Verb]) -> dict[str, Any]:
    """Return a scenario in which the provider does again what `journal` has.

    `verbs` holds the verbs that were applied, by the number of the exchange.
    """
    courses = {job.id: course for job in jobs if (course := _find_course(job, journal)) is not None}
    rules: list[dict[str, Any]] = []
    for operation, calls in _group_by_operation(journal).items():
        rule_count = 0
        for index, call in enumerate(calls):
            then: list[Verb] = []
            if OPERATIONS[operation][1].creates_job and call.job in courses:
                then.append({"timeline": courses[call.job]})
            if call.number in verbs:
                then.append(verbs[call.number])
            elif call.error is not None:
                then.append({"fail": call.error})
            if then:
                skip = index - rule_count  # of the calls before it, each rule above took one
                rule_count += 1
                rules.append({"on": operation, **({"skip": skip} if skip else {}), "times": 1, "then": then})
    return {"rules": rules}


def _group_by_operation(journal: Iterable[Exchange]) -> dict[str, list[Exchange]]:
    """Return by operation the calls of it, in their order."""
    groups: dict[str, list[Exchange]] = {}
    for exchange in journal:
        if exchange.operation is not None and exchange.callback is None:
            groups.setdefault(exchange.operation, []).append(exchange)
    return groups


def _find_course(job: Job, journal: Iterable[Exchange]) -> Any:
    """Return the states in which queries met the job, each for as many polls; None where there was no query."""
    lifecycle = LIFECYCLES[job.lifecycle]
    queries = [exchange for exchange in journal if exchange.job == job.id and _is_query(exchange)]
    positions = [_position(job, lifecycle, exchange) for exchange in queries]
    states = [position.state for position in positions if not position.is_expired]
    steps = [f"{state} {len(list(repeats))} polls" for state, repeats in groupby(states)]
    if len(states) < len(positions):
        end = lifecycle.course[-1].name
        passing = [step for step in steps if not step.startswith(f"{end} ")]
        return {"steps": [*passing, end], "kept": "0s"}
    if not steps:
        return None
    last, _, _ = steps[-1].partition(" ")
    is_failure = lifecycle.failed_state is not None and last == lifecycle.failed_state.name and job.error is not None
    return [*steps[:-1], f"{last} {job.error}" if is_failure else last]


def _is_query(exchange: Exchange) -> bool:
    """Whether an exchange is a query of a job that has run, whatever became of its answer."""
    operation = OPERATIONS[exchange.operation][1] if exchange.operation in OPERATIONS else None
    return (
        operation is not None
        and not operation.creates_job
        and operation.response is not None
        and exchange.error is None
    )


def _position(job: Job, lifecycle: Lifecycle, exchange: Exchange) -> Position:
    """Return where the job stood at the time of an exchange."""
    timeline = lifecycle.parse_timeline(list(job.timeline))
    return timeline.position(_timestamp(job.created), _timestamp(exchange.at))


def _timestamp(time: str) -> float:
    return datetime.fromisoformat(time).timestamp()
