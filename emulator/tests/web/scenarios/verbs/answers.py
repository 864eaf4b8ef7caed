"""What these tests share: a request of its own connection, and an answer taken apart."""

from __future__ import annotations

import requests
from tests.web.clients import PATIENCE, direct


def own(request: requests.Request) -> requests.Response:
    """Send a request over a connection of its own."""
    with direct() as session:
        return session.send(session.prepare_request(request), timeout=PATIENCE)


def split(answer: bytes) -> tuple[str, dict[str, str], bytes]:
    """Return status line, headers and body of raw bytes."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    return first, {name.lower(): value for name, _, value in pairs}, body
