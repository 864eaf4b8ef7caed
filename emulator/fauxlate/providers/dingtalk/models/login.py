"""The parameters of the pages at which a user logs in."""

from __future__ import annotations

from fauxlate.engine.tables.parameters import Parameters, query


class OAuth2Auth(Parameters):
    """Source: obtain-identity-credentials; its prompt, org_type and exclusive accounts are ignored."""

    client_id: str = query("client_id", min_length=1)
    redirect_uri: str = query("redirect_uri", min_length=1)
    response_type: str = query("response_type", "")
    scope: str = query("scope", "")
    state: str | None = query("state", None)
    corp_id: str | None = query("corpId", None)


class Login(Parameters):
    """The page to which a result's link redirects a browser whose user has not logged in."""

    redirect_uri: str = query("redirectUri", min_length=1)
