"""DingTalk's dialects: the new API's errors with an HTTP status, the legacy ones that always come with 200, OSS's XML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fauxlate.engine.chance import BASE62
from fauxlate.engine.exchange.reply import JSON, Reply, as_json
from fauxlate.engine.service.problems import Problem, ProblemKind
from fauxlate.engine.tables.errors import ErrorRow, Refusal
from fauxlate.providers.dingtalk.access.auth import OBJECTS, Grant

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

_MEDIA_TYPE = "application/json;charset=utf-8"
_PARAM = "{param}"
_PARAMS = {"drive": "param.error", "storage": "paramError"}
"""How a family of the new API calls a wrong parameter; the rest say param.invalid."""
_NEW: Mapping[ProblemKind, str] = {
    ProblemKind.UNKNOWN_OPERATION: "InvalidAction.NotFound",
    ProblemKind.WRONG_METHOD: "InvalidAction.NotFound",  # its text: "please check your url and method"
    ProblemKind.MISSING: _PARAM,
    ProblemKind.INVALID: _PARAM,
    ProblemKind.MALFORMED: _PARAM,
    ProblemKind.MEDIA_TYPE: "Missingbody",
    ProblemKind.TOO_LARGE: _PARAM,
    ProblemKind.INTERNAL: "unknownError",
}
_LEGACY: Mapping[ProblemKind, str] = {
    ProblemKind.UNKNOWN_OPERATION: "404",
    ProblemKind.WRONG_METHOD: "43002",
    ProblemKind.MISSING: "40035",
    ProblemKind.INVALID: "40035",
    ProblemKind.MALFORMED: "40035",
    ProblemKind.MEDIA_TYPE: "43008",
    ProblemKind.TOO_LARGE: "45001",
    ProblemKind.INTERNAL: "-1",
}
_TOPAPI: Mapping[ProblemKind, str] = {**_LEGACY, ProblemKind.UNKNOWN_OPERATION: "22", ProblemKind.TOO_LARGE: "40035"}
_OSS: Mapping[ProblemKind, str] = {
    ProblemKind.UNKNOWN_OPERATION: "NoSuchKey",
    ProblemKind.WRONG_METHOD: "MethodNotAllowed",
    ProblemKind.MISSING: "InvalidArgument",
    ProblemKind.INVALID: "InvalidArgument",
    ProblemKind.MALFORMED: "InvalidArgument",
    ProblemKind.MEDIA_TYPE: "InvalidArgument",
    ProblemKind.TOO_LARGE: "EntityTooLarge",
    ProblemKind.INTERNAL: "InternalError",
}
_WORDS: Mapping[str, Mapping[ProblemKind, str]] = {
    "/v1.0/": _NEW,
    "/v2.0/": _NEW,
    "/contact/": _NEW,
    "/oauth2/auth": _NEW,
    "/oauth2/requestAuthCode": _NEW,
    "/login": _NEW,
    "/topapi/": _TOPAPI,
    OBJECTS: _OSS,
}
"""By the beginning of a path; any other is the legacy host's, on which the new API's paths end up without /v1.0."""


def refuse(call: Call, problem: Problem) -> Refusal:
    """Return the documented error for what is wrong with a request."""
    path = call.request.raw_path
    words = next((words for begin, words in _WORDS.items() if path.startswith(begin)), _LEGACY)
    key = words[problem.kind]
    fill = {"%s": problem.detail}
    if key == _PARAM:
        key = _wrong_parameter(call, problem)
    elif key == "22":
        fill = {"{api}": "dingtalk.oapi." + ".".join(call.request.path[len("/topapi/") :].split("/"))[:200]}
    return Refusal(key, fill, hint=problem.detail)


def _wrong_parameter(call: Call, problem: Problem) -> str:
    if problem.kind is ProblemKind.MALFORMED and not call.request.body:
        return "Missingbody"
    operation = call.operation
    if operation is None:
        return "param.invalid"
    key = _PARAMS.get(operation.family, "param.invalid")
    exact = f"{key}.{problem.parameter}"
    return exact if exact in call.provider.rows(operation) else key


def throttles(call: Call, usual: str) -> str:
    """Return the error for too many calls: that of the suite where a third-party app calls, else that of the app.

    "For an ISV token, the Suitekey forms"; the legacy rows say of themselves for whose tokens they are.
    """
    third_party = isinstance(call.caller, Grant) and call.caller.kind in ("corp", "suite")
    third_party |= call.operation is not None and call.operation.name in _OF_SUITES
    if usual in _OF_APP:
        return _OF_APP[usual] if third_party else usual
    return usual


_OF_SUITES = frozenset({"GetCorpAccessToken", "GetSuiteAccessToken", "ServiceGetCorpToken"})
_OF_APP = {
    "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi": "Forbidden.AccessDenied.QpsLimitForSuitekeyAndOrgAndApi",
    "90005": "90014",
}
"""What an app gets for too many calls, and what a suite gets instead."""


def encode(call: Call, data: Mapping[str, Any]) -> Reply:
    """Return what an operation answered as JSON."""
    family = call.operation.family if call.operation is not None else ""
    return Reply(200, as_json(data), media_type=_MEDIA_TYPES.get(family, _MEDIA_TYPE))


_MEDIA_TYPES = {"legacy": JSON, "topapi": "application/json;charset=UTF-8", "oss": "application/xml"}


def _business(_call: Call, _row: ErrorRow, code: str, message: str) -> dict[str, Any]:
    return {"requestid": _request_id(_call), "code": code, "message": message}


def _gateway(call: Call, row: ErrorRow, code: str, message: str) -> dict[str, Any]:
    body: dict[str, Any] = {"code": code, "requestid": _request_id(call), "message": message}
    if "detail" in row.extra:
        body["accessdenieddetail"] = row.extra["detail"]
    return body


def _general(call: Call, _row: ErrorRow, code: str, message: str) -> dict[str, Any]:
    named = {"code": code} if code != "-" else {}
    return {"requestid": _request_id(call), **named, "message": message}


def _request_id(call: Call) -> str:
    return call.sandbox.chance.uuid("dingtalk.requestid", version=7).upper()


def _legacy(call: Call, _row: ErrorRow, code: str, message: str) -> dict[str, Any]:
    body = {"errcode": int(code) if code.lstrip("-").isdecimal() else code, "errmsg": message}
    if call.operation is not None and call.operation.family == "topapi":
        body["request_id"] = topapi_request_id(call)
    return body


def _topapi(call: Call, row: ErrorRow, code: str, message: str) -> dict[str, Any]:
    """Return an error as topapi's gateway wraps it; the code stays inside unless it is the outer one itself."""
    inner = {"sub_code": code} if str(row.extra["errcode"]) != code else {}
    errmsg = str(row.extra["wrapped"]).replace(row.message, message)
    told = {"sub_msg": message, "errmsg": errmsg, "request_id": topapi_request_id(call)}
    return {"errcode": row.extra["errcode"], **inner, **told}


