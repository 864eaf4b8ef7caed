"""DingTalk's dialects: the new API's errors with an HTTP status, the legacy ones that always come with 200."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from emulator.engine.errors import ErrorRow, Refusal
from emulator.engine.provider import Problem, Trouble
from emulator.engine.reply import JSON, Reply, as_json

if TYPE_CHECKING:
    from emulator.engine.call import Call

_MEDIA_TYPE = "application/json;charset=utf-8"
_PARAM_INVALID = "param.invalid"
_NEW: Mapping[Trouble, str] = {
    Trouble.UNKNOWN_OPERATION: "InvalidAction.NotFound",
    Trouble.WRONG_METHOD: "InvalidAction.NotFound",  # its text: "please check your url and method"
    Trouble.MISSING: _PARAM_INVALID,
    Trouble.INVALID: _PARAM_INVALID,
    Trouble.MALFORMED: _PARAM_INVALID,
    Trouble.MEDIA_TYPE: "Missingbody",
    Trouble.TOO_LARGE: _PARAM_INVALID,
    Trouble.INTERNAL: "unknownError",
}
_LEGACY: Mapping[Trouble, str] = {
    Trouble.UNKNOWN_OPERATION: "404",
    Trouble.WRONG_METHOD: "43002",
    Trouble.MISSING: "40035",
    Trouble.INVALID: "40035",
    Trouble.MALFORMED: "43008",
    Trouble.MEDIA_TYPE: "43008",
    Trouble.TOO_LARGE: "45001",
    Trouble.INTERNAL: "-1",
}
_NEW_PATHS = ("/v1.0/", "/v2.0/", "/contact/", "/oauth2/")


def refuse(call: Call, problem: Problem) -> Refusal:
    """Return the documented error for what is wrong with a request."""
    words = _NEW if call.request.raw_path.startswith(_NEW_PATHS) else _LEGACY
    key = words[problem.trouble]
    if key == _PARAM_INVALID and problem.trouble is Trouble.MALFORMED and not call.request.body:
        key = "Missingbody"
    return Refusal(key, {"%s": problem.detail}, hint=problem.detail)


def encode(call: Call, data: Mapping[str, Any]) -> Reply:
    """Return what an operation answered as JSON."""
    legacy = call.operation is not None and call.operation.family == "legacy"
    return Reply(200, as_json(data), media_type=JSON if legacy else _MEDIA_TYPE)


def _business(_row: ErrorRow, code: str, message: str, request_id: str) -> dict[str, Any]:
    return {"requestid": request_id, "code": code, "message": message}


def _gateway(row: ErrorRow, code: str, message: str, request_id: str) -> dict[str, Any]:
    body: dict[str, Any] = {"code": code, "requestid": request_id, "message": message}
    if "detail" in row.extra:
        body["accessdenieddetail"] = row.extra["detail"]
    return body


def _legacy(_row: ErrorRow, code: str, message: str, _request_id: str) -> dict[str, Any]:
    return {"errcode": int(code) if code.lstrip("-").isdecimal() else code, "errmsg": message}


_SHAPES: Mapping[str, Callable[[ErrorRow, str, str, str], dict[str, Any]]] = {
    "contact": _business,
    "gateway": _gateway,
    "oauth2": _gateway,
    "legacy": _legacy,
}


def render(call: Call, row: ErrorRow, refusal: Refusal) -> Reply:
    """Return an error in the shape of its group."""
    code, message = row.worded(call.quirk, refusal.fill)
    request_id = call.sandbox.chance.uuid("dingtalk.requestid", version=7).upper()
    body = _SHAPES[row.group](row, code, refusal.message or message, request_id)
    return Reply(row.status, as_json(body), media_type=JSON if row.group == "legacy" else _MEDIA_TYPE)
