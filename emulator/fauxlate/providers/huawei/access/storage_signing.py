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
from fauxlate.providers.huawei.access import storage_signing_v4

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
_PREFIX = {"OBS": "x-obs-", "AWS": "x-amz-", "AWS4": "x-amz-"}
"""How the names of the headers and parameters that a scheme signs, and has a meaning for, begin."""
_KEY_NAMES = {"AccessKeyId": "OBS", "AWSAccessKeyId": "AWS"}


class Claim(NamedTuple):
    """The scheme (`OBS`, `AWS` or `AWS4`), AK and signature; `expires` is that of a link, None for one in a header.

    `v4` has what signature 4 says beyond that.
    """

    scheme: str
    access_key: str
    signature: str
    expires: str | None
    v4: storage_signing_v4.Parts | None = None


def read_claim(request: Request) -> Claim | None:
    """Return the claim in the header, or else the query, of a request; None where neither has a storage signature."""
    if match := _HEADER.fullmatch(request.headers.get("authorization", "")):
        return Claim(match[1], match[2], match[3], None)
    if (parts := storage_signing_v4.read_parts(request)) is not None:
        return Claim("AWS4", parts.access_key, parts.signature, parts.expires, parts)
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
    """Whether a request has a storage signature, right or wrong; faster than reading the claim.

    An RPC call of Alibaba Cloud has AccessKeyId and Signature in its query too, and a nonce, which no link has.
    """
    query = request.raw_query
    if query and "Signature=" in query and "Expires=" in query:
        if "AccessKeyId=" in query:
            return "SignatureNonce=" not in query
        if f"X-Amz-Algorithm={storage_signing_v4.ALGORITHM}" in query:
            return True
    authorization = request.headers.get("authorization")
    return authorization is not None and authorization.startswith(("OBS ", "AWS ", storage_signing_v4.ALGORITHM))


def read_date(request: Request, scheme: str) -> str:
    """Return the date that a signature in a header covers, as the client wrote it; empty where there is none."""
    headers = request.headers
    return headers.get(f"{_PREFIX[scheme]}date", "") or headers.get("date", "")


def compute_signatures(secret: str, request: Request, claim: Claim) -> Iterator[str]:
    """Yield each right signature of a request, by the scheme and the expiry of its claim: nearly always one.

    The resource of a bucket ends in `/` by the document and as boto3 signs it; esdk-obs-python leaves that out.
    """
    if claim.v4 is not None:
        yield storage_signing_v4.compute_signature(secret, request, claim.v4)
        return
    yield compute_signature(secret, request, claim, request.raw_path)
    if request.raw_path.count("/") == 1:
        yield compute_signature(secret, request, claim, f"{request.raw_path}/")


def compute_signature(secret: str, request: Request, claim: Claim, path: str) -> str:
    """Return the signature of a request for the resource at `path`, in Base64."""
    headers, prefix = request.headers, _PREFIX[claim.scheme]
    date = claim.expires
    if date is None:
        date = "" if f"{prefix}date" in headers else headers.get("date", "")
    lines = (request.method, headers.get("content-md5", ""), headers.get("content-type", ""), date)
    extras = sorted((name.lower(), value) for name, value in headers.items() if name.lower().startswith(prefix))
    extra = "".join(f"{name}:{value}\n" for name, value in extras)
    return sign(secret, "\n".join(lines) + f"\n{extra}" + _canonicalize_resource(request, prefix, path))


def sign(secret: str, text: str) -> str:
    """Return the signature of a string to sign, in Base64."""
    return base64.b64encode(hmac_digest(secret, text.encode("utf-8", "surrogateescape"), "sha1")).decode()


def find_header(request: Request, name: str) -> str | None:
    """Return the storage's header `name`, without the prefix, that belongs to the scheme of a signed request.

    The one with the other scheme's prefix is not part of what was signed, so it says nothing.
    """
    return request.headers.get(f"{find_prefix(request)}{name}")


def find_subresources(request: Request) -> Mapping[str, str]:
    """Return the parameters of a request that name a part of the resource, or set headers of the answer."""
    return dict(_find_subresources(request, find_prefix(request)))


def find_prefix(request: Request) -> str:
    """Return how the names of the headers begin that belong to the scheme of a signed request."""
    claim = read_claim(request)
    return _PREFIX["OBS" if claim is None else claim.scheme]


def _find_subresources(request: Request, prefix: str) -> Iterator[tuple[str, str]]:
    if request.raw_query:
        for name, value in request.query_pairs:
            if name.lower() in SUBRESOURCES or name.lower().startswith(prefix):
                yield name, value


def _canonicalize_resource(request: Request, prefix: str, path: str) -> str:
    """Return `/bucket/key`, the key still percent-encoded, and the signed parameters after it."""
    parameters = sorted(_find_subresources(request, prefix))
    query = "&".join(f"{name}={value}" if value else name for name, value in parameters)
    return f"{path}?{query}" if query else path
