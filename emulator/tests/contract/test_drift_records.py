"""What a record of a test holds, without secrets, and which differences between two records are findings."""

from __future__ import annotations

import json
from typing import Any

from contract_tests.harness.drift.findings import compare_records
from contract_tests.harness.drift.observer import Observer, field_types, redact
from contract_tests.harness.drift.report import format_report
from contract_tests.harness.flows import FLOWS
from contract_tests.harness.provider_client import ProviderClient
from contract_tests.harness.target import Target, open_target

NOWHERE = "http://127.0.0.1:9"


def test_no_secret_gets_into_a_record() -> None:
    with open_target("emulator", 60) as target:
        observer = Observer(target)
        client = ProviderClient(target, observer.on_exchange)
        for flow in FLOWS.values():
            flow.status(client, flow.start(client))
        request = client.alimt_request("GetAsyncTranslate", {"JobId": "x"}, secret="wrong")
        client.send("alibaba.GetAsyncTranslate", request)
        record = json.dumps([observer.observation.exchanges])
        secrets = [
            value
            for credentials in target.environment.values()
            for key, value in credentials.items()
            if key != "endpoint"
        ]
        assert [secret for secret in (*secrets, client.corp_token, client.iam_token) if secret in record] == []
        assert "<alibaba.access_key_id>" in record


def test_ids_and_times_are_told_by_what_they_are() -> None:
    text = "job 77056ab7-7be1-4c2a-91a1-f20f63894048 at 2026-01-01T00:00:00Z from 10.0.0.1:80"
    assert redact(text, Target(NOWHERE, {})) == "job <uuid> at <time> from <host>"


def test_the_shape_of_an_answer_has_the_type_of_each_field() -> None:
    body = {"a": [{"b": 1}, {"b": 1}], "c": None, "d": {"e": True, "f": 1.5}}
    assert field_types(body) == {
        "a": "array", "a[]": "object", "a[].b": "integer", "c": "null", "d": "object", "d.e": "boolean", "d.f": "number",
    }  # fmt: skip


def record_of(*exchanges: Any, courses: Any = None) -> Any:
    """Return the record of one test."""
    return {"t": {"exchanges": list(exchanges), "courses": courses or {}, "printed": {}}}


def exchange(**members: Any) -> Any:
    """Return an exchange as a record has it."""
    default = {"operation": "huawei.RunLanguageDetection", "status": 200, "code": None, "message": None, "fields": {}}
    return {**default, **members}


def test_what_is_alike_is_no_finding() -> None:
    live = {"huawei.file_translation": [["WAITING", 2.3], ["FINISHED", None]]}
    emulator = {"huawei.file_translation": [["WAITING", 2.0], ["FINISHED", None]]}
    assert compare_records(record_of(exchange(), courses=live), record_of(exchange(), courses=emulator)) == []
    assert format_report([]).startswith("no drift")


def test_an_object_that_is_absent_is_one_finding_and_not_one_a_field() -> None:
    fields = {"a": "object", "a.b": "string", "a.c": "string"}
    (finding,) = compare_records(record_of(exchange()), record_of(exchange(fields=fields)))
    assert (finding.subject, finding.target, finding.emulator) == ("field a", "absent", "object")


def test_another_sequence_of_states_is_told_as_a_whole() -> None:
    live = {"huawei.file_translation": [["WAITING", 2], ["FINISHED", None]]}
    emulator = {"huawei.file_translation": [["WAITING", 2], ["BGEIN", 2], ["FINISHED", None]]}
    (finding,) = compare_records(record_of(courses=live), record_of(courses=emulator))
    assert (finding.subject, finding.target, finding.documented) == (
        "states", "WAITING → FINISHED", "WAITING → BGEIN → FINISHED",
    )  # fmt: skip


def test_a_code_that_no_row_has_is_to_be_added() -> None:
    findings = compare_records(record_of(exchange(code="NLP.9999", status=400)), record_of(exchange()))
    assert [finding.row for finding in findings if finding.subject == "code"] == [
        "emulator/fauxlate/providers/huawei/errors.toml: no row has NLP.9999; add one"
    ]
