"""The state machine of the tester: what provider, clock and the client's caller do next, and whether the invariants hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from fauxlate.engine.timing.durations import format_duration
from fauxlate.testing import strategies
from fauxlate.testing.limits import HangError
from fauxlate.testing.records import Exchange, Job
from fauxlate.testing.sandbox import Sandbox
from fauxlate.testing.tester import playback
from fauxlate.testing.tester.adapter import AdapterCaller, NewAdapter
from fauxlate.testing.tester.invariants import (
    Call,
    InvariantError,
    JobKnowledge,
    check_fetch,
    check_poll,
    check_submit,
    learn_from_poll,
)
from fauxlate.testing.tester.rehearsal import MAX_POLLS, POLL_INTERVAL
from fauxlate.testing.tester.report import format_violation

if TYPE_CHECKING:
    from fauxlate.engine.tables.lifecycles import Lifecycle

OperationVerb = tuple[str, playback.Verb]
"""An operation, and the verb that is applied to one call of it."""
_PAUSES = (0, 1, 5, 60, 601, 3601)
"""Seconds between two steps: within a state, past it, past the life of a link of ten minutes, and of an hour."""
_MAX_VERBS = 2
"""Calls that go wrong in one step, at most."""
_MAX_JOBS = 2
"""Jobs of one play, at most."""


def _operation_verbs(operation: str) -> st.SearchStrategy[OperationVerb]:
    return st.tuples(st.just(operation), strategies.verbs(operation))


@dataclass(frozen=True)
class Setting:
    """What a play begins with: a sandbox, the adapter, the operations that each of its methods calls, and limits."""

    sandbox: Sandbox
    new_adapter: NewAdapter
    operations: Mapping[str, Sequence[str]]
    limit: float
    requests: int
    quirks: dict[str, str]


class ProviderMachine(RuleBasedStateMachine):
    """Provider, clock and the client's caller: what any of them does next.

    `knowledge` holds by id what the client knows of its jobs, `course` the steps of every job, `queue` the verbs that
    wait for a call, `verbs` those that were applied, by the number of the exchange.
    """

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.sandbox, self.quirks = setting.sandbox, setting.quirks
        self.client = AdapterCaller(setting.sandbox, setting.new_adapter, setting.limit, setting.requests)
        self.operations = setting.operations
        names = sorted({name for names in setting.operations.values() for name in names})
        rows = {name: strategies.OPERATIONS[name][1] for name in names}
        self.submissions = [name for name, row in rows.items() if row.creates_job]
        self.downloads = {name for name, row in rows.items() if row.lifecycle is not None and row.response is None}
        self.lifecycle: Lifecycle = next(row.lifecycle for row in rows.values() if row.creates_job and row.lifecycle)
        self.knowledge: dict[str, JobKnowledge] = {}
        self.course: list[str] = []
        self.queue: list[OperationVerb] = []
        self.verbs: dict[int, playback.Verb] = {}
        self.steps: list[str] = []
        self.last_number = 0
        self.has_failed = False

    # what the provider and the clock do

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Decide on the course of the jobs."""
        course = [str(step) for step in self.lifecycle.default_timeline().steps]
        timelines = strategies.timelines(self.lifecycle.name, by=("time",))
        self.course = data.draw(st.just(course) | timelines, label="course")
        self._apply([])

    # what the client's caller does, while provider and network do something to it

    @precondition(lambda self: len(self.knowledge) < _MAX_JOBS)
    @rule(data=st.data())
    def submit(self, data: st.DataObject) -> None:
        """Have the client submit a job."""
        earlier = {job.id for job in self.sandbox.jobs}
        self._draw_verbs(data, "submit")
        call = self._call("submit")
        created = [job for job in self.sandbox.jobs if job.id not in earlier]
        self._check(check_submit(call, earlier, created))
        if call.error is None:
            self.knowledge.setdefault(str(call.result), JobKnowledge())

    @precondition(lambda self: self.knowledge)
    @rule(number=st.integers(0, _MAX_JOBS - 1), later=st.sampled_from(_PAUSES), data=st.data())
    def poll(self, number: int, later: int, data: st.DataObject) -> None:
        """Have the client ask how a job stands."""
        self._wait(later)
        self._draw_verbs(data, "poll")
        self._poll(list(self.knowledge)[number % len(self.knowledge)])

    @precondition(lambda self: any(knowledge.final == "done" for knowledge in self.knowledge.values()))
    @rule(number=st.integers(0, _MAX_JOBS - 1), later=st.sampled_from(_PAUSES), data=st.data())
    def fetch(self, number: int, later: int, data: st.DataObject) -> None:
        """Have the client fetch the result of a job that it has said is done."""
        job_ids = [job_id for job_id, knowledge in self.knowledge.items() if knowledge.final == "done"]
        self._wait(later)
        self._draw_verbs(data, "fetch")
        self._fetch(job_ids[number % len(job_ids)])

    def _wait(self, seconds: int) -> None:
        if seconds:
            self.steps.append(f"{format_duration(seconds)} later")
            self.sandbox.clock.advance(seconds)

    def _draw_verbs(self, data: st.DataObject, method: str) -> None:
        """Decide what happens to the next calls of operations that `method` calls."""
        verbs = st.sampled_from(self.operations[method]).flatmap(_operation_verbs)
        self._apply(data.draw(st.lists(verbs, max_size=_MAX_VERBS), label="what goes wrong"))

    def teardown(self) -> None:
        """Let nothing go wrong any more, and see every job to its end."""
        try:
            if self.course and not self.has_failed:  # a play that could not begin has nothing to finish
                self._apply([])
                for job_id, knowledge in self.knowledge.items():
                    if not knowledge.is_refused:
                        self._finish(job_id, knowledge)
        finally:
            with suppress(Exception), self.client:
                self.sandbox.close()

    def _finish(self, job_id: str, knowledge: JobKnowledge) -> None:
        if not self._has_end():
            self._poll(job_id)  # which must come back all the same
            return
        for _ in range(MAX_POLLS):
            if knowledge.final is not None or knowledge.is_refused:
                break
            self._poll(job_id)
            if knowledge.final is None:
                self.sandbox.clock.advance(POLL_INTERVAL)
        job = self._job(job_id)
        if knowledge.final is None and not knowledge.is_refused:
            self._fail(f"lost job: {job_id} is {job.state}, and poll() still says pending after {MAX_POLLS} polls")
        if knowledge.final == "done" and not job.gone:
            self._fetch(job_id)

    def _has_end(self) -> bool:
        """Whether the course of the jobs comes to an end, good or bad."""
        last = self.course[-1].partition(" ")[0]
        failed = self.lifecycle.failed_state
        return last == self.lifecycle.course[-1].name or (failed is not None and last == failed.name)

    # calls of the client

    def _poll(self, job_id: str) -> None:
        call, job, knowledge = self._call("poll", job_id), self._job(job_id), self.knowledge[job_id]
        self._check(check_poll(call, job, knowledge))
        learn_from_poll(call, job, knowledge)

    def _fetch(self, job_id: str) -> None:
        call, knowledge = self._call("fetch", job_id), self.knowledge[job_id]
        self._check(check_fetch(call, self._job(job_id), knowledge, self.downloads))
        knowledge.is_fetched = knowledge.is_fetched or call.error is None

    def _call(self, method: str, *arguments: str) -> Call:
        """Call a method of the adapter. Raises `InvariantError` where it does not come back, or raises what it may not."""
        self.steps.append(f"{method}()")
        result: Any = None
        error: Exception | None = None
        violation: str | None = None
        cause: BaseException | None = None
        try:
            result = self.client.call(method, *arguments)
        except self.client.errors as fault:
            error = fault
        except HangError as fault:
            violation = f"bounded polling: {method}() does not come back, {fault}"
        except Exception as fault:  # noqa: BLE001  (that is the finding)
            violation = f"{method}() has raised {type(fault).__name__}, which is none of its errors: {fault}"
            cause = fault
        exchanges = list(self.sandbox.since(self.last_number))
        self.last_number = max([self.last_number, *(exchange.number for exchange in exchanges)])
        for exchange in exchanges:
            if exchange.rule is not None:
                self._note_verb(exchange)
        self._check(violation, cause)  # only now, so that the report has what was done to this call too
        return Call(result, error, exchanges, self.verbs.keys())

    def _note_verb(self, exchange: Exchange) -> None:
        """Take the verb that was applied to an exchange from the queue."""
        for index, (operation, verb) in enumerate(self.queue):
            if operation == exchange.operation:
                self.verbs[exchange.number] = verb
                del self.queue[index]
                return

    def _apply(self, queue: list[OperationVerb]) -> None:
        """Have the provider apply each verb of the queue once, and give each job the course."""
        if queue == self.queue and self.steps:
            return
        self.queue = list(queue)
        course = {"timeline": self.course}
        rules: list[dict[str, Any]] = [
            {"on": name, "times": 1, "then": [course, verb] if name in self.submissions else [verb]}
            for name, verb in self.queue
        ]
        rules += [{"on": name, "then": course} for name in self.submissions]
        self.sandbox.scenario({"rules": rules})

    def _job(self, job_id: str) -> Job:
        return next(job for job in self.sandbox.jobs if job.id == job_id)

    def _check(self, violation: str | None, cause: BaseException | None = None) -> None:
        if violation is not None:
            self._fail(violation, cause)

    def _fail(self, violation: str, cause: BaseException | None = None) -> None:
        self.has_failed = True
        journal = self.sandbox.journal
        scenario = playback.reproduce(journal, self.sandbox.jobs, self.verbs)
        if self.quirks:
            scenario = {"quirks": self.quirks, **scenario}
        raise InvariantError(format_violation(violation, scenario, self.steps, journal)) from cause
