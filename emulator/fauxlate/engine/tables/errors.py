"""Error tables: a documented error is a row of `errors.toml`; operations raise it by the key of its row."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from fauxlate.engine.exchange.reply import SignatureComparison
from fauxlate.engine.tables.evidence import Evidence

ANY = "*"
"""Stands for every operation in a row's `operations`."""


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One documented error.

    `listed_status` is the HTTP status that the page prints, `status` the one that goes over the wire: a page that
    prints 101 cannot mean HTTP. `group` decides the shape in which the row is rendered. `key` names the row: its code,
    and `#when` behind it where the pages print one code with several statuses. `texts` are the wordings of different
    pages by the choice of `quirk`. `placeholders` are the usual values of documented placeholders.
    """

    key: str
    code: str
    group: str
    status: int
    message: str
    operations: frozenset[str]
    source: str
    listed_status: int | None = None
    evidence: Evidence = Evidence.DOCUMENTED
    note: str = ""
    meaning: str = ""
    placeholders: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    quirk: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict)

    def format(self, quirk: Callable[[str], str], placeholders: Mapping[str, str]) -> tuple[str, str]:
        """Return code and message to send: the wording of its quirk's choice, its placeholders replaced."""
        code, message = self.code, self.message
        if self.quirk is not None:
            message = self.texts.get(quirk(self.quirk), message)
        for placeholder, text in {**self.placeholders, **placeholders}.items():
            code, message = code.replace(placeholder, text), message.replace(placeholder, text)
        return code, message


class Refusal(Exception):  # noqa: N818  (the documents speak of errors; this is the answer with one)
    """A documented error as the answer to a call: `key` names the row, `placeholders` are values for its placeholders.

    `hint` tells the developer more. `message` replaces the row's wording, and `row` the row itself (a scenario may);
    `headers` go with the answer, and `signature` goes to the journal.
    """

    def __init__(
        self,
        key: str,
        placeholders: Mapping[str, str] | None = None,
        *,
        hint: str | None = None,
        message: str | None = None,
        row: ErrorRow | None = None,
        headers: Mapping[str, str] | None = None,
        signature: SignatureComparison | None = None,
    ) -> None:
        super().__init__(key)
        self.key = key
        self.placeholders = placeholders or {}
        self.hint = hint
        self.message = message
        self.row = row
        self.headers = headers or {}
        self.signature = signature


_HTTP_STATUSES = range(200, 600)
_KNOWN_KEYS = {"code", "listed", "status", "message", "source", "evidence", "operations", "note", "meaning"} | {
    "fill",
    "texts",
    "quirk",
    "when",
}


def parse_errors(toml: str) -> tuple[ErrorRow, ...]:
    """Return the rows of an `errors.toml`, in its order. Raises `ValueError` for a table that contradicts itself."""
    rows: list[ErrorRow] = []
    keys: set[tuple[str, str]] = set()
    for table in tomllib.loads(toml)["table"]:
        for raw in table["rows"]:
            row = _parse_row(table, raw)
            for operation in row.operations:
                if (operation, row.key) in keys:
                    raise ValueError(f"{operation} has two rows for {row.key}")
                keys.add((operation, row.key))
            if row.status not in _HTTP_STATUSES:
                raise ValueError(f"{row.key} would be sent with HTTP status {row.status}; give its row a `status`")
            rows.append(row)
    return tuple(rows)


def _parse_row(table: Mapping[str, object], raw: Mapping[str, object]) -> ErrorRow:
    merged = {**table, **raw}
    code = str(merged["code"])
    listed = merged.get("listed")
    operations = merged["operations"]
    placeholders, texts = merged.get("fill", {}), merged.get("texts", {})
    assert isinstance(operations, list)
    assert isinstance(placeholders, dict)
    assert isinstance(texts, dict)
    return ErrorRow(
        key=f"{code}#{raw['when']}" if "when" in raw else code,
        code=code,
        group=str(table["name"]),
        listed_status=None if listed is None else int(str(listed)),
        status=int(str(merged.get("status", listed))),
        message=str(merged["message"]),
        operations=frozenset(operations),
        source=str(merged["source"]),
        evidence=Evidence(str(merged["evidence"])),
        note=str(merged.get("note", "")),
        meaning=str(merged.get("meaning", "")),
        placeholders=placeholders,
        texts=texts,
        quirk=None if "quirk" not in merged else str(merged["quirk"]),
        extra={name: value for name, value in raw.items() if name not in _KNOWN_KEYS},
    )


def select_rows(rows: Iterable[ErrorRow], operation: str, groups: Iterable[str]) -> dict[str, ErrorRow]:
    """Return by key the rows of `groups` that can answer `operation`: its own first, then those of any operation."""
    names = frozenset(groups)
    specific = [row for row in rows if row.group in names and operation in row.operations]
    general = [row for row in rows if row.group in names and ANY in row.operations]
    by_key: dict[str, ErrorRow] = {}
    for row in (*specific, *general):
        by_key.setdefault(row.key, row)
    return by_key
