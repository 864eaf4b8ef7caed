"""A reply as it goes out: a value that the web layer writes and nothing else."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from fauxlate.engine.scenarios.effects import Body, Drop
    from fauxlate.engine.service.events import Subscription

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Compared:
    """What a signature that does not match was computed over, line by line, and the likely `cause`.

    Each line is given as it is here, and as it was for the client, None where nothing tells.
    """

    cause: str
    lines: tuple[tuple[str, str | None], ...]


@dataclass(slots=True)
class Reply:
    """Status, bytes and headers of one answer.

    `hint` tells the developer what a document would not, `compared` what a wrong signature was made of; `error` is the
    key of the error row that this is, `evidence` how well it is known; `fault` what a scenario does to it on its way
    out; `stream` gives bytes without end; `upgrade` makes the connection a WebSocket by which its client is told.
    """

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = JSON
    hint: str | None = None
    compared: Compared | None = None
    error: str | None = None
    evidence: str = ""
    fault: Drop | Body | None = None
    stream: AsyncGenerator[bytes, None] | None = None
    upgrade: Subscription | None = None


def as_json(data: Mapping[str, Any]) -> bytes:
    """Return `data` as compact UTF-8 JSON, keys in the order given."""
    return orjson.dumps(data)
