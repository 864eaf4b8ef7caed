"""Grants: what an access token stands for, and the tokens under which the store keeps them, valid for two hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fauxlate.engine.chance import HEX
from fauxlate.engine.sandboxes.store import Record

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

TOKEN_SECONDS = 7200
_TOKENS = "dingtalk.token"
"""The kind of record under which the store keeps the `Grant` of each token."""
_CURRENT_TOKENS = "dingtalk.current_token"
"""The kind of record under which the store keeps the latest token of each grant."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token stands for.

    `kind`: an internal `app` in its own corp; a third-party app in a `corp` that has authorised it; the `suite` itself,
    of no corp; or a `user` who has logged in to the app `client`.
    """

    kind: Literal["app", "corp", "suite", "user"]
    client: str
    corp_id: str = ""
    union_id: str = ""


async def find_grant(call: Call, token: str) -> Grant | None:
    """Return what a token stands for, None where it is unknown or has expired."""
    record = await call.sandbox.store.get(_TOKENS, token)
    return record.value if record is not None and record.is_valid(call.now) else None


async def renew_token(call: Call, grant: Grant) -> str:
    """Return the grant's valid token with its two hours begun anew (有效期内重复获取会返回相同结果并自动续期), or a new one."""
    store, key = call.sandbox.store, f"{grant.kind}/{grant.client}/{grant.corp_id}/{grant.union_id}"
    record = await store.get(_CURRENT_TOKENS, key)
    if record is not None and record.is_valid(call.now):
        token: str = record.value
        await store.put(_TOKENS, token, Record(grant, call.now + TOKEN_SECONDS))
    else:
        token = await _create_token(call, grant)
    await store.put(_CURRENT_TOKENS, key, Record(token, call.now + TOKEN_SECONDS))
    return token


async def replace_token(call: Call, grant: Grant) -> str:
    """Return a new token each time (有效期内重复获取会返回新的); whether the one before stays valid, a quirk says."""
    store, key = call.sandbox.store, f"{grant.kind}/{grant.client}/{grant.corp_id}"
    if call.quirk("dingtalk.reissued_token") == "old_void" and (record := await store.get(_CURRENT_TOKENS, key)):
        await store.take(_TOKENS, record.value)
    token = await _create_token(call, grant)
    await store.put(_CURRENT_TOKENS, key, Record(token, call.now + TOKEN_SECONDS))
    return token


async def _create_token(call: Call, grant: Grant) -> str:
    token = call.sandbox.tag + call.sandbox.secrets.text("dingtalk.token", 24, HEX)
    await call.sandbox.store.put(_TOKENS, token, Record(grant, call.now + TOKEN_SECONDS))
    return token
