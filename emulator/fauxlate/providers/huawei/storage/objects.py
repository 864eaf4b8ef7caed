"""Object storage, as much as a document job needs: objects put, got, looked at and deleted, with a signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from fauxlate.engine.chance import BASE62
from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.exchange.request import Request
from fauxlate.engine.sandboxes.fetching import UnfetchedError
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.huawei import results
from fauxlate.providers.huawei.access import signing, storage_signing
from fauxlate.providers.huawei.results import StoredObject

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.huawei import models

OBJECTS = "huawei.object"
BUCKETS = "huawei.bucket"
WINDOW = 15 * 60
"""Seconds that a header signature's date may be off: RequestTimeTooSkewed."""
ANY_TYPE = "binary/octet-stream"
"""The type of an object that was put without one."""
_EPOCH_SECONDS = re.compile(r"[0-9]{1,12}")
_RANGE = re.compile(r"bytes=([0-9]{0,19})-([0-9]{0,19})")
_PUBLIC = ("public-read", "public-read-write", "public-read-delivered", "public-read-write-delivered")
_OVERRIDES = {
    "response-content-type": "Content-Type",
    "response-content-language": "Content-Language",
    "response-expires": "Expires",
    "response-cache-control": "Cache-Control",
    "response-content-disposition": "Content-Disposition",
    "response-content-encoding": "Content-Encoding",
}
"""Parameters of a get that set headers of its answer."""
_HARMLESS = {*_OVERRIDES, "attname", "versionid", "x-obs-security-token"}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_VIRTUAL = re.compile(r"([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.obs\.[a-z0-9-]+\.myhuaweicloud\.com(?::[0-9]+)?")
"""A bucket's own host name, as the service prints it in links."""


async def admit(call: Call) -> None:
    """Admit a request that was really signed, not too long ago or with a link that is still good."""
    claim = storage_signing.claimed(call.request)
    if claim is None:
        raise Refusal("AccessDenied#not_owner", hint="The signature cannot be read: `OBS AK:signature` is wanted.")
    call.owner = claim.access_key
    await _check(call, call.request, claim, call.path.get("bucket", ""))


async def _check(call: Call, request: Request, claim: storage_signing.Claim, bucket: str) -> None:
    own = call.sandbox.credentials["huawei"]
    secrets = {own[f"{whose}access_key"]: own[f"{whose}secret_key"] for whose in ("", "storage_")}
    secret = secrets.get(claim.access_key)
    if secret is None and (call.sandbox.strict or bucket == results.bucket(call)):
        hint = f"AK {claim.access_key[:40]} belongs to no sandbox here, so it has no part in this bucket."
        raise Refusal("InvalidAccessKeyId", hint=hint)
    if claim.expires is None:
        _not_skewed(call, storage_signing.date_of(request, claim.scheme))
        if secret is not None and call.sandbox.signatures == "verified":
            _really_signed(request, claim, secret)
        return
    first_expiry = call.quirk("huawei.link_check_order") == "expiry_first"
    if first_expiry:
        _not_expired(call, claim.expires)
    if secret is not None:
        _really_signed(request, claim, secret)
    if not first_expiry:
        _not_expired(call, claim.expires)


def _not_skewed(call: Call, date: str) -> None:
    """Refuse a date that is off; one that is fresh by the wall clock is fresh, as in `auth`."""
    sent = signing.seconds(date)
    if sent is None:
        try:
            sent = parsedate_to_datetime(date).timestamp()
        except (ValueError, OverflowError):
            hint = f"The date that is signed is {date!r:.60}; RFC 1123 is wanted, as in `{formatdate(call.now, usegmt=True)}`."
            raise Refusal("AccessDenied#no_date", hint=hint) from None
    if min(abs(call.now - sent), abs(call.sandbox.wall - sent)) > WINDOW:
        hint = f"The signed date {date} is more than 15 minutes off."
        raise Refusal("RequestTimeTooSkewed", hint=hint)


def _not_expired(call: Call, expires: str) -> None:
    if not _EPOCH_SECONDS.fullmatch(expires):
        raise Refusal("AccessDenied#invalid_expires", hint=f"Expires is {expires[:40]!r}, not seconds since the epoch.")
    if call.now >= int(expires):
        late = int(call.now) - int(expires)
        hint = f"The link expired {late} seconds ago by the sandbox's clock; asking for the job again gives a new one."
        raise Refusal("AccessDenied", hint=hint)


def _really_signed(request: Request, claim: storage_signing.Claim, secret: str) -> None:
    good = storage_signing.signature(secret, request, claim)
    if not hmac.compare_digest(good.encode(), claim.signature.encode("utf-8", "surrogateescape")):
        hint = (
            "The string to sign here is method, Content-MD5, Content-Type, date or Expires, the x-obs- headers and "
            "/bucket/key, as sent."
        )
        raise Refusal("SignatureDoesNotMatch", hint=hint)


