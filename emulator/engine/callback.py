"""A callback: what a client asked to be told, and when."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Callback:
    """A POST of `body`, which is JSON, to the client's `url` when the sandbox's clock shows `due`."""

    due: float
    url: str
    body: bytes
