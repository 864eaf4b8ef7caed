"""Access tokens: given for an app's or a suite's secret, or for a user's login; good for two hours."""

from __future__ import annotations

import hmac
from base64 import b64encode
from typing import TYPE_CHECKING, NoReturn

from fauxlate.engine.chance import HEX
from fauxlate.engine.exchange.request import MalformedError
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.provider import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.dingtalk.access import login
from fauxlate.providers.dingtalk.access.auth import TOKENS, Grant, same

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.dingtalk.models import tokens as models

TOKEN_SECONDS = 7200
REFRESH_SECONDS = 30 * 24 * 3600
"""How long a refreshToken is good: 有效期为 30 天."""
SKEW = 60.0
"""Seconds that a timestamp may differ: 相差超过1分钟 (853002)."""
_CURRENT, _REFRESH = "dingtalk.current_token", "dingtalk.refresh_token"


def _checked(call: Call, kind: str, key: str, secret: str, refusal: str) -> None:
    """Refuse a wrong secret; an unknown key only where the sandbox is strict."""
    own = call.sandbox.credentials["dingtalk"]
    known = key == own[f"{kind}_key"]
    if (known and not same(secret, own[f"{kind}_secret"])) or (not known and call.sandbox.strict):
        raise Refusal(refusal, hint=f"These are not the key and secret of the {kind} that `fauxlate env` prints.")


def _check_either(call: Call, key: str, secret: str, refusal: str) -> str:
    """Check the key and secret of an app or a suite; return which of the two it is taken for."""
    own = call.sandbox.credentials["dingtalk"]
    kind = "suite" if key == own["suite_key"] or (key != own["app_key"] and key.startswith("suite")) else "app"
    _checked(call, kind, key, secret, refusal)
    return kind


def _authorised(call: Call, key: str, corp_id: str) -> bool:
    """Whether the corp has authorised the suite: its own has; of an unknown suite any has."""
    own = call.sandbox.credentials["dingtalk"]
    return key != own["suite_key"] or corp_id == own["corp_id"]


def _not_authorised(call: Call, corp_id: str) -> str:
    own = call.sandbox.credentials["dingtalk"]["corp_id"]
    return f"Corp {corp_id[:64]!r} has not authorised this suite; {own} has."


async def _new(call: Call, grant: Grant) -> str:
    """Give a token that has not been given before."""
    token = call.sandbox.tag + call.sandbox.chance.text("dingtalk.token", 24, HEX)
    await call.sandbox.store.put(TOKENS, token, Record(grant, call.now + TOKEN_SECONDS))
    return token


async def _same_or_new(call: Call, grant: Grant) -> str:
    """Give the token that is still good, its two hours begun anew (有效期内重复获取会返回相同结果并自动续期), or a new one."""
    store, key = call.sandbox.store, f"{grant.kind}/{grant.client}/{grant.corp_id}/{grant.union_id}"
    remembered = await store.get(_CURRENT, key)
    if remembered is not None and remembered.is_valid(call.now):
        token: str = remembered.value
        await store.put(TOKENS, token, Record(grant, call.now + TOKEN_SECONDS))
    else:
        token = await _new(call, grant)
    await store.put(_CURRENT, key, Record(token, call.now + TOKEN_SECONDS))
    return token


async def _next(call: Call, grant: Grant) -> str:
    """Give a new token each time (有效期内重复获取会返回新的); what becomes of the one before, a quirk says."""
    store, key = call.sandbox.store, f"{grant.kind}/{grant.client}/{grant.corp_id}"
    if call.quirk("dingtalk.reissued_token") == "old_void" and (old := await store.get(_CURRENT, key)):
        await store.take(TOKENS, old.value)
    token = await _new(call, grant)
    await store.put(_CURRENT, key, Record(token, call.now + TOKEN_SECONDS))
    return token


