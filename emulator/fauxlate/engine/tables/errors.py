"""Error tables: a documented error is a row of `errors.toml`; raising one is naming its row."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from fauxlate.engine.exchange.reply import SignatureComparison
from fauxlate.engine.tables.evidence import Evidence

ANY = "*"


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One documented error.

    `listed` is the HTTP status that the page prints, `status` the one that goes over the wire: a page that prints
    101 cannot mean HTTP. `group` decides the shape in which the row is rendered. `key` names the row: its code, and
    `#when` behind it where the pages print one code with several statuses. `texts` are the wordings of different
    pages, chosen by `quirk`. `fill` is what stands in for a documented placeholder when nobody says otherwise.
    """

    key: str
    code: str
    group: str
    status: int
    message: str
    operations: frozenset[str]
    source: str
    listed: int | None = None
    evidence: Evidence = Evidence.DOCUMENTED
    note: str = ""
    meaning: str = ""
    placeholders: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    quirk: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict)

    def wording(self, quirk: Callable[[str], str], fill: Mapping[str, str]) -> tuple[str, str]:
        """Return code and message as sent: the wording that its quirk's choice has, its placeholders filled."""
        code, message = self.code, self.message
        if self.quirk is not None:
            message = self.texts.get(quirk(self.quirk), message)
        for mark, text in {**self.placeholders, **fill}.items():
            code, message = code.replace(mark, text), message.replace(mark, text)
        return code, message


class Refusal(Exception):  # noqa: N818  (the providers' documents speak of errors; this is one being given)
    """A documented error being given: `key` names the row, `fill` its placeholders, `hint` tells the developer more.

    `message` replaces the row's wording, and `row` the row itself (a scenario may); `headers` go with the answer, and
    `signature` goes to the journal.
    """

    def __init__(
        self,
        key: str,
        fill: Mapping[str, str] | None = None,
        *,
        hint: str | None = None,
        message: str | None = None,
        row: ErrorRow | None = None,
        headers: Mapping[str, str] | None = None,
        signature: SignatureComparison | None = None,
    ) -> None:
        super().__init__(key)
        self.key = key
        self.fill = fill or {}
        self.hint = hint
        self.message = message
        self.row = row
        self.headers = headers or {}
        self.signature = signature


_ON_THE_WIRE = range(200, 600)
_OWN = {"code", "listed", "status", "message", "source", "evidence", "operations", "note", "meaning"} | {
    "fill",
    "texts",
    "quirk",
    "when",
}


def parse(toml: str) -> tuple[ErrorRow, ...]:
    """Return the rows of an `errors.toml`, in its order. Raises `ValueError` for a table that contradicts itself."""
    rows: list[ErrorRow] = []
    taken: set[tuple[str, str]] = set()
    for table in tomllib.loads(toml)["table"]:
        for raw in table["rows"]:
            row = _row(table, raw)
            for operation in row.operations:
                if (operation, row.key) in taken:
                    raise ValueError(f"{operation} has two rows for {row.key}")
                taken.add((operation, row.key))
            if row.status not in _ON_THE_WIRE:
                raise ValueError(f"{row.key} would be sent with HTTP status {row.status}; give its row a `status`")
            rows.append(row)
    return tuple(rows)


def _row(table: Mapping[str, object], raw: Mapping[str, object]) -> ErrorRow:
    merged = {**table, **raw}
    code = str(merged["code"])
    listed = merged.get("listed")
    operations = merged["operations"]
    fill, texts = merged.get("fill", {}), merged.get("texts", {})
    assert isinstance(operations, list)
    assert isinstance(fill, dict)
    assert isinstance(texts, dict)
    return ErrorRow(
        key=f"{code}#{raw['when']}" if "when" in raw else code,
        code=code,
        group=str(table["name"]),
        listed=None if listed is None else int(str(listed)),
        status=int(str(merged.get("status", listed))),
        message=str(merged["message"]),
        operations=frozenset(operations),
        source=str(merged["source"]),
        evidence=Evidence(str(merged["evidence"])),
        note=str(merged.get("note", "")),
        meaning=str(merged.get("meaning", "")),
        placeholders=fill,
        texts=texts,
        quirk=None if "quirk" not in merged else str(merged["quirk"]),
        extra={name: value for name, value in raw.items() if name not in _OWN},
    )


def of_operation(rows: Iterable[ErrorRow], operation: str, groups: Iterable[str]) -> dict[str, ErrorRow]:
    """Return by key the rows that can answer `operation`: its own first, then those of any operation."""
    wanted = frozenset(groups)
    mine = [row for row in rows if row.group in wanted and operation in row.operations]
    anyones = [row for row in rows if row.group in wanted and ANY in row.operations]
    found: dict[str, ErrorRow] = {}
    for row in (*mine, *anyones):
        found.setdefault(row.key, row)
    return found
