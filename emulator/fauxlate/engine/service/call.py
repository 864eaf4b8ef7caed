"""A call: one request on its way, with the world it happens in; what an operation is handed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from fauxlate.engine.scenarios.scenario import NO_MATCH, Match
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.problems import Problem, ProblemKind
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.tables.errors import ErrorRow, Refusal
from fauxlate.engine.tables.lifecycles import Lifecycle
from fauxlate.engine.timing.jobs import Job
from fauxlate.engine.timing.timeline import NO_MARKS, Position, Timeline

if TYPE_CHECKING:
    from fauxlate.engine.exchange.request import Request
    from fauxlate.engine.sandboxes.sandbox import Sandbox

Facts = TypeVar("Facts")


class Call:
    """One request in its sandbox, at the time `now` there, when the wall clock showed `wall`.

    `name` is the operation's, as `provider.Operation`, once it is known. `owner` is whoever the credentials name, and
    `caller` what its provider found out about it; `timeline` is what a scenario chose; `job` the id of the job that the
    call turned out to be about; `match` the rule that it met; `changed_job` a job that the call started or moved on;
    `on_done` is called when the call has been answered.
    """

    __slots__ = (
        "base_url",
        "caller",
        "changed_job",
        "job",
        "match",
        "name",
        "now",
        "on_done",
        "operation",
        "owner",
        "path",
        "provider",
        "request",
        "sandbox",
        "timeline",
        "wall",
    )

    def __init__(self, request: Request, provider: Provider, sandbox: Sandbox, base_url: str, wall: float) -> None:
        self.request = request
        self.provider = provider
        self.sandbox = sandbox
        self.base_url = base_url
        self.wall = wall
        self.now = sandbox.clock.now(wall)
        self.operation: Operation | None = None
        self.name = ""
        self.path: Mapping[str, str] = {}
        self.owner = ""
        self.caller: object = None
        self.timeline: Timeline | None = None
        self.job: str | None = None
        self.match: Match = NO_MATCH
        self.changed_job: Job[Any] | None = None
        self.on_done: Callable[[], None] | None = None

    def quirk(self, name: str) -> str:
        """Return the sandbox's choice of a quirk."""
        return self.sandbox.quirk(name)

    def embedded_error(self, key: str) -> ErrorRow:
        """Return the row of an error that stands in an answer which itself went well, and count it as served."""
        row = self.provider.row(self.operation, key)
        self.sandbox.coverage.count("error", self.name, row.key)
        return row

    def alias(self, value: str) -> str:
        """Return `value` in the form to remember it by: a credential of this sandbox by its name, as `@corp_id`.

        A fork of the sandbox has other credentials, and its jobs are to be its own.
        """
        for name, own in self.sandbox.credentials[self.provider.name].items():
            if value == own:
                return f"@{name}"
        return value

    @contextmanager
    def surviving_reset(self) -> Iterator[None]:
        """Go on in the world as it is, after what takes a while, where a reset of the sandbox has overtaken the call."""
        world = self.sandbox.before_reset()
        try:
            yield
        finally:
            if self.sandbox.agenda is not world.agenda:
                self.sandbox = world

    def refuse(self, kind: ProblemKind, detail: str, parameter: str = "") -> Refusal:
        """Return the provider's documented error for `trouble`; `detail` says what came, why, and what to do."""
        return self.provider.refuse(self, Problem(kind, detail, parameter))

    async def start(
        self, lifecycle: Lifecycle, job_id: str, facts: Facts, *, failed: bool = False, error: str | None = None
    ) -> Job[Facts]:
        """Start a job and keep it, on the course that a scenario chose or the usual one.

        `failed` says that it cannot end well, whatever the course; `error` is the code that tells why.
        """
        timeline = self.timeline or self.sandbox.timeline(lifecycle)
        if failed:
            timeline = lifecycle.fail_timeline(timeline, error)
        store = self.sandbox.store
        nth = await store.count(lifecycle.name) + 1
        job = Job(job_id, nth, lifecycle.name, self.owner, self.now, timeline, facts)
        await store.add_job(job)
        self.job = job_id
        self.changed_job = job
        return job

    async def find(self, lifecycle: Lifecycle, job_id: str) -> Job[Any] | None:
        """Return the job of that lifecycle, or None."""
        job = await self.sandbox.store.job(job_id)
        if job is None or job.lifecycle != lifecycle.name:
            return None
        self.job = job_id
        return job

    async def position(self, job: Job[Any]) -> Position:
        """Return where a job stands, without counting as a poll."""
        marks = await self.sandbox.store.marks(job.id)
        return job.at(self.now, marks)

    async def poll(self, job: Job[Any]) -> Position:
        """Return where a job stands, and remember the poll when polls are what moves it."""
        timeline = job.timeline
        marks = await self.sandbox.store.marks(job.id) if timeline.marked else NO_MARKS
        position = timeline.position(job.created, self.now, marks)
        if not position.last and timeline.polled:
            await self.sandbox.store.mark(job.id, "polls", self.now)
            self.changed_job = job
        state = position.state if not position.gone else self._expiry(job.lifecycle)
        self.sandbox.coverage.count("state", job.lifecycle, state)
        return position

    def _expiry(self, name: str) -> str:
        return next(lifecycle.expiry for lifecycle in self.provider.lifecycles if lifecycle.name == name)
