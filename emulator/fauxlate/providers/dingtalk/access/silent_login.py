"""Silent login: a page inside the DingTalk client gets a code, and its server learns from the code who the user is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fauxlate.engine.chance import BASE62, HEX
from fauxlate.engine.exchange.reply import JSON
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.problems import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.engine.tables.evidence import Evidence
from fauxlate.providers.dingtalk.access import users
from fauxlate.providers.dingtalk.access.auth import authenticate_topapi
from fauxlate.providers.dingtalk.models import users as models
from fauxlate.providers.dingtalk.replies import draw_topapi_request_id

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

CODE_SECONDS = 300
"""此授权码五分钟内有效，且只能使用一次"""
_CODES = "dingtalk.silent_code"
"""The kind of record under which the store keeps the userid and the corp of each code."""


async def request_auth_code(call: Call, parameters: models.RequestAuthCode) -> models.RequestAuthCodeResponse:
    """Return a code, as the client's JSAPI of this name does: for the user at the browser, or the one that is named."""
    code = call.sandbox.tag + call.sandbox.secrets.text("dingtalk.silent_code", 24, HEX)
    user_id = parameters.user_id or users.get_current_user(call).user_id
    record = Record((user_id, call.alias(parameters.corp_id)), call.now + CODE_SECONDS)
    await call.sandbox.store.put(_CODES, code, record)
    return {"code": code}


async def v2_user_getuserinfo(call: Call, parameters: models.V2UserGetuserinfo) -> models.V2UserGetuserinfoResponse:
    """Return the user of a code; it is valid once, and for the corp that it was given in."""
    code = parameters.code or (call.request.json.get("code") if call.request.media_type == JSON else None)
    if not isinstance(code, str) or not code:
        raise call.refuse(ProblemKind.MISSING, "`code` is missing; it is sent in the body.", "code")
    record = await call.sandbox.store.take(_CODES, code)
    user_id, corp = record.value if record is not None and record.is_valid(call.now) else ("", "")
    if not user_id or corp != call.owner:
        hint = "The code was not given by /oauth2/requestAuthCode for this corp, was used, or is over five minutes old."
        raise Refusal("40078", hint=hint)
    user = users.get_user_by_id(call, user_id)
    is_administrator = user == users.get_current_user(call)
    return {
        "errcode": 0,
        "errmsg": "ok",
        "request_id": draw_topapi_request_id(call),
        "result": {
            "associated_unionid": users.derive_text(call, f"associated {user_id}", 22, BASE62) + "iE",
            "unionid": user.union_id,
            "device_id": users.derive_text(call, f"device {user_id}", 32, HEX),
            "sys_level": 1 if is_administrator else 0,
            "name": users.build_directory(call)("userName", user_id) or user_id,
            "sys": is_administrator,
            "userid": user_id,
        },
    }


OPERATIONS = (
    Operation(
        name="RequestAuthCode",
        methods=("GET",),
        path="/oauth2/requestAuthCode",
        run=request_auth_code,
        parameters=models.RequestAuthCode,
        response=models.RequestAuthCodeResponse,
        family="login",
        source="stands in for the JSAPI requestAuthCode, which exists only inside the DingTalk client; the path is ours",
        evidence=Evidence.ASSUMED,
    ),
    Operation(
        name="V2UserGetuserinfo",
        path="/topapi/v2/user/getuserinfo",
        run=v2_user_getuserinfo,
        parameters=models.V2UserGetuserinfo,
        response=models.V2UserGetuserinfoResponse,
        family="topapi",
        authenticate=authenticate_topapi,
        source="obtain-the-userid-of-a-user-by-using-the-log-free",
    ),
)
