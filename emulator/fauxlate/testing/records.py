"""Records of a sandbox: its jobs, and the exchanges of its journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self, overload


@dataclass(frozen=True, slots=True)
class Job:
    """A job: when it was created, by the sandbox's clock, and where it stands by now.

    `nth` counts the sandbox's jobs from 1. `last` says that it has ended, `gone` that its result is no longer kept.
    `timeline` holds its steps, as a scenario writes them.
    """

    id: str
    nth: int
    lifecycle: str
    created: str
    state: str
    last: bool
    gone: bool
    error: str | None
    polls: int
    timeline: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """Whether it has ended in the state in which jobs of its lifecycle fail."""
        from fauxlate.serving.composition import PROVIDERS

        lifecycles = (lifecycle for provider in PROVIDERS for lifecycle in provider.lifecycles)
        failure = next((lifecycle.failed_state for lifecycle in lifecycles if lifecycle.name == self.lifecycle), None)
        return failure is not None and self.state == failure.name

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Return the job that the admin API describes by `data`."""
        return cls(**{name: data[name] for name in cls.__slots__ if name != "timeline"}, timeline=(*data["timeline"],))


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, secrets taken out.

    `operation` is `provider.Operation`, None where none answers. `status`, `error` and `response_body` are the answer's;
    `error` is the key of a documented error, `fault` what broke the answer on its way. `rule` is the rule of the
    scenario that applied (file and line), `why` what each rule made of the request, and `hint` what to do. `at` is the
    sandbox's time. `raw` is the whole entry of the admin API.

    With a `callback` it is the other way round: the operation is an event that was sent to the client, with status 0
    where no answer came, and `callback` says which form it had, which attempt it was, what it said, and whether the
    answer counts.
    """

    number: int
    provider: str
    operation: str | None
    job: str | None
    method: str
    target: str
    request_body: str
    status: int
    error: str | None
    fault: str | None
    response_body: str
    rule: str | None
    why: tuple[str, ...]
    hint: str | None
    at: str
    callback: Mapping[str, Any] | None
    raw: Mapping[str, Any] = field(repr=False)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Return the exchange that the journal of the admin API describes by `data`."""
        request, reply = data["request"], data["reply"]
        return cls(
            number=data["number"],
            provider=data["provider"],
            operation=data["operation"],
            job=data["job"],
            method=request["method"],
            target=request["target"],
            request_body=request["body"],
            status=reply["status"],
            error=reply["error"],
            fault=reply["fault"],
            response_body=reply["body"],
            rule=data["rule"],
            why=tuple(data["why"]),
            hint=data["hint"],
            at=data["sandbox_time"],
            callback=data.get("callback"),
            raw=data,
        )

    @property
    def is_from_fixture(self) -> bool:
        """Whether the fixture made the request by itself, as its `token` and `upload` do, and not the client."""
        from fauxlate.testing.clients import FIXTURE_USER_AGENT

        headers = self.raw["request"]["headers"]
        return any(name.lower() == "user-agent" and value == FIXTURE_USER_AGENT for name, value in headers)

    def __str__(self) -> str:
        parts = (str(self.status), self.error, self.fault and f"({self.fault})", self.job)
        result = " ".join(part for part in parts if part)
        lines = [f"{self.number:>3}  {self.operation or self.provider + ', no operation'}  →  {result}"]
        lines.append(f"     {self.method} {self.target:.150}")
        lines += [f"     {name}: {text:.300}" for name, text in (("rule", self.rule), ("hint", self.hint)) if text]
        return "\n".join(lines)


class Journal(Sequence[Exchange]):
    """The exchanges of a sandbox, oldest first, as they were when they were read."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self._exchanges = tuple(exchanges)

    @overload
    def __getitem__(self, index: int) -> Exchange: ...
    @overload
    def __getitem__(self, index: slice) -> Journal: ...
    def __getitem__(self, index: int | slice) -> Exchange | Journal:
        return Journal(self._exchanges[index]) if isinstance(index, slice) else self._exchanges[index]

    def __len__(self) -> int:
        return len(self._exchanges)

    def of(self, operation: str) -> Journal:
        """Return the exchanges of one operation, named with or without its provider."""
        return Journal(
            [exchange for exchange in self if exchange.operation and operation in _names(exchange.operation)]
        )

    @property
    def operations(self) -> list[str | None]:
        """The operations in the order in which they were called."""
        return [exchange.operation for exchange in self]

    def __str__(self) -> str:
        return "\n".join(map(str, self._exchanges)) or "no request has come"

    __repr__ = __str__


def _names(operation: str) -> tuple[str, str]:
    """Return the name of an operation with and without its provider."""
    return operation, operation.partition(".")[2]
