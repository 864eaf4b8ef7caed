"""Access tokens."""

from __future__ import annotations

from typing import TypedDict

from emulator.engine.parameters import Parameters, body


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


class TokenResponse(TypedDict):
    """Answer of both token calls; `expireIn` in seconds."""

    accessToken: str
    expireIn: int