async def get_access_token(call: Call, asked: models.GetAccessToken) -> models.TokenResponse:
    """Give an internal app its token: the same one while it is good, renewed by asking."""
    _checked(call, "app", asked.app_key, asked.app_secret, "invalidClientIdOrSecret")
    grant = Grant("app", asked.app_key, call.sandbox.credentials["dingtalk"]["corp_id"])
    return {"accessToken": await _same_or_new(call, grant), "expireIn": TOKEN_SECONDS}


async def get_corp_access_token(call: Call, asked: models.GetCorpAccessToken) -> models.TokenResponse:
    """Give a third-party suite a token for a corp that has authorised it: a new one each time."""
    _checked(call, "suite", asked.suite_key, asked.suite_secret, "invalidSuiteKey")
    if not _authorised(call, asked.suite_key, asked.auth_corp_id):
        raise Refusal("invalidAuthInfo", hint=_not_authorised(call, asked.auth_corp_id))
    grant = Grant("corp", asked.suite_key, asked.auth_corp_id)
    return {"accessToken": await _next(call, grant), "expireIn": TOKEN_SECONDS}


async def get_suite_access_token(call: Call, asked: models.GetSuiteAccessToken) -> models.TokenResponse:
    """Give a third-party suite a token of its own, with which it asks about its authorisations and nothing else."""
    _checked(call, "suite", asked.suite_key, asked.suite_secret, "invalidClientIdOrSecret")
    return {"accessToken": await _next(call, Grant("suite", asked.suite_key)), "expireIn": TOKEN_SECONDS}


async def get_token(call: Call, asked: models.GetToken) -> models.GetTokenResponse:
    """Give an app, internal or third-party, its token for the corp in the path."""
    if asked.grant_type != "client_credentials":
        raise Refusal("unsupported.grant.type", hint=f"grant_type is {asked.grant_type!r:.80}, not client_credentials.")
    kind = _check_either(call, asked.client_id, asked.client_secret, "invalid.client")
    corp_id, own = asked.corp_id, call.sandbox.credentials["dingtalk"]
    if asked.client_id in (own["app_key"], own["suite_key"]) and corp_id != own["corp_id"]:
        raise Refusal(call.quirk("dingtalk.unknown_corp"), hint=_not_authorised(call, corp_id))
    if kind == "suite":
        token = await _next(call, Grant("corp", asked.client_id, corp_id))
    else:
        token = await _same_or_new(call, Grant("app", asked.client_id, corp_id))
    return {"access_token": token, "expires_in": TOKEN_SECONDS}


async def get_user_token(call: Call, asked: models.GetUserToken) -> models.GetUserTokenResponse:
    """Give the token of a user who has logged in, for the code of the login or to renew an earlier token."""
    _check_either(call, asked.client_id, asked.client_secret, "invalidClientIdOrSecret")
    store = call.sandbox.store
    if asked.grant_type == "authorization_code":
        if not asked.code:
            raise call.refuse(ProblemKind.MISSING, "grantType authorization_code wants the `code` of a login.", "code")
        who = await login.redeemed(call, asked.code, asked.client_id)
        if who is None:
            hint = (
                "The code was not given to this clientId by /oauth2/auth, was used before, or is over five minutes old."
            )
            raise Refusal("invalidCode", hint=hint)
    elif asked.grant_type == "refresh_token":
        record = await store.get(_REFRESH, asked.refresh_token or "")
        who = record.value if record is not None and record.is_valid(call.now) else None
        if who is None or who.client != asked.client_id:
            raise Refusal(
                "accesstoken.expired", hint="The refreshToken was not given to this clientId, or is over 30 days old."
            )
    else:
        detail = f"grantType is {asked.grant_type!r:.80}; it is authorization_code or refresh_token."
        raise call.refuse(ProblemKind.INVALID, detail, "grantType")
    token = await _same_or_new(call, who)
    refresh = call.sandbox.tag + call.sandbox.chance.text("dingtalk.refresh_token", 24, HEX)
    await store.put(_REFRESH, refresh, Record(who, call.now + REFRESH_SECONDS))
    corp: dict[str, str] = {"corpId": who.corp_id} if who.corp_id else {}
    return {"accessToken": token, "refreshToken": refresh, "expireIn": TOKEN_SECONDS, **corp}  # type: ignore[typeddict-item]


