"""The new API's operations that give access tokens: for an app's or a suite's secret, or for a user's login."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from fauxlate.engine.chance import HEX
from fauxlate.engine.exchange.reply import JSON
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.operation import Operation, PathAlias
from fauxlate.engine.service.problems import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.engine.tables.parameters import Parameters
from fauxlate.providers.dingtalk.access import apps, login
from fauxlate.providers.dingtalk.access.grants import TOKEN_SECONDS, Grant, renew_token, replace_token
from fauxlate.providers.dingtalk.models import tokens as models
from fauxlate.providers.dingtalk.sources import SDK

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

REFRESH_SECONDS = 30 * 24 * 3600
"""How long a refreshToken is valid: 有效期为 30 天."""
_REFRESH_TOKENS = "dingtalk.refresh_token"
"""The kind of record under which the store keeps the `Grant` of each refreshToken."""


async def get_access_token(call: Call, parameters: models.GetAccessToken) -> models.TokenResponse:
    """Return an internal app's token: the same one while it is valid, renewed by each call."""
    apps.check_secret(call, "app", parameters.app_key, parameters.app_secret, "invalidClientIdOrSecret")
    grant = Grant("app", parameters.app_key, call.sandbox.credentials["dingtalk"]["corp_id"])
    return {"accessToken": await renew_token(call, grant), "expireIn": TOKEN_SECONDS}


async def get_corp_access_token(call: Call, parameters: models.GetCorpAccessToken) -> models.TokenResponse:
    """Return a third-party suite's token for a corp that has authorised it: a new one each time."""
    apps.check_secret(call, "suite", parameters.suite_key, parameters.suite_secret, "invalidSuiteKey")
    if not apps.is_authorised(call, parameters.suite_key, parameters.auth_corp_id):
        hint = apps.describe_missing_authorisation(call, parameters.auth_corp_id)
        raise Refusal("invalidAuthInfo", hint=hint)
    grant = Grant("corp", parameters.suite_key, parameters.auth_corp_id)
    return {"accessToken": await replace_token(call, grant), "expireIn": TOKEN_SECONDS}


async def get_suite_access_token(call: Call, parameters: models.GetSuiteAccessToken) -> models.TokenResponse:
    """Return the token of a third-party suite itself, which is good for its authorisations and nothing else."""
    apps.check_secret(call, "suite", parameters.suite_key, parameters.suite_secret, "invalidClientIdOrSecret")
    token = await replace_token(call, Grant("suite", parameters.suite_key))
    return {"accessToken": token, "expireIn": TOKEN_SECONDS}


async def get_token(call: Call, parameters: models.GetToken) -> models.GetTokenResponse:
    """Return the token of an app, internal or third-party, for the corp in the path."""
    if parameters.grant_type != "client_credentials":
        hint = f"grant_type is {parameters.grant_type!r:.80}, not client_credentials."
        raise Refusal("unsupported.grant.type", hint=hint)
    kind = apps.check_app_or_suite(call, parameters.client_id, parameters.client_secret, "invalid.client")
    corp_id, credentials = parameters.corp_id, call.sandbox.credentials["dingtalk"]
    is_known = parameters.client_id in (credentials["app_key"], credentials["suite_key"])
    if is_known and corp_id != credentials["corp_id"]:
        raise Refusal(call.quirk("dingtalk.unknown_corp"), hint=apps.describe_missing_authorisation(call, corp_id))
    if kind == "suite":
        token = await replace_token(call, Grant("corp", parameters.client_id, corp_id))
    else:
        token = await renew_token(call, Grant("app", parameters.client_id, corp_id))
    return {"access_token": token, "expires_in": TOKEN_SECONDS}


async def get_user_token(call: Call, parameters: models.GetUserToken) -> models.GetUserTokenResponse:
    """Return the token of a user who has logged in, for the code of the login or for an earlier refreshToken."""
    apps.check_app_or_suite(call, parameters.client_id, parameters.client_secret, "invalidClientIdOrSecret")
    store = call.sandbox.store
    if parameters.grant_type == "authorization_code":
        if not parameters.code:
            raise call.refuse(ProblemKind.MISSING, "grantType authorization_code wants the `code` of a login.", "code")
        grant = await login.redeem_code(call, parameters.code, parameters.client_id)
        if grant is None:
            hint = (
                "The code was not given to this clientId by /oauth2/auth, was used before, or is over five minutes old."
            )
            raise Refusal("invalidCode", hint=hint)
    elif parameters.grant_type == "refresh_token":
        record = await store.get(_REFRESH_TOKENS, parameters.refresh_token or "")
        grant = record.value if record is not None and record.is_valid(call.now) else None
        if grant is None or grant.client != parameters.client_id:
            hint = "The refreshToken was not given to this clientId, or is over 30 days old."
            raise Refusal("accesstoken.expired", hint=hint)
    else:
        detail = f"grantType is {parameters.grant_type!r:.80}; it is authorization_code or refresh_token."
        raise call.refuse(ProblemKind.INVALID, detail, "grantType")
    token = await renew_token(call, grant)
    refresh_token = call.sandbox.tag + call.sandbox.secrets.text("dingtalk.refresh_token", 24, HEX)
    await store.put(_REFRESH_TOKENS, refresh_token, Record(grant, call.now + REFRESH_SECONDS))
    response: models.GetUserTokenResponse = {
        "accessToken": token,
        "refreshToken": refresh_token,
        "expireIn": TOKEN_SECONDS,
    }
    if grant.corp_id:
        response["corpId"] = grant.corp_id
    return response


def _make_row(
    name: str,
    path: str,
    run: Callable[..., Awaitable[Any]],
    parameters: type[Parameters],
    response: type[Any],
    source: str,
    aliases: tuple[PathAlias, ...] = (),
) -> Operation:
    return Operation(
        name=name,
        path=path,
        aliases=aliases,
        media_types=(JSON,),
        run=run,
        parameters=parameters,
        response=response,
        family="oauth2",
        source=f"{source}; {SDK}",
    )


OPERATIONS = (
    _make_row(
        "GetAccessToken",
        "/v1.0/oauth2/accessToken",
        get_access_token,
        models.GetAccessToken,
        models.TokenResponse,
        "obtain-the-access-token-of-an-internal-app",
    ),
    _make_row(
        "GetCorpAccessToken",
        "/v1.0/oauth2/corpAccessToken",
        get_corp_access_token,
        models.GetCorpAccessToken,
        models.TokenResponse,
        "obtain-the-access-token-of-the-authorized-enterprise-1",
        (PathAlias("/oauth2/corpAccessToken", "dingtalk.token_path", "both"),),
    ),
    _make_row(
        "GetSuiteAccessToken",
        "/v1.0/oauth2/suiteAccessToken",
        get_suite_access_token,
        models.GetSuiteAccessToken,
        models.TokenResponse,
        "obtains-the-suite-acess-token-of-third-party-enterprise-applications",
    ),
    _make_row(
        "GetUserToken",
        "/v1.0/oauth2/userAccessToken",
        get_user_token,
        models.GetUserToken,
        models.GetUserTokenResponse,
        "obtain-user-token",
    ),
    _make_row(
        "GetToken",
        "/v1.0/oauth2/{corpId}/token",
        get_token,
        models.GetToken,
        models.GetTokenResponse,
        "api-gettoken",
    ),
)
