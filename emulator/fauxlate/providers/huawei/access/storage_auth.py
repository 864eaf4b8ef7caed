"""Who calls object storage: signatures in headers and in links are checked, and links are signed."""

from __future__ import annotations

import hmac
from email.utils import formatdate
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from fauxlate.engine.exchange.dates import parse_http_date
from fauxlate.engine.exchange.reading import parse_number
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.huawei.access import signing, storage_signing, storage_signing_v4
from fauxlate.providers.huawei.access.credentials import RESULTS_BUCKET_PREFIX

if TYPE_CHECKING:
    from fauxlate.engine.exchange.request import Request
    from fauxlate.engine.service.call import Call

MAX_CLOCK_SKEW = 15 * 60
"""Seconds that the date of a signature in a header may be off: RequestTimeTooSkewed."""
_MAX_EPOCH_SECONDS = 10**12 - 1


def get_results_bucket(call: Call) -> str:
    """Return the name of the service's own bucket, in which results lie. The documents mask its name."""
    return f"{RESULTS_BUCKET_PREFIX}{call.sandbox.tag}"


async def authenticate(call: Call) -> None:
    """Admit a call with a right and fresh signature. Raises `Refusal` for any other."""
    claim = storage_signing.read_claim(call.request)
    if claim is None:
        raise Refusal("AccessDenied#not_owner", hint="The signature cannot be read: `OBS AK:signature` is wanted.")
    call.owner = claim.access_key
    check_signature(call, call.request, claim, call.path.get("bucket", ""))
    if claim.v4 is not None:
        _join_chunks(call, claim.v4)


def check_signature(call: Call, request: Request, claim: storage_signing.Claim, bucket: str) -> None:
    """Check the claim of a request for `bucket`, which may be another request than the call's.

    Raises `Refusal` for an unknown key in a strict sandbox or in the bucket of results, for a date or an expiry that is
    past, and for a wrong signature.
    """
    secret = _get_secrets(call).get(claim.access_key)
    if secret is None and (call.sandbox.strict or bucket == get_results_bucket(call)):
        hint = f"AK {claim.access_key[:40]} belongs to no sandbox here, so it has no part in this bucket."
        raise Refusal("InvalidAccessKeyId", hint=hint)
    if claim.expires is None:
        _check_date(call, storage_signing.read_date(request, claim.scheme))
        if secret is not None and call.sandbox.signatures == "verified":
            _verify(request, claim, secret)
        return
    is_expiry_first = call.quirk("huawei.link_check_order") == "expiry_first"
    if is_expiry_first:
        _check_expiry(call, claim.expires)
    if secret is not None:
        _verify(request, claim, secret)
    if not is_expiry_first:
        _check_expiry(call, claim.expires)


def _join_chunks(call: Call, parts: storage_signing_v4.Parts) -> None:
    """Make one body of one that came in chunks. Raises `Refusal` where they are not those that were signed."""
    is_verified = call.sandbox.signatures == "verified"
    secret = _get_secrets(call).get(parts.access_key) if is_verified else None
    body = storage_signing_v4.join_chunks(call.request, parts, secret)
    if body is None:
        raise Refusal("SignatureDoesNotMatch", hint="The chunks of the body are not those that were signed.")
    call.request.body = body


def is_signed(call: Call, request: Request) -> bool:
    """Whether a request has a right signature by a key of the call's sandbox, however old."""
    claim = storage_signing.read_claim(request)
    secret = None if claim is None else _get_secrets(call).get(claim.access_key)
    return claim is not None and secret is not None and _is_right(request, claim, secret)


def _get_secrets(call: Call) -> dict[str, str]:
    """Return the secret keys of the call's sandbox by their access keys."""
    credentials = call.sandbox.credentials["huawei"]
    return {credentials[f"{prefix}access_key"]: credentials[f"{prefix}secret_key"] for prefix in ("", "storage_")}


def _is_right(request: Request, claim: storage_signing.Claim, secret: str) -> bool:
    actual = claim.signature.encode("utf-8", "surrogateescape")
    signatures = storage_signing.compute_signatures(secret, request, claim)
    return any(hmac.compare_digest(signature.encode(), actual) for signature in signatures)


def _check_date(call: Call, date: str) -> None:
    """Refuse a date that is off; one that is fresh by the wall clock is fresh, as in `auth`."""
    timestamp = signing.parse_date(date) or parse_http_date(date)
    if timestamp is None:
        example = formatdate(call.now, usegmt=True)
        hint = f"The date that is signed is {date!r:.60}; RFC 1123 is wanted, in English, as in `{example}`."
        raise Refusal("AccessDenied#no_date", hint=hint)
    if min(abs(call.now - timestamp), abs(call.sandbox.wall - timestamp)) > MAX_CLOCK_SKEW:
        hint = f"The signed date {date} is more than 15 minutes off."
        raise Refusal("RequestTimeTooSkewed", hint=hint)


def _check_expiry(call: Call, expires: str) -> None:
    """Refuse the expiry of a link, in seconds since the epoch, that has passed or cannot be read."""
    moment = parse_number(expires, _MAX_EPOCH_SECONDS)
    if moment is None:
        raise Refusal("AccessDenied#invalid_expires", hint=f"Expires is {expires[:40]!r}, not seconds since the epoch.")
    if call.now >= moment:
        seconds = int(call.now) - moment
        hint = (
            f"The link expired {seconds} seconds ago by the sandbox's clock; asking for the job again gives a new one."
        )
        raise Refusal("AccessDenied", hint=hint)


def _verify(request: Request, claim: storage_signing.Claim, secret: str) -> None:
    """Refuse a wrong signature."""
    if not _is_right(request, claim, secret):
        hint = (
            "The string to sign here is method, Content-MD5, Content-Type, date or Expires, the x-obs- headers and "
            "/bucket/key, as sent."
        )
        raise Refusal("SignatureDoesNotMatch", hint=hint)


def create_link(call: Call, bucket: str, key: str, lifetime: float) -> str:
    """Return a link to an object that is valid for `lifetime` seconds of the sandbox's clock."""
    credentials = call.sandbox.credentials["huawei"]
    access_key, secret_key = credentials["storage_access_key"], credentials["storage_secret_key"]
    return f"{call.base_url}{_sign_target(bucket, key, int(call.now + lifetime), access_key, secret_key)}"


@lru_cache(maxsize=1024)  # every poll in the same second has the same link
def _sign_target(bucket: str, key: str, expires: int, access_key: str, secret_key: str) -> str:
    """Return path and query of a link."""
    path = f"/{bucket}/{quote(key)}"
    signature = storage_signing.sign(secret_key, f"GET\n\n\n{expires}\n{path}")
    escaped = signature.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")  # all that Base64 has to escape
    return f"{path}?AccessKeyId={access_key}&Expires={expires}&Signature={escaped}"