async def gettoken(call: Call, asked: models.Gettoken) -> models.LegacyTokenResponse:
    """Give an internal app its token over the legacy host: the same that accessToken gives."""
    if not asked.appkey or not asked.appsecret:
        raise Refusal("40035", hint="appkey and appsecret are sent in the query.", message="缺少参数 corpid or appkey")
    _checked(call, "app", asked.appkey, asked.appsecret, "40096")
    grant = Grant("app", asked.appkey, call.sandbox.credentials["dingtalk"]["corp_id"])
    return _legacy(await _same_or_new(call, grant))


async def service_get_corp_token(call: Call, asked: models.ServiceGetCorpToken) -> models.LegacyTokenResponse:
    """Give a third-party suite a token for a corp over the legacy host, for a signature instead of its secret."""
    own = call.sandbox.credentials["dingtalk"]
    if asked.access_key != own["suite_key"]:
        if call.sandbox.strict:
            raise Refusal("853003", hint="accessKey is not the suite key that `fauxlate env` prints.")
    elif call.sandbox.signatures == "verified":
        _verify(call, asked, own["suite_secret"])
    if not asked.suite_ticket:
        raise Refusal("40085", hint="suiteTicket is empty.")
    corp_id = _corp_in_body(call)
    if not _authorised(call, asked.access_key, corp_id):
        raise Refusal("41030", hint=_not_authorised(call, corp_id))
    return _legacy(await _next(call, Grant("corp", asked.access_key, corp_id)))


def signature(timestamp: str, suite_ticket: str, secret: str) -> str:
    """Return what signs a call: Base64 of HMAC-SHA256 over time stamp, line feed and suiteTicket; not URL-encoded."""
    return b64encode(hmac.digest(secret.encode(), f"{timestamp}\n{suite_ticket}".encode(), "sha256")).decode()


def _verify(call: Call, asked: models.ServiceGetCorpToken, secret: str) -> None:
    """Verify a signed call; the secret itself, as the pages' call by curl sends it, stands for a signature."""
    form = call.request.form
    if (given := form.get("accessSecret")) is not None:
        if not same(given, secret):
            raise Refusal("40088", hint="accessSecret is not the suite secret that `fauxlate env` prints.")
        return
    if not asked.timestamp.isdecimal() or len(asked.timestamp) != len("1527130370219"):
        raise Refusal("853001", hint=f"timestamp is {asked.timestamp!r:.40}; it is the time in milliseconds.")
    skew = int(asked.timestamp) / 1000 - call.now
    if abs(skew) > SKEW:
        raise Refusal("853002", hint=f"timestamp is {skew:+.0f} s off the sandbox's clock; {SKEW:.0f} s may be.")
    if not same(asked.signature, signature(asked.timestamp, asked.suite_ticket, secret)):
        hint = 'signature is not Base64(HmacSHA256(suiteSecret, timestamp + "\\n" + suiteTicket)), URL-encoded.'
        raise Refusal("853004", hint=hint)


def _corp_in_body(call: Call) -> str:
    """Return auth_corpid, be the body a form or JSON, whatever its type says: the pages' curl mixes the two."""
    request = call.request
    try:
        corp_id = request.json.get("auth_corpid")
    except MalformedError:
        corp_id = request.form.get("auth_corpid")
    if not isinstance(corp_id, str) or not corp_id:
        _missing("auth_corpid")
    return corp_id


def _missing(name: str) -> NoReturn:
    raise Refusal("40035", hint=f"`{name}` is missing; it is sent in the body, as JSON or as a form.")


def _legacy(token: str) -> models.LegacyTokenResponse:
    return {"errcode": 0, "access_token": token, "errmsg": "ok", "expires_in": TOKEN_SECONDS}
