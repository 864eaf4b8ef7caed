"""The account: opening the service, and the report of its use."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.provider import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.alibaba.models import account as models
from fauxlate.providers.alibaba.replies import code, request_id

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

_OPENED = "alibaba.opened"
_OPERATIONS = {
    "translate_standard": ("TranslateGeneral", "TranslateGeneralVpc", "GetBatchTranslate", "CreateAsyncTranslate"),
    "translate_ecommerce": ("Translate", "TranslateECommerce"),
    "predict_detect": ("GetDetectLanguage", "GetDetectLanguageVpc"),
    "it_general": ("TranslateImage", "TranslateImageBatch"),
    "it_ecommerce": ("GetImageTranslate", "CreateImageTranslateTask"),
    "dt_page": ("CreateDocTranslateTask",),
    "ct_idcard": ("TranslateCertificate",),
    "ct_driving": (),
}
"""The services that a report can be about, and the operations that are counted for them, which is assumed."""
_STARTS = {"day": "%Y-%m-%d 00:00:00", "hour": "%Y-%m-%d %H:00:00"}


async def open_alimt_service(call: Call, asked: models.OpenAlimtService) -> models.OpenAlimtServiceResponse:
    """Open a service; once it is open, it cannot be opened again."""
    if await call.sandbox.store.get(_OPENED, asked.type) is not None:
        raise Refusal("ORDER.OPEND", hint=f"`{asked.type}` has been opened in this sandbox before.")
    order_id = str(int.from_bytes(call.sandbox.chance.draw("alibaba.OrderId", 6)))
    await call.sandbox.store.put(_OPENED, asked.type, Record(order_id))
    return {"OrderId": order_id, "RequestId": request_id(call)}


async def get_translate_report(call: Call, asked: models.GetTranslateReport) -> models.GetTranslateReportResponse:
    """Count the calls that the journal still has, by hour or day of the sandbox's clock in UTC."""
    counted = _OPERATIONS.get(asked.api_name)
    if counted is None:
        detail = f"`{asked.api_name[:50]}` is no service; there are {', '.join(_OPERATIONS)}."
        raise call.refuse(ProblemKind.INVALID, detail, "ApiName")
    begins, ends = _time(call, "BeginTime", asked.begin_time), _time(call, "EndTime", asked.end_time)
    names = {f"alibaba.{name}" for name in counted}
    totals = Counter(
        datetime.fromtimestamp(entry.now, UTC).strftime(_STARTS[asked.group])
        for entry in call.sandbox.journal
        if entry.operation in names and entry.reply.error is None and begins <= entry.now <= ends
    )
    result = [{"time": time, "total": total} for time, total in sorted(totals.items())]
    return {
        "Code": code(call, 200),
        "Message": "success",
        "Data": json.dumps({"result": result}),
        "RequestId": request_id(call),
    }


def _time(call: Call, name: str, text: str) -> float:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    except ValueError:
        detail = f"{name} came as `{text}`; 2021-03-01 00:00:00 is wanted."
        raise call.refuse(ProblemKind.INVALID, detail, name) from None
