"""Huawei Cloud's dialects: JSON of NLP and its gateway, JSON of IAM (Keystone), and XML of the storage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fauxlate.engine.exchange.reply import Reply, encode_json
from fauxlate.engine.exchange.xml import Element, elements, encode_xml
from fauxlate.engine.service.problems import Problem, ProblemKind
from fauxlate.engine.tables.errors import ErrorRow, Refusal
from fauxlate.providers.huawei.access.storage_signing import has_storage_signature

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

_NLP_KEYS: Mapping[ProblemKind, str] = {
    ProblemKind.UNKNOWN_OPERATION: "APIG.0101",
    ProblemKind.WRONG_METHOD: "NLP.0303",
    ProblemKind.MISSING: "NLP.0301",
    ProblemKind.INVALID: "NLP.0301",
    ProblemKind.MALFORMED: "NLP.0304",
    ProblemKind.MEDIA_TYPE: "NLP.0305",
    ProblemKind.TOO_LARGE: "APIG.0201#too_large",
    ProblemKind.INTERNAL: "NLP.0201",
}
_PARAMETER_KEYS: Mapping[str, str] = {"type": "NLP.6305", "url": "NLP.6303"}
"""The errors for a wrong value of a parameter that has a row of its own; all are of a document job."""
_STORAGE_KEYS: Mapping[ProblemKind, str] = {
    ProblemKind.UNKNOWN_OPERATION: "MethodNotAllowed",
    ProblemKind.WRONG_METHOD: "MethodNotAllowed",
    ProblemKind.TOO_LARGE: "EntityTooLarge",
    ProblemKind.INTERNAL: "InternalError",
}
"""The problems of a request to storage that have a row of their own; any other is a BadRequest."""


def refuse(call: Call, problem: Problem) -> Refusal:
    """Return the documented error for a problem with a request."""
    if call.operation is not None:
        family = call.operation.family
    else:
        family = "storage" if has_storage_signature(call.request) else "nlp"
    key = _NLP_KEYS[problem.kind]
    if family == "iam":
        key = "500" if problem.kind is ProblemKind.INTERNAL else "400"
    elif family == "storage":
        key = _STORAGE_KEYS.get(problem.kind, "BadRequest")
    elif problem.kind is ProblemKind.WRONG_METHOD and call.quirk("huawei.wrong_method") == "APIG.0101":
        key = "APIG.0101#wrong_method"
    elif problem.kind is ProblemKind.INVALID:
        key = _PARAMETER_KEYS.get(problem.parameter, key)
    return Refusal(key, hint=problem.detail)


def _new_request_id(call: Call) -> str:
    return call.sandbox.chance.draw("huawei.RequestId").hex()


def new_trace_id(call: Call) -> str:
    """Return a new id of a request to IAM; the SDKs read it from the header X-IAM-Trace-Id."""
    return f"token_{_new_request_id(call)}"


def _build_headers(call: Call, request_id: str) -> dict[str, str]:
    """Return the headers in which the SDKs look for the id of a request."""
    if call.operation is not None and call.operation.family == "iam":
        return {"X-Request-Id": request_id, "X-IAM-Trace-Id": f"token_{request_id}"}
    return {"X-Request-Id": request_id, "Server": "api-gateway"}


def encode(call: Call, data: Mapping[str, Any]) -> Reply:
    """Return the answer of an operation as JSON, with a request id in the header where the SDKs look."""
    return Reply(200, encode_json(data), _build_headers(call, _new_request_id(call)))


def _render_service_error(call: Call, row: ErrorRow, code: str, message: str) -> Reply:
    request_id = _new_request_id(call)
    body = {"error_code": code, "error_msg": message}
    if row.group == "gateway":
        body["error_code"] = code.replace("APIG", call.quirk("huawei.gateway_prefix"), 1)
        body["request_id"] = request_id
    return Reply(row.status, _encode_error(body), _build_headers(call, request_id))


def _encode_error(body: Mapping[str, Any]) -> bytes:
    """Return an error as JSON; a byte of the request that is not UTF-8 becomes a question mark."""
    return encode_json({name: str(value).encode("utf-8", "replace").decode() for name, value in body.items()})


def _render_keystone_error(call: Call, row: ErrorRow, _code: str, message: str) -> Reply:
    body = {
        "error": {
            "code": row.status,
            "message": message,
            "title": row.extra.get("title") or HTTPStatus(row.status).phrase,
        }
    }
    return Reply(row.status, encode_json(body), _build_headers(call, _new_request_id(call)))


def _render_storage_error(call: Call, row: ErrorRow, code: str, message: str) -> Reply:
    request_id = _new_request_id(call).upper()
    headers = {
        "x-obs-request-id": request_id,
        "x-obs-id-2": call.sandbox.chance.text("huawei.storage_host", 64),
        "Server": "OBS",
    }
    values = {
        "Code": code,
        "Message": message,
        "RequestId": request_id,
        "HostId": headers["x-obs-id-2"],
        "Resource": call.request.path[:1000],
    }
    body = encode_xml(Element("Error", elements(values.items())))
    return Reply(row.status, body, headers, "application/xml")


_RENDERERS: Mapping[str, Callable[[Call, ErrorRow, str, str], Reply]] = {
    "nlp": _render_service_error,
    "gateway": _render_service_error,
    "iam_new": _render_service_error,
    "iam": _render_keystone_error,
    "storage": _render_storage_error,
}


def render(call: Call, row: ErrorRow, refusal: Refusal) -> Reply:
    """Return an error in the shape of its group."""
    code, message = row.format(call.quirk, refusal.placeholders)
    return _RENDERERS[row.group](call, row, code, refusal.message or message)
