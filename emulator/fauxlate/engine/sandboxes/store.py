"""The store of a sandbox: what it must offer, whether in memory or shared by replicas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, Protocol

from fauxlate.engine.timing.jobs import Job
from fauxlate.engine.timing.timeline import Marks

MarkKind = Literal["polls", "moves"]


class Record(NamedTuple):
    """A value until `expires` (sandbox time; None for ever): a token, a file, a dedupe window."""

    value: Any
    expires: float | None = None

    def is_valid(self, now: float) -> bool:
        """Whether it is still valid at `now`."""
        return self.expires is None or now < self.expires


class Store(Protocol):
    """The state of one sandbox. It keeps and returns values; it knows no rule of any provider."""

    async def add_job(self, job: Job[Any]) -> None:
        """Keep a new job."""

    async def count(self, lifecycle: str) -> int:
        """Return how many jobs of a lifecycle there have been."""

    async def jobs(self) -> Sequence[Job[Any]]:
        """Return all jobs, in the order in which they were created."""

    async def job(self, job_id: str) -> Job[Any] | None:
        """Return a job, or None."""

    async def marks(self, job_id: str) -> Marks:
        """Return when a job was polled and moved."""

    async def mark(self, job_id: str, kind: MarkKind, at: float) -> None:
        """Keep that a job was polled, or moved by hand, at the time `at`."""

    async def put(self, kind: str, key: str, record: Record) -> None:
        """Keep `record` under (`kind`, `key`), in place of what is there."""

    async def add(self, kind: str, key: str, record: Record, now: float) -> bool:
        """Keep `record` unless what is there is still valid at `now`, as one step; return whether it was kept."""

    async def get(self, kind: str, key: str) -> Record | None:
        """Return the record under (`kind`, `key`), expired or not, or None."""

    async def take(self, kind: str, key: str) -> Record | None:
        """Return the record and forget it, as one step: of two callers only one gets it."""

    def copy(self) -> Store:
        """Return a store with the same content that goes on independently."""
