"""The tester of clients: Hypothesis plays provider and clock against a small adapter, and shrinks what goes wrong."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal, Protocol, Self

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from fauxlate.engine.timing.durations import format_duration as length
from fauxlate.testing import strategies
from fauxlate.testing.limits import HangError, limited
from fauxlate.testing.sandbox import Exchange, Fauxlate, Job
from fauxlate.testing.session import Session
from fauxlate.testing.sweep.runner import written
from fauxlate.testing.tester import playback

Outcome = Literal["pending", "done", "failed"]
SETTINGS = settings(
    max_examples=60,
    stateful_step_count=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.explain],
    print_blob=False,
    report_multiple_bugs=False,
)
"""How long the tester looks, unless it is told otherwise."""
STARTS = "2026-01-01T00:00:00Z"
_JUMPS = (0, 1, 5, 60, 601, 3601)
"""Seconds: within a state, past it, past the life of a link of ten minutes, and of an hour."""
_TROUBLES = 2
"""Calls that go wrong in one step, at most."""
_PATIENCE = 8
"""Polls that a client gets to see the end of a job, once nothing is spoilt any more."""
_APART = 600
"""Seconds of the sandbox between them."""
_JOBS = 2
"""Jobs of one play, at most."""
_SHOWN = 12
"""Requests that a finding shows, the last ones."""


class Adapter(Protocol):
    """What the tester needs of a client: made with a sandbox, for the tester to call one step at a time.

    `errors` are the exceptions by which the client tells its caller that it has failed; any other is a finding. Each
    method may be asynchronous. `submit` starts a job and returns the provider's id of it. `poll` asks once how it
    stands. `fetch` returns the result of one that is done. Each may try again, within bounds, and has to let the
    sandbox's clock pass (`fauxlate.clock.sleep`) instead of waiting.
    """

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """The client's own exceptions."""

    def submit(self) -> Any:
        """Start a job; return its id."""

    def poll(self, job: str) -> Any:
        """Return `pending`, `done` or `failed`."""

    def fetch(self, job: str) -> Any:
        """Return the result."""


def _spoilt(operation: str) -> st.SearchStrategy[tuple[str, playback.Verb]]:
    return st.tuples(st.just(operation), strategies.verbs(operation))


class ClientError(AssertionError):
    """The client has broken an invariant; the message says which, with the scenario in which it does so again."""


@dataclass
class _Known:
    """A job that the client knows: what it last said of it for good, and whether it has been told an error of it."""

    final: Outcome | None = None
    refused: bool = False
    fetched: bool = False


class Tester:
    """Plays provider and clock against clients, in sandboxes of `session`."""

    __test__ = False  # it is no class of tests, whatever its name begins with

    def __init__(self, session: Session, name: str) -> None:
        self._session, self._name = session, name

    def __call__(
        self,
        adapter: Callable[[Fauxlate], Adapter],
        *,
        limit: float = 5.0,
        requests: int = 60,
        settings: settings = SETTINGS,
        quirks: dict[str, str] | None = None,
    ) -> None:
        """Test the client that `adapter` makes. Raises `ClientError`.

        One call of the adapter may take `limit` seconds of real time and make `requests` requests. First a job is
        run with nothing amiss, to learn which operations the client calls.
        """

        def sandbox() -> Fauxlate:
            return self._session.sandbox(name=f"{self._name} tester", clock=STARTS, quirks=quirks)

        operations = _learnt(sandbox, adapter, limit, requests)

        class Play(_Play):
            """One play, from an empty sandbox."""

            def __init__(self) -> None:
                self.setting = (sandbox(), adapter, operations, limit, requests)
                self.quirks = quirks or {}
                super().__init__()

        run_state_machine_as_test(Play, settings=settings)


