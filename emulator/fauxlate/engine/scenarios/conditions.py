"""Conditions of a rule: which parts of a request, and of the job that it names, have which values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Any

from fauxlate.engine.exchange.reply import JSON
from fauxlate.engine.exchange.request import MalformedError, Request
from fauxlate.engine.scenarios.patterns import Pattern
from fauxlate.engine.timing.jobs import Job

PARTS = ("path", "query", "header", "body", "job")
JOB_FIELDS = ("id", "state", "nth", "file", "source", "target")
_BOUNDARY = re.compile(r'boundary="?([^";]+)')
MAX_LEAVES = 1000
"""Values in one nested value that patterns look at."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of `when`: the values of `part.name` must have one that fits one of the patterns; with none, no value."""

    part: str
    name: str
    description: str
    patterns: tuple[Pattern, ...]

    @property
    def field(self) -> str:
        """The name as written in the file."""
        return f"{self.part}.{self.name}"

    def matches(self, values: list[str]) -> bool:
        """Whether one of the actual values fits."""
        if not self.patterns:
            return not values
        return any(pattern.matches_any(values) for pattern in self.patterns)


class Subject:
    """What conditions look at: one request, the values in its path, the job that it names or is about to create.

    `volatile` names parameters that differ between a call and its retry. `now` is the sandbox's time, `owner` the
    caller; `states` are the spellings of the job's state, and `nth` is its number in its lifecycle, 0 without a job.
    """

    __slots__ = ("_fingerprint", "job", "now", "nth", "owner", "path", "request", "states", "volatile")

    def __init__(self, request: Request, path: Mapping[str, str], volatile: frozenset[str] = frozenset()) -> None:
        self.request = request
        self.path = path
        self.volatile = volatile
        self.now = 0.0
        self.owner = ""
        self.job: Job[Any] | None = None
        self.states: tuple[str, ...] = ()
        self.nth = 0
        self._fingerprint: str | None = None

    @property
    def fingerprint(self) -> str:
        """A digest of the request without its volatile parameters: the same for a call and its retry."""
        if self._fingerprint is None:
            self._fingerprint = self._compute_fingerprint()
        return self._fingerprint

    def _compute_fingerprint(self) -> str:
        request = self.request
        try:
            parameters = {**request.query, **request.form}
        except MalformedError:
            parameters = {}
        stable = sorted((name, value) for name, value in parameters.items() if name not in self.volatile)
        boundary = _BOUNDARY.search(request.headers.get("content-type", ""))  # another one for each attempt
        body = b"" if request.form else request.body
        if boundary is not None:
            body = body.replace(boundary[1].encode(), b"")
        return blake2b(repr((request.method, request.raw_path, stable, body)).encode(), digest_size=12).hexdigest()

    def values(self, part: str, name: str) -> list[str]:
        """Return what stands under `part.name`: nothing, a value, or all the leaves of a nested one."""
        try:
            return list(islice(_leaves(self._value(part, name)), MAX_LEAVES))
        except MalformedError:
            return []

    def _value(self, part: str, name: str) -> Any:
        if part == "path":
            return self.path.get(name)
        if part == "query":
            return self.request.query.get(name)
        if part == "header":
            return self.request.headers.get(name)
        if part == "job":
            return self._job_value(name)
        if self.request.media_type != JSON:
            return self.request.form.get(name) or self.request.query.get(name)
        value: Any = self.request.json
        for key in name.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def _job_value(self, name: str) -> Any:
        if name == "nth":
            return self.nth or None
        if self.job is None:
            return None
        return {"id": self.job.id, "state": self.states}.get(name) or getattr(self.job.facts, "attributes", {}).get(
            name
        )


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif value is not None:
        yield str(value)
