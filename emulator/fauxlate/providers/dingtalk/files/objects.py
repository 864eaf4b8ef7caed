"""The object store (Alibaba Cloud OSS) to which upload information points: a signed PUT, and nothing else.

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
from fauxlate.engine.exchange.reply import Reply, SignatureComparison
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.problems import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.dingtalk.access.auth import OBJECTS
from fauxlate.providers.dingtalk.files import media
from fauxlate.providers.dingtalk.files.media import Media

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fauxlate.engine.service.call import Call
    from fauxlate.providers.dingtalk.models import storage as models

BUCKET = OBJECTS.split("/")[1]
_EXPECTED, _BY_MARK = "dingtalk.object", "dingtalk.object_of_mark"
SKEW = 900.0
"""Seconds that a request's date may differ from the store's clock."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A place where one file may be put.

    `mark` is what the client calls it by (mediaId, or uploadKey). `access_key`, `secret` and the security `token` sign
    for this object alone, until `expires`.
    """

    key: str
    mark: str
    name: str
    owner: str
    access_key: str
    secret: str
    token: str
    expires: float


def url(call: Call, upload: Upload) -> str:
    """Return where the file is put."""
    return f"{call.base_url}{OBJECTS}{upload.key}"


async def expect(call: Call, upload: Upload) -> None:
    """Remember that a file may be put."""
    await call.sandbox.store.put(_EXPECTED, upload.key, Record(upload))
    await call.sandbox.store.put(_BY_MARK, upload.mark, Record(upload.key))


async def renewed(call: Call, mark: str, seconds: float) -> Upload:
    """Return an upload begun before, good for as long again."""
    key = await call.sandbox.store.get(_BY_MARK, mark)
    record = await call.sandbox.store.get(_EXPECTED, key.value) if key is not None else None
    if record is None or record.value.owner != call.owner:
        raise Refusal("object.not.exist", hint=f"mediaId {mark!r:.80} was not given to this corp.")
    upload: Upload = replace(record.value, expires=call.now + seconds)
    await expect(call, upload)
    return upload


def signature(upload: Upload, method: str, headers: Mapping[str, str]) -> str:
    """Return the signature of a request for the object of `upload`; `headers` by name in lower case."""
    text = "\n".join(_lines(upload, method, headers))
    return b64encode(hmac.digest(upload.secret.encode(), text.encode("utf-8", "replace"), "sha1")).decode()


def _lines(upload: Upload, method: str, headers: Mapping[str, str]) -> list[str]:
    own = sorted((name.lower(), value.strip()) for name, value in headers.items() if name.lower().startswith("x-oss-"))
    date = headers.get("x-oss-date") or headers.get("date", "")
    return [
        method,
        headers.get("content-md5", ""),
        headers.get("content-type", ""),
        date,
        *(f"{name}:{value}" for name, value in own),
        f"{OBJECTS}{upload.key}",
    ]


async def put_object(call: Call, asked: models.PutObject) -> Reply:
    """Take a file. What it is called, and by which id it can be named, was settled before."""
    record = await call.sandbox.store.get(_EXPECTED, asked.key)
    if record is None:
        raise Refusal("AccessDenied", hint=f"No upload information was given for the object {asked.key!r:.80}.")
    upload: Upload = record.value
    if call.sandbox.signatures == "verified":
        _verify(call, upload)
    data = call.request.body
    digest = md5(data, usedforsecurity=False)
    wanted = call.request.headers.get("content-md5")
    if wanted is not None and wanted != b64encode(digest.digest()).decode():
        raise Refusal("InvalidDigest", hint="Content-MD5 is not the Base64 of the body's MD5.")
    await media.keep(call, upload.mark, Media((upload.name,) if upload.name else (), data, upload.owner))
    headers = {"ETag": f'"{digest.hexdigest().upper()}"', "x-oss-request-id": request_id(call)}
    return Reply(200, b"", headers, media_type="application/xml")


def request_id(call: Call) -> str:
    """Return what the store calls a request by."""
    return call.sandbox.chance.text("dingtalk.oss_request", 24, HEX).upper()


def _verify(call: Call, upload: Upload) -> None:
    from email.utils import parsedate_to_datetime  # only a signed upload needs it

    headers = call.request.headers
    scheme, _, rest = headers.get("authorization", "").partition(" ")
    access_key, _, signed = rest.partition(":")
    if scheme != "OSS" or not signed:
        raise Refusal("AccessDenied", hint="The header Authorization is missing, or not `OSS <key>:<signature>`.")
    if access_key != upload.access_key:
        raise Refusal("InvalidAccessKeyId", hint="The access key is not the one that was given for this object.")
    token = headers.get("x-oss-security-token")
    if token is not None and token != upload.token:
        raise Refusal("InvalidSecurityToken", hint="x-oss-security-token is not the accessToken that was given.")
    wanted = signature(upload, call.request.method, headers)
    if not hmac.compare_digest(wanted.encode(), signed.encode("utf-8", "replace")):
        lines = tuple((line, None) for line in _lines(upload, call.request.method, headers))
        cause = "the request is not the one that was signed: exactly the returned headers, and no content type"
        hint = f"Signed is {[line for line, _ in lines]!r}: {cause}."
        raise Refusal("SignatureDoesNotMatch", hint=hint, signature=SignatureComparison(cause, lines))
    if call.now >= upload.expires:
        key = "SecurityTokenExpired" if token is not None else "RequestTimeTooSkewed"
        raise Refusal(key, hint="Upload information is good for 900 seconds of the sandbox's clock; ask anew.")
    try:
        sent = parsedate_to_datetime(headers.get("x-oss-date") or headers.get("date", "")).timestamp()
    except ValueError:
        raise call.refuse(ProblemKind.INVALID, "The date of the request cannot be read.") from None
    if abs(sent - call.now) > SKEW:
        hint = f"The request's date is {sent - call.now:+.0f} s off the sandbox's clock."
        raise Refusal("RequestTimeTooSkewed", hint=hint)
