"""The observer: notes what a test sees of its target, with secrets and ids replaced by what they are."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from contract_tests.harness.exchange import JSON, Request, Response
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
"""A shorter credential is no secret, and would be found in every word."""


def redact(text: str, target: Target) -> str:
    """Return `text` with each secret and id replaced by its kind, such as `<huawei.secret_key>` or `<uuid>`."""
    for provider, credentials in target.environment.items():
        for key, value in sorted(credentials.items(), key=lambda pair: -len(pair[1])):
            if len(value) >= _MIN_SECRET_LENGTH:
                text = text.replace(value, f"<{provider}.{key}>")
    for pattern, name in _ID_PATTERNS:
        text = pattern.sub(name, text)
    return text


def field_types(value: Any, path: str = "") -> dict[str, str]:
    """Return the JSON type of each field of a body, by its path; the members of a list have `[]` in theirs."""
    if isinstance(value, dict):
        types = {path: "object"} if path else {}
        for name, member in value.items():
            types |= field_types(member, f"{path}.{name}" if path else name)
        return types
    if isinstance(value, list):
        types = {path: "array"}
        for member in value:
            types |= field_types(member, f"{path}[]")
        return types
    names = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
    return {path: names[type(value)]}


@dataclass
class Observation:
    """What one test sees.

    `exchanges` holds operation, status, code, message and fields of each response, in order; `courses` the states of
    the job of a lifecycle, each with its seconds; `printed` what a document prints as the last response.
    """

    exchanges: list[Json] = field(default_factory=list)
    courses: dict[str, list[list[Any]]] = field(default_factory=dict)
    printed: Json = field(default_factory=dict)


class Observer:
    """Notes what one test sees. `on_exchange` is the listener of a `ProviderClient`."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.observation = Observation()

    def on_exchange(self, operation: str, _: Request, response: Response) -> None:
        """Note an exchange."""
        code, message = response.error or (None, None)
        is_readable = response.media_type in (JSON, "application/xml") and response.body
        exchange = {
            "operation": operation,
            "status": response.status,
            "code": code,
            "message": None if message is None else redact(message, self.target),
            "fields": field_types(response.json) if is_readable else {},
        }
        if self.observation.exchanges[-1:] != [exchange]:  # how often a job is queried says nothing
            self.observation.exchanges.append(exchange)

    def note_example(self, status: int, body: Any) -> None:
        """Note what a document prints as the response of the last exchange."""
        error = Response(status, {"content-type": JSON}, json.dumps(body).encode()).error
        code, message = error or (None, None)
        self.observation.printed = {"status": status, "code": code, "message": message, "fields": field_types(body)}

    def note_course(self, lifecycle: str, states: list[list[Any]]) -> None:
        """Note the states of a job in order, each with the seconds that it lasted; the last has None."""
        self.observation.courses[lifecycle] = states
