"""Addresses of others, taken as they are: whoever signed one finds it again letter by letter."""

from __future__ import annotations

import re
from urllib.parse import urljoin

_PARTS = re.compile(r"([^:/?#]+)://([^/?#]*)([^#]*)", re.DOTALL)
_OUTSIDE = re.compile(r"[^\x21-\x7e]+")
"""Characters that cannot stand in a request line or a header."""


def split_address(url: str) -> tuple[str, str, str]:
    """Return scheme, authority, and path with query as they are sent. Raises `ValueError` for what is no address."""
    match = _PARTS.match(url)
    if match is None:
        raise ValueError(f"{url[:100]!r} is no address")
    scheme, authority, target = match.groups()
    target = escape(target)
    return scheme.lower(), authority, target if target.startswith("/") else f"/{target}"


def escape(text: str) -> str:
    """Return `text` with those characters alone percent-encoded that cannot be sent as they are."""
    return _OUTSIDE.sub(
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode(errors="surrogateescape")), text
    )


def add_query(url: str, query: str) -> str:
    """Return `url` with a query more, before its fragment; the rest of it stays as it is."""
    address, mark, fragment = url.partition("#")
    separator = "?" if "?" not in address else "" if address.endswith(("?", "&")) else "&"
    return f"{address}{separator}{query}{mark}{fragment}"


def join(url: str, location: str) -> str:
    """Return the address that `location` names in an answer from `url`: as it is, but for a path that begins nowhere."""
    scheme, authority, _ = split_address(url)
    if _PARTS.match(location):
        return location
    if location.startswith("//"):
        return f"{scheme}:{location}"
    return f"{scheme}://{authority}{location}" if location.startswith("/") else urljoin(url, location)


def is_local_name(host: str) -> bool:
    """Whether a name is this machine's wherever it is asked for: `localhost`, and all names under it (RFC 6761, 6.3)."""
    name = host.lower().removesuffix(".")
    return name == "localhost" or name.endswith(".localhost")
