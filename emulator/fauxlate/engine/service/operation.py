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
class Alias:
    """Another path that a document prints for an operation; it leads there where a quirk has a certain choice."""

    path: str
    quirk: str
    choice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One documented operation, a row of its provider's table.

    `name` is the vendor's own. `path` is a template (`{name}` one segment, `{name+}` the rest). `action` is the RPC
    action where the provider chooses by that. `takes` lists the content types its body may have; none: any.
    `family` names the provider's group of operations that share error tables and their rendering. `access` checks
    credentials. `response` is the TypedDict of the answer, None where bytes come back. `creates` marks the operation
    that starts `lifecycle`'s jobs, and `event` tells of their end; `names_job` reads from the parameters of any other
    which job it is about. `when` narrows a path that others use too. `note` says what a reader of the catalog ought to
    know.
    """

    name: str
    run: Callable[[Call, Any], Awaitable[Mapping[str, Any] | Reply]]
    parameters: type[Parameters]
    family: str
    source: str
    response: type[Any] | None = None
    methods: tuple[str, ...] = ("POST",)
    path: str = "/"
    aliases: tuple[Alias, ...] = ()
    action: str | None = None
    media_types: tuple[str, ...] = ()
    when: Callable[[Request], bool] | None = None
    authenticate: Callable[[Call], Awaitable[None]] | None = None
    lifecycle: Lifecycle | None = None
    creates_job: bool = False
    event: Event | None = None
    read_job_id: Callable[[Any], str | None] | None = None
    evidence: Evidence = Evidence.DOCUMENTED
    note: str = ""
