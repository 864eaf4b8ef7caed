"""What alimt answers about the account, and how it recognises a call that is repeated."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from contract_tests.alibaba.operations.alimt_sandbox import LANGUAGES, TEXT_FORM, TIMEOUT, AlimtSandbox, Json

pytestmark = pytest.mark.documented(
    "help.aliyun.com api-alimt-2018-10-12-*: the page of each operation, and its API metadata"
)


@pytest.mark.sdk("@alicloud/pop-core 1.8.0, lib/rpc.js: a POST has no query, and everything in its form body")
@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("OpenAlimtService", {"Type": "dt"}),
        (
            "GetTranslateReport",
            {"BeginTime": "2021-03-01 00:00:00", "EndTime": "2021-03-02 00:00:00", "Group": "day"},
        ),
    ],
)
def test_what_is_documented_for_the_query_is_taken_from_a_form_too(
    action: str, parameters: Json, sandbox: AlimtSandbox
) -> None:
    parameters = {**parameters, "ApiName": "translate_standard"}
    response = sandbox.session.post(
        f"{sandbox.url}/", data={**sandbox.common_parameters(action), **parameters}, timeout=TIMEOUT
    )
    assert response.status_code == 200, response.text
    if action == "OpenAlimtService":  # and the type was not lost
        assert sandbox.call(action, query=parameters)["Code"] == "ORDER.OPEND"


TOKEN_OPERATIONS = [
    ("TranslateImageBatch", "CustomTaskId", {"ImageUrls": "https://e.example/a.png"}),
    ("CreateImageTranslateTask", "ClientToken", {"UrlList": "https://e.example/a.png"}),
    ("CreateDocTranslateTask", "ClientToken", {"FileUrl": "https://e.example/a.docx"}),
]


@pytest.mark.parametrize(("action", "token_name", "form"), TOKEN_OPERATIONS)
def test_the_same_token_within_three_minutes_is_the_same_task(
    action: str, token_name: str, form: Mapping[str, str], sandbox: AlimtSandbox
) -> None:
    def create_task(name: str) -> str:
        answer = sandbox.call(action, **LANGUAGES, **form, **{token_name: name})
        return str(answer.get("Data", answer)["TaskId"])

    first = create_task("one")
    sandbox.advance("179s")
    assert create_task("one") == first
    assert create_task("other") != first
    sandbox.advance("1s")
    assert create_task("one") != first


def test_a_service_is_opened_once(sandbox: AlimtSandbox) -> None:
    assert sandbox.call("OpenAlimtService", query={"Type": "dt"})["OrderId"].isdecimal()
    assert sandbox.call("OpenAlimtService", query={"Type": "alimt"})["status"] == 200
    assert sandbox.call("OpenAlimtService", query={"Type": "dt"})["Code"] == "ORDER.OPEND"


@pytest.mark.assumed("the page shows that Data is JSON in a string, and little of what is in it")
def test_a_report_counts_calls_by_hour_or_day(sandbox: AlimtSandbox) -> None:
    sandbox.call_sandbox("PUT", "scenario", {"clock": {"mode": "frozen", "at": "2026-01-01T10:00:00Z"}})
    for _ in range(3):
        sandbox.call("TranslateGeneral", **TEXT_FORM)
        sandbox.advance("30m")
    query = {"BeginTime": "2026-01-01 00:00:00", "EndTime": "2026-01-01 23:59:59", "ApiName": "translate_standard"}
    hours = sandbox.call("GetTranslateReport", query={**query, "Group": "hour"})
    assert json.loads(hours["Data"]) == {
        "result": [{"time": "2026-01-01 10:00:00", "total": 2}, {"time": "2026-01-01 11:00:00", "total": 1}]
    }
    days = sandbox.call("GetTranslateReport", query={**query, "Group": "day"})
    assert json.loads(days["Data"]) == {"result": [{"time": "2026-01-01 00:00:00", "total": 3}]}
    refusal = sandbox.call("GetTranslateReport", query={**query, "Group": "week"})
    assert (refusal["status"], refusal["Code"]) == (400, "InvalidGroup")
