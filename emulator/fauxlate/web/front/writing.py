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


def headers_of(reply: Reply, length: int | None) -> dict[str, str]:
    """Return every header of a reply but `Connection`, in the order in which they are sent.

    `length` is that of its body, None where it is not known before. What the reply says of content type, server and
    date goes before what is said here.
    """
    headers = {"Content-Type": header_value(reply.media_type), "Server": _SERVER}
    for name, value in reply.headers.items():
        lowered = name.lower()
        if lowered not in _FRAMING and is_header_name(name):
            headers[_OURS.get(lowered, name)] = header_value(value)
    if reply.hint is not None:
        headers[HINT] = encode_hint(reply.hint)
    if length is not None and reply.status >= _OK and reply.status not in _STATUSES_WITHOUT_BODY:
        headers["Content-Length"] = str(length)
    headers.setdefault("Date", _format_date(int(time.time())))
    return headers


_OURS = {"content-type": "Content-Type", "server": "Server", "date": "Date"}


@lru_cache(maxsize=1)
def _format_date(second: int) -> str:
    return formatdate(second, usegmt=True)


def encode_head(reply: Reply, length: int | None, version: str, *, keep_alive: bool, is_chunked: bool = False) -> bytes:
    """Return status line and headers of a reply to a request of HTTP `version`, with the blank line behind them."""
    headers = headers_of(reply, length)
    if is_chunked:
        headers["Transfer-Encoding"] = "chunked"
    if not keep_alive and version == "1.1":
        headers["Connection"] = "close"
    elif keep_alive and version != "1.1":
        headers["Connection"] = "keep-alive"
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    return f"HTTP/{version} {reply.status} {reason(reply.status)}\r\n{lines}\r\n".encode()


def encode_reply(reply: Reply, method: str, version: str, *, keep_alive: bool) -> bytes:
    """Return a whole answer to a request of this method and HTTP version."""
    body = reply.body
    head = encode_head(reply, len(body), version, keep_alive=keep_alive)
    return head + body if has_body(reply.status, method) else head
