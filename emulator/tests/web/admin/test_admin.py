"""The admin API: what it tells of the server, what it takes, and in which words it refuses."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from fauxlate import library
from fauxlate.engine.grammar.model import schema
from fauxlate.engine.grammar.text import parse
from fauxlate.serving.composition import PROVIDERS
from fauxlate.version import __version__
from fauxlate.web.admin.door import MAX_BODY
from fauxlate.web.admin.route import PREFIX
from fauxlate.web.admin.routes import ROUTES
from tests.web.admin.conftest import Admin

JSON = {"Content-Type": "application/json"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
SCHEMA = library.folder() / "scenario.schema.json"


# What it tells of the server


def test_a_process_that_answers_is_healthy_and_one_that_serves_is_ready(admin: Admin) -> None:
    assert admin.told("health") == {"status": "ok", "version": __version__}
    assert admin.told("ready") == {"status": "ready", "providers": [provider.name for provider in PROVIDERS]}


def test_the_catalog_has_every_operation_of_every_provider(admin: Admin) -> None:
    told = admin.told("catalog")
    for provider in PROVIDERS:
        names = [operation["name"] for operation in told[provider.name]["operations"]]
        assert names == [operation.name for operation in provider.operations]


def test_the_schema_of_scenarios_is_the_one_that_is_checked_in(admin: Admin) -> None:
    assert admin.told("scenario.schema.json") == json.loads(SCHEMA.read_text("utf-8"))


def test_the_schema_takes_every_shipped_scenario(admin: Admin) -> None:
    validator = jsonschema_rs.Draft202012Validator(schema())
    names = [one["name"] for one in admin.told("scenarios")["scenarios"]]
    assert names == library.shipped_names()
    for name in names:
        data = parse(library.load_shipped(name).text, name=name)[0]
        validator.validate(json.loads(json.dumps(data, default=str)))  # YAML has dates, and JSON their text


def test_the_schema_refuses_what_the_compiler_refuses(admin: Admin) -> None:
    validator = jsonschema_rs.Draft202012Validator(schema())
    box = admin.sandbox()
    wrongs: list[dict[str, Any]] = [
        {"rulez": []},
        {"rules": [{"on": "x"}]},
        {"seed": "x"},
        {"clock": {"mode": "melting"}},
    ]
    for wrong in wrongs:
        assert not validator.is_valid(wrong)
        assert box.ask("PUT", "/scenario", wrong).status == 400


# What it takes


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", None])
def test_a_body_of_another_type_is_refused(admin: Admin, kind: str | None) -> None:
    box = admin.sandbox()
    for method, path in (("POST", "/reset"), ("POST", "/fork"), ("PATCH", "/clock"), ("PUT", "/scenario")):
        refused = box.ask(method, path, data=b"{}", headers={"Content-Type": kind})
        assert refused.status == 415
        assert f"the content type is {kind or 'none'}." in refused.message
    assert admin.ask("POST", "sandboxes", data=b"{}", headers={"Content-Type": kind}).status == 415


def test_a_json_type_may_say_its_charset(admin: Admin) -> None:
    kind = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert admin.ask("POST", "sandboxes", data=b"{}", headers=kind).status == 201


def test_yaml_is_taken_where_a_scenario_is(admin: Admin) -> None:
    box = admin.sandbox()
    for kind in ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"):
        answer = box.ask("PUT", "/scenario", data=f"about: {kind} # all".encode(), headers={"Content-Type": kind})
        assert (answer.status, answer.data) == (200, {"about": kind})
        assert box.told()["about"] == kind
        assert box.ask("PATCH", "/clock", data=b"{}", headers={"Content-Type": kind}).status == 415


def test_an_empty_body_is_an_empty_object(admin: Admin) -> None:
    assert admin.sandbox().ask("POST", "/reset", data=b"", headers=JSON).status == 200


def test_a_scenario_is_put_told_and_dropped(admin: Admin) -> None:
    box = admin.sandbox()
    scenario = {"about": "It fails.", "rules": [{"on": "huawei.RunFileTranslation", "then": {"fail": "NLP.6305"}}]}
    job = box.huawei.made()
    assert box.ask("PUT", "/scenario", scenario).data == scenario == box.told("/scenario")
    assert box.huawei.code(box.huawei.create()) == "NLP.6305"
    assert [one["id"] for one in box.jobs()] == [job]
    assert box.ask("DELETE", "/scenario").data == {} == box.told("/scenario")
    assert box.huawei.made()


def test_a_scenario_that_is_refused_says_where_and_changes_nothing(admin: Admin) -> None:
    box = admin.sandbox(scenario={"about": "The good one."})
    text = "about: The bad one.\nrules:\n  - on: huawei.RunFileTranslation\n    then: {fail: NLP.630}\n"
    refused = box.ask("PUT", "/scenario", data=text.encode(), headers={"Content-Type": "application/yaml"})
    assert refused.status == 400
    (fault,) = refused.data["faults"]
    assert (fault["line"], fault["column"]) == (4, 12)
    assert "Did you mean `NLP.630" in fault["message"]
    assert "nothing has changed" in refused.message
    assert box.told()["about"] == "The good one."


@pytest.mark.parametrize(
    "body",
    [
        b'{"about": "\\ud800"}',
        b'{"seed": 123456789012345678901234567890}',
        b'{"rules": [{"on": "huawei.*", "then": {"respond": {"body": {"x": 123456789012345678901234567890}}}}]}',
        b'{"rules": [{"on": "huawei.RunFileTranslation", "then": {"patch": '
        + b'{"x":' * 300
        + b"1"
        + b"}" * 300
        + b"}}]}",
        b"[" * 100_000,
    ],
)
def test_a_scenario_that_could_not_be_said_again_is_refused(admin: Admin, body: bytes) -> None:
    box = admin.sandbox()
    before = box.told("/scenario")
    assert box.ask("PUT", "/scenario", data=body, headers=JSON).status == 400
    assert box.told("/scenario") == before


def test_broken_bodies_are_refused_in_words(admin: Admin) -> None:
    for body, said in (
        (b"{", "the body is not JSON"),
        (b"[]", "not an object"),
        (b"null", "not an object"),
        (b'{"id": "\xff"}', "the body is not JSON"),
        (b"\xef\xbb\xbf{}", "the body is not JSON"),
        (b'{"seed": NaN}', "the body is not JSON"),
        (b"[" * 100_000, "the body is not JSON"),
        (b'{"scenario":' + b'{"a":' * 900 + b"1" + b"}" * 901, "`scenario` is refused"),
    ):
        refused = admin.ask("POST", "sandboxes", data=body, headers=JSON)
        assert (refused.status, said in refused.message) == (400, True), refused.message
    box = admin.sandbox()
    refused = box.ask("PUT", "/scenario", data=b"about: \xff", headers={"Content-Type": "text/yaml"})
    assert (refused.status, "not UTF-8" in refused.message) == (400, True)


def test_a_body_over_the_limit_is_refused(admin: Admin) -> None:
    box = admin.sandbox()
    for method, path in (("POST", "/reset"), ("PATCH", "/clock"), ("PUT", "/scenario")):
        refused = box.ask(method, path, data=b" " * (MAX_BODY + 1), headers=JSON)
        assert refused.status == 413
        assert str(MAX_BODY) in refused.message
    assert box.ask("POST", "/reset", data=b" " * (MAX_BODY - 2) + b"{}", headers=JSON).status == 200


def test_every_path_says_which_methods_it_takes(admin: Admin) -> None:
    takes: dict[str, set[str]] = {}
    for route in ROUTES:
        methods = {"GET", "HEAD"} if route.method == "GET" else {route.method}
        takes.setdefault(route.path.format(id="default", job="x", provider="dingtalk"), set()).update(methods)
    for path, methods in takes.items():
        for method in METHODS:
            if method not in methods:
                refused = admin.ask(method, path)
                assert refused.status == 405
                assert refused.headers["Allow"] == ", ".join(sorted(methods))
                assert refused.data["allowed"] == sorted(methods)


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("helth", "Did you mean `health`?"),
        ("sandbox", "Did you mean `sandboxes`?"),
        ("sandboxes/default/clok", "Did you mean `sandboxes/{id}/clock`?"),
        ("sandboxes/default/jobs/x/mov", "Did you mean"),
        ("", "is not part of the admin API."),
        ("sandboxes/", "is not part of the admin API."),
        ("%00", "is not part of the admin API."),
        ("x" * 5000, "is not part of the admin API."),
    ],
)
def test_an_unknown_path_is_answered_with_the_nearest(admin: Admin, path: str, near: str) -> None:
    refused = admin.ask("GET", path)
    assert refused.status == 404
    assert near in refused.message
    assert len(refused.message) < 400


def test_there_is_nothing_in_a_sandbox_that_there_is_not(admin: Admin) -> None:
    for route in ROUTES:
        if "{id}" in route.path:
            path = route.path.format(id="nobody", job="x", provider="dingtalk")
            refused = admin.ask(route.method, path, {} if route.body is not None else None)
            assert refused.status == 404
            assert f"GET {PREFIX}sandboxes lists them" in refused.message