def _learnt(
    sandbox: Callable[[], Fauxlate], adapter: Callable[[Fauxlate], Adapter], limit: float, requests: int
) -> dict[str, list[str]]:
    """Return by method which operations a client calls, from submission to result, when nothing goes wrong."""
    called: dict[str, list[str]] = {}
    with sandbox() as here, _Client(here, adapter, limit, requests) as client:

        def call(method: str, *arguments: str) -> Any:
            read = len(here.journal)
            done = client.call(method, *arguments)
            asked = [one for one in here.journal[read:] if one.callback is None and not one.of_fixture]
            names = [one.operation for one in asked if one.operation is not None]
            called[method] = list(dict.fromkeys([*called.get(method, []), *names]))
            return done

        job = str(call("submit"))
        for _ in range(_PATIENCE):
            if (said := call("poll", job)) != "pending":
                break
            here.clock.advance(_APART)
        if said != "done":
            raise ClientError(f"nothing was amiss, and yet poll({job!r}) said {said!r} in the end\n{here.journal}")
        call("fetch", job)
    whole = list(dict.fromkeys(name for names in called.values() for name in names))
    return {method: names or whole for method, names in called.items()}


class _Client:
    """An adapter, called within limits, whether its methods are asynchronous or not."""

    def __init__(self, sandbox: Fauxlate, adapter: Callable[[Fauxlate], Adapter], limit: float, requests: int) -> None:
        self._sandbox, self._limit, self._requests = sandbox, limit, requests
        self._runner: asyncio.Runner | None = None
        self._adapter = adapter(sandbox)
        self.errors = tuple(getattr(self._adapter, "errors", ()))

    def call(self, method: str, *arguments: str) -> Any:
        """Call a method of the adapter."""
        with limited(self._limit, self._requests, self._sandbox.hear):
            done = getattr(self._adapter, method)(*arguments)
            if inspect.isawaitable(done):
                self._runner = self._runner or asyncio.Runner()
                done = self._runner.run(_awaited(done))
            return done

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._runner is not None:
            self._runner.close()


async def _awaited(done: Any) -> Any:
    return await done


