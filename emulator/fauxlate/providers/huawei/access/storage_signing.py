"""Object storage's own signature, HMAC-SHA1 over a few lines: in `Authorization`, or in the query of a link.

Pure functions. Source: Object Storage API, signature in a header and in a URL; esdk-obs-python 3.26.6, which signs the
older way (`AWS`, `x-amz-`) when it addresses buckets by path.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from fauxlate.engine.keyed_hash import hmac_digest

if TYPE_CHECKING:
    from fauxlate.engine.exchange.request import Request

SUBRESOURCES = frozenset(
    {"acl", "append", "attname", "backtosource", "cors", "customdomain", "delete", "deletebucket", "directcoldaccess"}
    | {"encryption", "inventory", "length", "lifecycle", "location", "logging", "metadata", "modify", "name"}
    | {"notification", "object-lock", "partnumber", "policy", "position", "quota", "rename", "replication"}
    | {"requestpayment", "response-cache-control", "response-content-disposition", "response-content-encoding"}
    | {"response-content-language", "response-content-type", "response-expires", "restore", "retention"}
    | {"storageclass", "storageinfo", "storagepolicy", "tagging", "torrent", "truncate", "uploadid", "uploads"}
    | {"versionid", "versioning", "versions", "website", "x-image-process", "x-image-save-bucket"}
    | {"x-image-save-object"}
)
"""Query parameters, in lower case, that enter the string to sign: the Object Storage API's list and the SDK's."""
_HEADER = re.compile(r"(OBS|AWS) ([^:\s]+):(\S+)")
_PREFIX = {"OBS": "x-obs-", "AWS": "x-amz-"}
_KEY_NAMES = {"AccessKeyId": "OBS", "AWSAccessKeyId": "AWS"}


class Claim(NamedTuple):
    """The scheme (`OBS` or `AWS`), AK and signature (Base64); `expires` is that of a link, None for a signature in a header."""

    scheme: str
    access_key: str
    signature: str
    expires: str | None


def read_claim(request: Request) -> Claim | None:
    """Return the claim in the header, or else the query, of a request; None where neither has a storage signature."""
    if match := _HEADER.fullmatch(request.headers.get("authorization", "")):
        return Claim(match[1], match[2], match[3], None)
    if "Signature=" not in request.raw_query:
        return None
    query = request.query
    if not {"Signature", "Expires"} <= query.keys():
        return None
    for name, scheme in _KEY_NAMES.items():
        if name in query:
            return Claim(scheme, query[name], query["Signature"], query["Expires"])
    return None


def has_storage_signature(request: Request) -> bool:
    """Whether a request has a storage signature, right or wrong; faster than reading the claim."""
    query = request.raw_query
    if query and "Signature=" in query and "Expires=" in query and "AccessKeyId=" in query:
        return True
    authorization = request.headers.get("authorization")
    return authorization is not None and authorization.startswith(("OBS ", "AWS "))


def read_date(request: Request, scheme: str) -> str:
    """Return the date that a signature in a header covers, as the client wrote it; empty where there is none."""
    headers = request.headers
    return headers.get(f"{_PREFIX[scheme]}date", "") or headers.get("date", "")


def compute_signature(secret: str, request: Request, claim: Claim) -> str:
    """Return the right signature of a request, in Base64, by the scheme and the expiry of its claim."""
    headers, prefix = request.headers, _PREFIX[claim.scheme]
    date = claim.expires
    if date is None:
        date = "" if f"{prefix}date" in headers else headers.get("date", "")
    lines = (request.method, headers.get("content-md5", ""), headers.get("content-type", ""), date)
    extras = sorted((name.lower(), value) for name, value in headers.items() if name.lower().startswith(prefix))
    extra = "".join(f"{name}:{value}\n" for name, value in extras)
    return sign(secret, "\n".join(lines) + f"\n{extra}" + _canonicalize_resource(request, prefix))


def sign(secret: str, text: str) -> str:
    """Return the signature of a string to sign, in Base64."""
    return base64.b64encode(hmac_digest(secret, text.encode("utf-8", "surrogateescape"), "sha1")).decode()


def find_subresources(request: Request) -> Mapping[str, str]:
    """Return the parameters of a request that name a part of the resource, or set headers of the answer."""
    return dict(_find_subresources(request, "x-obs-"))


def _find_subresources(request: Request, prefix: str) -> Iterator[tuple[str, str]]:
    if request.raw_query:
        for name, value in request.query_pairs:
            if name.lower() in SUBRESOURCES or name.lower().startswith(prefix):
                yield name, value


def _canonicalize_resource(request: Request, prefix: str) -> str:
    """Return `/bucket/key`, the key still percent-encoded, and the signed parameters after it."""
    parameters = sorted(_find_subresources(request, prefix))
    query = "&".join(f"{name}={value}" if value else name for name, value in parameters)
    return f"{request.raw_path}?{query}" if query else request.raw_path
