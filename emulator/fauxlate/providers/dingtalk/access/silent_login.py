"""Silent login: a page inside the DingTalk client gets a code, and its server learns from it who is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fauxlate.engine.chance import BASE62, HEX
from fauxlate.engine.exchange.reply import JSON
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.provider import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.dingtalk import users
from fauxlate.providers.dingtalk.replies import topapi_request_id

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.dingtalk.models import users as models

CODE_SECONDS = 300
"""此授权码五分钟内有效，且只能使用一次"""
_CODES = "dingtalk.silent_code"


async def request_auth_code(call: Call, asked: models.RequestAuthCode) -> models.RequestAuthCodeResponse:
    """Give a code, as the client's JSAPI of this name does: for the user at the browser, or another."""
    code = call.sandbox.tag + call.sandbox.chance.text("dingtalk.silent_code", 24, HEX)
    user_id = asked.user_id or users.signed_in(call).user_id
    await call.sandbox.store.put(_CODES, code, Record((user_id, call.alias(asked.corp_id)), call.now + CODE_SECONDS))
    return {"code": code}


async def v2_user_getuserinfo(call: Call, asked: models.V2UserGetuserinfo) -> models.V2UserGetuserinfoResponse:
    """Tell for whom a code was given; it is good once, and for the corp that it was given in."""
    code = asked.code or (call.request.json.get("code") if call.request.media_type == JSON else None)
    if not isinstance(code, str) or not code:
        raise call.refuse(ProblemKind.MISSING, "`code` is missing; it is sent in the body.", "code")
    record = await call.sandbox.store.take(_CODES, code)
    user_id, corp = record.value if record is not None and record.is_valid(call.now) else ("", "")
    if not user_id or corp != call.owner:
        hint = "The code was not given by /oauth2/requestAuthCode for this corp, was used, or is over five minutes old."
        raise Refusal("40078", hint=hint)
    user = users.of_id(call, user_id)
    first = user == users.signed_in(call)
    return {
        "errcode": 0,
        "errmsg": "ok",
        "request_id": topapi_request_id(call),
        "result": {
            "associated_unionid": users.made_up(call, f"associated {user_id}", 22, BASE62) + "iE",
            "unionid": user.union_id,
            "device_id": users.made_up(call, f"device {user_id}", 32, HEX),
            "sys_level": 1 if first else 0,
            "name": users.directory(call)("userName", user_id) or user_id,
            "sys": first,
            "userid": user_id,
        },
    }
