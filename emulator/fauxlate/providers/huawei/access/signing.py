"""SDK-HMAC-SHA256: what a request claims in `Authorization`, and the signatures that would make the claim right.

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
from urllib.parse import quote, unquote

from fauxlate.engine.keyed_hash import hmac_digest

if TYPE_CHECKING:
    from fauxlate.engine.exchange.request import Request

ALGORITHM = "SDK-HMAC-SHA256"
DATE_HEADER = "x-sdk-date"
CONTENT_HASH_HEADER = "x-sdk-content-sha256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
"""The value of `X-Sdk-Content-Sha256` that the SDKs send when the body is neither JSON nor BSON."""
MAX_CLOCK_SKEW = 15 * 60
"""Seconds that the date of a signature may be off. Source: signing guide."""
_HEAD = re.compile(rf"{ALGORITHM}\s+Access=([^,\s]+)\s*,\s*SignedHeaders=([^,\s]+)\s*,\s*")
"""The part of `Authorization` before `Signature=`."""
_SIGNATURE = re.compile(r"([0-9a-fA-F]+)\s*")
"""The part of `Authorization` after `Signature=`."""
_DATE_LENGTH = len("20261121T021754Z")
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_.~/-]*")
_EMPTY_HASH = hashlib.sha256(b"").hexdigest()
_SECRET_HEADERS = frozenset({"x-auth-token", "x-security-token"})


class Claim(NamedTuple):
    """The values in `Authorization`: AK, names of the signed headers as listed (`a;b`), signature in hexadecimal digits."""

    access_key: str
    signed_headers: str
    signature: str


def read_claim(request: Request) -> Claim | None:
    """Return the claim in an `Authorization` header of this algorithm; None for any other header."""
    if request.claim is None:
        head, _, end = request.headers.get("authorization", "").rpartition("Signature=")
        caller, signature = _parse_head(head), _SIGNATURE.fullmatch(end)
        if caller is None or signature is None:
            return None
        request.claim = Claim(*caller, signature[1])
    claim: Claim = request.claim
    return claim


@lru_cache(maxsize=64)  # each client has one head, and sends it with every call
def _parse_head(head: str) -> tuple[str, str] | None:
    """Return AK and names of the signed headers; None for another form."""
    match = _HEAD.fullmatch(head)
    return None if match is None else (match[1], match[2])


@lru_cache(maxsize=64)  # many calls have the same second
def parse_date(date: str) -> float | None:
    """Return a date of the form `20261121T021754Z` in seconds since the epoch; None for any other form."""
    digits = date[:8] + date[9:15]
    if len(date) != _DATE_LENGTH or date[8] != "T" or date[15] != "Z" or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return datetime.fromisoformat(date).timestamp()
    except ValueError:
        return None


def build_canonical_requests(request: Request, signed_headers: str) -> Iterator[str]:
    """Yield every canonical request that an official SDK can make of `request`: nearly always one.

    The Python SDK decodes the path and encodes it again; the Node SDK encodes the path as it is on the wire once more.
    They differ only where the path has a `%`. The path on the wire has no `/` at its end, the canonical one always has.
    """
    query, get = _canonicalize_query(request), request.headers.get
    headers = "".join([f"{name}:{get(name, '')}\n" for name in split_header_names(signed_headers)])
    for path in _canonicalize_path(request.raw_path):
        for payload in _hash_payload(request):
            yield f"{request.method}\n{path}\n{query}\n{headers}\n{signed_headers.lower()}\n{payload}"


@lru_cache(maxsize=64)  # each client has one list, and sends it with every call
def split_header_names(signed_headers: str) -> tuple[str, ...]:
    """Return the names of the signed headers, in lower case."""
    return tuple(signed_headers.lower().split(";"))


def compute_signature(secret: str, date: str, canonical: str) -> str:
    """Return the signature of a canonical request, in lower-case hexadecimal digits."""
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()
    text = f"{ALGORITHM}\n{date}\n{digest}".encode("utf-8", "surrogateescape")
    return hmac_digest(secret, text, "sha256").hex()


def matches(request: Request, claim: Claim, secret: str) -> bool:
    """Whether the request, as it is here, has been signed with `secret`."""
    date = request.headers.get(DATE_HEADER, "")
    for canonical in build_canonical_requests(request, claim.signed_headers):
        if hmac.compare_digest(compute_signature(secret, date, canonical), claim.signature):
            return True
    return False


def echo_canonical_request(request: Request, signed_headers: str) -> str:
    """Return the canonical request as the gateway repeats it in its answer: `|` for newlines.

    Tokens are masked, as the gateway masks keys elsewhere: an error message ends up in logs.
    """
    canonical = next(build_canonical_requests(request, signed_headers))
    for name in _SECRET_HEADERS & set(split_header_names(signed_headers)):
        value = request.headers.get(name, "")
        if value:
            canonical = canonical.replace(f"\n{name}:{value}\n", f"\n{name}:******\n")
    return canonical.replace("\n", "|")


@lru_cache(maxsize=256)  # a poll has the path of the one before
def _canonicalize_path(raw_path: str) -> tuple[str, ...]:
    """Return the path as each official SDK writes it, without repetition."""
    if _PLAIN_PATH.fullmatch(raw_path):  # nothing to encode: nearly every path
        return (raw_path if raw_path.endswith("/") else f"{raw_path}/",)
    encoded = (quote(unquote(raw_path)), quote(raw_path)) if "%" in raw_path else (quote(raw_path),)
    return tuple(path if path.endswith("/") else f"{path}/" for path in encoded)


def _canonicalize_query(request: Request) -> str:
    if not request.raw_query:
        return ""
    pairs = sorted(request.query_pairs)
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)


def _hash_payload(request: Request) -> tuple[str, ...]:
    """Return the hash of the body or what an SDK signs instead of it, each that is possible; never a hash from a header."""
    if request.headers.get(CONTENT_HASH_HEADER) == UNSIGNED_PAYLOAD:
        return (
            (UNSIGNED_PAYLOAD,) if request.body else (UNSIGNED_PAYLOAD, _EMPTY_HASH)
        )  # the Python SDK does not look at the header then
    return (hashlib.sha256(request.body).hexdigest() if request.body else _EMPTY_HASH,)
