"""alimt's dialect: its envelope, its three shapes of error, and its words for what is wrong with a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from emulator.engine.errors import ErrorRow, Refusal
from emulator.engine.provider import Problem, Trouble
from emulator.engine.reply import Reply, as_json

if TYPE_CHECKING:
    from emulator.engine.call import Call

MEDIA_TYPE = "application/json;charset=utf-8"
_HOST = "mt.cn-hangzhou.aliyuncs.com"

_NUMBERS = range(100, 200)
"""Printed statuses that cannot be HTTP's: they number the error in the body."""
_GATEWAY_STATUS = {101: 500, 102: 500, 103: 500, 106: 500, 107: 500, 109: 403, 111: 500, 112: 500}
"""The HTTP status that seed 002 prints for the code that other tables number so; 400 for the rest."""

_PARAMETER_ERROR = "System.ParameterError"
_WORDS: Mapping[Trouble, str] = {
    Trouble.UNKNOWN_OPERATION: "InvalidAction.NotFound",
    Trouble.WRONG_METHOD: "UnsupportedHTTPMethod",
    Trouble.MISSING: "Missing{Param}",
    Trouble.INVALID: _PARAMETER_ERROR,
    Trouble.MALFORMED: _PARAMETER_ERROR,
    Trouble.MEDIA_TYPE: _PARAMETER_ERROR,
    Trouble.TOO_LARGE: "System.StringTooLong",
    Trouble.INTERNAL: "InternalError",
}
_NUMBERED: Mapping[str, str] = {
    _PARAMETER_ERROR: "10021",
    "System.StringTooLong": "10008",
    "System.LanguageNotSupported": "10005",
}
"""How the tables with numeric codes print the same error."""


def named(call: Call, key: str) -> str:
    """Return the row that says `key` in the table of this call's operation: by name, or by number."""
    if call.operation is not None and key not in call.provider.rows(call.operation):
        return _NUMBERED.get(key, key)
    return key


def refuse(call: Call, problem: Problem) -> Refusal:
    """Return the documented error for what is wrong with a request."""
    if call.operation is not None and call.operation.family == "storage":
        return Refusal("NoSuchKey", hint=problem.detail)
    return Refusal(named(call, _WORDS[problem.trouble]), {"{Param}": problem.parameter}, hint=problem.detail)


def request_id(call: Call) -> str:
    """Return a new RequestId: an upper-case UUID."""
    return call.sandbox.chance.uuid("alibaba.RequestId").upper()


def code(call: Call, number: int | str) -> int | str:
    """Return a `Code` as number or string, as the quirk says."""
    return str(number) if call.quirk("alibaba.code_type") == "str" else int(number)


def encode(call: Call, data: Mapping[str, Any]) -> Reply:
    """Return what an operation answered as JSON, its RequestId in a header too."""
    if call.quirk("alibaba.success_message") == "absent":
        data = {name: value for name, value in data.items() if name != "Message"}
    return Reply(200, as_json(data), {"x-acs-request-id": data["RequestId"]}, MEDIA_TYPE)


def in_body(call: Call, row: ErrorRow) -> int | str:
    """Return the number that stands for `row` in the body of an answer with HTTP status 200."""
    if row.code.isdecimal() or row.listed is None:
        return code(call, row.code)
    long = call.quirk("alibaba.error_representation") == "body_long"
    return code(call, row.listed + 9900 if long else row.listed)


_SPELLINGS = {"upper": "System.SubNotPermission", "lower": "System.subNotPermission"}


def _spelled(call: Call, wire_code: str) -> str:
    if wire_code not in _SPELLINGS.values():
        return wire_code
    return _SPELLINGS.get(call.quirk("alibaba.sub_account_spelling"), wire_code)


def render(call: Call, row: ErrorRow, refusal: Refusal) -> Reply:
    """Return an error in the shape of its group: in the body, as the gateway's, or as the storage service's XML."""
    wire_code, message = row.worded(call.quirk, refusal.fill)
    wire_code, message = _spelled(call, wire_code), refusal.message or message
    rid = request_id(call)
    if row.group == "storage":
        xml = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{escape(wire_code)}</Code><Message>{escape(message)}</Message>"
            f"<RequestId>{rid}</RequestId><HostId>{_HOST}</HostId></Error>"
        )
        return Reply(row.status, xml.encode(), {"x-oss-request-id": rid}, "application/xml")
    numbered = row.listed in _NUMBERS
    if numbered and call.quirk("alibaba.error_representation") != "gateway":
        body = {"RequestId": rid, "Code": in_body(call, row), "Message": message}
        return Reply(200, as_json(body), {"x-acs-request-id": rid}, MEDIA_TYPE)
    body = {
        "RequestId": rid,
        "Message": message,
        "Recommend": f"https://api.aliyun.com/troubleshoot?q={wire_code}&product=alimt&requestId={rid}",
        "HostId": _HOST,
        "Code": wire_code,
    }
    status = _GATEWAY_STATUS.get(row.listed or 0, 400) if numbered else row.status
    if row.key == "InvalidAccessKeyId.NotFound":
        status = int(call.quirk("alibaba.unknown_access_key_status"))
    return Reply(status, as_json(body), {"x-acs-request-id": rid}, MEDIA_TYPE)
