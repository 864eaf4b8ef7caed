"""A provider: one value that holds its tables and the few functions that speak its dialect."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fauxlate.engine.tables.errors import ErrorRow, Refusal, select_rows

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

    `error_groups` maps a family of operations to the groups of error rows that may answer it. `hosts` matches the names
    of the provider's own hosts, `has_credential` tells a request with credentials that only this provider has, and
    `owns` one whose path is this provider's. `prepare` is called before a call's operation is looked for. `read_action`
    reads the RPC action of a request. `read_credentials` reads what identifies the caller; the first one that a sandbox
    knows decides. `mint_credentials` makes the credentials of a new sandbox from its tag; each of them, and the tag
    itself at the start of a token, identifies the sandbox again. `make_environment` makes of credentials and the server's URL what a client needs; `exports` maps environment
    variables to its keys. `refuse` gives the documented error for a problem; `encode` makes a reply of what an operation
    returns, `render` of an error row. `throttling_errors` are the errors for too many calls, by family;
    `choose_throttling_error` replaces one according to the caller, and `retry_after` maps the headers that go with it to
    the number of their units in a second. `load_general_errors` reads the errors that the documents list without an
    operation. `volatile_parameters` differ from one attempt of a call to the next, such as nonces. `load_console` gives
    what a client can set beforehand for its callbacks, None where there is nothing.
    """

    name: str
    title: str
    load_operations: Callable[[], tuple[Operation, ...]]
    load_errors: Callable[[], tuple[ErrorRow, ...]]
    quirks: tuple[Quirk, ...]
    lifecycles: tuple[Lifecycle, ...]
    error_groups: Mapping[str, tuple[str, ...]]
    hosts: re.Pattern[str]
    has_credential: Callable[[Request], bool]
    owns: Callable[[Request], bool]
    read_credentials: Callable[[Request], Iterable[str]]
    mint_credentials: Callable[[str], Mapping[str, str]]
    make_environment: Callable[[Mapping[str, str], str], Mapping[str, str]]
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
    prepare: Callable[[Call], None] = lambda _: None
    read_action: Callable[[Request], str | None] = lambda _: None
    _operations: list[tuple[Operation, ...]] = field(default_factory=list, init=False, repr=False)
    _errors: list[ErrorRow] = field(default_factory=list, init=False, repr=False)
    _rows: dict[str, dict[str, ErrorRow]] = field(default_factory=dict, init=False, repr=False)
    _general: list[ErrorRow] = field(default_factory=list, init=False, repr=False)

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation, loaded on first use."""
        if not self._operations:
            self._operations.append(self.load_operations())
        return self._operations[0]

    @property
    def events(self) -> tuple[Event, ...]:
        """Every event, those of jobs first."""
        job_events = {
            operation.event.name: operation.event for operation in self.operations if operation.event is not None
        }
        return (*job_events.values(), *(console.events if (console := self.load_console()) is not None else ()))

    @property
    def errors(self) -> tuple[ErrorRow, ...]:
        """Every error row of the operations, read on first use."""
        if not self._errors:
            self._errors.extend(self.load_errors())
        return tuple(self._errors)

    def error_rows(self, operation: Operation) -> dict[str, ErrorRow]:
        """Return by key every error row that can answer `operation`."""
        rows = self._rows.get(operation.name)
        if rows is None:
            rows = select_rows(self.errors, operation.name, self.error_groups[operation.family])
            self._rows[operation.name] = rows
        return rows

    @property
    def general_errors(self) -> tuple[ErrorRow, ...]:
        """Every error row of no operation in particular, read on first use."""
        if not self._general:
            self._general.extend(self.load_general_errors())
        return tuple(self._general)

    def find_error(self, operation: Operation, key: str) -> ErrorRow | None:
        """Return the error `key` of `operation`, or a general one of its groups; None where there is none."""
        row = self.error_rows(operation).get(key)
        if row is None:
            groups = self.error_groups[operation.family]
            row = next((row for row in self.general_errors if row.key == key and row.group in groups), None)
        return row

    def error_row(self, operation: Operation | None, key: str) -> ErrorRow:
        """Return the row `key` of `operation`, or of any operation where that has none."""
        if operation is not None and (row := self.error_rows(operation).get(key)) is not None:
            return row
        return next(row for row in self.errors if row.key == key)
