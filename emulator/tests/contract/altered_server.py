"""An emulator with altered tables, which plays a live service that has drifted.

Prints `ready URL`, and ends with stdin. Each alteration is one that a provider might make: a code, a message, a status,
a type, a field, a state, and how long a state lasts.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.tables.errors import ErrorRow
from fauxlate.engine.tables.lifecycles import Lifecycle, State
from fauxlate.serving.background import BackgroundServer
from fauxlate.serving.composition import PROVIDERS


def set_fields(frozen: object, **values: object) -> None:
    """Change a frozen value in place, because everything refers to it already."""
    for name, value in values.items():
        object.__setattr__(frozen, name, value)


def find_provider(name: str) -> Provider:
    return next(provider for provider in PROVIDERS if provider.name == name)


def find_error(name: str, key: str, operation: str) -> ErrorRow:
    return find_provider(name).error_row(find_operation(name, operation), key)


def find_operation(name: str, operation: str) -> Operation:
    return next(row for row in find_provider(name).operations if row.name == operation)


def alter_state(lifecycle: Lifecycle, state: str, **values: Any) -> None:
    course: list[State] = [replace(row, **values) if row.name == state else row for row in lifecycle.course]
    set_fields(lifecycle, course=tuple(course))


def alter_answer(name: str, operation: str, alter: Any) -> None:
    """Have an operation's answers altered."""
    row = find_operation(name, operation)
    run = row.run

    async def run_altered(call: Any, parameters: Any) -> Any:
        answer = await run(call, parameters)
        return alter(answer) if isinstance(answer, Mapping) else answer

    set_fields(row, run=run_altered)


def alter_tables() -> None:
    set_fields(find_error("huawei", "NLP.6304", "RunGetFileTranslationResult"), code="NLP.6399")
    set_fields(find_error("huawei", "NLP.0304", "RunTextTranslation"), message="http message unreadable")
    set_fields(find_error("dingtalk", "InvalidAuthentication", "GetTranslateFileJobResult"), status=401)
    alter_answer("alibaba", "TranslateGeneral", lambda answer: {**answer, "Data": {**answer["Data"], "WordCount": 2}})
    alter_answer("alibaba", "CreateAsyncTranslate", lambda answer: {**answer, "TraceId": "abc"})
    lifecycle = find_provider("huawei").lifecycles[0]
    alter_state(lifecycle, "WAITING", duration="500ms")
    alter_state(lifecycle, "BGEIN", duration="1s", name="STARTED")


def main() -> None:
    alter_tables()
    with BackgroundServer() as emulator:
        sys.stdout.write(f"ready {emulator.url}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
