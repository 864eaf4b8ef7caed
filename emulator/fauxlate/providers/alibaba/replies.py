"""alimt's dialect: the envelope of answers, the three shapes of errors, JSON and XML, and the keys of common problems."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fauxlate.engine.exchange.reading import parse_number
from fauxlate.engine.exchange.reply import Reply, encode_json
from fauxlate.engine.exchange.request import MalformedError
from fauxlate.engine.exchange.xml import Element, encode_xml
from fauxlate.engine.service.problems import Problem, ProblemKind
from fauxlate.engine.tables.errors import ErrorRow, Refusal
from fauxlate.providers.alibaba.access.signing import read_claim

if TYPE_CHECKING:
    from fauxlate.engine.exchange.request import Request
    from fauxlate.engine.service.call import Call

MEDIA_TYPE = "application/json;charset=utf-8"
XML_MEDIA_TYPE = "application/xml;charset=utf-8"
_HOST = "mt.cn-hangzhou.aliyuncs.com"

_MAX_CODE = 2**31 - 1
_BODY_NUMBERS = range(100, 200)
"""Printed statuses that cannot be HTTP's: they are the number of the error in the body."""
_GATEWAY_STATUS = {101: 500, 102: 500, 103: 500, 106: 500, 107: 500, 109: 403, 111: 500, 112: 500, 199: 500}
"""The HTTP status that seed 002 prints for the code that other tables number so; 400 for the rest."""
_LONG_CODES = {199: "19999"}
"""The long code of a number that is not that number plus 9900, as the tables with long codes print it."""

_PARAMETER_ERROR = "System.ParameterError"
_ANY_PARAMETER = "Invalid{Param}"
_ERROR_KEYS: Mapping[ProblemKind, str] = {
    ProblemKind.UNKNOWN_OPERATION: "InvalidAction.NotFound",
    ProblemKind.WRONG_METHOD: "UnsupportedHTTPMethod",
    ProblemKind.MISSING: "Missing{Param}",
    ProblemKind.INVALID: _PARAMETER_ERROR,
    ProblemKind.MALFORMED: _PARAMETER_ERROR,
    ProblemKind.MEDIA_TYPE: _PARAMETER_ERROR,
    ProblemKind.TOO_LARGE: "System.StringTooLong",
    ProblemKind.INTERNAL: "InternalError",
}
_ALTERNATIVES: Mapping[str, tuple[str, ...]] = {
    _PARAMETER_ERROR: ("10021", "10004", "10026"),
    "System.StringTooLong": ("10008",),
    "Parameter.SourceLangError": ("System.LanguageNotSupported", "10005"),
    "Parameter.TargetLangError": ("System.LanguageNotSupported", "10005"),
}
"""The keys that other tables have for the same error, nearest first."""


def find_error_key(call: Call, key: str) -> str:
    """Return the key for the error `key` in the table of this call's operation: itself, or what that table has instead.

    Where the table has no such row, it is that of a wrong parameter; where it lacks that too, the gateway's.
    """
    if call.operation is None:
        return key
    rows = call.provider.error_rows(call.operation)
    candidates = (key, *_ALTERNATIVES.get(key, ()), _PARAMETER_ERROR, *_ALTERNATIVES[_PARAMETER_ERROR], _ANY_PARAMETER)
    return next(candidate for candidate in candidates if candidate in rows)


def refuse_parameter(call: Call, key: str, parameter: str, hint: str) -> Refusal:
    """Return the error `key` about a parameter, by the key that the operation's table has for it."""
    return Refusal(find_error_key(call, key), {"{Param}": parameter}, hint=hint)


def refuse(call: Call, problem: Problem) -> Refusal:
    """Return the documented error for a problem with a request."""
    if call.operation is not None and call.operation.family == "storage":
        return Refusal("NoSuchKey", hint=problem.detail)
    return refuse_parameter(call, _ERROR_KEYS[problem.kind], problem.parameter or "Parameter", problem.detail)


def new_request_id(call: Call) -> str:
    """Return a new RequestId: an upper-case UUID."""
    return call.sandbox.chance.uuid("alibaba.RequestId").upper()


def format_code(call: Call, number: int | str) -> int | str:
    """Return `number` as the quirk alibaba.code_type writes a `Code`: a number or a string."""
    text = str(number)
    value = None if call.quirk("alibaba.code_type") == "str" else parse_number(text, _MAX_CODE)
    return text if value is None else value


def encode(call: Call, data: Mapping[str, Any]) -> Reply:
    """Return the reply for an operation's answer, with its RequestId in a header too."""
    if call.quirk("alibaba.success_message") == "absent":
        data = {name: value for name, value in data.items() if name != "Message"}
    return _format_reply(call, 200, data, _name_root(call))


