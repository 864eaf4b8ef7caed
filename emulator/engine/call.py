"""A call: one request on its way, with the world it happens in; what an operation is handed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from emulator.engine.errors import Refusal
from emulator.engine.jobs import Job
from emulator.engine.provider import Operation, Problem, Provider, Trouble
from emulator.engine.timeline import Lifecycle, Position, Timeline

if TYPE_CHECKING:
    from emulator.engine.request import Request
    from emulator.engine.sandbox import Sandbox

Facts = TypeVar("Facts")


class Call:
    """One request in its sandbox. `owner` is whoever the credentials name; `timeline` is what a scenario chose."""

    __slots__ = ("base_url", "now", "operation", "owner", "path", "provider", "request", "sandbox", "timeline")

    def __init__(self, request: Request, provider: Provider, sandbox: Sandbox, base_url: str) -> None:
        self.request = request
        self.provider = provider
        self.sandbox = sandbox
        self.base_url = base_url
        self.now = sandbox.now()
        self.operation: Operation | None = None
        self.path: Mapping[str, str] = {}
        self.owner = ""
        self.timeline: Timeline | None = None

    def quirk(self, name: str) -> str:
        """Return the sandbox's choice of a quirk."""
        return self.sandbox.quirks[name]

    def refuse(self, trouble: Trouble, detail: str, parameter: str = "") -> Refusal:
        """Return the provider's documented error for `trouble`; `detail` says what came, why, and what to do."""
        return self.provider.refuse(self, Problem(trouble, detail, parameter))

    async def start(
        self, lifecycle: Lifecycle, job_id: str, facts: Facts, *, failed: bool = False, error: str | None = None
    ) -> Job[Facts]:
        """Start a job and keep it, on the course that a scenario chose or the usual one.

        `failed` says that it cannot end well, whatever the course; `error` is the code that tells why.
        """
        timeline = self.timeline or self.sandbox.timeline(lifecycle)
        if failed:
            timeline = lifecycle.failing(timeline, error)
        job = Job(job_id, lifecycle.name, self.owner, self.now, timeline, facts)
        await self.sandbox.store.add_job(job)
        return job

    async def find(self, lifecycle: Lifecycle, job_id: str) -> Job[Any] | None:
        """Return the job of that lifecycle, or None."""
        job = await self.sandbox.store.job(job_id)
        return job if job is not None and job.lifecycle == lifecycle.name else None

    async def stands(self, job: Job[Any]) -> Position:
        """Return where a job stands, without counting as a poll."""
        marks = await self.sandbox.store.marks(job.id)
        return job.at(self.now, marks)

    async def poll(self, job: Job[Any]) -> Position:
        """Return where a job stands, and remember the poll when polls are what moves it."""
        position = await self.stands(job)
        if job.timeline.polled and not position.last:
            await self.sandbox.store.mark(job.id, "polls", self.now)
        return position
