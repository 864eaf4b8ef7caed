"""AWS signature 4, which object storage takes too: in `Authorization`, in the query of a link, and of a body in chunks.

Pure functions. Source: esdk-obs-python 3.26.6 (`signature="v4"`); boto3 1.44, whose default it is.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from fauxlate.engine.exchange.dates import parse_http_date
from fauxlate.providers.huawei.access.signing import parse_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fauxlate.engine.exchange.request import Request

ALGORITHM = "AWS4-HMAC-SHA256"
HASH_HEADER = "x-amz-content-sha256"
_FIELD = re.compile(r"(\w+)=([^,\s]+)")
_HEXADECIMAL = re.compile(r"[0-9a-f]{64}")
_EMPTY_HASH = hashlib.sha256(b"").hexdigest()
_CHUNK_HEAD = re.compile(rb"([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?\r\n")
_QUERY_NAMES = ("X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature")


class Parts(NamedTuple):
    """What a request says of its signature.

    `scope` is date, region, service and `aws4_request`. `expires` is that of a link, in seconds since the epoch.
    """

    access_key: str
    scope: str
    date: str
    signed_headers: str
    signature: str
    expires: str | None


def read_parts(request: Request) -> Parts | None:
    """Return what the header, or else the query, of a request says; None where neither has this signature."""
    authorization = request.headers.get("authorization", "")
    if authorization.startswith(ALGORITHM):
        fields = dict(_FIELD.findall(authorization))
        date = request.headers.get("x-amz-date") or _format_date(request.headers.get("date", ""))
        values = (fields.get("Credential", ""), date, "", fields.get("SignedHeaders", ""), fields.get("Signature", ""))
    elif f"X-Amz-Algorithm={ALGORITHM}" in request.raw_query:
        query = dict(_split_query(request.raw_query))
        values = tuple(query.get(name, "") for name in _QUERY_NAMES)  # type: ignore[assignment]
    else:
        return None
    credential, date, seconds, signed_headers, signature = values
    access_key, _, scope = credential.partition("/")
    expires = None
    if not authorization.startswith(ALGORITHM):
        start = parse_date(date)
        is_valid = start is not None and seconds.isascii() and seconds.isdecimal() and len(seconds) < 8  # noqa: PLR2004
        expires = str(int((start or 0) + int(seconds))) if is_valid else seconds or "none"
    return Parts(access_key, scope, date, signed_headers.lower(), signature, expires)


def _format_date(date: str) -> str:
    """Return the date of a `Date` header, which esdk-obs-python sends, as it is signed; as it came where it is none."""
    timestamp = parse_http_date(date)
    return date if timestamp is None else datetime.fromtimestamp(timestamp, UTC).strftime("%Y%m%dT%H%M%SZ")


def compute_signature(secret: str, request: Request, parts: Parts) -> str:
    """Return the right signature of a request, in hexadecimal digits."""
    canonical = _build_canonical_request(request, parts)
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()
    return _sign(secret, parts, f"{ALGORITHM}\n{parts.date}\n{parts.scope}\n{digest}")


def _sign(secret: str, parts: Parts, text: str) -> str:
    key = f"AWS4{secret}".encode()
    for part in parts.scope.split("/"):
        key = hmac.digest(key, part.encode("utf-8", "surrogateescape"), "sha256")
    return hmac.digest(key, text.encode("utf-8", "surrogateescape"), "sha256").hex()


def _build_canonical_request(request: Request, parts: Parts) -> str:
    raw_path, _, raw_query = request.target.partition("?")
    pairs = sorted(
        (_encode(name), _encode(value)) for name, value in _split_query(raw_query) if name != "X-Amz-Signature"
    )
    query = "&".join(f"{name}={value}" for name, value in pairs)
    # Whatever the storage reads is signed; where the list leaves such a header out, the signature does not fit.
    names = {*parts.signed_headers.split(";"), *(name for name in map(str.lower, request.headers) if _is_read(name))}
    values: dict[str, list[str]] = {name: [] for name in names}
    for name, value in request.headers.items():
        values.get(name.lower(), []).append(" ".join(value.split()))
    lines = "".join(f"{name}:{','.join(values[name])}\n" for name in sorted(names))
    path = quote(unquote(raw_path, errors="surrogateescape"), safe="/~", errors="surrogateescape")
    return f"{request.method}\n{path}\n{query}\n{lines}\n{';'.join(sorted(names))}\n{_find_hash(request, parts)}"


def _is_read(name: str) -> bool:
    return name.startswith("x-amz-") or name in ("content-type", "content-md5", "date")


def _find_hash(request: Request, parts: Parts) -> str:
    """Return the hash of the body, or the word that stands for one that is not signed or signed in chunks."""
    declared = request.headers.get(HASH_HEADER, "")
    if parts.expires is not None and not declared:
        return "UNSIGNED-PAYLOAD"
    is_hash = not declared or _HEXADECIMAL.fullmatch(declared) is not None
    return hashlib.sha256(request.body).hexdigest() if is_hash else declared


def _encode(text: str) -> str:
    return quote(text, safe="~", errors="surrogateescape")


def _split_query(raw_query: str) -> Iterator[tuple[str, str]]:
    for pair in raw_query.split("&"):
        name, separator, value = pair.partition("=")
        if name or separator:
            yield unquote(name, errors="surrogateescape"), unquote(value, errors="surrogateescape")


def join_chunks(request: Request, parts: Parts, secret: str | None) -> bytes | None:
    """Return the body without its division into chunks, where it has one; None where a chunk cannot be right.

    The chunks' own signatures are checked where they have some and `secret` is known.
    """
    declared = request.headers.get(HASH_HEADER, "")
    if not declared.startswith("STREAMING-"):
        return request.body
    data, at, previous, is_signed = bytearray(), 0, parts.signature, "AWS4-HMAC-SHA256" in declared
    while (head := _CHUNK_HEAD.match(request.body, at)) is not None:
        start, size = head.end(), int(head[1], 16)
        chunk, at = request.body[start : start + size], start + size + 2
        if len(chunk) != size or (is_signed and head[2] is None):
            return None
        if is_signed and secret is not None:
            hashes = f"{_EMPTY_HASH}\n{hashlib.sha256(chunk).hexdigest()}"
            text = f"{ALGORITHM}-PAYLOAD\n{parts.date}\n{parts.scope}\n{previous}\n{hashes}"
            previous = _sign(secret, parts, text)
            if not hmac.compare_digest(previous.encode(), head[2]):
                return None
        data += chunk
        if size == 0:
            return bytes(data)
    return None
