"""SDK-HMAC-SHA256: what a request claims in `Authorization`, and the signatures under which it would be right.

Pure functions. Source: API signing guide (devg-apisign); huaweicloudsdkcore 3.1.219, @huaweicloud/huaweicloud-sdk-core
3.1.211.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, quote, unquote

from fauxlate.engine.keyed_hash import hmac_digest

if TYPE_CHECKING:
    from fauxlate.engine.exchange.request import Request

ALGORITHM = "SDK-HMAC-SHA256"
DATE = "x-sdk-date"
CONTENT = "x-sdk-content-sha256"
UNSIGNED = "UNSIGNED-PAYLOAD"
"""What the SDKs put in `X-Sdk-Content-Sha256` when the body is neither JSON nor BSON."""
WINDOW = 15 * 60
"""Seconds that a signature's date may be off: the signing guide."""
_HEAD = re.compile(rf"{ALGORITHM}\s+Access=([^,\s]+)\s*,\s*SignedHeaders=([^,\s]+)\s*,\s*")
_SIGNATURE = re.compile(r"([0-9a-fA-F]+)\s*")
"""What stands before `Signature=`, and behind it."""
_DATE_LENGTH = len("20261121T021754Z")
_UNRESERVED = re.compile(r"[A-Za-z0-9_.~/-]*")
_EMPTY = hashlib.sha256(b"").hexdigest()
_SECRET_HEADERS = frozenset({"x-auth-token", "x-security-token"})


class Claim(NamedTuple):
    """What `Authorization` says: who calls, which headers are signed (lower case, as listed), and the signature."""

    access_key: str
    signed_headers: str
    signature: str


def claimed(request: Request) -> Claim | None:
    """Return what an `Authorization` header of this algorithm claims; None for any other."""
    if request.claim is None:
        head, _, end = request.headers.get("authorization", "").rpartition("Signature=")
        caller, made = _caller(head), _SIGNATURE.fullmatch(end)
        if caller is None or made is None:
            return None
        request.claim = Claim(*caller, made[1])
    claim: Claim = request.claim
    return claim


@lru_cache(maxsize=64)  # each client has one head, and sends it with every call
def _caller(head: str) -> tuple[str, str] | None:
    found = _HEAD.fullmatch(head)
    return None if found is None else (found[1], found[2])


@lru_cache(maxsize=64)  # many calls have the same second
def seconds(date: str) -> float | None:
    """Return a date written `20261121T021754Z` in seconds since the epoch, None for what is written otherwise."""
    digits = date[:8] + date[9:15]
    if len(date) != _DATE_LENGTH or date[8] != "T" or date[15] != "Z" or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return datetime.fromisoformat(date).timestamp()
    except ValueError:
        return None


def canonical_requests(request: Request, signed_headers: str) -> Iterator[str]:
    """Give every canonical request that an official SDK would have made of what came; one, for nearly every request.

    The Python SDK decodes the path and encodes it again; the Node SDK encodes the path as it is on the wire once more.
    They differ only where the path has a `%`. The wire's path has no `/` at its end, the canonical one always has.
    """
    query, get = _query(request.raw_query), request.headers.get
    headers = "".join([f"{name}:{get(name, '')}\n" for name in names(signed_headers)])
    for path in _paths(request.raw_path):
        for payload in _payloads(request):
            yield f"{request.method}\n{path}\n{query}\n{headers}\n{signed_headers.lower()}\n{payload}"


@lru_cache(maxsize=64)  # each client has one list, and sends it with every call
def names(signed_headers: str) -> tuple[str, ...]:
    """Return the names of the headers that are signed."""
    return tuple(signed_headers.lower().split(";"))


def signature(secret: str, date: str, canonical: str) -> str:
    """Return the signature of a canonical request, in lower-case hexadecimal digits."""
    hashed = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()
    text = f"{ALGORITHM}\n{date}\n{hashed}".encode("utf-8", "surrogateescape")
    return hmac_digest(secret, text, "sha256").hex()


def matches(request: Request, claim: Claim, secret: str) -> bool:
    """Whether the request was signed with `secret` as it came."""
    date = request.headers.get(DATE, "")
    for canonical in canonical_requests(request, claim.signed_headers):
        if hmac.compare_digest(signature(secret, date, canonical), claim.signature):
            return True
    return False


def echoed(request: Request, signed_headers: str) -> str:
    """Return the canonical request as the gateway says it back: `|` for newlines.

    Tokens are masked, as the gateway masks keys elsewhere: an error message ends up in logs.
    """
    canonical = next(canonical_requests(request, signed_headers))
    for name in _SECRET_HEADERS & set(names(signed_headers)):
        value = request.headers.get(name, "")
        if value:
            canonical = canonical.replace(f"\n{name}:{value}\n", f"\n{name}:******\n")
    return canonical.replace("\n", "|")


@lru_cache(maxsize=256)  # a poll has the path of the one before
def _paths(raw_path: str) -> tuple[str, ...]:
    if _UNRESERVED.fullmatch(raw_path):  # nothing to encode: nearly every path
        return (raw_path if raw_path.endswith("/") else f"{raw_path}/",)
    encoded = (quote(unquote(raw_path)), quote(raw_path)) if "%" in raw_path else (quote(raw_path),)
    return tuple(path if path.endswith("/") else f"{path}/" for path in encoded)


def _query(raw_query: str) -> str:
    if not raw_query:
        return ""
    pairs = sorted(parse_qsl(raw_query, keep_blank_values=True))
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)


def _payloads(request: Request) -> tuple[str, ...]:
    """Return the body's hash, or what stands for it; a hash that the client merely says is never taken for one."""
    if request.headers.get(CONTENT) == UNSIGNED:
        return (UNSIGNED,) if request.body else (UNSIGNED, _EMPTY)  # the Python SDK does not look at the header then
    return (hashlib.sha256(request.body).hexdigest() if request.body else _EMPTY,)
