"""A reply: plain data that whoever holds the socket carries out."""

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
    """Why a signature does not match: the likely `cause`, and the lines that it is computed over.

    Each line is as we have it and as the client had it, None where nothing tells.
    """

    cause: str
    lines: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The connection becomes a WebSocket over which its client gets events, if it wants any (`events`).

    `id` is the connection's. `sandbox` and `generation` name the world that it belongs to, between two resets.
    """

    sandbox: str
    generation: int
    id: str
    events: bool


@dataclass(slots=True)
class Reply:
    """Status, bytes and headers of one answer.

    `hint` tells the developer what no document does, `signature` why a signature is wrong. `error` is the key of the
    error row that this is, `evidence` its grade. `fault` is what a scenario does to it on its way out, `stream` gives
    bytes without end, `upgrade` makes the connection a WebSocket.
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


def encode_json(data: Mapping[str, Any]) -> bytes:
    """Return `data` as compact UTF-8 JSON, keys in the order given."""
    return orjson.dumps(data)
