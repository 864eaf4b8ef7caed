"""The object store (Alibaba Cloud OSS) of which upload information tells: a signed PUT, and nothing else.

"PUT resourceUrl with the returned headers, without content type" (obtain-file-upload-informations). Signatures are of
OSS's first version: Base64 of HMAC-SHA1 over verb, Content-MD5, Content-Type, date, x-oss- headers and resource.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from dataclasses import dataclass, replace
from hashlib import md5
from typing import TYPE_CHECKING

from fauxlate.engine.chance import HEX
from fauxlate.engine.exchange.dates import parse_http_date
from fauxlate.engine.exchange.reply import Reply, SignatureComparison
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.problems import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.dingtalk.files import media
from fauxlate.providers.dingtalk.files.media import Media
from fauxlate.providers.dingtalk.models import objects as models
from fauxlate.providers.dingtalk.paths import OBJECTS_PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fauxlate.engine.service.call import Call

BUCKET = OBJECTS_PATH.split("/")[1]
MAX_CLOCK_SKEW = 900.0
"""Seconds that a request's date may differ from the store's clock."""
_UPLOADS = "dingtalk.object"
"""The kind of record under which the store keeps the `Upload` of each object's key."""
_KEYS = "dingtalk.object_of_mark"
"""The kind of record under which the store keeps the object's key of each media id."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An object that may be put.

    `media_id` is by what the client names the file: a mediaId, or an uploadKey. `access_key`, `secret` and the security
    `token` sign for this object alone, until `expires`, in seconds since the epoch.
    """

    key: str
    media_id: str
    name: str
    owner: str
    access_key: str
    secret: str
    token: str
    expires: float


def make_url(call: Call, upload: Upload) -> str:
    """Return the URL of the object."""
    return f"{call.base_url}{OBJECTS_PATH}{upload.key}"


async def save_upload(call: Call, upload: Upload) -> None:
    """Store an upload, so that its object may be put."""
    await call.sandbox.store.put(_UPLOADS, upload.key, Record(upload))
    await call.sandbox.store.put(_KEYS, upload.media_id, Record(upload.key))


async def renew_upload(call: Call, media_id: str, seconds: float) -> Upload:
    """Return an earlier upload, valid for so many seconds from now on. Raises `Refusal` for an unknown media id."""
    key = await call.sandbox.store.get(_KEYS, media_id)
    record = await call.sandbox.store.get(_UPLOADS, key.value) if key is not None else None
    if record is None or record.value.owner != call.owner:
        raise Refusal("object.not.exist", hint=f"mediaId {media_id!r:.80} was not given to this corp.")
    upload: Upload = replace(record.value, expires=call.now + seconds)
    await save_upload(call, upload)
    return upload


def sign(upload: Upload, method: str, headers: Mapping[str, str]) -> str:
    """Return the signature of a request for the object of `upload`; `headers` by name in lower case."""
    text = "\n".join(_list_signed_lines(upload, method, headers))
    return b64encode(hmac.digest(upload.secret.encode(), text.encode("utf-8", "replace"), "sha1")).decode()


def _list_signed_lines(upload: Upload, method: str, headers: Mapping[str, str]) -> list[str]:
    oss_headers = sorted(
        (name.lower(), value.strip()) for name, value in headers.items() if name.lower().startswith("x-oss-")
    )
    date = headers.get("x-oss-date") or headers.get("date", "")
    return [
        method,
        headers.get("content-md5", ""),
        headers.get("content-type", ""),
        date,
        *(f"{name}:{value}" for name, value in oss_headers),
        f"{OBJECTS_PATH}{upload.key}",
    ]


async def put_object(call: Call, parameters: models.PutObject) -> Reply:
    """Store a file with the name and the media id that its upload has."""
    record = await call.sandbox.store.get(_UPLOADS, parameters.key)
    if record is None:
        raise Refusal("AccessDenied", hint=f"No upload information was given for the object {parameters.key!r:.80}.")
    upload: Upload = record.value
    if call.sandbox.signatures == "verified":
        _verify_signature(call, upload)
    data = call.request.body
    digest = md5(data, usedforsecurity=False)
    content_md5 = call.request.headers.get("content-md5")
    if content_md5 and content_md5 != b64encode(digest.digest()).decode():
        raise Refusal("InvalidDigest", hint="Content-MD5 is not the Base64 of the body's MD5.")
    names = (upload.name,) if upload.name else ()
    await media.save(call, upload.media_id, Media(names, data, upload.owner))
    request_id = call.sandbox.chance.text("dingtalk.oss_request", 24, HEX).upper()
    headers = {"ETag": f'"{digest.hexdigest().upper()}"', "x-oss-request-id": request_id}
    return Reply(200, b"", headers, media_type="application/xml")


def _verify_signature(call: Call, upload: Upload) -> None:
    headers = call.request.headers
    scheme, _, claim = headers.get("authorization", "").partition(" ")
    access_key, _, signature = claim.partition(":")
    if scheme != "OSS" or not signature:
        raise Refusal("AccessDenied", hint="The header Authorization is missing, or not `OSS <key>:<signature>`.")
    if access_key != upload.access_key:
        raise Refusal("InvalidAccessKeyId", hint="The access key is not the one that was given for this object.")
    token = headers.get("x-oss-security-token")
    if token is not None and token != upload.token:
        raise Refusal("InvalidSecurityToken", hint="x-oss-security-token is not the accessToken that was given.")
    expected = sign(upload, call.request.method, headers)
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
        lines = _list_signed_lines(upload, call.request.method, headers)
        cause = "the request is not the one that was signed: exactly the returned headers, and no content type"
        comparison = SignatureComparison(cause, tuple((line, None) for line in lines))
        raise Refusal("SignatureDoesNotMatch", hint=f"Signed is {lines!r}: {cause}.", signature=comparison)
    if call.now >= upload.expires:
        error = "SecurityTokenExpired" if token is not None else "RequestTimeTooSkewed"
        raise Refusal(error, hint="Upload information is good for 900 seconds of the sandbox's clock; ask anew.")
    timestamp = parse_http_date(headers.get("x-oss-date") or headers.get("date", ""))
    if timestamp is None:
        raise call.refuse(ProblemKind.INVALID, "The date of the request cannot be read.")
    if abs(timestamp - call.now) > MAX_CLOCK_SKEW:
        hint = f"The request's date is {timestamp - call.now:+.0f} s off the sandbox's clock."
        raise Refusal("RequestTimeTooSkewed", hint=hint)


OPERATIONS = (
    Operation(
        name="PutObject",
        methods=("PUT",),
        path=OBJECTS_PATH + "{key}",
        run=put_object,
        parameters=models.PutObject,
        family="oss",
        source="obtain-file-upload-informations (OSS, PUT with signed headers); the path is ours",
    ),
)
