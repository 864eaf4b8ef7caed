"""The drift report: what a target answered otherwise than the emulator does, and which row of its tables to change.

Every test that speaks through an `Observer` leaves what came back: status, code, message, the fields and their types,
and the states of a job with how long each lasted; secrets and ids are replaced by what they are. After a live run the
same tests run against an emulator, and the two records are compared.

Usage: python -m contract_tests.harness.drift.findings LIVE.json EMULATOR.json

Prints the report of two records that `pytest contract_tests --record FILE` wrote.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fauxlate.composition import PROVIDERS
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.provider import Provider

from contract_tests.harness.documents.fixtures import printed_lifecycles
from contract_tests.harness.exchange import Request, Response
from contract_tests.harness.target import Target

Json = dict[str, Any]
_ID_PATTERNS = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?"), "<time>"),
    (re.compile(r"\d{8}T\d{6}Z"), "<time>"),
    (re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"), "<uuid>"),
    (re.compile(r"\b[0-9a-f]{32,}\b|\b[0-9A-F]{32,}\b"), "<hex>"),
    (re.compile(r"https?://[^\s\"|]+"), "<url>"),
    (re.compile(r"\b(\d{1,3}\.){3}\d{1,3}(:\d+)?\b"), "<host>"),
)
_MIN_SECRET_LENGTH = 4
"""A credential of fewer letters is none, and would be found in every word."""


def redact(text: str, target: Target) -> str:
    """Return `text` with each secret and id replaced by what it is, as `<huawei.secret_key>` or `<uuid>`."""
    for provider, told in target.environment.items():
        for key, value in sorted(told.items(), key=lambda pair: -len(pair[1])):
            if len(value) >= _MIN_SECRET_LENGTH:
                text = text.replace(value, f"<{provider}.{key}>")
    for pattern, name in _ID_PATTERNS:
        text = pattern.sub(name, text)
    return text


def field_types(value: Any, path: str = "") -> dict[str, str]:
    """Return the type of each field of an answer, by its path; the members of a list have `[]` there."""
    if isinstance(value, dict):
        found = {path: "object"} if path else {}
        for name, one in value.items():
            found |= field_types(one, f"{path}.{name}" if path else name)
        return found
    if isinstance(value, list):
        found = {path: "array"}
        for one in value:
            found |= field_types(one, f"{path}[]")
        return found
    names = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
    return {path: names[type(value)]}


@dataclass
class Observation:
    """What one test saw: its exchanges in their order, the course of each job, and what is printed of the last."""

    exchanges: list[Json] = field(default_factory=list)
    courses: dict[str, list[list[Any]]] = field(default_factory=dict)
    printed: Json = field(default_factory=dict)


class Observer:
    """Notes what one test sees; `heard` is for a `Speaker`."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.observation = Observation()

    def on_exchange(self, name: str, _: Request, said: Response) -> None:
        """Note an exchange."""
        code, message = said.error or (None, None)
        plain = said.media_type in ("application/json", "application/xml") and said.body
        exchange = {
            "operation": name,
            "status": said.status,
            "code": code,
            "message": None if message is None else redact(message, self.target),
            "fields": field_types(said.json) if plain else {},
        }
        if self.observation.exchanges[-1:] != [exchange]:  # how often a job was asked for says nothing
            self.observation.exchanges.append(exchange)

    def note_example(self, status: int, body: Any) -> None:
        """Note what a document prints as the answer to the last exchange."""
        error = Response(status, {"content-type": "application/json"}, json.dumps(body).encode()).error
        code, message = error or (None, None)
        self.observation.printed = {"status": status, "code": code, "message": message, "fields": field_types(body)}

    def note_course(self, lifecycle: str, states: list[list[Any]]) -> None:
        """Note the states of a job in their order, each with the seconds that it lasted (None: to the end)."""
        self.observation.courses[lifecycle] = states


@dataclass(frozen=True)
class Finding:
    """One difference, and the row to change if the target is right."""

    test: str
    operation: str
    subject: str
    target: str
    emulator: str
    documented: str
    row: str


Record = Mapping[str, Json]
"""By test, what `Observed` holds, as plain data."""


def compare_records(live: Record, emulator: Record) -> list[Finding]:
    """Return each difference once, in the order of the tests."""
    found: dict[tuple[str, ...], Finding] = {}
    for test, seen in live.items():
        for finding in _compare_tests(test, seen, emulator.get(test) or asdict(Observation())):
            found.setdefault(
                (finding.operation, finding.subject, finding.target, finding.emulator, finding.row), finding
            )
    return list(found.values())


def _compare_tests(test: str, live: Json, emulator: Json) -> Iterable[Finding]:
    for number, (one, other) in enumerate(zip(live["exchanges"], emulator["exchanges"], strict=False)):
        if one["operation"] != other["operation"]:
            return  # from here on the two went different ways, for a reason that has been told
        last = number + 1 == len(live["exchanges"])
        yield from _compare_exchanges(test, one, other, live["printed"] if last else {})
    for lifecycle, course in live["courses"].items():
        if lifecycle in emulator["courses"]:
            yield from _compare_courses(test, lifecycle, course, emulator["courses"][lifecycle])


