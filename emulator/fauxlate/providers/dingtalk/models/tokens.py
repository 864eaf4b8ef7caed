"""The parameters and responses of the operations that give access tokens."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from fauxlate.engine.tables.parameters import Parameters, body, form, path, query


class GetAccessToken(Parameters):
    """Source: Obtain the access token of an internal app."""

    app_key: str = body("appKey", min_length=1)
    app_secret: str = body("appSecret", min_length=1)


class GetCorpAccessToken(Parameters):
    """Source: Obtain the access token of an organization authorized to a third-party app."""

    suite_key: str = body("suiteKey", min_length=1)
    suite_secret: str = body("suiteSecret", min_length=1)
    auth_corp_id: str = body("authCorpId", min_length=1)
    suite_ticket: str = body("suiteTicket", min_length=1)


class GetSuiteAccessToken(Parameters):
    """Source: obtains-the-suite-acess-token-of-third-party-enterprise-applications."""

    suite_key: str = body("suiteKey", min_length=1)
    suite_secret: str = body("suiteSecret", min_length=1)
    suite_ticket: str = body("suiteTicket", min_length=1)


class GetToken(Parameters):
    """Source: api-gettoken. The only call of the new API with field names in snake case."""

    corp_id: str = path("corpId")
    client_id: str = body("client_id", min_length=1)
    client_secret: str = body("client_secret", min_length=1)
    grant_type: str = body("grant_type", min_length=1)


class GetUserToken(Parameters):
    """Source: obtain-user-token. `code` or `refreshToken`, as `grantType` says."""

    client_id: str = body("clientId", min_length=1)
    client_secret: str = body("clientSecret", min_length=1)
    grant_type: str = body("grantType", min_length=1)
    code: str | None = body("code", None)
    refresh_token: str | None = body("refreshToken", None)


class Gettoken(Parameters):
    """Source: obtain-orgapp-token. In the query alone; a form body is ignored."""

    appkey: str = query("appkey", "")
    appsecret: str = query("appsecret", "")


class ServiceGetCorpToken(Parameters):
    """Source: obtain-isvapp-token. `auth_corpid` is in the body, as JSON or as a form."""

    access_key: str = form("accessKey", min_length=1)
    suite_ticket: str = form("suiteTicket", "")
    timestamp: str = form("timestamp", "")
    signature: str = form("signature", "")


class TokenResponse(TypedDict):
    """Answer of GetAccessToken, GetCorpAccessToken and GetSuiteAccessToken; `expireIn` in seconds."""

    accessToken: str
    expireIn: int


class GetTokenResponse(TypedDict):
    """Answer of GetToken; `expires_in` in seconds."""

    access_token: str
    expires_in: int


class GetUserTokenResponse(TypedDict):
    """Answer of GetUserToken; `expireIn` in seconds, `corpId` where the scope of the login has it."""

    accessToken: str
    refreshToken: str
    expireIn: int
    corpId: NotRequired[str]


class LegacyTokenResponse(TypedDict):
    """Answer of Gettoken and ServiceGetCorpToken; `expires_in` in seconds."""

    errcode: int
    access_token: str
    errmsg: str
    expires_in: int
