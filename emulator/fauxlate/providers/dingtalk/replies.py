"""How answers and errors are written: the new API's errors with an HTTP status, the legacy ones with 200, OSS's XML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fauxlate.engine.chance import BASE62
from fauxlate.engine.exchange.reading import parse_number
from fauxlate.engine.exchange.reply import JSON, Reply, encode_json
from fauxlate.engine.exchange.xml import Element, elements, encode_xml
from fauxlate.engine.service.problems import Problem, ProblemKind
from fauxlate.engine.tables.errors import ErrorRow, Refusal
from fauxlate.providers.dingtalk.paths import OBJECTS_PATH

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

_MEDIA_TYPE = "application/json;charset=utf-8"
_XML = "application/xml"
_MEDIA_TYPES = {"legacy": JSON, "topapi": "application/json;charset=UTF-8", "oss": _XML}
"""By family of an operation that went well; the rest have `_MEDIA_TYPE`."""
_ERROR_MEDIA_TYPES = {"legacy": JSON, "oapi": JSON, "topapi": _MEDIA_TYPES["topapi"]}
"""By group of an error row; the rest have `_MEDIA_TYPE`."""
_MAX_ERRCODE = 2**31 - 1
_PARAMETER_ERROR = "{param}"
"""Stands for the error for a wrong parameter, which `_choose_parameter_error` chooses."""
_PARAMETER_ERRORS = {"drive": "param.error", "storage": "paramError"}
"""By family of the new API, the error for a wrong parameter; the rest have param.invalid."""
_NEW_API_ERRORS: Mapping[ProblemKind, str] = {
    ProblemKind.UNKNOWN_OPERATION: "InvalidAction.NotFound",
    ProblemKind.WRONG_METHOD: "InvalidAction.NotFound",  # its text: "please check your url and method"
    ProblemKind.MISSING: _PARAMETER_ERROR,
    ProblemKind.INVALID: _PARAMETER_ERROR,
    ProblemKind.MALFORMED: _PARAMETER_ERROR,
    ProblemKind.MEDIA_TYPE: "Missingbody",
    ProblemKind.TOO_LARGE: _PARAMETER_ERROR,
    ProblemKind.INTERNAL: "unknownError",
}
_LEGACY_ERRORS: Mapping[ProblemKind, str] = {
    ProblemKind.UNKNOWN_OPERATION: "404",
    ProblemKind.WRONG_METHOD: "43002",
    ProblemKind.MISSING: "40035",
    ProblemKind.INVALID: "40035",
    ProblemKind.MALFORMED: "40035",
    ProblemKind.MEDIA_TYPE: "43008",
    ProblemKind.TOO_LARGE: "45001",
    ProblemKind.INTERNAL: "-1",
}
_TOPAPI_ERRORS: Mapping[ProblemKind, str] = {
    **_LEGACY_ERRORS,
    ProblemKind.UNKNOWN_OPERATION: "22",
    ProblemKind.TOO_LARGE: "40035",
}
_OSS_ERRORS: Mapping[ProblemKind, str] = {
    ProblemKind.UNKNOWN_OPERATION: "NoSuchKey",
    ProblemKind.WRONG_METHOD: "MethodNotAllowed",
    ProblemKind.MISSING: "InvalidArgument",
    ProblemKind.INVALID: "InvalidArgument",
    ProblemKind.MALFORMED: "InvalidArgument",
    ProblemKind.MEDIA_TYPE: "InvalidArgument",
    ProblemKind.TOO_LARGE: "EntityTooLarge",
    ProblemKind.INTERNAL: "InternalError",
}
_ERRORS: Mapping[str, Mapping[ProblemKind, str]] = {
    "/v1.0/": _NEW_API_ERRORS,
    "/v2.0/": _NEW_API_ERRORS,
    "/contact/": _NEW_API_ERRORS,
    "/oauth2/auth": _NEW_API_ERRORS,
    "/oauth2/requestAuthCode": _NEW_API_ERRORS,
    "/login": _NEW_API_ERRORS,
    "/topapi/": _TOPAPI_ERRORS,
    OBJECTS_PATH: _OSS_ERRORS,
}
"""By prefix of a path. Any other path is the legacy host's, to which those of the new API lead without their /v1.0."""


def refuse(call: Call, problem: Problem) -> Refusal:
    """Return the documented error for what is wrong with a request."""
    path = call.request.raw_path
    errors = next((errors for prefix, errors in _ERRORS.items() if path.startswith(prefix)), _LEGACY_ERRORS)
    key = errors[problem.kind]
    placeholders = {"%s": problem.detail}
    if key == _PARAMETER_ERROR:
        key = _choose_parameter_error(call, problem)
    elif key == "22":
        placeholders = {"{api}": "dingtalk.oapi." + ".".join(call.request.path[len("/topapi/") :].split("/"))[:200]}
    return Refusal(key, placeholders, hint=problem.detail)


