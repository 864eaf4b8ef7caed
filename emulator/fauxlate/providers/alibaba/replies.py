"""alimt's dialect: its envelope, its three shapes of error, JSON and XML, and its words for what is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from fauxlate.engine.exchange.reply import Reply, as_json
from fauxlate.engine.exchange.request import MalformedError
from fauxlate.engine.service.provider import Problem, ProblemKind
from fauxlate.engine.tables.errors import ErrorRow, Refusal

if TYPE_CHECKING:
    from fauxlate.engine.exchange.request import Request
    from fauxlate.engine.service.call import Call

MEDIA_TYPE = "application/json;charset=utf-8"
XML = "application/xml;charset=utf-8"
"""As the pages' XML examples begin."""
_HOST = "mt.cn-hangzhou.aliyuncs.com"

_NUMBERS = range(100, 200)
"""Printed statuses that cannot be HTTP's: they number the error in the body."""
_GATEWAY_STATUS = {101: 500, 102: 500, 103: 500, 106: 500, 107: 500, 109: 403, 111: 500, 112: 500, 199: 500}
"""The HTTP status that seed 002 prints for the code that other tables number so; 400 for the rest."""
_LONG = {199: "19999"}
"""The long code of a number that is not 9900 more; the tables with long codes have it."""

_PARAMETER_ERROR = "System.ParameterError"
_ANY_PARAMETER = "Invalid{Param}"
_WORDS: Mapping[ProblemKind, str] = {
    ProblemKind.UNKNOWN_OPERATION: "InvalidAction.NotFound",
    ProblemKind.WRONG_METHOD: "UnsupportedHTTPMethod",
    ProblemKind.MISSING: "Missing{Param}",
    ProblemKind.INVALID: _PARAMETER_ERROR,
    ProblemKind.MALFORMED: _PARAMETER_ERROR,
    ProblemKind.MEDIA_TYPE: _PARAMETER_ERROR,
    ProblemKind.TOO_LARGE: "System.StringTooLong",
    ProblemKind.INTERNAL: "InternalError",
}
_INSTEAD: Mapping[str, tuple[str, ...]] = {
    _PARAMETER_ERROR: ("10021", "10004", "10026"),
    "System.StringTooLong": ("10008",),
    "Parameter.SourceLangError": ("System.LanguageNotSupported", "10005"),
    "Parameter.TargetLangError": ("System.LanguageNotSupported", "10005"),
}
"""How other tables print the same error, nearest first."""


def named(call: Call, key: str) -> str:
    """Return the row that says `key` in the table of this call's operation: by its name, a number, or another name.

    A table that has no such row says that a parameter is wrong; one without that leaves it to the gateway.
    """
    if call.operation is None:
        return key
    rows = call.provider.rows(call.operation)
    nearest = (key, *_INSTEAD.get(key, ()), _PARAMETER_ERROR, *_INSTEAD[_PARAMETER_ERROR], _ANY_PARAMETER)
    return next(one for one in nearest if one in rows)


def refusal(call: Call, key: str, parameter: str, hint: str) -> Refusal:
    """Return the error `key` about a parameter, as the operation's table has it."""
    return Refusal(named(call, key), {"{Param}": parameter}, hint=hint)


def refuse(call: Call, problem: Problem) -> Refusal:
    """Return the documented error for what is wrong with a request."""
    if call.operation is not None and call.operation.family == "storage":
        return Refusal("NoSuchKey", hint=problem.detail)
    return refusal(call, _WORDS[problem.kind], problem.parameter or "Parameter", problem.detail)


def request_id(call: Call) -> str:
    """Return a new RequestId: an upper-case UUID."""
    return call.sandbox.chance.uuid("alibaba.RequestId").upper()


def code(call: Call, number: int | str) -> int | str:
    """Return a `Code` as number or string, as the quirk says."""
    return str(number) if call.quirk("alibaba.code_type") == "str" else int(number)


def encode(call: Call, data: Mapping[str, Any]) -> Reply:
    """Return what an operation answered, its RequestId in a header too."""
    if call.quirk("alibaba.success_message") == "absent":
        data = {name: value for name, value in data.items() if name != "Message"}
    return _written(call, 200, data, _root(call))


