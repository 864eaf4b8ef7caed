"""A reply as it goes out: a value that the web layer writes and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json"


@dataclass(slots=True)
class Reply:
    """Status, bytes and headers of one answer. `hint` tells the developer what a document would not."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = JSON
    hint: str | None = None


def as_json(data: Mapping[str, Any]) -> bytes:
    """Return `data` as compact UTF-8 JSON, keys in the order given."""
    import orjson

    return orjson.dumps(data)