def link(call: Call, bucket: str, key: str, life: float) -> str:
    """Return a link to an object that is good for `life` seconds of the sandbox's clock."""
    keys = call.sandbox.credentials["huawei"]
    signed = _signed(bucket, key, int(call.now + life), keys["storage_access_key"], keys["storage_secret_key"])
    return f"{call.base_url}{signed}"


@lru_cache(maxsize=1024)  # every poll of one second is told the same
def _signed(bucket: str, key: str, expires: int, access_key: str, secret_key: str) -> str:
    path = f"/{bucket}/{quote(key)}"
    signed = storage_signing.signed(secret_key, f"GET\n\n\n{expires}\n{path}")
    escaped = signed.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")  # all that Base64 has to escape
    return f"{path}?AccessKeyId={access_key}&Expires={expires}&Signature={escaped}"


async def find(call: Call, bucket: str, key: str) -> StoredObject:
    """Return an object. Raises `Refusal` where the bucket or the object is not there."""
    if bucket == results.bucket(call):
        found = await results.find(call, key)
        if found is None:
            hint = (
                "No result lies there now: it is kept 24 hours after the job has finished, under the key of its link."
            )
            raise Refusal("NoSuchKey", hint=hint)
        return found
    await _bucket(call, bucket)
    record = await call.sandbox.store.get(OBJECTS, f"{bucket}/{key}")
    if record is None:
        raise Refusal("NoSuchKey", hint=f"Nothing was put under `{key[:200]}` in `{bucket[:63]}`.")
    stored: StoredObject = record.value
    return stored


async def _bucket(call: Call, bucket: str) -> None:
    if await call.sandbox.store.get(BUCKETS, bucket) is None:
        hint = f"There is no bucket `{bucket[:63]}`; it comes to be by creating it, or by putting an object into it."
        raise Refusal("NoSuchBucket", hint=hint)


