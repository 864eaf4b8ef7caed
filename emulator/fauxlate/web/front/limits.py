"""What a client may ask of the front: how much of everything, and how long it may take over it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one connection, in bytes and in seconds of real time.

    `target` bounds the request line, as one SDK sends whole texts there; `headers` all header lines together; `body`
    the body: a million characters of text, each up to nine bytes in a form, or ten MB of image in Base64, fit with
    room. `ahead` is what may wait unread while a request is answered. `patience` is how long the client may take to
    send a request that it has begun, or to read an answer; `idle` how long it may send nothing between two requests;
    `lingering` how long what a client still sends behind its last answer is thrown away, so that it can read that.
    """

    target: int = 4 * 1024 * 1024
    headers: int = 256 * 1024
    body: int = 48 * 1024 * 1024
    ahead: int = 64 * 1024
    patience: float = 300.0
    idle: float = 3600.0
    lingering: float = 5.0


DEFAULT = Limits()
