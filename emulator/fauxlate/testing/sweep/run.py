"""One run of a test under the sweep: what lies over its scenario, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from fauxlate.testing.coverage.counts import Key
from fauxlate.testing.records import Exchange, Job
from fauxlate.testing.sandbox import Sandbox
from fauxlate.testing.scenarios import Layer


@dataclass
class Run:
    """One run of a test under the sweep.

    `overlays` lie over its scenario; `limit` (seconds) and `requests` are its limits. `error` is the exception that
    ended it; `jobs`, `journal` and `served` are what its sandboxes held at the end of the test.
    """

    name: str
    overlays: tuple[Layer, ...] = ()
    limit: float | None = None
    requests: int | None = None
    error: BaseException | None = None
    jobs: list[Job] = field(default_factory=list)
    journal: list[Exchange] = field(default_factory=list)
    served: dict[Key, int] = field(default_factory=dict)

    def record(self, sandboxes: Sequence[Sandbox]) -> None:
        """Record what the sandboxes hold."""
        for sandbox in sandboxes:
            if sandbox.is_open and sandbox.is_created:
                self.jobs += sandbox.jobs
                self.journal += sandbox.journal
                self.served.update(sandbox.coverage)

    @property
    def operations(self) -> list[str]:
        """The operations that the test has called, without those that its fixture alone has called."""
        by_client = {exchange.operation for exchange in self.journal if not exchange.is_from_fixture}
        by_fixture = {exchange.operation for exchange in self.journal} - by_client
        return [name for kind, name in self.served if kind == "operation" and name not in by_fixture]

    def successful_operations(self) -> set[str]:
        """Return the operations that have answered at least once as they do when nothing is amiss."""
        return {exchange.operation for exchange in self.journal if exchange.operation and is_success(exchange)}


def is_success(exchange: Exchange) -> bool:
    """Whether an exchange is a call of the client, answered as it is when nothing is amiss."""
    return (
        exchange.callback is None
        and exchange.status < HTTPStatus.MULTIPLE_CHOICES
        and exchange.error is None
        and exchange.rule is None
        and exchange.fault is None
    )
