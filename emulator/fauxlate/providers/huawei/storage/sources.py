"""The sources of document jobs that lie in the storage here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from fauxlate.engine.exchange.request import Request
from fauxlate.engine.sandboxes.fetching import FetchError
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.huawei.access import storage_auth, storage_signing
from fauxlate.providers.huawei.storage.objects import OBJECTS, find_object

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_BUCKET_HOST = re.compile(r"([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.obs\.[a-z0-9-]+\.myhuaweicloud\.com(?::[0-9]+)?")
"""A bucket's own host name, as the service prints it in links."""


async def read_source(call: Call, url: str) -> bytes | None:
    """Return the bytes of a source by its URL; None where the URL does not lead into the storage here.

    It does with this server's host, as called or as on this machine; and with the host of a bucket
    (`bucket.obs.region.myhuaweicloud.com`) where the object was put into that bucket here. Raises `FetchError` where
    the object is missing, or is private and the URL has no right signature for it.
    """
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    if match := _BUCKET_HOST.fullmatch(parts.netloc.lower()):
        raw_path = f"/{match[1]}{parts.path}"
        if await call.sandbox.store.get(OBJECTS, unquote(raw_path[1:])) is None:
            return None
    elif _is_own_host(call, parts.netloc.lower()):
        raw_path = parts.path
    else:
        return None
    bucket, _, key = unquote(raw_path[1:]).partition("/")
    request = Request("GET", f"{raw_path}{query}", {})
    try:
        source = await find_object(call, bucket, key)
        if not source.is_public:
            claim = storage_signing.read_claim(request)
            if claim is None:
                raise FetchError("the object is private, and its URL carries no signature")
            storage_auth.check_signature(call, request, claim, bucket)
    except Refusal as refusal:
        raise FetchError(f"{refusal.key}: {refusal.hint}") from refusal
    return source.data


def _is_own_host(call: Call, host: str) -> bool:
    """Whether a host is this server: as the client calls it, as it calls itself, or by the machine's loopback."""
    url = urlsplit(call.base_url)
    name, _, port = host.rpartition(":")
    hosts = {url.netloc.lower(), call.request.headers.get("host", "").lower()}
    return host in hosts or (name in _LOOPBACK and port == str(url.port))
