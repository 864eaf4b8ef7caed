"""The default store, in the memory of one process."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from typing import Any

from fauxlate.engine.sandboxes.store import MarkKind, Record
from fauxlate.engine.timing.jobs import Job
from fauxlate.engine.timing.timeline import NO_MARKS, Marks

MAX_RECORDS = 100_000
"""Records of one kind that are kept; nonces are the kind that every request adds to."""


class MemoryStore:
    """A `Store` that loses everything when the process ends, and the oldest record of a kind that has too many."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job[Any]] = {}
        self._counts: dict[str, int] = {}
        self._marks: dict[str, dict[MarkKind, list[float]]] = {}
        self._records: defaultdict[str, OrderedDict[str, Record]] = defaultdict(OrderedDict)

    async def add_job(self, job: Job[Any]) -> None:
        """Keep a new job."""
        self._jobs[job.id] = job
        self._counts[job.lifecycle] = self._counts.get(job.lifecycle, 0) + 1

    async def count(self, lifecycle: str) -> int:
        """Return how many jobs of a lifecycle there have been."""
        return self._counts.get(lifecycle, 0)

    async def jobs(self) -> list[Job[Any]]:
        """Return all jobs, oldest first."""
        return list(self._jobs.values())

    async def job(self, job_id: str) -> Job[Any] | None:
        """Return a job, or None."""
        return self._jobs.get(job_id)

    async def marks(self, job_id: str) -> Marks:
        """Return when a job was polled and when it was moved."""
        marks = self._marks.get(job_id)
        return NO_MARKS if marks is None else Marks(marks.get("polls", ()), marks.get("moves", ()))

    async def mark(self, job_id: str, kind: MarkKind, at: float) -> None:
        """Remember that a job was polled, or moved by hand, at `at`."""
        self._marks.setdefault(job_id, {}).setdefault(kind, []).append(at)

    async def put(self, kind: str, key: str, record: Record) -> None:
        """Keep `record` under (`kind`, `key`), in place of an earlier one."""
        self._put(kind, key, record)

    def _put(self, kind: str, key: str, record: Record) -> None:
        records = self._records[kind]
        records[key] = record
        if len(records) > MAX_RECORDS:
            records.popitem(last=False)

    async def add(self, kind: str, key: str, record: Record, now: float) -> bool:
        """Keep `record` unless one that is valid at `now` is there, as one step; return whether it was kept."""
        existing = self._records[kind].get(key)
        if existing is not None and existing.is_valid(now):
            return False
        self._put(kind, key, record)
        return True

    async def get(self, kind: str, key: str) -> Record | None:
        """Return the record under (`kind`, `key`), expired or not, or None."""
        records = self._records.get(kind)
        return None if records is None else records.get(key)

    async def take(self, kind: str, key: str) -> Record | None:
        """Return the record and remove it, as one step: of two callers only one gets it."""
        records = self._records.get(kind)
        return None if records is None else records.pop(key, None)

    def copy(self) -> MemoryStore:
        """Return an independent store with the same state; jobs and records are immutable, so they are shared."""
        other = MemoryStore()
        other._jobs = dict(self._jobs)
        other._counts = dict(self._counts)
        other._marks = {
            job_id: {kind: list(times) for kind, times in marks.items()} for job_id, marks in self._marks.items()
        }
        other._records.update({kind: records.copy() for kind, records in self._records.items()})
        return other
