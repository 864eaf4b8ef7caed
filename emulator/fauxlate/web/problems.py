"""Errors of our own surfaces: what came, why it is refused, what to do, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fauxlate.engine.exchange.reply import Reply, as_json


def problem(status: int, message: str, headers: Mapping[str, str] | None = None, **more: list[Any]) -> Reply:
    """Return an error of our own surfaces."""
    return Reply(status, as_json({"message": legible(message), **more}), dict(headers or {}))


def legible(text: str) -> str:
    """Return `text` with a question mark for each byte that was no UTF-8 when it came, so that it can be said back."""
    return text if text.isascii() else text.encode(errors="replace").decode()
