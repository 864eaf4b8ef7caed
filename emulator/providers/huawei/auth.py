"""Who calls: an IAM token in `X-Auth-Token`, or an AK/SK signature in `Authorization`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from emulator.engine.chance import BASE62, HEX, Chance
from emulator.engine.errors import Refusal

if TYPE_CHECKING:
    from emulator.engine.call import Call
    from emulator.engine.request import Request

_UPPER = BASE62[:36]
_SIGNED = re.compile(r"SDK-HMAC-SHA256\s+Access=([^,\s]+)\s*,\s*SignedHeaders=[^,\s]+\s*,\s*Signature=[0-9a-fA-F]+")
_PROJECT = re.compile(r"/v1/([^/]+)/")
_OURS = re.compile(r"(SDK-|V11-)")
TOKEN_PREFIX = "MIIF"  # noqa: S105  (how every IAM token begins: Base64 of a CMS message)
TOKENS = "huawei.token"
"""The kind under which tokens are remembered."""


def mint(tag: str) -> Mapping[str, str]:
    """Return an access key pair, a project, and an IAM user, in the forms the console prints them in."""
    chance = Chance(int(tag, 16))
    return {
        "access_key": chance.text("huawei.access_key", 20, _UPPER),
        "secret_key": chance.text("huawei.secret_key", 40),
        "project_id": chance.text("huawei.project_id", 32, HEX),
        "domain": f"fauxlate-{tag}",
        "domain_id": chance.text("huawei.domain_id", 32, HEX),
        "user": f"user-{tag}",
        "user_id": chance.text("huawei.user_id", 32, HEX),
        "password": chance.text("huawei.password", 16),
        "storage_access_key": chance.text("huawei.storage_access_key", 20, _UPPER),
        "storage_secret_key": chance.text("huawei.storage_secret_key", 40),
    }


def credentials(request: Request) -> Iterator[str]:
    """Give what names the caller: AK, token (from its tag on), project, IAM user, AccessKeyId of a signed link."""
    if signed := _SIGNED.match(request.headers.get("authorization", "")):
        yield signed[1]
    if token := request.headers.get("x-auth-token"):
        yield token.removeprefix(TOKEN_PREFIX)
    if in_path := _PROJECT.match(request.raw_path):
        yield in_path[1]
    elif request.raw_path == "/v3/auth/tokens":
        yield from _user(request)
    elif key := request.query.get("AccessKeyId") or request.query.get("AWSAccessKeyId"):
        yield key


def _user(request: Request) -> Iterator[str]:
    """Give name and id of the user in the body of a request for a token."""
    found: object = request.json
    for name in ("auth", "identity", "password", "user"):
        found = found.get(name) if isinstance(found, dict) else None
    if isinstance(found, dict):
        yield from (named for named in (found.get("name"), found.get("id")) if isinstance(named, str))


async def signed_or_token(call: Call) -> None:
    """Admit a call with an AK/SK signature or a good token; refuse any other in the service's words."""
    authorization = call.request.headers.get("authorization", "")
    if signed := _SIGNED.match(authorization):
        _known(call, signed[1])
        return
    if _OURS.match(authorization):
        reason = "Unauthorized"
        hint = "The Authorization header is not of the form `SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…`."
        raise Refusal("APIG.0301", {"{reason}": reason}, hint=hint)
    token = call.request.headers.get("x-auth-token")
    if not token:
        hint = "Neither an X-Auth-Token nor an AK/SK signature came."
        raise Refusal(call.quirk("huawei.missing_authentication"), {"{reason}": "Unauthorized"}, hint=hint)
    await _good(call, token)


def _known(call: Call, access_key: str) -> None:
    if call.sandbox.strict and access_key not in call.sandbox.credentials["huawei"].values():
        reason = "Get secretKey failed,ak:******,err:ak not exist"
        hint = f"AK {access_key} belongs to no sandbox here. `fauxlate env` prints the ones that do."
        raise Refusal("APIG.0301", {"{reason}": reason}, hint=hint)
    call.owner = access_key


async def _good(call: Call, token: str) -> None:
    record = await call.sandbox.store.get(TOKENS, token)
    if record is None or not record.holds(call.now):
        why = "was never given out here" if record is None else "expired 24 hours after it was given out"
        raise Refusal(
            call.quirk("huawei.bad_token"), hint=f"The token in X-Auth-Token {why}; POST /v3/auth/tokens gives one."
        )
    call.owner = record.value
