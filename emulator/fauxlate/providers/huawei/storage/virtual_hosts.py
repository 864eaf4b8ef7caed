"""Buckets that are addressed by a host name of their own, as the SDKs do for every endpoint that is no IP address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fauxlate.engine.exchange.request import Request
from fauxlate.providers.huawei.access import storage_auth, storage_signing

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

_ENDPOINTS = r"obs\.[a-z0-9-]+\.myhuaweicloud\.(?:com|eu)|localhost"
_BUCKET_HOST = re.compile(rf"([a-z0-9][a-z0-9.-]{{1,61}}[a-z0-9])\.(?:{_ENDPOINTS})")
_NAME = re.compile(r"([a-z0-9-]{3,63})\.[a-z0-9.-]*[a-z][a-z0-9.-]*")
"""A name of two labels or more that is no address of IPv4."""


def prepare(call: Call) -> None:
    """Put the bucket in the host before the path of a call, as if it had been addressed by its path."""
    request = call.request
    if storage_signing.has_storage_signature(request):
        bucket = _find_bucket(call)
        if bucket is not None:
            request.raw_path = _join(bucket, request.raw_path)


def _join(bucket: str, path: str) -> str:
    return f"/{bucket}" if path == "/" else f"/{bucket}{path}"


def _find_bucket(call: Call) -> str | None:
    """Return the bucket in the host. Under a name that is not known to be an endpoint's the signature decides."""
    host = call.request.host
    if match := _BUCKET_HOST.fullmatch(host):
        return match[1]
    if host.startswith("obs.") or (match := _NAME.fullmatch(host)) is None:
        return None
    by_path, by_host = (_copy(call.request), _copy(call.request))
    by_host.raw_path = _join(match[1], by_host.raw_path)
    return match[1] if storage_auth.is_signed(call, by_host) and not storage_auth.is_signed(call, by_path) else None


def _copy(request: Request) -> Request:
    return Request(request.method, request.target, request.headers, request.body)
