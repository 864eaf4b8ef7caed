"""The gateway's two signatures as pure functions: the claim of a request, the string to sign, and the signature.

ACS3-HMAC-SHA256 is sent in headers; RPC HMAC-SHA1, older, among the parameters of the query or of a form body.
Sources: alibabacloud_alimt20181012 1.5.2 and 1.5.1, aliyun-python-sdk-core 2.16.1, @alicloud/alimt20181012 1.4.2 and
1.4.1, @alicloud/pop-core 1.8.0, each run against a server that noted what came.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import quote

from fauxlate.engine.exchange.request import Request
from fauxlate.engine.keyed_hash import hmac_digest

Family = Literal["acs3", "rpc"]
ACS3_ALGORITHM = "ACS3-HMAC-SHA256"
RPC_ALGORITHM = "HMAC-SHA1"
RPC_VERSION = "1.0"

_AUTHORIZATION = re.compile(r"(ACS3-[A-Z0-9-]+)\s+(.*)", re.DOTALL)
_FIELD = re.compile(r"\b(\w++)=([^,\s]+)")
_COMMON_HEAD = re.compile(r"(ACS3-[A-Z0-9-]+) Credential=([^,\s]+),SignedHeaders=([^,\s]+)")
"""How every SDK writes the part before `,Signature=`; the two patterns above read any other way of writing."""
_UNRESERVED = re.compile(r"[A-Za-z0-9_.~-]*")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z", re.ASCII)
"""Some clients send milliseconds, and the service accepts them."""


class Claim(NamedTuple):
    """What a request claims about its signature; None where it claims nothing.

    `signed_headers` are the names that an ACS3 signature covers: no other header can be trusted. `parameters` are those
    that an RPC signature covers, which are all of query and form body: no header can be trusted. `timestamp` is as the
    client wrote it, `version` RPC's SignatureVersion.
    """

    family: Family
    algorithm: str | None
    access_key_id: str | None
    signature: str | None
    timestamp: str | None
    nonce: str | None
    version: str | None = None
    signed_headers: tuple[str, ...] = ()
    parameters: Mapping[str, str] = {}


def read_claim(request: Request) -> Claim:
    """Return the claim of `request`, read once; a request without an ACS3 header is taken for RPC."""
    if request.claim is None:
        authorization = request.headers.get("authorization")
        request.claim = (_read_acs3(request, authorization) if authorization else None) or _read_rpc(request)
    claim: Claim = request.claim
    return claim


def _read_acs3(request: Request, authorization: str) -> Claim | None:
    head, _, end = authorization.rpartition(",Signature=")
    common = _parse_common_head(head) if end.isalnum() else None
    if common is not None:
        algorithm, access_key_id, signed_headers = common
        signature: str | None = end
    elif match := _AUTHORIZATION.match(authorization):
        fields = dict(_FIELD.findall(match[2]))
        algorithm, access_key_id, signature = match[1], fields.get("Credential"), fields.get("Signature")
        signed_headers = _split_header_names(fields.get("SignedHeaders", ""))
    else:
        return None
    get = request.headers.get
    timestamp, nonce = get("x-acs-date"), get("x-acs-signature-nonce")
    return Claim("acs3", algorithm, access_key_id, signature, timestamp, nonce, None, signed_headers)


@lru_cache(maxsize=64)  # each client has one head, and sends it with every call
def _parse_common_head(head: str) -> tuple[str, str | None, tuple[str, ...]] | None:
    match = _COMMON_HEAD.fullmatch(head)
    return None if match is None else (match[1], match[2], _split_header_names(match[3]))


def _read_rpc(request: Request) -> Claim:
    parameters = request.parameters
    return Claim(
        "rpc",
        parameters.get("SignatureMethod"),
        parameters.get("AccessKeyId"),
        parameters.get("Signature"),
        parameters.get("Timestamp"),
        parameters.get("SignatureNonce"),
        parameters.get("SignatureVersion"),
        (),
        parameters,
    )


def _split_header_names(signed_headers: str) -> tuple[str, ...]:
    return tuple(name for name in signed_headers.lower().split(";") if name)


@lru_cache(maxsize=64)  # many calls have the same second
def parse_timestamp(timestamp: str) -> float | None:
    """Return a time such as `2026-01-31T12:00:00Z` in seconds since the epoch, None where it is written otherwise."""
    if not _TIMESTAMP.fullmatch(timestamp):
        return None
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except ValueError:  # the 31st of February
        return None


def percent_encode(text: str) -> str:
    """Return `text` percent-encoded as RFC 3986 says, which is what the gateway expects."""
    return text if _UNRESERVED.fullmatch(text) else quote(text, safe="")


def _format_pair(name: str, value: str) -> str:
    return f"{percent_encode(name)}={percent_encode(value)}"


_MAX_CACHED_LENGTH = 80
"""Characters of a value or bytes of a body up to which its encoding or hash is cached: the next call repeats most."""
_format_short_pair = lru_cache(maxsize=1024)(_format_pair)


def build_canonical_query(parameters: Mapping[str, str]) -> str:
    """Return the parameters sorted and encoded, those with an empty value too, without `Signature`."""
    pairs = [pair for pair in sorted(parameters.items()) if pair[0] != "Signature"]
    return "&".join(
        [_format_short_pair(*pair) if len(pair[1]) <= _MAX_CACHED_LENGTH else _format_pair(*pair) for pair in pairs]
    )


def build_rpc_string_to_sign(method: str, canonical: str, path: str = "/") -> str:
    """Return the string that an RPC client signs; its path is `/`, whichever path is called."""
    # A canonical query has nothing else that needs encoding, and this is many times faster than `percent_encode`.
    query = canonical.replace("%", "%25").replace("=", "%3D").replace("&", "%26")
    return f"{method}&{_encode_path(path)}&{query}"


_encode_path = lru_cache(maxsize=64)(percent_encode)


def compute_rpc_signature(secret: str, string_to_sign: str) -> str:
    """Return the RPC signature in Base64; the HMAC key is the AccessKeySecret and an `&` behind it."""
    return base64.b64encode(hmac_digest(f"{secret}&", string_to_sign.encode(), "sha1")).decode()


def compute_sha256(data: bytes) -> str:
    """Return the SHA-256 hash of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


