"""Temporary links of the object storage: signed in the query string, good for so long, refused in its own XML."""

from __future__ import annotations

import base64
import hmac
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from emulator.engine.errors import Refusal

if TYPE_CHECKING:
    from emulator.engine.call import Call
    from emulator.engine.request import Request

_SIGNED_SUBRESOURCES = frozenset(
    {"attname", "response-content-disposition", "response-content-type", "response-cache-control", "versionId"}
    | {"response-content-encoding", "response-content-language", "response-expires", "x-obs-security-token"}
    | {"x-image-process", "acl"}
)


_EPOCH_SECONDS = re.compile(r"[0-9]{1,12}")


def carries_signature(request: Request) -> bool:
    """Whether this is a request for an object by a temporary link."""
    query = request.raw_query
    return "Signature=" in query and "Expires=" in query and "AccessKeyId=" in query


def signature(
    secret: str, method: str, path: str, expires: str, headers: tuple[str, str], signed: dict[str, str]
) -> str:
    """Return the query signature of object storage, in Base64.

    `path` is `/bucket/key`, the key still percent-encoded; `headers` are Content-MD5 and Content-Type as sent;
    `signed` the query parameters that enter the string to sign. Source: Object Storage API, signature in a URL.
    """
    names = "&".join(f"{name}={value}" if value else name for name, value in sorted(signed.items()))
    resource = f"{path}?{names}" if names else path
    text = "\n".join((method, *headers, expires, resource))
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), "sha1")).decode()


def link(call: Call, bucket: str, key: str, life: float) -> str:
    """Return a link to an object that is good for `life` seconds of the sandbox's clock."""
    keys = call.sandbox.credentials["huawei"]
    path, expires = f"/{bucket}/{quote(key)}", str(int(call.now + life))
    signed = signature(keys["storage_secret_key"], "GET", path, expires, ("", ""), {})
    query = f"AccessKeyId={keys['storage_access_key']}&Expires={expires}&Signature={quote(signed, safe='')}"
    return f"{call.base_url}{path}?{query}"


async def admit(call: Call) -> None:
    """Admit a request whose link is still good and was really signed. Expiry is looked at first."""
    keys, query = call.sandbox.credentials["huawei"], call.request.query
    if (query.get("AccessKeyId") or query.get("AWSAccessKeyId")) != keys["storage_access_key"]:
        raise Refusal("InvalidAccessKeyId", hint="The AccessKeyId of this link is not the one that signs links here.")
    checks = (_not_expired, _really_signed)
    for check in checks if call.quirk("huawei.link_check_order") == "expiry_first" else reversed(checks):
        check(call, query.get("Expires", ""))


def _not_expired(call: Call, expires: str) -> None:
    if not _EPOCH_SECONDS.fullmatch(expires):
        raise Refusal("AccessDenied#invalid_expires", hint=f"Expires is {expires[:40]!r}, not seconds since the epoch.")
    if call.now >= int(expires):
        late = int(call.now) - int(expires)
        hint = f"The link expired {late} seconds ago by the sandbox's clock; asking for the job again gives a new one."
        raise Refusal("AccessDenied", hint=hint)


def _really_signed(call: Call, expires: str) -> None:
    request, query = call.request, call.request.query
    headers = (request.headers.get("content-md5", ""), request.headers.get("content-type", ""))
    signed = {name: value for name, value in query.items() if name in _SIGNED_SUBRESOURCES}
    secret = call.sandbox.credentials["huawei"]["storage_secret_key"]
    good = signature(secret, request.method, request.raw_path, expires, headers, signed)
    if not hmac.compare_digest(good.encode(), query.get("Signature", "").encode()):
        hint = "The string to sign here is method, Content-MD5, Content-Type, Expires and /bucket/key, as sent."
        raise Refusal("SignatureDoesNotMatch", hint=hint)
