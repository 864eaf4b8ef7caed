"""An operation: one documented row of a provider's table, with the function that answers its calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fauxlate.engine.tables.evidence import Evidence

if TYPE_CHECKING:
    from fauxlate.engine.exchange.reply import Reply
    from fauxlate.engine.exchange.request import Request
    from fauxlate.engine.service.call import Call
    from fauxlate.engine.service.events import Event
    from fauxlate.engine.tables.lifecycles import Lifecycle
    from fauxlate.engine.tables.parameters import Parameters


@dataclass(frozen=True, slots=True)
class PathAlias:
    """Another path that a document prints for an operation; it is valid where `quirk` has that `choice`."""

    path: str
    quirk: str
    choice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One documented operation, a row of its provider's table.

    `name` is the vendor's own. `run` answers a call, from its validated parameters. `path` is a template: `{name}` is one
    segment, `{name+}` the rest. `action` is the RPC action where the provider chooses by that. `media_types` are those
    that its body may have; none: any. `family` names the provider's operations that share error tables and their
    rendering. `response` is the TypedDict of the answer, None where bytes come back. `matches` narrows a path that other
    operations have too. `authenticate` checks credentials. `creates_job` marks the operation that creates the jobs of
    `lifecycle`, and `event` tells of their end; `read_job_id` reads from the parameters of any other its job's id.
    `note` is for readers of the catalog.
    """

    name: str
    run: Callable[[Call, Any], Awaitable[Mapping[str, Any] | Reply]]
    parameters: type[Parameters]
    family: str
    source: str
    response: type[Any] | None = None
    methods: tuple[str, ...] = ("POST",)
    path: str = "/"
    aliases: tuple[PathAlias, ...] = ()
    action: str | None = None
    media_types: tuple[str, ...] = ()
    matches: Callable[[Request], bool] | None = None
    authenticate: Callable[[Call], Awaitable[None]] | None = None
    lifecycle: Lifecycle | None = None
    creates_job: bool = False
    event: Event | None = None
    read_job_id: Callable[[Any], str | None] | None = None
    evidence: Evidence = Evidence.DOCUMENTED
    note: str = ""
