"""Access tokens: given for an app's or a suite's secret, good for two hours, sent in a header or a query."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.engine.chance import BASE62, HEX, Chance
from emulator.engine.errors import Refusal
from emulator.engine.store import Record

if TYPE_CHECKING:
    from emulator.engine.call import Call
    from emulator.engine.request import Request
    from emulator.providers.dingtalk import models

TOKEN_HEADER = "x-acs-dingtalk-access-token"  # noqa: S105
RESULTS = "/contact/files/"
"""Where results lie; the segment that follows begins with the tag of their sandbox."""
TOKEN_SECONDS = 7200
_TOKENS, _APP_TOKENS, _CORP_TOKENS = "dingtalk.token", "dingtalk.app_token", "dingtalk.corp_token"
_LOWER = BASE62[:10] + BASE62[36:]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token stands for: an app inside a corp, or a suite that the corp has authorised."""

    corp_id: str
    internal: bool


def mint(tag: str) -> Mapping[str, str]:
    """Return an internal app, a third-party suite, a corp and a user, in the forms that the console prints."""
    chance = Chance(int(tag, 16))
    return {
        "app_key": "ding" + chance.text("dingtalk.app_key", 16, _LOWER),
        "app_secret": chance.text("dingtalk.app_secret", 64),
        "suite_key": "suite" + chance.text("dingtalk.suite_key", 16, _LOWER),
        "suite_secret": chance.text("dingtalk.suite_secret", 64),
        "corp_id": "ding" + chance.text("dingtalk.corp_id", 32, HEX),
        "union_id": chance.text("dingtalk.union_id", 22) + "iE",
    }


def credentials(request: Request) -> Iterator[str]:
    """Give what names the caller: its token, its key in the body of a request for one, or the tag in a link."""
    path = request.raw_path
    if path.startswith(("/v1.0/oauth2/", "/oauth2/")):
        keys = (request.json.get(name) for name in ("appKey", "suiteKey", "authCorpId"))
        yield from (key for key in keys if isinstance(key, str))
    elif path.startswith(RESULTS):
        yield path[len(RESULTS) :]
    elif token := request.headers.get(TOKEN_HEADER) or request.query.get("access_token"):
        yield token


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode(), secret.encode())


async def _give(call: Call, grant: Grant) -> str:
    token = call.sandbox.tag + call.sandbox.chance.text("dingtalk.token", 24, HEX)
    await call.sandbox.store.put(_TOKENS, token, Record(grant, call.now + TOKEN_SECONDS))
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
        await store.put(_TOKENS, token, Record(Grant(own["corp_id"], internal=True), call.now + TOKEN_SECONDS))
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
        await store.take(_TOKENS, old.value)
    token = await _give(call, Grant(asked.auth_corp_id, internal=False))
    await store.put(_CORP_TOKENS, corp, Record(token, call.now + TOKEN_SECONDS))
    return {"accessToken": token, "expireIn": TOKEN_SECONDS}


async def _grant(call: Call, token: str) -> Grant | None:
    record = await call.sandbox.store.get(_TOKENS, token)
    return record.value if record is not None and record.holds(call.now) else None


_NOT_GOOD = "The token was never given out here, or its two hours are over by the sandbox's clock."


async def access_token(call: Call) -> None:
    """Admit a call with a good token in its header."""
    token = call.request.headers.get(TOKEN_HEADER)
    if not token:
        raise Refusal("AuthenticationFailed.MissingParameter", hint=f"The header {TOKEN_HEADER} is missing.")
    grant = await _grant(call, token)
    if grant is None:
        raise Refusal("InvalidAuthentication", hint=_NOT_GOOD)
    if grant.internal and call.quirk("dingtalk.internal_app_token") == "refused":
        hint = "This is an internal app's token; the page supports third-party enterprise apps (corpAccessToken)."
        raise Refusal("Forbidden.AccessDenied.AccessTokenPermissionDenied", hint=hint)
    call.owner = call.alias(grant.corp_id)


async def legacy_token(call: Call) -> None:
    """Admit a call with a good token in its query."""
    token = call.request.query.get("access_token")
    if not token:
        raise Refusal("41001", hint="access_token is missing in the query.")
    grant = await _grant(call, token)
    if grant is None:
        raise Refusal("40014", hint=_NOT_GOOD)
    call.owner = call.alias(grant.corp_id)
