"""What a test has in its hands: a sandbox of its own, with its clock, scenario, jobs, journal and clients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from fauxlate.testing.clock import Clock
from fauxlate.testing.connections.connection import Connection
from fauxlate.testing.connections.local import LocalConnection
from fauxlate.testing.coverage.counts import Counts, Key
from fauxlate.testing.records import Exchange, Job, Journal
from fauxlate.testing.scenarios import Layer, compile_layers

if TYPE_CHECKING:
    from fauxlate.testing.clients import Alibaba, DingTalk, Huawei


class Sandbox:
    """A sandbox: a world of its own in a server that it may share with others.

    `url` is the server's address; `alibaba`, `huawei` and `dingtalk` hold the credentials of this sandbox, and make
    SDK clients that have them. `name` is the id that is asked for, `overlays` are layers that lie over every scenario
    of the sandbox, and files are looked for in `folder` first. `on_create` is called when the sandbox is created,
    `on_close` when it is closed, with what it has served. `claims` are the keys of what the test says that it asserts,
    and `has_passed` is set when it has passed.
    """

    def __init__(
        self,
        connection: Connection,
        sandbox_id: str,
        *scenario: Layer,
        overlays: Sequence[Layer] = (),
        folder: Path | None = None,
        on_close: Callable[[Sandbox, Counts], None] | None = None,
    ) -> None:
        self._connection, self.name = connection, sandbox_id
        self._overlays, self._folder = tuple(overlays), folder
        self._on_close = on_close
        self._coverage_before_reset: Counter[Key] = Counter()
        self.on_create: Callable[[], object] | None = None
        self.is_open = True
        self.has_passed = False
        self.claims: set[Key] = set()
        layers = (*scenario, *self._overlays)
        self._initial_scenario = compile_layers(layers, folder) if layers else None

    @cached_property
    def id(self) -> str:
        """The sandbox's id. The sandbox is created when something of it is first used; until then it costs nothing."""
        sandbox_id = self._connection.create(self.name, self._initial_scenario)
        if self.on_create is not None:
            self.on_create()
        return sandbox_id

    @property
    def url(self) -> str:
        """The address of the server."""
        return self._connection.url

    @cached_property
    def environment(self) -> dict[str, dict[str, str]]:
        """The endpoints and credentials of each provider, as `fauxlate env --json` prints them."""
        return self._connection.environment(self.id)

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
        return Clock(lambda change: self._connection.request("PATCH" if change else "GET", path, change or None))

    def scenario(self, *scenario: Layer) -> None:
        """Follow another scenario from now on, counting from nothing; several are laid over each other.

        Each is a shipped name, a file (seen from the test's folder), YAML text, or a mapping. Without any, the
        documents alone are followed. Jobs, clock and the quirks that the test was marked with stay. Raises
        `ValueError` for one that is wrong, and says where.
        """
        self._connection.change_scenario(self.id, compile_layers((*scenario, *self._overlays), self._folder))

    @property
    def jobs(self) -> list[Job]:
        """The jobs, in the order in which they were created."""
        return [Job.from_data(data) for data in self._connection.request("GET", f"sandboxes/{self.id}/jobs")["jobs"]]

    def move(self, job: str | Job) -> Job:
        """End the state of a job that waits to be moved by hand (`manual`)."""
        job_id = job.id if isinstance(job, Job) else job
        return Job.from_data(self._connection.request("POST", f"sandboxes/{self.id}/jobs/{job_id}/move"))

    @property
    def journal(self) -> Journal:
        """The last requests and answers, 500 at most."""
        return self.since(0)

    def since(self, number: int) -> Journal:
        """Return the requests and answers after that number."""
        entries = self._connection.request("GET", f"sandboxes/{self.id}/journal?after={number}")["entries"]
        return Journal([Exchange.from_data(entry) for entry in entries])

    @property
    def coverage(self) -> Counts:
        """How often what was served here, by kind (`operation`, `error`, `state`, `quirk`, `fault`) and name."""
        return Counter(self._connection.coverage(self.id)) + self._coverage_before_reset

    def covers(self, provider: str, *names: str) -> None:
        """Say that this test asserts what its client makes of these errors, states, quirks or faults.

        Each has to have been served here by now: `fauxlate.covers("huawei", "NLP.0101", "FINISHED")`. The report of
        coverage then tells what is asserted from what merely went by. Raises `AssertionError`.
        """
        from fauxlate.testing.coverage.claims import find_claims

        self.claims |= find_claims(provider, names, self.coverage)

    def reset(self) -> None:
        """Return to how everything was when the test began: its scenario, the clock, no jobs, an empty journal."""
        self._coverage_before_reset.update(self._connection.coverage(self.id))
        self._connection.request("POST", f"sandboxes/{self.id}/reset")

    def undocumented_requests(self) -> tuple[Journal, Journal]:
        """Return the requests that no documented operation answers: of this sandbox, and with credentials of none."""
        entries = self._connection.undocumented_requests(self.id if self.is_created else None)
        attributed, unattributed = (Journal([Exchange.from_data(entry) for entry in part]) for part in entries)
        return attributed, unattributed

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each request, from another thread, until what this returns is called."""
        return self._connection.subscribe(self.id, listener)

    @property
    def is_created(self) -> bool:
        """Whether anything of the sandbox has been used, so that there is one."""
        return "id" in self.__dict__

    @property
    def is_local(self) -> bool:
        """Whether the server is in this process."""
        return isinstance(self._connection, LocalConnection)

    def close(self) -> None:
        """Give the sandbox up. Closing twice does nothing."""
        was_open, self.is_open = self.is_open, False
        if was_open:
            counts = self._connection.delete(self.id) if self.is_created else {}
            if self._on_close is not None:
                before = self._coverage_before_reset
                self._on_close(self, before + Counter(counts) if before else counts)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
