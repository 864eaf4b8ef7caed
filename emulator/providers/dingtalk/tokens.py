"""Access tokens: given for an app's or a suite's secret, good for two hours."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from emulator.engine.chance import HEX
from emulator.engine.errors import Refusal
from emulator.engine.store import Record
from emulator.providers.dingtalk.auth import TOKENS, Grant

if TYPE_CHECKING:
    from emulator.engine.call import Call
    from emulator.providers.dingtalk.models import tokens as models

TOKEN_SECONDS = 7200
_APP_TOKENS, _CORP_TOKENS = "dingtalk.app_token", "dingtalk.corp_token"


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode(), secret.encode())


async def _give(call: Call, grant: Grant) -> str:
    token = call.sandbox.tag + call.sandbox.chance.text("dingtalk.token", 24, HEX)
    await call.sandbox.store.put(TOKENS, token, Record(grant, call.now + TOKEN_SECONDS))
    return token


async def get_access_token(call: Call, asked: models.GetAccessToken) -> models.TokenResponse:
    """Give an internal app its token: the same one while it is good, renewed by asking."""
    own, store = call.sandbox.credentials["dingtalk"], call.sandbox.store
    known = asked.app_key == own["app_key"]
    if (known and not _same(asked.app_secret, own["app_secret"])) or (not known and call.sandbox.strict):
        raise Refusal("invalidClientIdOrSecret", hint="appKey and appSecret are not those of `fauxlate env`.")
    remembered = await store.get(_APP_TOKENS, asked.app_key)
    if remembered is not None and remembered.holds(call.now):
        token: str = remembered.value
        await store.put(TOKENS, token, Record(Grant(own["corp_id"], internal=True), call.now + TOKEN_SECONDS))
    else:
        token = await _give(call, Grant(own["corp_id"], internal=True))
    await store.put(_APP_TOKENS, asked.app_key, Record(token, call.now + TOKEN_SECONDS))
    return {"accessToken": token, "expireIn": TOKEN_SECONDS}


async def get_corp_access_token(call: Call, asked: models.GetCorpAccessToken) -> models.TokenResponse:
    """Give a third-party suite a token for a corp that has authorised it: a new one each time."""
    own = call.sandbox.credentials["dingtalk"]
    known = asked.suite_key == own["suite_key"]
    if (known and not _same(asked.suite_secret, own["suite_secret"])) or (not known and call.sandbox.strict):
        raise Refusal("invalidSuiteKey", hint="suiteKey and suiteSecret are not those of `fauxlate env`.")
    if known and asked.auth_corp_id != own["corp_id"]:
        hint = f"Corp {asked.auth_corp_id[:64]!r} has not authorised this suite; {own['corp_id']} has."
        raise Refusal("invalidAuthInfo", hint=hint)
    store, corp = call.sandbox.store, f"{asked.suite_key}/{asked.auth_corp_id}"
    if call.quirk("dingtalk.reissued_token") == "old_void" and (old := await store.get(_CORP_TOKENS, corp)):
        await store.take(TOKENS, old.value)
    token = await _give(call, Grant(asked.auth_corp_id, internal=False))
    await store.put(_CORP_TOKENS, corp, Record(token, call.now + TOKEN_SECONDS))
    return {"accessToken": token, "expireIn": TOKEN_SECONDS}
