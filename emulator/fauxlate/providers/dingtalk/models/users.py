"""The parameters and responses of the operations on users, and of silent login."""

from __future__ import annotations

from typing import TypedDict

from fauxlate.engine.tables.parameters import Parameters, form, header, path, query
from fauxlate.providers.dingtalk.paths import TOKEN_HEADER


class RequestAuthCode(Parameters):
    """The parameters of the JSAPI of this name; `userId` is ours: the user, where it is not the one of `fauxlate env`."""

    corp_id: str = query("corpId", min_length=1)
    user_id: str | None = query("userId", None)


class RequestAuthCodeResponse(TypedDict):
    """Answer of RequestAuthCode, as the JSAPI gives it to its page."""

    code: str


class V2UserGetuserinfo(Parameters):
    """Source: obtain-the-userid-of-a-user-by-using-the-log-free. `code` in a form, as the page has it, or in JSON, as clients send it."""

    access_token: str | None = form("access_token", None)
    code: str | None = form("code", None)


class UserOfCode(TypedDict):
    """The user; `sys_level`: 1 main administrator, 2 sub-administrator, 100 owner, 0 others."""

    associated_unionid: str
    unionid: str
    device_id: str
    sys_level: int
    name: str
    sys: bool
    userid: str


class V2UserGetuserinfoResponse(TypedDict):
    """Answer of V2UserGetuserinfo."""

    errcode: int
    errmsg: str
    request_id: str
    result: UserOfCode


class GetUser(Parameters):
    """Source: dingtalk-retrieve-user-information. `unionId` may be `me`."""

    token: str = header(TOKEN_HEADER)
    union_id: str = path("unionId")


class GetUserResponse(TypedDict):
    """Answer of GetUser."""

    nick: str
    avatarUrl: str
    mobile: str
    openId: str
    unionId: str
    email: str
    stateCode: str
