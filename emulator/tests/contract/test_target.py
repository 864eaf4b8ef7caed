"""What a target can do and what it cannot, which evidence a test has, and that no secret gets into a record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from fauxlate.serving.composition import PROVIDERS
from fauxlate.settings import Settings

from contract_tests.harness.documents.comparison import format_tables, merge, missing_rows
from contract_tests.harness.documents.examples import printed_examples
from contract_tests.harness.documents.tables import printed_errors, tables
from contract_tests.harness.drift.findings import compare_records
from contract_tests.harness.drift.observer import Observer, field_types, redact
from contract_tests.harness.drift.report import format_report
from contract_tests.harness.evidence import GRADES, evidence_errors
from contract_tests.harness.flows import FLOWS
from contract_tests.harness.provider_client import ProviderClient
from contract_tests.harness.target import Target, default_credentials, live_target, open_target, variable_name

NOWHERE = "http://127.0.0.1:9"


def named(what: str) -> Any:
    return pytest.raises(pytest.skip.Exception, match=what)


def test_a_provider_without_credentials_is_skipped_and_its_variables_are_named() -> None:
    with named("no credentials for huawei: set FAUXLATE_LIVE_HUAWEI_ENDPOINT, .*FAUXLATE_LIVE_HUAWEI_PASSWORD"):
        live_target({}, 60).credentials("huawei")


def test_only_the_variables_that_are_missing_are_named() -> None:
    keys = [*default_credentials("")["huawei"], "storage_endpoint"]
    environ = {variable_name("huawei", key): "x" for key in keys}
    assert live_target(environ, 60).credentials("huawei")["project_id"] == "x"
    del environ["FAUXLATE_LIVE_HUAWEI_PROJECT_ID"]
    with named("set FAUXLATE_LIVE_HUAWEI_PROJECT_ID$"):
        live_target(environ, 60).credentials("huawei")


def test_live_services_are_reached_over_tls_and_each_under_its_own_address() -> None:
    target = Target("", {"dingtalk": {"endpoint": "api.dingtalk.com", "legacy_endpoint": "oapi.dingtalk.com"}})
    assert target.base_url("dingtalk", "") == "https://api.dingtalk.com"
    assert target.base_url("dingtalk", "legacy") == "https://oapi.dingtalk.com"


def test_a_wait_over_the_budget_is_a_skip_that_says_so() -> None:
    with named("1d are over the --budget of 1m"):
        Target(NOWHERE, {}, budget=60).advance("24h")


def test_a_target_without_admin_access_cannot_be_scripted() -> None:
    with named("scripted: the target answers no admin API"):
        Target(NOWHERE, {}).call_admin("GET", "sandboxes")


@pytest.mark.parametrize("name", ["elsewhere", "ftp://127.0.0.1", NOWHERE])
def test_what_is_no_target_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"--target {name}"), open_target(name, 60):
        pass


def test_the_credentials_of_a_default_sandbox_are_known_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_target("emulator", 60) as target:
        assert default_credentials(target.url) == target.environment
        with open_target(target.url, 60) as same:
            assert same.has_admin
    monkeypatch.setenv("FAUXLATE_TARGET_HUAWEI_USER", "somebody")
    assert default_credentials(NOWHERE)["huawei"]["user"] == "somebody"


def test_an_admin_token_keeps_the_tests_from_scripting() -> None:
    from fauxlate.serving.background import BackgroundServer

    with BackgroundServer(Settings(port=0, admin_token="secret")) as emulator, open_target(emulator.url, 60) as target:
        assert not target.has_admin


class Item:
    """A test, as far as `ungraded` looks at it; `marks` from the nearest node on."""

    nodeid = "contract_tests/test_x.py::test_y[z]"

    def __init__(self, *nodes: list[Any]) -> None:
        self.nodes = nodes

    def iter_markers_with_node(self) -> Iterator[tuple[object, Any]]:
        for number, marks in enumerate(self.nodes):
            for mark in marks:
                yield number, mark


def mark(name: str, *said: str) -> Any:
    return SimpleNamespace(name=name, args=said)


def test_a_test_has_exactly_one_mark_and_the_nearest_counts() -> None:
    good = [Item([mark(name, "seed 003")]) for name in GRADES]
    good.append(Item([mark("parametrize"), mark("sdk", "x 1.0.0")], [mark("documented", "seed 003")]))
    assert evidence_errors(good) == []  # type: ignore[arg-type]
    none, two, empty = Item([mark("parametrize")]), Item([mark("sdk", "x"), mark("assumed", "y")]), Item([mark("sdk")])
    for item, what in ((none, "it has none"), (two, "it has sdk, assumed"), (empty, "`sdk` wants its source")):
        (line,) = evidence_errors([item])  # type: ignore[list-item]
        assert line.startswith("contract_tests/test_x.py::test_y: ")
        assert what in line


def test_no_secret_gets_into_a_record() -> None:
    with open_target("emulator", 60) as target:
        observer = Observer(target)
        speaker = ProviderClient(target, observer.on_exchange)
        for flow in FLOWS.values():
            flow.status(speaker, flow.start(speaker))
        wrong = speaker.alimt_request("GetAsyncTranslate", {"JobId": "x"}, secret="wrong")
        speaker.send("alibaba.GetAsyncTranslate", wrong)
        record = json.dumps([observer.observation.exchanges])
        secrets = [value for told in target.environment.values() for key, value in told.items() if key != "endpoint"]
        assert [one for one in (*secrets, speaker.corp_token, speaker.iam_token) if one in record] == []
        assert "<alibaba.access_key_id>" in record


def test_ids_and_times_are_told_by_what_they_are() -> None:
    text = "job 77056ab7-7be1-4c2a-91a1-f20f63894048 at 2026-01-01T00:00:00Z from 10.0.0.1:80"
    assert redact(text, Target(NOWHERE, {})) == "job <uuid> at <time> from <host>"


def test_the_shape_of_an_answer_has_the_type_of_each_field() -> None:
    said = {"a": [{"b": 1}, {"b": 1}], "c": None, "d": {"e": True, "f": 1.5}}
    assert field_types(said) == {
        "a": "array", "a[]": "object", "a[].b": "integer", "c": "null", "d": "object", "d.e": "boolean", "d.f": "number",
    }  # fmt: skip


def seen(*exchanges: Any, **courses: Any) -> Any:
    return {"t": {"exchanges": list(exchanges), "courses": courses.get("courses", {}), "printed": {}}}


def exchange(**told: Any) -> Any:
    plain = {"operation": "huawei.RunLanguageDetection", "status": 200, "code": None, "message": None, "fields": {}}
    return {**plain, **told}


def test_what_is_alike_is_no_finding() -> None:
    course = {"huawei.file_translation": [["WAITING", 2.3], ["FINISHED", None]]}
    slower = {"huawei.file_translation": [["WAITING", 2.0], ["FINISHED", None]]}
    assert compare_records(seen(exchange(), courses=course), seen(exchange(), courses=slower)) == []
    assert format_report([]).startswith("no drift")


def test_an_object_that_is_absent_is_one_finding_and_not_one_a_field() -> None:
    more = {"a": "object", "a.b": "string", "a.c": "string"}
    (one,) = compare_records(seen(exchange()), seen(exchange(fields=more)))
    assert (one.subject, one.target, one.emulator) == ("field a", "absent", "object")


def test_another_sequence_of_states_is_told_as_a_whole() -> None:
    one = {"huawei.file_translation": [["WAITING", 2], ["FINISHED", None]]}
    other = {"huawei.file_translation": [["WAITING", 2], ["BGEIN", 2], ["FINISHED", None]]}
    (found,) = compare_records(seen(courses=one), seen(courses=other))
    assert (found.subject, found.target, found.documented) == (
        "states", "WAITING → FINISHED", "WAITING → BGEIN → FINISHED",
    )  # fmt: skip


def test_a_code_that_no_row_has_is_to_be_added() -> None:
    (found, *_) = compare_records(seen(exchange(code="NLP.9999", status=400)), seen(exchange()))
    assert [one.row for one in (found, *_) if one.subject == "code"] == [
        "emulator/fauxlate/providers/huawei/errors.toml: no row has NLP.9999; add one"
    ]


def test_every_example_is_of_an_operation_that_there_is() -> None:
    operations = {f"{one.name}.{operation.name}" for one in PROVIDERS for operation in one.operations}
    assert {example.operation for example in printed_examples()} <= operations


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda one: one.name)
def test_a_fixture_is_written_as_it_stands_and_takes_what_it_lacked(provider: Any) -> None:
    told = tables(provider.name)
    assert json.loads(format_tables(told)) == told
    assert merge(told, missing_rows(provider)) == told
    assert len({row.id for row in printed_errors()}) == len(printed_errors())
