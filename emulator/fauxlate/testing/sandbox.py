"""What a test has in its hands: a sandbox of its own, with its clock, scenario, jobs, journal and clients."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, overload

from fauxlate.testing import layers
from fauxlate.testing.doors import Counts, Door, Inside

if TYPE_CHECKING:
    from fauxlate.testing.clients import Alibaba, DingTalk, Huawei


@dataclass(frozen=True, slots=True)
class Job:
    """A job: when it was created, by the sandbox's clock, and where it stands by now.

    `last` says that it has ended, `gone` that its result is no longer kept.
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
        from fauxlate.server import PROVIDERS

        lifecycles = (lifecycle for provider in PROVIDERS for lifecycle in provider.lifecycles)
        failing = next((one.failed for one in lifecycles if one.name == self.lifecycle), None)
        return failing is not None and self.state == failing.name

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Return the job that the admin API tells of."""
        return cls(**{name: told[name] for name in cls.__slots__ if name != "timeline"}, timeline=(*told["timeline"],))


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, secrets taken out.

    `operation` is `provider.Operation`, None where none answers; `error` the key of the documented error given,
    `fault` what broke the answer on its way; `rule` the rule of the scenario that applied (file and line), `why` what
    each rule said to the request, and `hint` what to do. With a `callback` it is the other way round: the operation is an
    event that was sent to the client, with status 0 where no answer came, and `callback` says of it what its form was,
    which try it was, what it said, and whether the answer counts.
    """

    number: int
    provider: str
    operation: str | None
    job: str | None
    method: str
    target: str
    sent: str
    status: int
    error: str | None
    fault: str | None
    body: str
    rule: str | None
    why: tuple[str, ...]
    hint: str | None
    at: str
    callback: Mapping[str, Any] | None
    raw: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Return the exchange that the journal of the admin API tells of."""
        request, reply = told["request"], told["reply"]
        return cls(
            number=told["number"],
            provider=told["provider"],
            operation=told["operation"],
            job=told["job"],
            method=request["method"],
            target=request["target"],
            sent=request["body"],
            status=reply["status"],
            error=reply["error"],
            fault=reply["fault"],
            body=reply["body"],
            rule=told["rule"],
            why=tuple(told["why"]),
            hint=told["hint"],
            at=told["sandbox_time"],
            callback=told.get("callback"),
            raw=told,
        )

    @property
    def of_fixture(self) -> bool:
        """Whether the fixture has asked by itself, as its `token` and `upload` do, and not the client."""
        from fauxlate.testing.clients import OF_FIXTURE

        return any(name.lower() == "user-agent" and said == OF_FIXTURE for name, said in self.raw["request"]["headers"])

    def __str__(self) -> str:
        went = " ".join(
            part for part in (str(self.status), self.error, self.fault and f"({self.fault})", self.job) if part
        )
        lines = [f"{self.number:>3}  {self.operation or self.provider + ', no operation'}  →  {went}"]
        lines.append(f"     {self.method} {self.target:.150}")
        lines += [f"     {name}: {said:.300}" for name, said in (("rule", self.rule), ("hint", self.hint)) if said]
        return "\n".join(lines)


class Journal(Sequence[Exchange]):
    """What a sandbox was asked and what it answered, oldest first; a picture taken when it was asked for."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self._exchanges = tuple(exchanges)

    @overload
    def __getitem__(self, at: int) -> Exchange: ...
    @overload
    def __getitem__(self, at: slice) -> Journal: ...
    def __getitem__(self, at: int | slice) -> Exchange | Journal:
        return Journal(self._exchanges[at]) if isinstance(at, slice) else self._exchanges[at]

    def __len__(self) -> int:
        return len(self._exchanges)

    def of(self, operation: str) -> Journal:
        """Return the exchanges of one operation, named with or without its provider."""
        return Journal([one for one in self if one.operation and operation in (one.operation, _short(one.operation))])

    @property
    def operations(self) -> list[str | None]:
        """The operations in the order in which they were called."""
        return [one.operation for one in self]

    def __str__(self) -> str:
        return "\n".join(map(str, self._exchanges)) or "no request has come"

    __repr__ = __str__


def _nothing() -> None:
    pass


def _short(operation: str) -> str:
    return operation.partition(".")[2]


