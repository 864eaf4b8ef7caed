"""Invariants: what has to hold of each call of a client, whatever provider and network do to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fauxlate.errors import FauxlateError
from fauxlate.testing.records import Exchange, Job
from fauxlate.testing.tester.adapter import Outcome


class InvariantError(FauxlateError, AssertionError):
    """The client has broken an invariant; the message says which, with the scenario in which it does so again."""


@dataclass
class JobKnowledge:
    """What the client knows of a job.

    `final` is what it last said for good, `is_refused` tells that the provider has answered it with an error of the
    job, `is_fetched` that it has the result.
    """

    final: Outcome | None = None
    is_refused: bool = False
    is_fetched: bool = False


@dataclass(frozen=True)
class Call:
    """A call of the adapter: what it returned, or the error of its own that it raised, and its exchanges.

    `spoiled` holds the numbers of exchanges that the tester has spoiled, of this and earlier calls.
    """

    result: Any
    error: Exception | None
    exchanges: list[Exchange]
    spoiled: Collection[int]

    def is_success(self, exchange: Exchange) -> bool:
        """Whether an answer came as the documents have it for one that went well."""
        return (
            exchange.status < HTTPStatus.MULTIPLE_CHOICES
            and exchange.error is None
            and exchange.fault is None
            and exchange.number not in self.spoiled
        )

    @property
    def failures(self) -> list[Exchange]:
        """The exchanges that were no success."""
        return [exchange for exchange in self.exchanges if not self.is_success(exchange)]


def check_submit(call: Call, earlier: Collection[str], created: Iterable[Job]) -> str | None:
    """Say what a call of `submit` has broken: one makes one job, and a job that the client was told of is not denied.

    `earlier` holds the ids of the jobs that there were before it, `created` the jobs that it has created.
    """
    ids = [job.id for job in created]
    if len(ids) > 1:
        return f"double submit: one submit() has made {len(ids)} jobs, {ids}"
    if call.error is not None:
        if any(exchange.job in ids and call.is_success(exchange) for exchange in call.exchanges):
            return f"lost job: submit() has raised {call.error!r}, and yet was told of the job {ids}"
    elif str(call.result) not in {*earlier, *ids}:
        return f"taken for success: submit() has returned {call.result!r}, which is no job of the provider"
    return None


def check_poll(call: Call, job: Job, knowledge: JobKnowledge) -> str | None:
    """Say what a call of `poll` has broken: `done` and `failed` are said of jobs that are, and never taken back."""
    is_done = job.last and not job.failed
    if call.error is None:
        return _check_outcome(call, job, knowledge.final, is_done=is_done)
    if not call.failures and is_done and not job.gone:
        return f"lost job: poll() has raised {call.error!r} though all was well, and {job.id} is {job.state}"
    return None


def _check_outcome(call: Call, job: Job, final: Outcome | None, *, is_done: bool) -> str | None:
    outcome = call.result
    if outcome not in ("pending", "done", "failed"):
        return f"poll() has returned {outcome!r}; an adapter says pending, done or failed"
    if outcome == "done" and not is_done:
        return f"taken for success: poll() says done, and {job.id} is {job.state}"
    if outcome == "failed" and not (job.failed or job.gone or any(exchange.error for exchange in call.failures)):
        return f"lost job: poll() says failed, and {job.id} is {job.state}"
    if final is not None and outcome != final and not job.gone:
        return f"a terminal state is final: poll() has said {final} of {job.id}, and now says {outcome}"
    return None


def learn_from_poll(call: Call, job: Job, knowledge: JobKnowledge) -> None:
    """Add to `knowledge` what a call of `poll` that has broken nothing tells of the job."""
    if call.error is not None:
        is_refused = job.failed or job.gone or any(exchange.error for exchange in call.failures)
        knowledge.is_refused = knowledge.is_refused or is_refused
        return
    if call.result == "failed":
        knowledge.is_refused = knowledge.is_refused or not job.failed
    if call.result != "pending":
        knowledge.final = call.result


def check_fetch(call: Call, job: Job, knowledge: JobKnowledge, downloads: Collection[str]) -> str | None:
    """Say what a call of `fetch` has broken: a result comes from an answer that had one, an expired link is renewed.

    `downloads` are the operations by which results are downloaded.
    """
    answers = [exchange for exchange in call.exchanges if exchange.operation in downloads]
    if call.error is None:
        if downloads and not knowledge.is_fetched and not any(call.is_success(exchange) for exchange in answers):
            results = {exchange.error or exchange.fault or str(exchange.status) for exchange in answers}
            came = ", ".join(sorted(results)) or "nothing"
            return f"taken for success: fetch() has returned, and what came of {job.id} was {came}"
        return None
    if not job.gone and not any(exchange.number in call.spoiled for exchange in call.exchanges):
        errors = [exchange.error for exchange in answers if exchange.error]
        reason = f"an expired link is asked for again: {', '.join(errors)} came" if errors else "all was well"
        return f"fetch() has raised {call.error!r}; {reason}, and the result of {job.id} is there"
    return None
