"""Upload information: a new object that may be put, and the signed headers of its PUT, valid for a quarter of an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fauxlate.engine.chance import HEX
from fauxlate.providers.dingtalk.files import objects
from fauxlate.providers.dingtalk.files.objects import Upload

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

EXPIRATION_SECONDS = 900
"""How long upload information is valid: expirationSeconds, accessTokenExpirationMillis."""
REGION = "ZHANGJIAKOU"


async def create_upload(call: Call, name: str, media_id: str = "") -> Upload:
    """Store and return a new upload, with a media id of its own unless one is given."""
    secrets = call.sandbox.secrets
    key = f"{call.sandbox.tag}{secrets.text('dingtalk.object', 24, HEX)}.file"
    upload = Upload(
        key=key,
        media_id=media_id or f"yundisk0/{key}",
        name=name,
        owner=call.owner,
        access_key="STS.N" + secrets.text("dingtalk.sts", 24),
        secret=secrets.text("dingtalk.sts_secret", 44),
        token="CAIS" + secrets.text("dingtalk.sts_token", 60),
        expires=call.now + EXPIRATION_SECONDS,
    )
    await objects.save_upload(call, upload)
    return upload


def sign_headers(call: Call, upload: Upload) -> dict[str, str]:
    """Return the headers of the PUT, signed for a request without content type."""
    from email.utils import formatdate  # only upload information needs it

    date = formatdate(call.now, usegmt=True)
    signature = objects.sign(upload, "PUT", {"x-oss-date": date})
    return {"Authorization": f"OSS {upload.access_key}:{signature}", "x-oss-date": date}
