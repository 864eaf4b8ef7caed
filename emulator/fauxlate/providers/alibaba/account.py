"""The account: opening the service, and the report of its use."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.problems import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.alibaba.models import account as models
from fauxlate.providers.alibaba.replies import format_code, new_request_id

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

_SERVICE_RECORDS = "alibaba.opened"
_SERVICE_OPERATIONS = {
    "translate_standard": ("TranslateGeneral", "TranslateGeneralVpc", "GetBatchTranslate", "CreateAsyncTranslate"),
    "translate_ecommerce": ("Translate", "TranslateECommerce"),
    "predict_detect": ("GetDetectLanguage", "GetDetectLanguageVpc"),
    "it_general": ("TranslateImage", "TranslateImageBatch"),
    "it_ecommerce": ("GetImageTranslate", "CreateImageTranslateTask"),
    "dt_page": ("CreateDocTranslateTask",),
    "ct_idcard": ("TranslateCertificate",),
    "ct_driving": (),
}
"""The services that a report can cover, and the operations counted for each, which is assumed."""
_PERIOD_FORMATS = {"day": "%Y-%m-%d 00:00:00", "hour": "%Y-%m-%d %H:00:00"}


async def open_alimt_service(call: Call, parameters: models.OpenAlimtService) -> models.OpenAlimtServiceResponse:
    """Open a service. Raises `Refusal` where it is open already."""
    if await call.sandbox.store.get(_SERVICE_RECORDS, parameters.type) is not None:
        raise Refusal("ORDER.OPEND", hint=f"`{parameters.type}` has been opened in this sandbox before.")
    order_id = str(int.from_bytes(call.sandbox.chance.draw("alibaba.OrderId", 6)))
    await call.sandbox.store.put(_SERVICE_RECORDS, parameters.type, Record(order_id))
    return {"OrderId": order_id, "RequestId": new_request_id(call)}


async def get_translate_report(call: Call, parameters: models.GetTranslateReport) -> models.GetTranslateReportResponse:
    """Count the calls that the journal still holds, by hour or day of the sandbox's clock in UTC."""
    operations = _SERVICE_OPERATIONS.get(parameters.api_name)
    if operations is None:
        detail = f"`{parameters.api_name[:50]}` is no service; there are {', '.join(_SERVICE_OPERATIONS)}."
        raise call.refuse(ProblemKind.INVALID, detail, "ApiName")
    start, end = (
        _parse_time(call, "BeginTime", parameters.begin_time),
        _parse_time(call, "EndTime", parameters.end_time),
    )
    names = {f"alibaba.{name}" for name in operations}
    totals = Counter(
        datetime.fromtimestamp(entry.now, UTC).strftime(_PERIOD_FORMATS[parameters.group])
        for entry in call.sandbox.journal
        if entry.operation in names and entry.reply.error is None and start <= entry.now <= end
    )
    result = [{"time": time, "total": total} for time, total in sorted(totals.items())]
    return {
        "Code": format_code(call, 200),
        "Message": "success",
        "Data": json.dumps({"result": result}),
        "RequestId": new_request_id(call),
    }


def _parse_time(call: Call, name: str, text: str) -> float:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    except ValueError:
        detail = f"{name} came as `{text}`; 2021-03-01 00:00:00 is wanted."
        raise call.refuse(ProblemKind.INVALID, detail, name) from None
