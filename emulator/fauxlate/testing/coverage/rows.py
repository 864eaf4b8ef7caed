"""Rows: everything in the tables that can be served, and how often it was served and asserted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Literal

from fauxlate.errors import FauxlateError
from fauxlate.testing.coverage.counts import Counts

Kind = Literal["operation", "error", "state", "expiry", "quirk", "fault"]
KINDS: tuple[Kind, ...] = ("operation", "error", "state", "expiry", "quirk", "fault")


@dataclass(frozen=True, slots=True)
class Row:
    """Something that can be served: of which provider, and of which operation, lifecycle or quirk there.

    `evidence` and `source` say how it is known. `served` counts requests, `asserted` counts tests. `excluded` is the
    reason for which the report leaves the row out of account.
    """

    provider: str
    of: str
    kind: Kind
    name: str
    evidence: str = ""
    source: str = ""
    served: int = 0
    asserted: int = 0
    excluded: str | None = None

    @property
    def label(self) -> str:
        """The row in a line: `huawei.RunFileTranslation NLP.0101`."""
        subject = self.of if self.of.startswith(f"{self.provider}.") else f"{self.provider}.{self.of}"
        return subject if self.kind == "operation" else f"{subject} {self.name}"


class ExclusionError(FauxlateError, ValueError):
    """An exclusion has no reason, or matches nothing."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Rows that the report leaves out of account: those whose label `pattern` matches, for a reason."""

    pattern: str
    reason: str

    @classmethod
    def parse(cls, line: str) -> Exclusion:
        """Return what a line such as `huawei.*  APIG.*: our gateway answers these` says. Raises `ExclusionError`."""
        pattern, colon, reason = line.partition(": ")
        if not colon or not pattern.strip() or not reason.strip():
            raise ExclusionError(
                f"`{line}` has no reason; an exclusion is written `huawei.RunFileTranslation NLP.0301: why it is left out`"
            )
        return cls(" ".join(pattern.split()), reason.strip())

    def matches(self, row: Row) -> bool:
        """Whether `row` is excluded by this."""
        return fnmatchcase(row.label, self.pattern)


def select_rows(
    served: Counts, asserted: Counts, patterns: Sequence[str] = (), exclusions: Sequence[Exclusion] = ()
) -> list[Row]:
    """Return a row for everything that can be served of the operations that `patterns` match, such as `huawei.*`.

    Without any, of those operations that were called. Their lifecycles and the quirks of their providers belong to
    them. Raises `ExclusionError` for an exclusion that matches no row of any operation.
    """
    rows = all_rows(served, asserted)
    for exclusion in exclusions:
        if not any(exclusion.matches(row) for row in rows):
            raise ExclusionError(
                f"the exclusion `{exclusion.pattern}` fits nothing that can be served; it is written as the report has it"
            )
    subjects = _subjects(rows, served, patterns)
    return [_apply_exclusions(row, exclusions) for row in rows if row.of in subjects]


def _apply_exclusions(row: Row, exclusions: Iterable[Exclusion]) -> Row:
    reason = next((exclusion.reason for exclusion in exclusions if exclusion.matches(row)), None)
    return row if reason is None else replace(row, excluded=reason)


def _subjects(rows: Iterable[Row], served: Counts, patterns: Sequence[str]) -> set[str]:
    """Return the operations to report on, and the lifecycles and quirks that belong to them."""
    from fauxlate.serving.composition import PROVIDERS

    subjects: set[str] = set()
    providers: set[str] = set()
    for provider in PROVIDERS:
        for operation in provider.operations:
            name = f"{provider.name}.{operation.name}"
            is_match = any(fnmatchcase(name, pattern) or provider.name == pattern for pattern in patterns)
            if is_match or (not patterns and ("operation", name) in served):
                subjects.add(name)
                providers.add(provider.name)
                if operation.lifecycle is not None:
                    subjects.add(operation.lifecycle.name)
    return subjects | {row.of for row in rows if row.kind == "quirk" and row.provider in providers}


def all_rows(served: Counts, asserted: Counts) -> list[Row]:
    """Return a row for everything that can be served, of every provider."""
    from fauxlate.engine.service.inventory import documented_items
    from fauxlate.serving.composition import PROVIDERS

    lifecycles = [lifecycle for provider in PROVIDERS for lifecycle in provider.lifecycles]
    expiries = {f"{lifecycle.name} {lifecycle.expiry_name}" for lifecycle in lifecycles if lifecycle.retention}
    rows: list[Row] = []
    for kind, full_name, evidence, source in documented_items(PROVIDERS):
        of, _, name = full_name.partition(" ")
        row_kind: Kind = "expiry" if kind == "state" and full_name in expiries else kind
        counts = (served.get((kind, full_name), 0), asserted.get((kind, full_name), 0))
        rows.append(Row(of.partition(".")[0], of, row_kind, name or of.partition(".")[2], evidence, source, *counts))
    rows += _fault_rows(served, asserted)
    return rows


def _fault_rows(served: Counts, asserted: Counts) -> Iterable[Row]:
    """Give a row for each fault that a client of each operation can meet."""
    from fauxlate.engine.service.inventory import possible_faults
    from fauxlate.serving.composition import PROVIDERS
    from fauxlate.web.effects import FAULT_KINDS as FAULTS

    for of, fault in possible_faults(PROVIDERS, FAULTS):
        key = ("fault", f"{of} {fault}")
        yield Row(of.partition(".")[0], of, "fault", fault, "", "", served.get(key, 0), asserted.get(key, 0))
