"""Who calls: both signature families name an AccessKey; the gateway wants it before anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from emulator.engine.chance import Chance
from emulator.engine.errors import Refusal
from emulator.engine.provider import Trouble

if TYPE_CHECKING:
    from emulator.engine.call import Call
    from emulator.engine.request import Request

VERSION = "2018-10-12"
RESULTS = "/alimt-results/"
"""Where result images lie; the segment that follows is the tag of their sandbox."""
_ACS3 = re.compile(r"ACS3-[A-Z0-9-]+\s+Credential=([^,\s]*)")


def mint(tag: str) -> Mapping[str, str]:
    """Return an AccessKey pair as the console prints one: `LTAI` and 20 characters, and a secret of 30."""
    chance = Chance(int(tag, 16))
    return {
        "access_key_id": "LTAI" + chance.text("alibaba.access_key_id", 20),
        "access_key_secret": chance.text("alibaba.access_key_secret", 30),
    }


def parameter(request: Request, name: str) -> str | None:
    """Return a common parameter of the RPC style, from the query or, as pop-core sends it, from the form body."""
    return request.query.get(name) or request.form.get(name)


def action(request: Request) -> str | None:
    """Return the operation that is asked for: in the header (ACS3), the query, or the body (RPC)."""
    return request.headers.get("x-acs-action") or parameter(request, "Action")


def access_key(request: Request) -> str | None:
    """Return the AccessKeyId of either signature family, or the bearer token."""
    if signed := _ACS3.match(request.headers.get("authorization", "")):
        return signed[1] or None
    return parameter(request, "AccessKeyId") or request.headers.get("x-acs-bearer-token")


def credentials(request: Request) -> Iterator[str]:
    """Give what names the caller: its AccessKeyId, or the tag in a result image's path."""
    if request.raw_path.startswith(RESULTS):
        yield request.raw_path[len(RESULTS) :].partition("/")[0]
    elif key := access_key(request):
        yield key


async def gateway(call: Call) -> None:
    """Check version and AccessKey as the gateway does before a call reaches the service."""
    request = call.request
    version = request.headers.get("x-acs-version") or parameter(request, "Version")
    if not version:
        detail = f"No API version came; send {VERSION} as `Version`, or in the header x-acs-version."
        raise call.refuse(Trouble.MISSING, detail, "Version")
    if version != VERSION:
        raise Refusal("InvalidVersion", hint=f"Version {version} came; machine translation has {VERSION} alone.")
    key = access_key(request)
    if not key:
        detail = "No AccessKeyId came: none in an ACS3 Authorization header, in the query, or in the form body."
        raise call.refuse(Trouble.MISSING, detail, "AccessKeyId")
    if call.sandbox.strict and key not in call.sandbox.credentials["alibaba"].values():
        hint = f"AccessKeyId {key} belongs to no sandbox here. `fauxlate env` prints the ones that do."
        raise Refusal("InvalidAccessKeyId.NotFound", hint=hint)
    call.owner = key
