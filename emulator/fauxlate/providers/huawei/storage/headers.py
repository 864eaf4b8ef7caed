"""The headers of the storage: those that requests send with an object, and those that answers have."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from fauxlate.engine.chance import BASE62
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.huawei.access import storage_signing

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

DEFAULT_MEDIA_TYPE = "binary/octet-stream"
"""The media type of an object that was put without one."""
OVERRIDES = {
    "response-content-type": "Content-Type",
    "response-content-language": "Content-Language",
    "response-expires": "Expires",
    "response-cache-control": "Cache-Control",
    "response-content-disposition": "Content-Disposition",
    "response-content-encoding": "Content-Encoding",
}
"""Parameters of a get that set headers of its answer, and these headers."""
_ALLOWED = {
    *(*OVERRIDES, "attname", "versionid", "x-obs-security-token", "x-amz-security-token"),
    *(f"x-amz-{name}" for name in ("algorithm", "credential", "date", "expires", "signature", "signedheaders")),
}
_PUBLIC = ("public-read", "public-read-write", "public-read-delivered", "public-read-write-delivered")


def build_headers(call: Call) -> dict[str, str]:
    """Return the headers that every answer of the storage has."""
    chance = call.sandbox.chance
    return {
        "Server": "OBS",
        "x-obs-request-id": chance.draw("huawei.storage").hex().upper(),
        "x-obs-id-2": chance.text("huawei.storage_host", 64, BASE62),
    }


def read_subresources(call: Call) -> Mapping[str, str]:
    """Return the parameters that set headers of the answer, and those that change nothing, names in lower case.

    Raises `Refusal` for any other subresource, which makes another operation of the same path, and for a value that
    would break the headers.
    """
    parameters = {name.lower(): value for name, value in storage_signing.find_subresources(call.request).items()}
    for name in parameters.keys() - _ALLOWED:
        raise Refusal("ServiceNotImplemented", hint=f"`?{name}` is not emulated: objects are put, got and deleted.")
    for name, value in parameters.items():
        if not value.isprintable():
            raise Refusal("BadRequest", hint=f"`{name}` would break the headers of the answer: {value!r:.60}.")
    return parameters


def read_media_type(call: Call) -> str:
    """Return the media type of the object in the request."""
    return call.request.headers.get("content-type") or DEFAULT_MEDIA_TYPE


_STORED = ("Content-Disposition", "Cache-Control", "Content-Language", "Content-Encoding", "Expires")
"""Headers of a put that come back with the object, beside its metadata. The older signatures do not cover them."""


def read_stored_headers(call: Call) -> Mapping[str, str]:
    """Return what comes back with the object in the request: its own headers, and metadata by names after `meta-`."""
    headers = call.request.headers
    stored = {name: headers[name] for name in _STORED if name in headers}
    encodings = [part.strip() for part in stored.pop("Content-Encoding", "").split(",")]
    encoding = ", ".join(part for part in encodings if part not in ("", "aws-chunked"))  # of the way, not of the object
    prefix = storage_signing.find_prefix(call.request)
    metadata = {
        name.lower().removeprefix(prefix): value
        for name, value in headers.items()
        if name.lower().startswith(f"{prefix}meta-")
    }
    return stored | metadata | ({"Content-Encoding": encoding} if encoding else {})


def write_stored_headers(call: Call, stored: Mapping[str, str]) -> dict[str, str]:
    """Return what comes back with an object, metadata with the prefix of the scheme in which it is asked for."""
    prefix = storage_signing.find_prefix(call.request)
    return {f"{prefix}{name}" if name.startswith("meta-") else name: value for name, value in stored.items()}


def is_public(call: Call) -> bool:
    """Whether everybody may read the object in the request."""
    return storage_signing.find_header(call.request, "acl") in _PUBLIC


def compute_digest(call: Call) -> bytes:
    """Return the MD5 of the body. Raises `Refusal` for a body that Content-MD5 does not match, and for a copy."""
    if storage_signing.find_header(call.request, "copy-source") is not None:
        raise Refusal("ServiceNotImplemented", hint="Copying objects is not emulated; put the bytes.")
    digest = hashlib.md5(call.request.body, usedforsecurity=False).digest()
    content_md5 = call.request.headers.get("content-md5")
    if content_md5 and content_md5 != base64.b64encode(digest).decode():
        raise Refusal("BadDigest", hint="Content-MD5 is not the MD5 of the body that came.")
    return digest