def _compare_exchanges(test: str, one: Json, other: Json, printed: Json) -> Iterable[Finding]:
    name = one["operation"]
    provider, operation = _find_operation(name)

    def finding(what: str, came: object, has: object, row: str) -> Finding:
        told = printed.get("fields", {}).get(what.partition(" ")[2], "") if " " in what else printed.get(what, "")
        return Finding(
            test, name, what, _format_value(came), _format_value(has), "" if told in ("", None) else str(told), row
        )

    for what in ("status", "code", "message"):
        if one[what] != other[what]:
            yield finding(what, one[what], other[what], _error_row(provider, operation, other["code"] or one["code"]))
    if one["code"] != other["code"]:
        return  # another answer altogether has other fields
    for path in sorted({*one["fields"], *other["fields"]}):
        came, has = one["fields"].get(path), other["fields"].get(path)
        if came != has and not (
            has is not None and path.rpartition(".")[0] in _missing_paths(one["fields"], other["fields"])
        ):
            what = f"{'type' if came and has else 'field'} {path}"
            yield finding(what, came or "absent", has or "absent", _model_row(operation, path))


def _missing_paths(one: Mapping[str, str], other: Mapping[str, str]) -> set[str]:
    return {path for path in other if path not in one}


_TOLERANCE = 0.75
"""Seconds that a state may last longer or shorter without that being a finding: no two clocks agree."""


def _compare_courses(test: str, lifecycle: str, one: list[list[Any]], other: list[list[Any]]) -> Iterable[Finding]:
    provider = lifecycle.partition(".")[0]
    row = f"emulator/fauxlate/providers/{provider}/lifecycles.py: {lifecycle}"
    printed = printed_lifecycles().get(lifecycle, {}).get("states", [])
    names, others = [state for state, _ in one], [state for state, _ in other]
    if len(names) == len(others):
        for number, (came, has) in enumerate(zip(names, others, strict=True)):
            if came != has:
                told = str(printed[number][0]) if number < len(printed) else ""
                yield Finding(test, lifecycle, "state", came, has, told, f"{row}, state {has}")
    else:
        told = " → ".join(str(state) for state, _ in printed)
        yield Finding(test, lifecycle, "states", " → ".join(names), " → ".join(others), told, row)
        return
    for (came, lasts), (has, usual) in zip(one, other, strict=True):
        if lasts is not None and usual is not None and abs(lasts - usual) > _TOLERANCE:
            what = f"lasts {has}"
            told = next((str(length) for state, length in printed if state in (came, has)), "")
            yield Finding(test, lifecycle, what, f"{lasts:g}s", f"{usual:g}s", told, f"{row}, state {has}, its dwell")


def _find_operation(name: str) -> tuple[Provider, Operation | None]:
    provider = next(one for one in PROVIDERS if one.name == name.partition(".")[0])
    return provider, next((one for one in provider.operations if one.name == name.partition(".")[2]), None)


def _error_row(provider: Provider, operation: Operation | None, code: str | None) -> str:
    file = f"emulator/fauxlate/providers/{provider.name}/errors.toml"
    if code is None:
        return f"emulator/fauxlate/providers/{provider.name}/operations.py: {operation.name if operation else '?'}"
    rows = provider.errors if operation is None else tuple(provider.rows(operation).values())
    for row in rows:
        wordings = (row.code, str(row.listed), str(row.status) if row.group == "iam" else row.code)
        pattern = re.sub(r"\\\{\w+\\\}", r"\\w+", re.escape(row.code))
        if code in wordings or re.fullmatch(pattern, code):
            return f"{file}: table {row.group}, row {row.key}"
    return f"{file}: no row has {code}; add one"


def _model_row(operation: Operation | None, path: str) -> str:
    if operation is None or operation.response is None:
        return "no operation of the tables has this answer"
    response = operation.response
    return f"{response.__module__.replace('.', '/')}.py: {response.__name__}, field {path}"


def _format_value(value: object) -> str:
    return "none" if value is None else str(value)


def format_report(found: Iterable[Finding]) -> str:
    """Return the findings as text that people read."""
    lines: list[str] = []
    for finding in found:
        lines.append(f"{finding.operation}: {finding.subject}")
        lines.append(f"    target      {finding.target}")
        lines.append(f"    emulator    {finding.emulator}")
        if finding.documented:
            lines.append(f"    documented  {finding.documented}")
        lines.append(f"    change      {finding.row}")
        lines.append(f"    seen in     {finding.test}")
    return "\n".join(lines) if lines else "no drift: the target answered as the emulator does"


def format_json(found: Iterable[Finding]) -> str:
    """Return the findings as JSON."""
    return json.dumps([asdict(finding) for finding in found], ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Compare two records."""
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    live, emulator = (json.loads(Path(name).read_text("utf-8")) for name in sys.argv[1:3])
    print(format_report(compare_records(live, emulator)))


if __name__ == "__main__":
    main()
