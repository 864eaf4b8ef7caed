"""A call: one request in its sandbox, the first argument of every operation."""

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
    """One request in its sandbox, at the sandbox's time `now` and the wall time `wall`, in seconds since the epoch.

    `operation`, its `name` (as `provider.Operation`) and the values of its `path` are set by routing, `owner` and
    `caller` by its authentication: the identity that credentials name, and what its provider knows of it. `match` is
    the rule that the call meets, `timeline` the one that a scenario gives the job that the call creates. `job` is the
    id of the call's job, `changed_job` a job that the call starts or moves on. `on_done` is called after the answer.
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
        """Return the row of an error inside an answer that is itself a success, and count it as served."""
        row = self.provider.error_row(self.operation, key)
        self.sandbox.coverage.count("error", self.name, row.key)
        return row

    def alias(self, value: str) -> str:
        """Return `value` as it is to be stored: a credential of this sandbox by its name, as `@corp_id`.

        So a fork of the sandbox, which has other credentials, owns its jobs.
        """
        for name, credential in self.sandbox.credentials[self.provider.name].items():
            if value == credential:
                return f"@{name}"
        return value

    @contextmanager
    def outlive_reset(self) -> Iterator[None]:
        """Keep the call in the world in which it began, where a reset of the sandbox overtakes what takes a while."""
        world = self.sandbox.detach()
        try:
            yield
        finally:
            if self.sandbox.agenda is not world.agenda:
                self.sandbox = world

    def refuse(self, kind: ProblemKind, detail: str, parameter: str = "") -> Refusal:
        """Return the provider's documented error for a problem; `detail` says what came, why it is refused, what to do."""
        return self.provider.refuse(self, Problem(kind, detail, parameter))

    async def start_job(
        self, lifecycle: Lifecycle, job_id: str, facts: Facts, *, failed: bool = False, error: str | None = None
    ) -> Job[Facts]:
        """Create a job and store it, with the timeline that a scenario chose or the usual one.

        `failed` says that it cannot end well, whatever the timeline; `error` is the code of the reason.
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

    async def find_job(self, lifecycle: Lifecycle, job_id: str) -> Job[Any] | None:
        """Return the job of that lifecycle, or None."""
        job = await self.sandbox.store.job(job_id)
        if job is None or job.lifecycle != lifecycle.name:
            return None
        self.job = job_id
        return job

    async def job_position(self, job: Job[Any]) -> Position:
        """Return where a job stands, without a poll."""
        marks = await self.sandbox.store.marks(job.id)
        return job.at(self.now, marks)

    async def poll_job(self, job: Job[Any]) -> Position:
        """Return where a job stands, and store the poll where polls move it on."""
        timeline = job.timeline
        marks = await self.sandbox.store.marks(job.id) if timeline.needs_marks else NO_MARKS
        position = timeline.position(job.created, self.now, marks)
        if not position.is_last and timeline.counts_polls:
            await self.sandbox.store.mark(job.id, "polls", self.now)
            self.changed_job = job
        state = position.state if not position.is_expired else self._expiry_name(job.lifecycle)
        self.sandbox.coverage.count("state", job.lifecycle, state)
        return position

    def _expiry_name(self, name: str) -> str:
        return next(lifecycle.expiry_name for lifecycle in self.provider.lifecycles if lifecycle.name == name)
