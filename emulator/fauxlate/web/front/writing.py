"""Answers as bytes: the one place where the head of an answer is put together, whoever writes it."""

from __future__ import annotations

import time
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from fauxlate.engine.exchange.headers import header_value, is_header_name
from fauxlate.version import __version__

if TYPE_CHECKING:
    from fauxlate.engine.exchange.reply import Reply

HINT = "X-Fauxlate-Hint"
"""The header in which a hint is sent."""
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
"""What a client is told that asks before it sends its body."""
_SERVER = f"Fauxlate/{__version__}"
_MAX_HINT = 2000
_OK = 200
_STATUSES_WITHOUT_BODY = frozenset({204, 304})
_FRAMING = frozenset({"connection", "content-length", "transfer-encoding"})
"""Headers that say where an answer ends, so that nobody but the front has a say in them."""


def encode_hint(hint: str) -> str:
    """Return a hint as a header may have it: percent-encoded where it has to be, 2000 characters at most."""
    return quote(hint[:_MAX_HINT], safe=" !\"#$%&'()*+,/:;<=>?@[\\]^`{|}~", errors="replace")


def has_body(status: int, method: str) -> bool:
    """Return whether an answer of `status` to `method` carries a body (RFC 9110, 6.4.1)."""
    return method != "HEAD" and status not in _STATUSES_WITHOUT_BODY and status >= _OK


def reason(status: int) -> str:
    """Return the phrase behind a status; none where HTTP has none for it."""
    return _REASONS.get(status, "")


_REASONS = {status.value: status.phrase for status in HTTPStatus}


def header_lines(reply: Reply, length: int | None) -> str:
    """Return every header of a reply but those of the connection, a line each.

    `length` is that of its body, None where it is not known before. What the reply says of content type, server and
    date goes before what is said here.
    """
    media_type, server, date, lines = reply.media_type, _SERVER, "", ""
    for name, value in reply.headers.items():
        spelling = _spell(name)
        if spelling == "Content-Type":
            media_type = value
        elif spelling == "Server":
            server = header_value(value)
        elif spelling == "Date":
            date = header_value(value)
        elif spelling is not None:
            lines += f"{spelling}: {value if value.isprintable() else header_value(value)}\r\n"
    if reply.hint is not None:
        lines += f"{HINT}: {encode_hint(reply.hint)}\r\n"
    if length is not None and reply.status >= _OK and reply.status not in _STATUSES_WITHOUT_BODY:
        lines += f"Content-Length: {length}\r\n"
    date = date or _format_date(int(time.time()))
    return f"Content-Type: {header_value(media_type)}\r\nServer: {server}\r\n{lines}Date: {date}\r\n"


_OURS = {"content-type": "Content-Type", "server": "Server", "date": "Date"}


@lru_cache(maxsize=256)
def _spell(name: str) -> str | None:
    """Return the name of a header as it is sent; None for what nobody but the front has a say in, and for what is none."""
    lowered = name.lower()
    return _OURS.get(lowered, name) if lowered not in _FRAMING and is_header_name(name) else None


@lru_cache(maxsize=1)
def _format_date(second: int) -> str:
    return formatdate(second, usegmt=True)


@lru_cache(maxsize=256)
def _start(version: str, status: int) -> str:
    return f"HTTP/{version} {status} {reason(status)}\r\n"


def encode_head(reply: Reply, length: int | None, version: str, *, keep_alive: bool, is_chunked: bool = False) -> bytes:
    """Return status line and headers of a reply to a request of HTTP `version`, with the blank line behind them."""
    lines = header_lines(reply, length)
    if is_chunked:
        lines += "Transfer-Encoding: chunked\r\n"
    if keep_alive != (version == "1.1"):  # what is not said of the connection, the version says
        lines += f"Connection: {'keep-alive' if keep_alive else 'close'}\r\n"
    return f"{_start(version, reply.status)}{lines}\r\n".encode()


def encode_reply(reply: Reply, method: str, version: str, *, keep_alive: bool) -> bytes:
    """Return a whole answer to a request of this method and HTTP version."""
    body = reply.body
    head = encode_head(reply, len(body), version, keep_alive=keep_alive)
    return head + body if has_body(reply.status, method) else head
