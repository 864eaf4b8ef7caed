"""Errors of our own surfaces as JSON: what came, why it is refused, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fauxlate.engine.exchange.reply import Reply, encode_json


def problem_reply(status: int, message: str, headers: Mapping[str, str] | None = None, **members: list[Any]) -> Reply:
    """Return an error of our own surfaces; `members` stand in its body beside the message."""
    return Reply(status, encode_json({"message": printable(message), **members}), dict(headers or {}))


def printable(text: str) -> str:
    """Return `text` with a question mark for each byte that was no UTF-8 when it came, so that it can be sent back."""
    return text if text.isascii() else text.encode(errors="replace").decode()
