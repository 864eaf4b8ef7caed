"""The findings: the differences between a live record and an emulator's, each with the row of the tables to change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.provider import Provider
from fauxlate.serving.composition import PROVIDERS

from contract_tests.harness.documents.tables import printed_lifecycles
from contract_tests.harness.drift.observer import Json, Observation

Course = list[tuple[str, float | None]]
"""The states of a job in order, each with its seconds; the last has None."""
Record = Mapping[str, Json]
"""By test id, an `Observation` as plain data."""

_TOLERANCE = 0.75
"""Seconds that a state may last longer or shorter without a finding: no two clocks agree."""


@dataclass(frozen=True)
class Finding:
    """One difference, and the row to change if the target is right.

    `operation` is `provider.Operation`, or the lifecycle of a job. `subject` is `status`, `code`, `message`,
    `field PATH`, `type PATH`, `state`, `states` or `lasts STATE`. `documented` is what a document prints, if it does.
    """

    test: str
    operation: str
    subject: str
    target: str
    emulator: str
    documented: str
    row: str


def compare_records(live: Record, emulator: Record) -> list[Finding]:
    """Return each difference once, in the order of the tests."""
    findings: dict[tuple[str, ...], Finding] = {}
    for test, observation in live.items():
        for finding in _compare_observations(test, observation, emulator.get(test) or asdict(Observation())):
            key = (finding.operation, finding.subject, finding.target, finding.emulator, finding.row)
            findings.setdefault(key, finding)
    return list(findings.values())


def _compare_observations(test: str, live: Json, emulator: Json) -> Iterator[Finding]:
    for number, (live_exchange, emulator_exchange) in enumerate(
        zip(live["exchanges"], emulator["exchanges"], strict=False)
    ):
        if live_exchange["operation"] != emulator_exchange["operation"]:
            return  # the two go different ways from here on, for a reason that is a finding already
        is_last = number + 1 == len(live["exchanges"])
        yield from _compare_exchanges(test, live_exchange, emulator_exchange, live["printed"] if is_last else {})
    for lifecycle, course in live["courses"].items():
        if lifecycle in emulator["courses"]:
            yield from _compare_courses(test, lifecycle, course, emulator["courses"][lifecycle])


def _compare_exchanges(test: str, live: Json, emulator: Json, printed: Json) -> Iterator[Finding]:
    name = live["operation"]
    provider, operation = _find_operation(name)

    def finding(subject: str, target_value: object, emulator_value: object, row: str) -> Finding:
        kind, _, path = subject.partition(" ")
        documented = printed.get("fields", {}).get(path) if path else printed.get(kind)
        return Finding(test, name, subject, _format(target_value), _format(emulator_value), str(documented or ""), row)

    for member in ("status", "code", "message"):
        if live[member] != emulator[member]:
            row = _error_row(provider, operation, emulator["code"] or live["code"])
            yield finding(member, live[member], emulator[member], row)
    if live["code"] != emulator["code"]:
        return  # another answer altogether has other fields
    live_fields, emulator_fields = live["fields"], emulator["fields"]
    missing_paths = {path for path in emulator_fields if path not in live_fields}
    for path in sorted({*live_fields, *emulator_fields}):
        live_type, emulator_type = live_fields.get(path), emulator_fields.get(path)
        if live_type == emulator_type:
            continue
        if emulator_type is not None and path.rpartition(".")[0] in missing_paths:
            continue  # the object around it is missing, which is one finding
        subject = f"{'type' if live_type and emulator_type else 'field'} {path}"
        yield finding(subject, live_type or "absent", emulator_type or "absent", _model_row(operation, path))


def _compare_courses(test: str, lifecycle: str, live: Course, emulator: Course) -> Iterator[Finding]:
    provider = lifecycle.partition(".")[0]
    row = f"emulator/fauxlate/providers/{provider}/lifecycles.py: {lifecycle}"
    printed: Course = printed_lifecycles().get(lifecycle, {}).get("states", [])
    if len(live) != len(emulator):
        live_states, emulator_states, documented = (_format_states(course) for course in (live, emulator, printed))
        yield Finding(test, lifecycle, "states", live_states, emulator_states, documented, row)
        return
    for number, ((live_state, _), (state, _)) in enumerate(zip(live, emulator, strict=True)):
        if live_state != state:
            documented = str(printed[number][0]) if number < len(printed) else ""
            yield Finding(test, lifecycle, "state", live_state, state, documented, f"{row}, state {state}")
    for (live_state, live_seconds), (state, seconds) in zip(live, emulator, strict=True):
        if live_seconds is not None and seconds is not None and abs(live_seconds - seconds) > _TOLERANCE:
            documented = next((str(length) for name, length in printed if name in (live_state, state)), "")
            step = f"{row}, state {state}, its dwell"
            yield Finding(test, lifecycle, f"lasts {state}", f"{live_seconds:g}s", f"{seconds:g}s", documented, step)


def _format_states(course: Iterable[tuple[str, float | None]]) -> str:
    return " → ".join(str(state) for state, _ in course)


def _find_operation(name: str) -> tuple[Provider, Operation | None]:
    provider_name, _, operation_name = name.partition(".")
    provider = next(provider for provider in PROVIDERS if provider.name == provider_name)
    operations = (operation for operation in provider.operations if operation.name == operation_name)
    return provider, next(operations, None)


def _error_row(provider: Provider, operation: Operation | None, code: str | None) -> str:
    folder = f"emulator/fauxlate/providers/{provider.name}"
    if code is None:
        return f"{folder}/operations.py: {operation.name if operation else '?'}"
    rows = provider.errors if operation is None else tuple(provider.error_rows(operation).values())
    for row in rows:
        codes = (row.code, str(row.listed_status), str(row.status) if row.group == "iam" else row.code)
        pattern = re.sub(r"\\\{\w+\\\}", r"\\w+", re.escape(row.code))
        if code in codes or re.fullmatch(pattern, code):
            return f"{folder}/errors.toml: table {row.group}, row {row.key}"
    return f"{folder}/errors.toml: no row has {code}; add one"


def _model_row(operation: Operation | None, path: str) -> str:
    if operation is None or operation.response is None:
        return "no operation of the tables has this answer"
    response = operation.response
    return f"emulator/{response.__module__.replace('.', '/')}.py: {response.__name__}, field {path}"


def _format(value: object) -> str:
    return "none" if value is None else str(value)
