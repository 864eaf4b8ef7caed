"""An emulator whose tables were altered, to play a live service that has drifted; prints `ready URL`, ends with stdin.

Each alteration is one that a provider might make: a code, a message, a status, a type, a field, a state, how long a
state lasts.
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


def put(frozen: object, **values: object) -> None:
    """Change a frozen value in place, as everything refers to it already."""
    for name, value in values.items():
        object.__setattr__(frozen, name, value)


def provider(name: str) -> Provider:
    return next(one for one in PROVIDERS if one.name == name)


def row(name: str, key: str, operation: str) -> ErrorRow:
    return provider(name).error_row(_operation(name, operation), key)


def _operation(name: str, operation: str) -> Operation:
    return next(one for one in provider(name).operations if one.name == operation)


def lasting(lifecycle: Lifecycle, state: str, **values: Any) -> None:
    course: list[State] = [replace(one, **values) if one.name == state else one for one in lifecycle.course]
    put(lifecycle, course=tuple(course))


def answering(name: str, operation: str, alter: Any) -> None:
    """Have an operation's answer altered on its way."""
    row = _operation(name, operation)
    run = row.run

    async def altered(call: Any, asked: Any) -> Any:
        said = await run(call, asked)
        return alter(said) if isinstance(said, Mapping) else said

    put(row, run=altered)


def altered() -> None:
    put(row("huawei", "NLP.6304", "RunGetFileTranslationResult"), code="NLP.6399")
    put(row("huawei", "NLP.0304", "RunTextTranslation"), message="http message unreadable")
    put(row("dingtalk", "InvalidAuthentication", "GetTranslateFileJobResult"), status=401)
    answering("alibaba", "TranslateGeneral", lambda said: {**said, "Data": {**said["Data"], "WordCount": 2}})
    answering("alibaba", "CreateAsyncTranslate", lambda said: {**said, "TraceId": "abc"})
    jobs = provider("huawei").lifecycles[0]
    lasting(jobs, "WAITING", duration="500ms")
    lasting(jobs, "BGEIN", duration="1s", name="STARTED")


def main() -> None:
    altered()
    with BackgroundServer() as emulator:
        sys.stdout.write(f"ready {emulator.url}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
