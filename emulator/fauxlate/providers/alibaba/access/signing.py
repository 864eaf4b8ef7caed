"""The gateway's two signatures as pure functions: what a request claims, what is signed, and what comes out.

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
ACS3 = "ACS3-HMAC-SHA256"
RPC = "HMAC-SHA1"
RPC_VERSION = "1.0"

_AUTHORIZATION = re.compile(r"(ACS3-[A-Z0-9-]+)\s+(.*)", re.DOTALL)
_FIELD = re.compile(r"(\w+)=([^,\s]+)")
_USUAL = re.compile(r"(ACS3-[A-Z0-9-]+) Credential=([^,\s]+),SignedHeaders=([^,\s]+)")
"""What every SDK writes before `,Signature=`; the other two read what is written otherwise."""
_PLAIN = re.compile(r"[A-Za-z0-9_.~-]*")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z", re.ASCII)
"""Clients were seen to send milliseconds, and the service to accept them."""


class Claim(NamedTuple):
    """What a request says of how it was signed; None where it does not say.

    `signed` are the header names that an ACS3 signature covers: no other header can be believed. `sent` are the
    parameters that an RPC signature covers.
    """

    family: Family
    algorithm: str | None
    key: str | None
    signature: str | None
    timestamp: str | None
    nonce: str | None
    version: str | None = None
    signed: tuple[str, ...] = ()
    sent: Mapping[str, str] = {}


def claim(request: Request) -> Claim:
    """Return what `request` says of its signature; one without an ACS3 header is taken for RPC."""
    if request.claim is None:
        authorization = request.headers.get("authorization")
        request.claim = (_acs3(request, authorization) if authorization else None) or _rpc(request)
    claimed: Claim = request.claim
    return claimed


def _acs3(request: Request, authorization: str) -> Claim | None:
    head, _, end = authorization.rpartition(",Signature=")
    usual = _usual(head) if end.isalnum() else None
    if usual is not None:
        algorithm, key, signed = usual
        signature: str | None = end
    elif found := _AUTHORIZATION.match(authorization):
        fields = dict(_FIELD.findall(found[2]))
        algorithm, key, signature = found[1], fields.get("Credential"), fields.get("Signature")
        signed = _names(fields.get("SignedHeaders", ""))
    else:
        return None
    get = request.headers.get
    return Claim("acs3", algorithm, key, signature, get("x-acs-date"), get("x-acs-signature-nonce"), None, signed)


@lru_cache(maxsize=64)  # each client has one head, and sends it with every call
def _usual(head: str) -> tuple[str, str | None, tuple[str, ...]] | None:
    found = _USUAL.fullmatch(head)
    return None if found is None else (found[1], found[2], _names(found[3]))


def _rpc(request: Request) -> Claim:
    sent = parameters(request)
    return Claim(
        "rpc",
        sent.get("SignatureMethod"),
        sent.get("AccessKeyId"),
        sent.get("Signature"),
        sent.get("Timestamp"),
        sent.get("SignatureNonce"),
        sent.get("SignatureVersion"),
        (),
        sent,
    )


def _names(signed: str) -> tuple[str, ...]:
    return tuple(name for name in signed.lower().split(";") if name)


def parameters(request: Request) -> dict[str, str]:
    """Return the parameters of query and form body together, as an RPC call may place any of them in either."""
    return {**request.query, **request.form} if request.form else request.query


@lru_cache(maxsize=64)  # many calls have the same second
def seconds(timestamp: str) -> float | None:
    """Return `2026-01-31T12:00:00Z` in seconds since the epoch, or None where it is not written so."""
    if not _TIMESTAMP.fullmatch(timestamp):
        return None
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except ValueError:  # the 31st of February
        return None


def encoded(text: str) -> str:
    """Return `text` percent-encoded as RFC 3986 has it, which is how the gateway wants it."""
    return text if _PLAIN.fullmatch(text) else quote(text, safe="")


def _pair(name: str, value: str) -> str:
    return f"{encoded(name)}={encoded(value)}"


_SHORT = 80
_short_pair = lru_cache(maxsize=1024)(_pair)
"""Of what a client sends, nearly all comes with its next call again."""


def canonical_query(sent: Mapping[str, str]) -> str:
    """Return parameters sorted and encoded anew, those without a value too; `Signature` stays out."""
    pairs = [pair for pair in sorted(sent.items()) if pair[0] != "Signature"]
    return "&".join([_short_pair(*pair) if len(pair[1]) <= _SHORT else _pair(*pair) for pair in pairs])


def rpc_string_to_sign(method: str, canonical: str, path: str = "/") -> str:
    """Return what an RPC client signs: always the path `/`, whichever it calls."""
    # A canonical query has nothing else that needs encoding, and this is many times as quick as doing it letter by letter.
    twice = canonical.replace("%", "%25").replace("=", "%3D").replace("&", "%26")
    return f"{method}&{_encoded_path(path)}&{twice}"


_encoded_path = lru_cache(maxsize=64)(encoded)


def rpc_signature(secret: str, string_to_sign: str) -> str:
    """Return the RPC signature under an AccessKeySecret, behind which the key has an `&`."""
    return base64.b64encode(hmac_digest(f"{secret}&", string_to_sign.encode(), "sha1")).decode()


def sha256(data: bytes) -> str:
    """Return a hash in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


_short_hash = lru_cache(maxsize=1024)(sha256)


def body_hash(body: bytes) -> str:
    """Return the hash of a body in hexadecimal; one client's polls have all the same."""
    return _short_hash(body) if len(body) <= _SHORT else sha256(body)


def acs3_canonical_request(
    method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], signed: Sequence[str], body_hash: str
) -> str:
    """Return the canonical request of ACS3, in lines; the header lines are those of `signed`, in its order."""
    names, get = signed, headers.get
    lines = "".join([f"{name}:{get(name, '')}\n" for name in names])
    return f"{method}\n{path}\n{canonical_query(query) if query else ''}\n{lines}\n{';'.join(names)}\n{body_hash}"


def acs3_string_to_sign(canonical_request: str) -> str:
    """Return what an ACS3 client signs."""
    return f"{ACS3}\n{sha256(_bytes(canonical_request))}"


def acs3_signature(secret: str, string_to_sign: str) -> str:
    """Return the ACS3 signature under an AccessKeySecret, which is the key as it is."""
    return hmac_digest(secret, string_to_sign.encode(), "sha256").hex()


def same(one: str, other: str) -> bool:
    """Tell whether two signatures, which are ASCII if they are any, are the same."""
    try:
        return hmac.compare_digest(one, other)
    except TypeError:  # a header may have had other characters
        return False


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")  # a header may have had bytes that are no UTF-8