def in_body(call: Call, row: ErrorRow) -> int | str:
    """Return the number that stands for `row` in the body of an answer with HTTP status 200."""
    if row.code.isdecimal() or row.listed is None:
        return code(call, row.code)
    long = call.quirk("alibaba.error_representation") == "body_long"
    return code(call, _LONG.get(row.listed, row.listed + 9900) if long else row.listed)


_SPELLINGS = {"upper": "System.SubNotPermission", "lower": "System.subNotPermission"}


def _spelled(call: Call, wire_code: str) -> str:
    if wire_code not in _SPELLINGS.values():
        return wire_code
    return _SPELLINGS.get(call.quirk("alibaba.sub_account_spelling"), wire_code)


def render(call: Call, row: ErrorRow, refusal: Refusal) -> Reply:
    """Return an error in the shape of its group: in the body, as the gateway's, or as the storage service's XML."""
    wire_code, message = row.wording(call.quirk, refusal.fill)
    wire_code, message = _spelled(call, wire_code), refusal.message or message
    rid = request_id(call)
    if row.group == "storage":
        told = {"Code": wire_code, "Message": message, "RequestId": rid, "HostId": _HOST}
        return Reply(row.status, _xml("Error", told), {"x-oss-request-id": rid}, "application/xml")
    numbered = row.listed in _NUMBERS
    if numbered and call.quirk("alibaba.error_representation") != "gateway":
        body: dict[str, Any] = {"RequestId": rid, "Code": in_body(call, row), "Message": message}
        return _written(call, 200, body, _root(call))
    body = {
        "RequestId": rid,
        "Message": message,
        "Recommend": f"https://api.aliyun.com/troubleshoot?q={wire_code}&product=alimt&requestId={rid}",
        "HostId": _HOST,
        "Code": wire_code,
    }
    if row.extra.get("denied"):
        body["AccessDeniedDetail"] = _denied(call)
    status = _GATEWAY_STATUS.get(row.listed or 0, 400) if numbered else row.status
    if row.key == "InvalidAccessKeyId.NotFound":
        status = int(call.quirk("alibaba.unknown_access_key_status"))
    return _written(call, status, body, "Error")


def _denied(call: Call) -> dict[str, str]:
    """Return why a sub-account was refused, in the fields that the SDKs of many products document."""
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


def _root(call: Call) -> str:
    return f"{call.operation.name}Response" if call.operation is not None else "Error"


def _written(call: Call, status: int, data: Mapping[str, Any], root: str) -> Reply:
    headers = {"x-acs-request-id": str(data["RequestId"])}
    if _wants_xml(call.request):
        return Reply(status, _xml(root, data), headers, XML)
    return Reply(status, as_json(data), headers, MEDIA_TYPE)


def _wants_xml(request: Request) -> bool:
    """Tell whether an answer is to be XML: RPC calls get it unless `Format` is JSON, other calls do not."""
    if "x-acs-date" in request.headers:
        return False  # ACS3; spares looking for RPC's parameters
    try:
        sent = request.query if "Action" in request.query else request.form
    except MalformedError:
        return False
    return "Action" in sent and sent.get("Format", "XML").upper() != "JSON"


_AS_JSON = frozenset({"TranslatedList"})
"""Lists that the pages' XML examples have as JSON in one element; every other is one element an item."""
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _xml(root: str, data: Mapping[str, Any]) -> bytes:
    inner = "".join(_elements(data))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>{inner}</{root}>'.encode()


def _elements(data: Mapping[str, Any]) -> Iterator[str]:
    for name, value in data.items():
        if name in _AS_JSON:
            yield f"<{name}>{_text(json.dumps(value, ensure_ascii=False))}</{name}>"
        elif isinstance(value, Mapping):
            yield f"<{name}>{''.join(_elements(value))}</{name}>"
        elif isinstance(value, list):
            yield from (f"<{name}>{''.join(_elements(item))}</{name}>" for item in value)
        elif name == "Recommend":
            yield f"<{name}><![CDATA[{_NOT_IN_XML.sub('?', value).replace(']]>', '')}]]></{name}>"
        else:
            yield f"<{name}>{_text(str(value).lower() if isinstance(value, bool) else str(value))}</{name}>"


def _text(text: str) -> str:
    return escape(_NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text))
