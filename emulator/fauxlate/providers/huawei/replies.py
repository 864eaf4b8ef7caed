"""Huawei Cloud's dialects: NLP and its gateway, IAM (Keystone), and the storage service's XML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from fauxlate.engine.exchange.reply import Reply, as_json
from fauxlate.engine.service.provider import Problem, ProblemKind
from fauxlate.engine.tables.errors import ErrorRow, Refusal
from fauxlate.providers.huawei.access.storage_signing import carried

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

_NLP: Mapping[ProblemKind, str] = {
    ProblemKind.UNKNOWN_OPERATION: "APIG.0101",
    ProblemKind.WRONG_METHOD: "NLP.0303",
    ProblemKind.MISSING: "NLP.0301",
    ProblemKind.INVALID: "NLP.0301",
    ProblemKind.MALFORMED: "NLP.0304",
    ProblemKind.MEDIA_TYPE: "NLP.0305",
    ProblemKind.TOO_LARGE: "APIG.0201#too_large",
    ProblemKind.INTERNAL: "NLP.0201",
}
_BY_PARAMETER: Mapping[str, str] = {"type": "NLP.6305", "url": "NLP.6303"}
"""Parameters of a document job whose wrong value has a row of its own."""
_STORAGE: Mapping[ProblemKind, str] = {
    ProblemKind.UNKNOWN_OPERATION: "MethodNotAllowed",
    ProblemKind.WRONG_METHOD: "MethodNotAllowed",
    ProblemKind.TOO_LARGE: "EntityTooLarge",
    ProblemKind.INTERNAL: "InternalError",
}
"""The troubles of storage that have a row of their own; any other is a BadRequest."""


def refuse(call: Call, problem: Problem) -> Refusal:
    """Return the documented error for what is wrong with a request."""
    guessed = "storage" if carried(call.request) else "nlp"
    family = call.operation.family if call.operation is not None else guessed
    key = _NLP[problem.kind]
    if family == "iam":
        key = "500" if problem.kind is ProblemKind.INTERNAL else "400"
    elif family == "storage":
        key = _STORAGE.get(problem.kind, "BadRequest")
    elif problem.kind is ProblemKind.WRONG_METHOD and call.quirk("huawei.wrong_method") == "APIG.0101":
        key = "APIG.0101#wrong_method"
    elif problem.kind is ProblemKind.INVALID:
        key = _BY_PARAMETER.get(problem.parameter, key)
    return Refusal(key, hint=problem.detail)


def _request_id(call: Call) -> str:
    return call.sandbox.chance.draw("huawei.RequestId").hex()


def trace(call: Call) -> str:
    """Return the id of a request to IAM; the SDKs read it from the header X-IAM-Trace-Id."""
    return f"token_{_request_id(call)}"


def _headers(call: Call, request_id: str) -> dict[str, str]:
    """Return the headers in which the SDKs look for the id of a request."""
    if call.operation is not None and call.operation.family == "iam":
        return {"X-Request-Id": request_id, "X-IAM-Trace-Id": f"token_{request_id}"}
    return {"X-Request-Id": request_id, "Server": "api-gateway"}


def encode(call: Call, data: Mapping[str, Any]) -> Reply:
    """Return what an operation answered as JSON, with the request id in the header where the SDKs look."""
    return Reply(200, as_json(data), _headers(call, _request_id(call)))


def _service(call: Call, row: ErrorRow, code: str, message: str) -> Reply:
    request_id = _request_id(call)
    body = {"error_code": code, "error_msg": message}
    if row.group == "gateway":
        body["error_code"] = code.replace("APIG", call.quirk("huawei.gateway_prefix"), 1)
        body["request_id"] = request_id
    return Reply(row.status, _json(body), _headers(call, request_id))


def _json(body: Mapping[str, Any]) -> bytes:
    """Return an error as JSON; a byte of the request that was no UTF-8 comes back as a question mark."""
    return as_json({name: str(said).encode("utf-8", "replace").decode() for name, said in body.items()})


def _keystone(call: Call, row: ErrorRow, _code: str, message: str) -> Reply:
    body = {
        "error": {
            "code": row.status,
            "message": message,
            "title": row.extra.get("title") or HTTPStatus(row.status).phrase,
        }
    }
    return Reply(row.status, as_json(body), _headers(call, _request_id(call)))


def _storage(call: Call, row: ErrorRow, code: str, message: str) -> Reply:
    request_id = _request_id(call).upper()
    resource = escape(call.request.path[:1000])
    headers = {
        "x-obs-request-id": request_id,
        "x-obs-id-2": call.sandbox.chance.text("huawei.storage_host", 64),
        "Server": "OBS",
    }
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message><RequestId>{request_id}</RequestId>"
        f"<HostId>{headers['x-obs-id-2']}</HostId><Resource>{resource}</Resource></Error>"
    )
    return Reply(row.status, xml.encode("utf-8", "replace"), headers, "application/xml")


_SHAPES: Mapping[str, Callable[[Call, ErrorRow, str, str], Reply]] = {
    "nlp": _service,
    "gateway": _service,
    "iam_new": _service,
    "iam": _keystone,
    "storage": _storage,
}


def render(call: Call, row: ErrorRow, refusal: Refusal) -> Reply:
    """Return an error in the shape of its group."""
    code, message = row.wording(call.quirk, refusal.fill)
    return _SHAPES[row.group](call, row, code, refusal.message or message)