def format_body_code(call: Call, row: ErrorRow) -> int | str:
    """Return the `Code` of the error `row` in the body of an answer with HTTP status 200."""
    if row.code.isdecimal() or row.listed_status is None:
        return format_code(call, row.code)
    is_long = call.quirk("alibaba.error_representation") == "body_long"
    return format_code(
        call, _LONG_CODES.get(row.listed_status, row.listed_status + 9900) if is_long else row.listed_status
    )


_SPELLINGS = {"upper": "System.SubNotPermission", "lower": "System.subNotPermission"}


def _spell_code(call: Call, wire_code: str) -> str:
    if wire_code not in _SPELLINGS.values():
        return wire_code
    return _SPELLINGS.get(call.quirk("alibaba.sub_account_spelling"), wire_code)


def render(call: Call, row: ErrorRow, refusal: Refusal) -> Reply:
    """Return an error in the shape of its group: in the body, as the gateway's, or as the storage service's XML."""
    wire_code, message = row.format(call.quirk, refusal.placeholders)
    wire_code, message = _spell_code(call, wire_code), refusal.message or message
    request_id = new_request_id(call)
    if row.group == "storage":
        error = {"Code": wire_code, "Message": message, "RequestId": request_id, "HostId": _HOST}
        xml = encode_xml(Element("Error", tuple(_make_elements(error))))
        return Reply(row.status, xml, {"x-oss-request-id": request_id}, "application/xml")
    has_body_number = row.listed_status in _BODY_NUMBERS
    if has_body_number and call.quirk("alibaba.error_representation") != "gateway":
        body: dict[str, Any] = {"RequestId": request_id, "Code": format_body_code(call, row), "Message": message}
        return _format_reply(call, 200, body, _name_root(call))
    body = {
        "RequestId": request_id,
        "Message": message,
        "Recommend": f"https://api.aliyun.com/troubleshoot?q={wire_code}&product=alimt&requestId={request_id}",
        "HostId": _HOST,
        "Code": wire_code,
    }
    if row.extra.get("denied"):
        body["AccessDeniedDetail"] = _build_denied_detail(call)
    status = _GATEWAY_STATUS.get(row.listed_status or 0, 400) if has_body_number else row.status
    if row.key == "InvalidAccessKeyId.NotFound":
        status = int(call.quirk("alibaba.unknown_access_key_status"))
    return _format_reply(call, status, body, "Error")


def _build_denied_detail(call: Call) -> dict[str, str]:
    """Return the AccessDeniedDetail of a refused sub-account, in the fields that the SDKs of many products document."""
    action = call.operation.name if call.operation is not None else "*"
    return {
        "PolicyType": "AccountLevelIdentityBasedPolicy",
        "AuthPrincipalOwnerId": "1000000000000000",
        "AuthPrincipalType": "SubUser",
        "AuthPrincipalDisplayName": "200000000000000000",
        "NoPermissionType": "ImplicitDeny",
        "AuthAction": f"alimt:{action}",
        "EncodedDiagnosticMessage": call.sandbox.chance.draw("alibaba.denied", 32).hex(),
    }


def _name_root(call: Call) -> str:
    return f"{call.operation.name}Response" if call.operation is not None else "Error"


def _format_reply(call: Call, status: int, data: Mapping[str, Any], root: str) -> Reply:
    headers = {"x-acs-request-id": str(data["RequestId"])}
    if _wants_xml(call.request):
        return Reply(status, encode_xml(Element(root, tuple(_make_elements(data)))), headers, XML_MEDIA_TYPE)
    return Reply(status, encode_json(data), headers, MEDIA_TYPE)


def _wants_xml(request: Request) -> bool:
    """Whether the answer has to be XML: RPC calls get it unless `Format` is JSON, other calls do not."""
    try:
        claim = read_claim(request)
    except MalformedError:
        return False
    parameters = claim.parameters  # none of ACS3
    return "Action" in parameters and parameters.get("Format", "XML").upper() != "JSON"


_JSON_ELEMENTS = frozenset({"TranslatedList"})
"""Lists that the pages' XML examples write as JSON in one element; any other list is one element an item."""


def _make_elements(data: Mapping[str, Any]) -> Iterator[Element]:
    for name, value in data.items():
        if name in _JSON_ELEMENTS:
            yield Element(name, json.dumps(value, ensure_ascii=False))
        elif isinstance(value, Mapping):
            yield Element(name, tuple(_make_elements(value)))
        elif isinstance(value, list):
            yield from (Element(name, tuple(_make_elements(item))) for item in value)
        else:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            yield Element(name, text, is_cdata=name == "Recommend")
