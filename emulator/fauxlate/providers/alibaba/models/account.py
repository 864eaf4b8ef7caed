"""The account: opening the service, and the report of its use.

Everything is sent in the query, but by @alicloud/pop-core, whose POST has all parameters in a form body.
"""

from __future__ import annotations

from typing import Literal

from fauxlate.engine.tables.parameters import Parameters, query_or_form
from fauxlate.providers.alibaba.models.envelope import Envelope, FlatResponse

TIME_PATTERN = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$"


class OpenAlimtService(Parameters):
    """Which service: translation, custom translation, certificates, documents, language detection."""

    type: Literal["alimt", "automl", "ct", "dt", "id"] = query_or_form("Type", "alimt")


class GetTranslateReport(Parameters):
    """Calls of one service between two times, such as 2021-03-01 00:00:00, by hour or by day."""

    begin_time: str = query_or_form("BeginTime", pattern=TIME_PATTERN)
    end_time: str = query_or_form("EndTime", pattern=TIME_PATTERN)
    api_name: str = query_or_form("ApiName", min_length=1)
    group: Literal["hour", "day"] = query_or_form("Group")


class OpenAlimtServiceResponse(FlatResponse):
    """Response of OpenAlimtService."""

    OrderId: str


class GetTranslateReportResponse(Envelope):
    """Response of GetTranslateReport; `Data` is JSON in a string."""

    Data: str
