"""A provider: one value that holds its tables and the few functions that speak its dialect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fauxlate.engine.tables.errors import ErrorRow, Refusal, of_operation

if TYPE_CHECKING:
    from fauxlate.engine.exchange.reply import Reply
    from fauxlate.engine.exchange.request import Request
    from fauxlate.engine.service.call import Call
    from fauxlate.engine.service.events import Console, Event
    from fauxlate.engine.service.operation import Operation
    from fauxlate.engine.service.problems import Problem
    from fauxlate.engine.tables.lifecycles import Lifecycle
    from fauxlate.engine.tables.quirks import Quirk


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider: tables (operations, errors, quirks, lifecycles) and its dialect.

    `groups` maps a family of operations to the groups of error rows that may answer it. `owns` tells whether a
    request's path is this provider's. `action` reads the RPC action of a request. `credentials` gives what in
    a request names the caller, by which the sandbox is found; the first that one knows decides. `mint` makes the credentials of a new sandbox out of its
    tag; every value of it, and the tag itself at the start of a token, names the sandbox again. `environment` tells
    of these what a client needs, with the endpoints; `exports` maps environment variables to its keys. `refuse` gives
    the documented error for a trouble; `encode` wraps what an operation returned; `render` writes an error row.
    `throttled` is the error for too many calls, by family, and `throttles` tells it more exactly, by who calls;
    `retry_after` maps the headers that tell with it when to come again to what they count in a second. `general` reads
    what the documents list as errors of no operation in particular. `fresh` names the parameters that differ from one
    try of a call to the next, such as nonces. `load_console` gives what a client can set beforehand for its callbacks.
    """

    name: str
    title: str
    load_operations: Callable[[], tuple[Operation, ...]]
    load_errors: Callable[[], tuple[ErrorRow, ...]]
    quirks: tuple[Quirk, ...]
    lifecycles: tuple[Lifecycle, ...]
    groups: Mapping[str, tuple[str, ...]]
    owns: Callable[[Request], bool]
    credentials: Callable[[Request], Iterable[str]]
    mint: Callable[[str], Mapping[str, str]]
    environment: Callable[[Mapping[str, str], str], Mapping[str, str]]
    exports: Mapping[str, str]
    refuse: Callable[[Call, Problem], Refusal]
    encode: Callable[[Call, Mapping[str, Any]], Reply]
    render: Callable[[Call, ErrorRow, Refusal], Reply]
    throttling_errors: Mapping[str, str]
    choose_throttling_error: Callable[[Call, str], str] = lambda _, key: key
    retry_after: Mapping[str, int] = field(default_factory=lambda: {"Retry-After": 1})
    load_general_errors: Callable[[], tuple[ErrorRow, ...]] = tuple
    volatile_parameters: frozenset[str] = frozenset()
    load_console: Callable[[], Console | None] = lambda: None
    action: Callable[[Request], str | None] = lambda _: None
    _operations: list[tuple[Operation, ...]] = field(default_factory=list, init=False, repr=False)
    _errors: list[ErrorRow] = field(default_factory=list, init=False, repr=False)
    _rows: dict[str, dict[str, ErrorRow]] = field(default_factory=dict, init=False, repr=False)
    _general: list[ErrorRow] = field(default_factory=list, init=False, repr=False)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation, loaded when the first one is asked for."""
        if not self._operations:
            self._operations.append(self.load_operations())
        return self._operations[0]

    @property
    def events(self) -> tuple[Event, ...]:
        """Every event that its clients can be told."""
        of_jobs = {
            operation.event.name: operation.event for operation in self.operations if operation.event is not None
        }
        return (*of_jobs.values(), *(console.events if (console := self.load_console()) is not None else ()))

    @property
    def errors(self) -> tuple[ErrorRow, ...]:
        """Every error row, read when the first one is asked for."""
        if not self._errors:
            self._errors.extend(self.load_errors())
        return tuple(self._errors)

    def rows(self, operation: Operation) -> dict[str, ErrorRow]:
        """Return by key every error row that can answer `operation`."""
        found = self._rows.get(operation.name)
        if found is None:
            found = of_operation(self.errors, operation.name, self.groups[operation.family])
            self._rows[operation.name] = found
        return found

    @property
    def general_errors(self) -> tuple[ErrorRow, ...]:
        """Every error row of no operation in particular, read when the first one is asked for."""
        if not self._general:
            self._general.extend(self.load_general_errors())
        return tuple(self._general)

    def find_error(self, operation: Operation, key: str) -> ErrorRow | None:
        """Return the error that a scenario names on `operation`: one of its own, or a general one that fits it."""
        row = self.rows(operation).get(key)
        if row is None:
            groups = self.groups[operation.family]
            row = next((row for row in self.general_errors if row.key == key and row.group in groups), None)
        return row

    def row(self, operation: Operation | None, key: str) -> ErrorRow:
        """Return the row `key` for `operation`, or for a request that reached none."""
        if operation is not None and (row := self.rows(operation).get(key)) is not None:
            return row
        return next(row for row in self.errors if row.key == key)