def topapi_request_id(call: Call) -> str:
    """Return what topapi puts into each answer."""
    return call.sandbox.chance.text("dingtalk.request_id", 13, BASE62[:10] + BASE62[36:])


_SHAPES: Mapping[str, Callable[[Call, ErrorRow, str, str], dict[str, Any]]] = {
    "contact": _business,
    "drive": _business,
    "storage": _business,
    "gateway": _gateway,
    "oauth2": _gateway,
    "global": _general,
    "stream": _business,
    "legacy": _legacy,
    "oapi": _legacy,
    "topapi": _topapi,
}
_OF_GROUP = {"legacy": JSON, "oapi": JSON, "topapi": _MEDIA_TYPES["topapi"]}


def render(call: Call, row: ErrorRow, refusal: Refusal) -> Reply:
    """Return an error in the shape of its group."""
    code, message = row.wording(call.quirk, refusal.fill)
    message = refusal.message or message
    if row.group == "oss":
        return _xml(call, row.status, code, message)
    if row.group == "firewall":
        return _blocked(call, row)
    body = _SHAPES[row.group](call, row, code, message)
    topapi = call.operation is not None and call.operation.family == "topapi"
    media_type = _MEDIA_TYPES["topapi"] if topapi else _OF_GROUP.get(row.group, _MEDIA_TYPE)
    return Reply(row.status, as_json(body), media_type=media_type)


def _xml(call: Call, status: int, code: str, message: str) -> Reply:
    from html import escape  # only an error of the object store needs it

    request_id = call.sandbox.chance.text("dingtalk.oss_request", 24, BASE62[:16])
    host = escape(call.base_url.partition("://")[2])
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n  <Code>{escape(code)}</Code>\n'
        f"  <Message>{escape(message)}</Message>\n  <RequestId>{request_id}</RequestId>\n  <HostId>{host}</HostId>\n</Error>\n"
    )
    return Reply(status, body.encode(), {"x-oss-request-id": request_id}, media_type="application/xml")


def _blocked(call: Call, row: ErrorRow) -> Reply:
    """Return what a blocked IP gets, as call-frequency-limit prints it; its page of HTML it does not print."""
    if call.quirk("dingtalk.ip_throttle_page") == "html":
        said = row.meaning
        page = f"<!doctype html>\n<html><head><title>{said}</title></head><body>{said}</body></html>\n"
        return Reply(row.status, page.encode(), media_type="text/html; charset=utf-8")
    uuid = call.sandbox.chance.uuid("dingtalk.punish").replace("-", "")
    body = {"status": 1111, "wait": 5, "source": "x5", "punish": row.message, "uuid": uuid}
    return Reply(row.status, as_json(body), media_type=_MEDIA_TYPE)