def _choose_parameter_error(call: Call, problem: Problem) -> str:
    if problem.kind is ProblemKind.MALFORMED and not call.request.body:
        return "Missingbody"
    operation = call.operation
    if operation is None:
        return "param.invalid"
    key = _PARAMETER_ERRORS.get(operation.family, "param.invalid")
    parameter_key = f"{key}.{problem.parameter}"
    return parameter_key if parameter_key in call.provider.error_rows(operation) else key


def encode(call: Call, data: Mapping[str, Any]) -> Reply:
    """Return the JSON of an operation's answer."""
    family = call.operation.family if call.operation is not None else ""
    return Reply(200, encode_json(data), media_type=_MEDIA_TYPES.get(family, _MEDIA_TYPE))


def _build_business_error(call: Call, _row: ErrorRow, code: str, message: str) -> dict[str, Any]:
    return {"requestid": _draw_request_id(call), "code": code, "message": message}


def _build_gateway_error(call: Call, row: ErrorRow, code: str, message: str) -> dict[str, Any]:
    body: dict[str, Any] = {"code": code, "requestid": _draw_request_id(call), "message": message}
    if "detail" in row.extra:
        body["accessdenieddetail"] = row.extra["detail"]
    return body


def _build_general_error(call: Call, _row: ErrorRow, code: str, message: str) -> dict[str, Any]:
    code_fields = {"code": code} if code != "-" else {}
    return {"requestid": _draw_request_id(call), **code_fields, "message": message}


def _draw_request_id(call: Call) -> str:
    return call.sandbox.chance.uuid("dingtalk.requestid", version=7).upper()


def _build_legacy_error(call: Call, _row: ErrorRow, code: str, message: str) -> dict[str, Any]:
    sign, digits = (-1, code[1:]) if code.startswith("-") else (1, code)
    number = parse_number(digits, _MAX_ERRCODE)
    body = {"errcode": code if number is None else sign * number, "errmsg": message}
    if call.operation is not None and call.operation.family == "topapi":
        body["request_id"] = draw_topapi_request_id(call)
    return body


def _build_topapi_error(call: Call, row: ErrorRow, code: str, message: str) -> dict[str, Any]:
    """Return an error as topapi's gateway wraps it; without `sub_code` where that is the outer errcode itself."""
    code_fields = {"sub_code": code} if str(row.extra["errcode"]) != code else {}
    errmsg = str(row.extra["wrapped"]).replace(row.message, message)
    texts = {"sub_msg": message, "errmsg": errmsg, "request_id": draw_topapi_request_id(call)}
    return {"errcode": row.extra["errcode"], **code_fields, **texts}


def draw_topapi_request_id(call: Call) -> str:
    """Return a new request_id, as topapi puts it into each answer."""
    return call.sandbox.chance.text("dingtalk.request_id", 13, BASE62[:10] + BASE62[36:])


_BUILDERS: Mapping[str, Callable[[Call, ErrorRow, str, str], dict[str, Any]]] = {
    "contact": _build_business_error,
    "drive": _build_business_error,
    "storage": _build_business_error,
    "gateway": _build_gateway_error,
    "oauth2": _build_gateway_error,
    "global": _build_general_error,
    "stream": _build_business_error,
    "legacy": _build_legacy_error,
    "oapi": _build_legacy_error,
    "topapi": _build_topapi_error,
}
"""By group of an error row, what builds the body of the error from row, code and message."""


def render(call: Call, row: ErrorRow, refusal: Refusal) -> Reply:
    """Return an error in the shape of its group."""
    code, message = row.format(call.quirk, refusal.placeholders)
    message = refusal.message or message
    if row.group == "oss":
        return _render_xml(call, row.status, code, message)
    if row.group == "firewall":
        return _render_block(call, row)
    body = _BUILDERS[row.group](call, row, code, message)
    is_topapi = call.operation is not None and call.operation.family == "topapi"
    media_type = _MEDIA_TYPES["topapi"] if is_topapi else _ERROR_MEDIA_TYPES.get(row.group, _MEDIA_TYPE)
    return Reply(row.status, encode_json(body), media_type=media_type)


def _render_xml(call: Call, status: int, code: str, message: str) -> Reply:
    request_id = call.sandbox.chance.text("dingtalk.oss_request", 24, BASE62[:16])
    host = call.base_url.partition("://")[2]
    values = {"Code": code, "Message": message, "RequestId": request_id, "HostId": host}
    body = encode_xml(Element("Error", elements(values.items())), indent=True)
    return Reply(status, body, {"x-oss-request-id": request_id}, media_type=_XML)


def _render_block(call: Call, row: ErrorRow) -> Reply:
    """Return the answer to a blocked IP, as call-frequency-limit prints it; the text of its HTML page is not printed there."""
    if call.quirk("dingtalk.ip_throttle_page") == "html":
        text = row.meaning
        page = f"<!doctype html>\n<html><head><title>{text}</title></head><body>{text}</body></html>\n"
        return Reply(row.status, page.encode(), media_type="text/html; charset=utf-8")
    uuid = call.sandbox.chance.uuid("dingtalk.punish").replace("-", "")
    body = {"status": 1111, "wait": 5, "source": "x5", "punish": row.message, "uuid": uuid}
    return Reply(row.status, encode_json(body), media_type=_MEDIA_TYPE)