_hash_short_body = lru_cache(maxsize=1024)(compute_sha256)


def hash_body(body: bytes) -> str:
    """Return the SHA-256 hash of a body in hexadecimal; that of a short one is cached."""
    return _hash_short_body(body) if len(body) <= _MAX_CACHED_LENGTH else compute_sha256(body)


def build_acs3_canonical_request(
    method: str,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    signed_headers: Sequence[str],
    body_hash: str,
) -> str:
    """Return the canonical request of ACS3, in lines; the header lines are those of `signed_headers`, in their order."""
    get = headers.get
    lines = "".join([f"{name}:{get(name, '')}\n" for name in signed_headers])
    return f"{method}\n{path}\n{build_canonical_query(query) if query else ''}\n{lines}\n{';'.join(signed_headers)}\n{body_hash}"


def build_acs3_string_to_sign(canonical_request: str) -> str:
    """Return the string that an ACS3 client signs."""
    return f"{ACS3_ALGORITHM}\n{compute_sha256(_encode_text(canonical_request))}"


def compute_acs3_signature(secret: str, string_to_sign: str) -> str:
    """Return the ACS3 signature in hexadecimal; the HMAC key is the AccessKeySecret itself."""
    return hmac_digest(secret, string_to_sign.encode(), "sha256").hex()


def are_equal(first: str, second: str) -> bool:
    """Whether two signatures are the same, compared in constant time."""
    try:
        return hmac.compare_digest(first, second)
    except TypeError:  # a header may hold characters that are not ASCII
        return False


def _encode_text(text: str) -> bytes:
    return text.encode(errors="surrogateescape")  # a header may hold bytes that are not UTF-8
