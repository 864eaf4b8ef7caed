"""Where state rests: what a store must offer, whether in memory or shared by many replicas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, Protocol

from fauxlate.engine.timing.jobs import Job
from fauxlate.engine.timing.timeline import Marks

MarkKind = Literal["polls", "moves"]


class Record(NamedTuple):
    """Something remembered until `expires` (sandbox time; never when None): a token, a file, a dedupe window."""

    value: Any
    expires: float | None = None

    def is_valid(self, now: float) -> bool:
        """Whether it is still good at `now`."""
        return self.expires is None or now < self.expires


class Store(Protocol):
    """The state of one sandbox. It keeps and finds; it knows no rule of any provider."""

    async def add_job(self, job: Job[Any]) -> None:
        """Keep a new job."""

    async def count(self, lifecycle: str) -> int:
        """Return how many jobs of a lifecycle there have been."""

    async def jobs(self) -> Sequence[Job[Any]]:
        """Return all jobs, in the order in which they were made."""

    async def job(self, job_id: str) -> Job[Any] | None:
        """Return a job, or None."""

    async def marks(self, job_id: str) -> Marks:
        """Return when a job was polled and moved."""

    async def mark(self, job_id: str, kind: MarkKind, at: float) -> None:
        """Remember that a job was polled, or moved by hand, at `at`."""

    async def put(self, kind: str, key: str, record: Record) -> None:
        """Remember `record` under (`kind`, `key`), over what stood there."""

    async def add(self, kind: str, key: str, record: Record, now: float) -> bool:
        """Remember `record` unless what stands there still holds at `now`, as one step; return whether it was."""

    async def get(self, kind: str, key: str) -> Record | None:
        """Return what is remembered under (`kind`, `key`), expired or not, or None."""

    async def take(self, kind: str, key: str) -> Record | None:
        """Return it and forget it, as one step: of two takers only one gets it."""

    def copy(self) -> Store:
        """Return a store that holds the same and goes on by itself."""
