"""A reply as it goes out: plain data that whoever holds the socket carries out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from fauxlate.engine.exchange.faults import BodyFault, Drop

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class SignatureComparison:
    """What a signature that does not match was computed over, line by line, and the likely `cause`.

    Each line is given as it is here, and as it was for the client, None where nothing tells.
    """

    cause: str
    lines: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The connection becomes a WebSocket by which its client is sent events, if it wants any (`events`).

    `id` is the connection's. `sandbox` and `era` name the world that it belongs to: a sandbox, between two resets.
    """

    sandbox: str
    era: int
    id: str
    events: bool


@dataclass(slots=True)
class Reply:
    """Status, bytes and headers of one answer.

    `hint` tells the developer what a document would not, `signature` what a wrong signature was made of; `error` is the
    key of the error row that this is, `evidence` how well it is known; `fault` what a scenario does to it on its way
    out; `stream` gives bytes without end; `upgrade` makes the connection a WebSocket.
    """

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = JSON
    hint: str | None = None
    signature: SignatureComparison | None = None
    error: str | None = None
    evidence: str = ""
    fault: Drop | BodyFault | None = None
    stream: AsyncGenerator[bytes, None] | None = None
    upgrade: Upgrade | None = None


def as_json(data: Mapping[str, Any]) -> bytes:
    """Return `data` as compact UTF-8 JSON, keys in the order given."""
    return orjson.dumps(data)