class Clock:
    """The clock of a sandbox. It runs with the wall clock until it is told otherwise, and only moves forward."""

    def __init__(self, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        self._change = change

    @property
    def now(self) -> datetime:
        """The sandbox's time."""
        return datetime.fromtimestamp(self.time(), UTC)

    def time(self) -> float:
        """Return the sandbox's time as `time.time` does, for a client that is handed its clock."""
        return float(self._change({})["epoch"])

    def advance(self, by: str | float) -> None:
        """Jump forward by `10m`, `1h30m` or so many seconds; what falls due on the way has run when this returns."""
        self._change({"advance": by})

    def sleep(self, seconds: float) -> None:
        """Pass for `time.sleep` in a client: the sandbox's time moves instead of the test's."""
        self._change({"advance": max(0.0, float(seconds))})

    async def asleep(self, seconds: float) -> None:
        """Pass for `asyncio.sleep` in a client."""
        self.sleep(seconds)
        await asyncio.sleep(0)

    def freeze(self) -> None:
        """Stand still until it is moved."""
        self._change({"mode": "frozen"})

    def run(self, rate: float = 1.0) -> None:
        """Run on by itself, `rate` seconds a second."""
        self._change({"rate": rate})

    def set(self, at: datetime | str) -> None:
        """Show this time, which may not lie in the sandbox's past."""
        self._change({"at": at.isoformat() if isinstance(at, datetime) else at})


class Fauxlate:
    """A sandbox: a world of its own in a server that it may share with others.

    `name` is the id that was asked for, `url` the server's address; `alibaba`, `huawei` and `dingtalk` hold the
    credentials that lead here, and make SDK clients that have them. `always` are layers that lie over every scenario of
    this sandbox.
    """

    def __init__(
        self,
        door: Door,
        sandbox_id: str,
        *scenario: layers.Told,
        always: Sequence[layers.Told] = (),
        folder: Path | None = None,
        closed: Callable[[Fauxlate, Counts], None] | None = None,
    ) -> None:
        self._door, self.name = door, sandbox_id
        self._always, self._folder = tuple(always), folder
        self._closed = closed
        self._before: Counter[tuple[str, str]] = Counter()
        self.open = True
        self.held = False
        self.when_opened: Callable[[], object] = _nothing
        self.covered: set[tuple[str, str]] = set()
        whole = (*scenario, *self._always)
        self._begins = layers.compiled(whole, folder) if whole else None

    @cached_property
    def id(self) -> str:
        """The sandbox's id. It is made when something of it is first asked for: a test that asks nothing pays nothing."""
        opened = self._door.open(self.name, self._begins)
        self.when_opened()
        return opened

    @property
    def url(self) -> str:
        """The address of the server."""
        return self._door.url

    @cached_property
    def environment(self) -> dict[str, dict[str, str]]:
        """By provider what a client has to be told, as `fauxlate env --json` prints it."""
        return self._door.environment(self.id)

    @cached_property
    def alibaba(self) -> Alibaba:
        """Credentials and clients for Alibaba Cloud Machine Translation."""
        from fauxlate.testing.clients import Alibaba

        return Alibaba(self.url, self.environment["alibaba"])

    @cached_property
    def huawei(self) -> Huawei:
        """Credentials and clients for Huawei Cloud NLP."""
        from fauxlate.testing.clients import Huawei

        return Huawei(self.url, self.environment["huawei"])

    @cached_property
    def dingtalk(self) -> DingTalk:
        """Credentials and clients for DingTalk."""
        from fauxlate.testing.clients import DingTalk

        return DingTalk(self.url, self.environment["dingtalk"])

    @cached_property
    def clock(self) -> Clock:
        """The sandbox's clock."""
        path = f"sandboxes/{self.id}/clock"
        return Clock(lambda change: self._door.ask("PATCH" if change else "GET", path, change or None))

    def scenario(self, *scenario: layers.Told) -> None:
        """Follow another scenario from now on, counting from nothing; several are laid over each other.

        Each is a shipped name, a file (seen from the test's folder), YAML text, or a mapping. Without any, the
        documents alone are followed. Jobs, clock and the quirks that the test was marked with stay.
        """
        self._door.follow(self.id, layers.compiled((*scenario, *self._always), self._folder))

    @property
    def jobs(self) -> list[Job]:
        """The jobs, in the order in which they were made."""
        return [Job.of(told) for told in self._door.ask("GET", f"sandboxes/{self.id}/jobs")["jobs"]]

    def move(self, job: str | Job) -> Job:
        """End the state of a job that waits to be moved by hand (`manual`)."""
        job_id = job.id if isinstance(job, Job) else job
        return Job.of(self._door.ask("POST", f"sandboxes/{self.id}/jobs/{job_id}/move"))

    @property
    def journal(self) -> Journal:
        """The last requests and answers, 500 at most."""
        return self.since(0)

    def since(self, number: int) -> Journal:
        """Return the requests and answers after that number."""
        told = self._door.ask("GET", f"sandboxes/{self.id}/journal?after={number}")["entries"]
        return Journal([Exchange.of(entry) for entry in told])

    @property
    def coverage(self) -> Mapping[tuple[str, str], int]:
        """How often what was served here, by kind (`operation`, `error`, `state`, `quirk`, `fault`) and name."""
        return Counter(self._door.served(self.id)) + self._before

    def covers(self, provider: str, *names: str) -> None:
        """Say that this test asserts what its client makes of these errors, states, quirks or faults.

        Each has to have been served here by now: `fauxlate.covers("huawei", "NLP.0101", "FINISHED")`. The report of
        coverage then tells what is asserted from what merely went by. Raises `AssertionError`.
        """
        from fauxlate.testing.coverage.table import named

        self.covered |= named(provider, names, self.coverage)

    def reset(self) -> None:
        """Return to how everything was when the test began: its scenario, the clock, no jobs, an empty journal."""
        self._before.update(self._door.served(self.id))
        self._door.ask("POST", f"sandboxes/{self.id}/reset")

    def strays(self) -> tuple[Journal, Journal]:
        """Return the requests that no documented operation answers: of this sandbox, and with credentials of none."""
        own, others = self._door.strays(self.id if self.used else None)
        return Journal([Exchange.of(entry) for entry in own]), Journal([Exchange.of(entry) for entry in others])

    def hear(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each request, from another thread, until what is returned is called."""
        return self._door.hear(self.id, listener)

    @property
    def used(self) -> bool:
        """Whether anything of the sandbox has been asked for, so that there is one."""
        return "id" in self.__dict__

    @property
    def inside(self) -> bool:
        """Whether the server is in this process."""
        return isinstance(self._door, Inside)

    def close(self) -> None:
        """Give the sandbox up. Closing twice does nothing."""
        was_open, self.open = self.open, False
        if was_open:
            counts = self._door.close(self.id) if self.used else {}
            if self._closed is not None:
                self._closed(self, self._before + Counter(counts) if self._before else counts)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