async def get_object(call: Call, asked: models.GetObject) -> Reply:
    """Return an object, or a range of it. HEAD is answered by the same; the web layer leaves out the body."""
    wanted = _plain(call)
    found = await find(call, asked.bucket, asked.key)
    etag = found.etag or f'"{hashlib.md5(found.data, usedforsecurity=False).hexdigest()}"'
    answer = headers(call) | {
        "Accept-Ranges": "bytes",
        "ETag": etag,
        "Last-Modified": formatdate(found.modified, usegmt=True),
    }
    asked_for = call.request.headers
    same = (etag, etag.strip('"'), "*")
    # esdk-obs-python 3.26.6 percent-encodes the quotes of an ETag in these headers.
    if unquote(asked_for.get("if-match", etag)) not in same:
        raise Refusal("PreconditionFailed", hint=f"If-Match is not the ETag, which is {etag}.")
    if unquote(asked_for.get("if-none-match", "")) in same:
        return Reply(304, b"", answer, found.media_type)
    answer |= {_OVERRIDES[name]: value for name, value in wanted.items() if name in _OVERRIDES}
    kind = answer.pop("Content-Type", found.media_type)
    part = _portion(asked_for.get("range", ""), len(found.data))
    if part is None:
        return Reply(200, found.data, answer, kind)
    answer["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{len(found.data)}"
    return Reply(206, found.data[part.start : part.stop], answer, kind)


def _portion(wanted: str, size: int) -> range | None:
    """Return the bytes that a Range header asks for; None for all, as for a header that is none (RFC 9110)."""
    found = _RANGE.fullmatch(wanted)
    if found is None or not (found[1] or found[2]):
        return None
    first = int(found[1]) if found[1] else max(0, size - int(found[2]))
    last = int(found[2]) if found[1] and found[2] else size - 1
    if first > last and found[2] and found[1]:
        return None
    if first >= size or (not found[1] and int(found[2]) == 0):
        raise Refusal("InvalidRange", hint=f"The object has {size} bytes; asked for was {wanted}.")
    return range(first, min(last, size - 1) + 1)


async def put_object(call: Call, asked: models.PutObject) -> Reply:
    """Keep an object, over what lay there. A bucket that is not there comes to be with its first object."""
    _plain(call)
    not_the_services(call, asked.bucket)
    etag = f'"{digest(call).hex()}"'
    stored = StoredObject(call.request.body, media_type(call), call.now, for_all(call), etag)
    await keep(call, asked.bucket, asked.key, stored)
    return Reply(200, b"", headers(call) | {"ETag": etag}, "application/xml")


def digest(call: Call) -> bytes:
    """Return the MD5 of the body. Refuses one that is not what Content-MD5 says, and a copy."""
    for prefix in ("x-obs-", "x-amz-"):
        if f"{prefix}copy-source" in call.request.headers:
            raise Refusal("ServiceNotImplemented", hint="Copying objects is not emulated; put the bytes.")
    found = hashlib.md5(call.request.body, usedforsecurity=False).digest()
    said = call.request.headers.get("content-md5")
    if said is not None and said != base64.b64encode(found).decode():
        raise Refusal("BadDigest", hint="Content-MD5 is not the MD5 of the body that came.")
    return found


def media_type(call: Call) -> str:
    """Return the type that an object is put with."""
    return call.request.headers.get("content-type") or ANY_TYPE


def for_all(call: Call) -> bool:
    """Whether an object is put so that everybody may read it."""
    sent = call.request.headers
    return (sent.get("x-obs-acl") or sent.get("x-amz-acl", "private")) in _PUBLIC


async def keep(call: Call, bucket: str, key: str, stored: StoredObject) -> None:
    """Keep an object, over what lay there."""
    await call.sandbox.store.put(BUCKETS, bucket, Record(call.owner))
    await call.sandbox.store.put(OBJECTS, f"{bucket}/{key}", Record(stored))


async def delete_object(call: Call, asked: models.DeleteObject) -> Reply:
    """Delete an object; that there is none is no error."""
    _plain(call)
    not_the_services(call, asked.bucket)
    await _bucket(call, asked.bucket)
    await call.sandbox.store.take(OBJECTS, f"{asked.bucket}/{asked.key}")
    return Reply(204, b"", headers(call), "application/xml")


async def create_bucket(call: Call, asked: models.CreateBucket) -> Reply:
    """Make a bucket; one that is there stays as it is."""
    _plain(call)
    not_the_services(call, asked.bucket)
    await call.sandbox.store.put(BUCKETS, asked.bucket, Record(call.owner))
    return Reply(200, b"", headers(call) | {"Location": f"/{asked.bucket}"}, "application/xml")


async def head_bucket(call: Call, asked: models.HeadBucket) -> Reply:
    """Tell whether a bucket is there."""
    if asked.bucket != results.bucket(call):
        await _bucket(call, asked.bucket)
    return Reply(200, b"", headers(call), "application/xml")


def _plain(call: Call) -> Mapping[str, str]:
    """Return the parameters that set headers of the answer. Refuses any other operation of the same path."""
    named = {name.lower(): value for name, value in storage_signing.subresources(call.request).items()}
    for name in named.keys() - _HARMLESS:
        raise Refusal("ServiceNotImplemented", hint=f"`?{name}` is not emulated: objects are put, got and deleted.")
    for name, value in named.items():
        if not value.isprintable():
            raise Refusal("BadRequest", hint=f"`{name}` would break the headers of the answer: {value!r:.60}.")
    return named


def not_the_services(call: Call, bucket: str) -> None:
    """Refuse to write into the bucket of results."""
    if bucket == results.bucket(call):
        raise Refusal("AccessDenied#not_owner", hint="This bucket is the service's; its objects are results of jobs.")


def headers(call: Call) -> dict[str, str]:
    """Return the headers that every answer of the storage has."""
    chance = call.sandbox.chance
    return {
        "Server": "OBS",
        "x-obs-request-id": chance.draw("huawei.storage").hex().upper(),
        "x-obs-id-2": chance.text("huawei.storage_host", 64, BASE62),
    }


async def source(call: Call, url: str) -> bytes | None:
    """Return the source that a URL of our own storage leads to, None for any other.

    Ours is what stands under this server's address, as called or as on this machine; and under a bucket's own name
    (`bucket.obs.region.myhuaweicloud.com`) what was put into that bucket here. Raises `UnfetchedError` where the object
    is not there, or is private and the URL not signed for it.
    """
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    if virtual := _VIRTUAL.fullmatch(parts.netloc.lower()):
        raw_path = f"/{virtual[1]}{parts.path}"
        if await call.sandbox.store.get(OBJECTS, unquote(raw_path[1:])) is None:
            return None
    elif _is_here(call, parts.netloc.lower()):
        raw_path = parts.path
    else:
        return None
    bucket, _, key = unquote(raw_path[1:]).partition("/")
    request = Request("GET", f"{raw_path}{query}", {})
    try:
        found = await find(call, bucket, key)
        if not found.public:
            claim = storage_signing.claimed(request)
            if claim is None:
                raise UnfetchedError("the object is private, and its URL carries no signature")
            await _check(call, request, claim, bucket)
    except Refusal as refusal:
        raise UnfetchedError(f"{refusal.key}: {refusal.hint}") from refusal
    return found.data


def _is_here(call: Call, host: str) -> bool:
    """Whether a URL's host is this server: as the client calls it, as it calls itself, or by the machine's loopback."""
    own = urlsplit(call.base_url)
    name, _, port = host.rpartition(":")
    here = {own.netloc.lower(), call.request.headers.get("host", "").lower()}
    return host in here or (name in _LOOPBACK and port == str(own.port))