class _Play(RuleBasedStateMachine):
    """The provider, the clock and the client's caller: what any of them does next."""

    quirks: dict[str, str]
    setting: tuple[Fauxlate, Callable[[Fauxlate], Adapter], dict[str, list[str]], float, int]

    def __init__(self) -> None:
        super().__init__()
        self.sandbox, adapter, self.operations, limit, requests = self.setting
        self.client = _Client(self.sandbox, adapter, limit, requests)
        self.known: dict[str, _Known] = {}
        self.course: list[str] = []
        self.waiting: list[tuple[str, playback.Verb]] = []
        self.done: dict[int, playback.Verb] = {}
        self.steps: list[str] = []
        self.read = 0
        self.over = False

    # what the provider and the clock do

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Decide on the course of the jobs."""
        lifecycle = self._lifecycle
        usual = [str(step) for step in lifecycle.timeline().steps]
        self.course = data.draw(st.just(usual) | strategies.timelines(lifecycle.name, by=("time",)), label="course")
        self._follow([])

    # what the client's caller does, while provider and network do something to it

    @precondition(lambda self: len(self.known) < _JOBS)
    @rule(data=st.data())
    def submit(self, data: st.DataObject) -> None:
        """Have the client submit a job."""
        before = {job.id for job in self.sandbox.jobs}
        self._spoil(data, "submit")
        job_id, told, exchanges = self._call("submit")
        made = [job for job in self.sandbox.jobs if job.id not in before]
        if len(made) > 1:
            self._broken(f"double submit: one submit() has made {len(made)} jobs, {_ids(made)}")
        well = [one for one in exchanges if one.job in _ids(made) and self._well(one)]
        if told is not None and made and well:
            self._broken(f"lost job: submit() has raised {told!r}, and yet was told of the job {_ids(made)}")
        if told is None:
            if str(job_id) not in before | set(_ids(made)):
                self._broken(f"taken for success: submit() has returned {job_id!r}, which is no job of the provider")
            self.known.setdefault(str(job_id), _Known())

    @precondition(lambda self: self.known)
    @rule(number=st.integers(0, _JOBS - 1), later=st.sampled_from(_JUMPS), data=st.data())
    def poll(self, number: int, later: int, data: st.DataObject) -> None:
        """Have the client ask how a job stands."""
        self._pass(later)
        self._spoil(data, "poll")
        self._poll(list(self.known)[number % len(self.known)])

    @precondition(lambda self: any(known.final == "done" for known in self.known.values()))
    @rule(number=st.integers(0, _JOBS - 1), later=st.sampled_from(_JUMPS), data=st.data())
    def fetch(self, number: int, later: int, data: st.DataObject) -> None:
        """Have the client fetch the result of a job that it has said is done."""
        done = [job_id for job_id, known in self.known.items() if known.final == "done"]
        self._pass(later)
        self._spoil(data, "fetch")
        self._fetch(done[number % len(done)])

    def _pass(self, seconds: int) -> None:
        """Let time pass."""
        if seconds:
            self.steps.append(f"{length(seconds)} later")
            self.sandbox.clock.advance(seconds)

    def _spoil(self, data: st.DataObject, method: str) -> None:
        """Decide what happens to the next calls of operations that `method` makes."""
        spoilt = st.sampled_from(self.operations[method]).flatmap(_spoilt)
        self._follow(data.draw(st.lists(spoilt, max_size=_TROUBLES), label="what goes wrong"))

    def teardown(self) -> None:
        """Once nothing is spoilt any more, see every job to its end."""
        try:
            if not self.over:
                self._follow([])
                for job_id, known in self.known.items():
                    if not known.refused:
                        self._finish(job_id, known)
        finally:
            with suppress(Exception), self.client:
                self.sandbox.close()

    def _finish(self, job_id: str, known: _Known) -> None:
        if not self._ends:
            self._poll(job_id)  # which must come back all the same
            return
        for _ in range(_PATIENCE):
            if known.final is not None or known.refused:
                break
            self._poll(job_id)
            if known.final is None:
                self.sandbox.clock.advance(_APART)
        job = self._job(job_id)
        if known.final is None and not known.refused:
            self._broken(f"lost job: {job_id} is {job.state}, and poll() still says pending after {_PATIENCE} polls")
        if known.final == "done" and not job.gone:
            self._fetch(job_id)

    # what holds

    def _poll(self, job_id: str) -> None:
        known = self.known[job_id]
        said, told, exchanges = self._call("poll", job_id)
        job = self._job(job_id)
        good = job.last and not job.failed
        spoilt = [one for one in exchanges if not self._well(one)]
        if told is not None:
            if not spoilt and good and not job.gone:
                self._broken(f"lost job: poll() has raised {told!r} though all was well, and {job_id} is {job.state}")
            known.refused = known.refused or any(one.error for one in spoilt) or job.failed or job.gone
            return
        if said not in ("pending", "done", "failed"):
            self._broken(f"poll() has returned {said!r}; an adapter says pending, done or failed")
        if said == "done" and not good:
            self._broken(f"taken for success: poll() says done, and {job_id} is {job.state}")
        if said == "failed" and not (job.failed or job.gone or any(one.error for one in spoilt)):
            self._broken(f"lost job: poll() says failed, and {job_id} is {job.state}")
        if known.final is not None and said != known.final and not job.gone:
            self._broken(f"a terminal state is final: poll() has said {known.final} of {job_id}, and now says {said}")
        if said == "failed":
            known.refused = known.refused or not job.failed
        if said != "pending":
            known.final = said

    def _fetch(self, job_id: str) -> None:
        known = self.known[job_id]
        _, told, exchanges = self._call("fetch", job_id)
        job = self._job(job_id)
        downloads = [one for one in exchanges if one.operation in self._downloads]
        if told is None:
            if self._downloads and not known.fetched and not any(self._well(one) for one in downloads):
                came = ", ".join(sorted({one.error or one.fault or str(one.status) for one in downloads})) or "nothing"
                self._broken(f"taken for success: fetch() has returned, and what came of {job_id} was {came}")
            known.fetched = True
            return
        if not job.gone and not any(one.number in self.done for one in exchanges):
            expired = [one.error for one in downloads if one.error]
            why = f"an expired link is asked for again: {', '.join(expired)} came" if expired else "all was well"
            self._broken(f"fetch() has raised {told!r}; {why}, and the result of {job_id} is there")

    def _well(self, one: Exchange) -> bool:
        """Whether an answer came as the documents have it for one that went well."""
        return one.status < 300 and one.error is None and one.fault is None and one.number not in self.done  # noqa: PLR2004

    def _call(self, method: str, *arguments: str) -> tuple[Any, Exception | None, list[Exchange]]:
        """Return what the adapter returned, or the error of its own that it raised, and what came over the wire."""
        self.steps.append(f"{method}()")
        done: Any = None
        told: Exception | None = None
        worse: tuple[str, BaseException | None] | None = None
        try:
            done = self.client.call(method, *arguments)
        except self.client.errors as fault:
            told = fault
        except HangError as fault:
            worse = (f"bounded polling: {method}() does not come back, {fault}", None)
        except Exception as fault:  # noqa: BLE001  (that is the finding)
            worse = (f"{method}() has raised {type(fault).__name__}, which is none of its errors: {fault}", fault)
        new = list(self.sandbox.since(self.read))
        self.read = max([self.read, *(one.number for one in new)])
        for one in new:
            if one.rule is not None:
                self._used(one)
        if worse is not None:  # only now, so that what is printed has what was done to this call too
            self._broken(*worse)
        return done, told, new

    def _used(self, one: Exchange) -> None:
        """Take what was done to a call off what waits."""
        for at, (operation, verb) in enumerate(self.waiting):
            if operation == one.operation:
                self.done[one.number] = verb
                del self.waiting[at]
                return

    def _follow(self, waiting: list[tuple[str, playback.Verb]]) -> None:
        """Have the provider do what waits, each thing once, and give each job the course."""
        if waiting == self.waiting and self.steps:
            return
        self.waiting = list(waiting)
        course = {"timeline": self.course}
        creating = [name for name in self._names if strategies.OPERATIONS[name][1].creates_job]
        rules = [
            {"on": name, "times": 1, "then": [course, verb] if name in creating else [verb]}
            for name, verb in self.waiting
        ]
        self.sandbox.scenario({"rules": [*rules, *({"on": name, "then": course} for name in creating)]})

    @property
    def _names(self) -> list[str]:
        """The operations that the client calls."""
        return sorted({name for names in self.operations.values() for name in names})

    @property
    def _lifecycle(self) -> Any:
        found = (strategies.OPERATIONS[name][1] for name in self._names)
        return next(one.lifecycle for one in found if one.creates_job)

    @property
    def _ends(self) -> bool:
        table = self._lifecycle
        return self.course[-1].partition(" ")[0] in (table.course[-1].name, table.failed.name if table.failed else "")

    @property
    def _downloads(self) -> set[str]:
        rows = ((name, strategies.OPERATIONS[name][1]) for name in self._names)
        return {name for name, one in rows if one.lifecycle is not None and one.response is None}

    def _job(self, job_id: str) -> Job:
        return next(job for job in self.sandbox.jobs if job.id == job_id)

    def _broken(self, said: str, cause: BaseException | None = None) -> None:
        self.over = True
        journal = self.sandbox.journal
        scenario = playback.replayed(journal, self.sandbox.jobs, self.done)
        if self.quirks:
            scenario = {"quirks": self.quirks, **scenario}
        steps = ", ".join(_counted(self.steps))
        lines = [f"# {steps}", *written(scenario, said).splitlines()]
        shown = [str(one).partition("\n")[0] for one in journal[-_SHOWN:]]
        raise ClientError(
            "\n".join(
                [
                    f"{said}",
                    "",
                    "The provider does so again with `fauxlate serve --scenario` and this file:",
                    "",
                    *(f"    {line}" for line in lines),
                    "",
                    f"The last {len(shown)} of {len(journal)} requests:",
                    *shown,
                ]
            )
        ) from cause


def _counted(steps: list[str]) -> list[str]:
    """Return the steps, those in a row that are the same as one: `poll() 3 times`."""
    rows = [(step, len(list(same))) for step, same in groupby(steps)]
    return [step if count == 1 else f"{step} {count} times" for step, count in rows]


def _ids(jobs: list[Job]) -> list[str]:
    return [job.id for job in jobs]
