"""The admin API: what it tells, what it takes, whom it lets in, and in which words it refuses."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
import pytest
import requests
from multidict import CIMultiDict

from emulator import __version__, library
from emulator.engine.durations import LONGEST
from emulator.engine.request import Request
from emulator.engine.scenario_model import schema
from emulator.engine.scenario_text import read
from emulator.server import PROVIDERS, Emulator, world
from emulator.settings import Settings, url_of
from emulator.tests.admin.conftest import EPOCH, Admin, Box
from emulator.tests.web.clients import PATIENCE
from emulator.tests.web.conftest import tasks
from emulator.web import admin_records
from emulator.web.admin import LARGEST_BODY, LOOPBACK, PREFIX
from emulator.web.admin import Settings as Door
from emulator.web.admin import answer as answered
from emulator.web.admin_routes import ROUTES

TOKEN = "open-sesame"
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
    assert names == library.names()
    for name in names:
        data = read(library.shipped(name).text, name=name)[0]
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
        refused = box.ask(method, path, data=b" " * (LARGEST_BODY + 1), headers=JSON)
        assert refused.status == 413
        assert str(LARGEST_BODY) in refused.message
    assert box.ask("POST", "/reset", data=b" " * (LARGEST_BODY - 2) + b"{}", headers=JSON).status == 200


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


# Whom it lets in


def raw(url: str, request: bytes) -> tuple[int, bytes]:
    """Send bytes as they are; return status and body of the answer."""
    at = urlsplit(url)
    assert at.hostname is not None
    with socket.create_connection((at.hostname, at.port or 80), timeout=PATIENCE) as wire:
        wire.sendall(request)
        answer = http.client.HTTPResponse(wire)
        answer.begin()
        return answer.status, answer.read()


def asked_as(url: str, host: bytes, more: bytes = b"", path: bytes = b"sandboxes") -> tuple[int, bytes]:
    return raw(url, b"GET " + PREFIX.encode() + path + b" HTTP/1.1\r\nHost: " + host + b"\r\n" + more + b"\r\n")


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8585", "LocalHost:1", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8585"]
)
def test_the_names_of_this_machine_are_let_in(emulator: Emulator, host: str) -> None:
    assert asked_as(emulator.url, host.encode())[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        b"",
        b"evil.example",
        b"evil.example:8585",
        b"localhost.evil.example",
        b"127.0.0.1.nip.io:8585",
        b"localhost:evil.example",
        b"evil.example:localhost",
        b"evil@localhost",
        b"[::1",
        b"::1",
        b"[::1]evil.example",
        b"[fe80::1]:8585",
        b":8585",
        b"\xff\xfe",
        b"h" * 5000,
    ],
)
def test_other_names_are_not(emulator: Emulator, host: bytes) -> None:
    status, said = asked_as(emulator.url, host)
    assert status == 403
    message = json.loads(said)["message"]
    assert "127.0.0.1, [::1], localhost" in message
    assert len(message) < 500
    assert asked_as(emulator.url, host, path=b"health")[0] == 200


def test_the_address_that_is_listened_on_is_a_name_too() -> None:
    with Emulator(Settings(host="127.0.0.2", port=0)) as emulator:  # all of 127.0.0.0/8 leads here
        assert emulator.url.startswith("http://127.0.0.2:")
        admin = Admin(emulator.url)
        assert admin.told("sandboxes")
        admin.close()


@pytest.mark.parametrize(("host", "url"), [("::1", "http://[::1]:80"), ("::", "http://127.0.0.1:80")])
def test_an_address_of_ipv6_stands_in_brackets_in_the_url(host: str, url: str) -> None:
    assert url_of(host, 80) == url


@pytest.mark.parametrize(("host", "status"), [("[fd00::5]:8585", 200), ("[fd00::5]", 200), ("[fd00::6]:8585", 403)])
def test_an_address_of_ipv6_that_is_listened_on_is_a_name_too(host: str, status: int) -> None:
    request = Request("GET", f"{PREFIX}sandboxes", CIMultiDict({"Host": host}))
    answer = answered(ROUTES, world(Settings()), Door(hosts=LOOPBACK | {"fd00::5"}), request)
    assert asyncio.run(answer).status == status


@pytest.mark.parametrize("path", ["health", "ready", "catalog", "sandboxes", "sandboxes/default/events"])
def test_head_is_as_get_without_a_body(admin: Admin, path: str) -> None:
    got = requests.head(f"{admin.url}{PREFIX}{path}", timeout=PATIENCE)
    assert (got.status_code, got.content) == (200, b"")
    assert got.headers["Content-Type"].startswith(("application/json", "text/event-stream"))


@pytest.fixture(scope="module")
def guarded() -> Iterator[Emulator]:
    with Emulator(Settings(port=0, admin_token=TOKEN)) as emulator:
        yield emulator


@pytest.mark.parametrize(
    "said",
    [
        None,
        b"",
        b"open-sesame",
        b"Bearer",
        b"Bearer ",
        b"Bearer wrong",
        b"Basic open-sesame",
        b"Bearer open-sesame2",
        b"Bearer \xff\xfe",
        b"Bearer " + b"x" * 5000,
    ],
)
def test_without_the_token_nobody_is_let_in(guarded: Emulator, said: bytes | None) -> None:
    header = b"" if said is None else b"Authorization: " + said + b"\r\n"
    status, body = asked_as(guarded.url, b"localhost", header)
    assert status == 401
    assert "--admin-token" in json.loads(body)["message"]
    for path in (b"health", b"ready"):
        assert asked_as(guarded.url, b"localhost", header, path)[0] == 200


def test_no_path_is_told_to_those_without_the_token(guarded: Emulator) -> None:
    admin = Admin(guarded.url)
    for route in ROUTES:
        path = route.path.format(id="default", job="x", provider="dingtalk")
        for method in METHODS:
            answer = requests.request(method, f"{guarded.url}{PREFIX}{path}", json={}, timeout=PATIENCE)
            if not route.open:
                assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="fauxlate"')
    assert admin.ask("GET", "nothing").status == 401
    admin.close()


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER "])
def test_with_the_token_any_name_is_good(guarded: Emulator, scheme: str) -> None:
    header = f"Authorization: {scheme} {TOKEN}\r\n".encode()
    assert asked_as(guarded.url, b"fauxlate.internal:8585", header)[0] == 200


def test_bytes_that_are_no_text_are_answered_all_the_same(admin: Admin) -> None:
    host = b"localhost"
    assert asked_as(admin.url, host, path=b"sandboxes/\xff")[0] == 400
    assert asked_as(admin.url, host, path=b"%ff")[0] == 404
    assert asked_as(admin.url, host, path=b"sandboxes/%ff")[0] == 404
    assert asked_as(admin.url, host, path=b"coverage?kind=%ff")[0] == 400
    head = (
        b"POST /__fauxlate/sandboxes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Type: \xff\r\n\r\n{}"
    )
    assert raw(admin.url, head)[0] == 415
    assert admin.told("health")["status"] == "ok"


# Time


def test_a_clock_is_told_frozen_run_and_moved(admin: Admin) -> None:
    box = admin.sandbox()
    assert box.told("/clock") == {"mode": "frozen", "rate": 0, "now": "2026-01-01T00:00:00Z", "epoch": EPOCH}
    assert box.clock(advance="1h30m")["epoch"] == EPOCH + 5400
    assert box.clock(advance=0.5)["now"] == "2026-01-01T01:30:00.500000Z"
    assert box.clock(at="2027-01-01T00:00:00Z")["now"] == "2027-01-01T00:00:00Z"
    assert box.clock(at="2027-01-01T09:00:00+08:00")["now"] == "2027-01-01T01:00:00Z"
    assert box.clock(at="2027-01-02")["now"] == "2027-01-02T00:00:00Z"
    assert box.clock(at="2027-01-03T00:00:00Z", advance="1d")["now"] == "2027-01-04T00:00:00Z"
    assert box.clock()["now"] == "2027-01-04T00:00:00Z"
    assert box.clock(mode="real")["rate"] == 1
    running = box.clock(rate=1_000_000)
    assert (running["mode"], running["rate"]) == ("rate", 1_000_000)
    assert box.told("/clock")["epoch"] > running["epoch"]
    stopped = box.clock(mode="frozen")
    assert box.told("/clock") == stopped
    assert box.clock(rate=0)["mode"] == "frozen"


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"at": "2025-12-31T23:59:59Z"}, 409, "only moves forward"),
        ({"advance": "-5m"}, 400, "`advance`: '-5m' is not a duration"),
        ({"advance": -5}, 400, "`advance`: -5.0 is out of range"),
        ({"advance": "nan"}, 400, "is not a duration"),
        ({"advance": True}, 400, "`advance`"),
        ({"advance": 1e308}, 400, "out of range"),
        ({"advance": LONGEST + 1}, 400, "out of range"),
        ({"advance": "9" * 400 + "d"}, 400, "out of range"),
        ({"advance": []}, 400, "`advance`"),
        ({"rate": -1}, 400, "`rate`"),
        ({"rate": 1e7}, 400, "`rate`"),
        ({"rate": "nan"}, 400, "`rate`"),
        ({"rate": "2"}, 400, "`rate`"),
        ({"mode": "rate"}, 400, "`mode`"),
        ({"mode": "real", "rate": 2}, 400, "`mode` and `rate` say different things"),
        ({"at": "2026-13-01T00:00:00Z"}, 400, "is not a time"),
        ({"at": "10000-01-01T00:00:00Z"}, 400, "is not a time"),
        ({"at": "9999-12-31T23:59:59Z"}, 400, "is out of range"),
        ({"at": "9999-12-31T23:59:59-14:00"}, 400, "is out of range"),
        ({"at": "0001-01-01T00:00:00+14:00"}, 400, "is out of range"),
        ({"at": 4102444800}, 400, "`at`"),
        ({"advence": "5m"}, 400, "Did you mean `advance`?"),
    ],
)
def test_a_wrong_change_leaves_the_clock_as_it_was(admin: Admin, change: Any, status: int, said: str) -> None:
    box = admin.sandbox()
    refused = box.ask("PATCH", "/clock", change)
    assert refused.status == status
    assert said in refused.message
    assert box.told("/clock")["epoch"] == EPOCH


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "1" + "0" * 400])
def test_numbers_that_are_none_are_refused(admin: Admin, number: str) -> None:
    box = admin.sandbox()
    for name in ("advance", "rate"):
        body = f'{{"{name}": {number}}}'.encode()
        assert box.ask("PATCH", "/clock", data=body, headers=JSON).status == 400
    assert box.told("/clock")["epoch"] == EPOCH


def test_a_clock_ends_where_its_hundred_years_would_leave_the_calendar(admin: Admin) -> None:
    box = admin.sandbox()
    job = box.huawei.made()
    assert box.clock(at="9899-01-01T00:00:00Z")["now"] == "9899-01-01T00:00:00Z"
    refused = box.ask("PATCH", "/clock", {"advance": "1s"})
    assert (refused.status, "9899-01-01" in refused.message) == (409, True)
    assert box.clock(mode="real")["mode"] == "real"
    box.huawei._token = ""  # noqa: SLF001  (the other has expired)
    for client in (box.alibaba, box.huawei, box.dingtalk):
        assert client.ask(client.made()).status_code == 200
    assert {one["id"]: one["gone"] for one in box.jobs()}[job]
    for path in ("", "/journal", "/journal?format=har", "/coverage"):
        assert box.told(path)


def test_a_scenario_starts_no_clock_outside_of_the_calendar(admin: Admin) -> None:
    for at in ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"):
        assert admin.sandbox().ask("PUT", "/scenario", {"clock": {"at": at}}).status == 400


def test_a_clock_outside_of_the_calendar_is_told_all_the_same(admin: Admin, emulator: Emulator) -> None:
    box = admin.sandbox()
    here = emulator.sandbox(box.id)
    here.clock = here.clock.advanced(here.wall, 1e12)
    box.alibaba.create()
    for path in ("", "/clock", "/jobs", "/journal", "/journal?format=har", "/coverage"):
        assert box.told(path)
    assert box.told("/clock")["now"] == "9999-12-31T23:59:59Z"


# Jobs


def test_jobs_are_told_in_the_order_in_which_they_were_made(admin: Admin) -> None:
    box = admin.sandbox()
    made = [box.huawei.made(), box.dingtalk.made(), box.alibaba.made(), box.huawei.made()]
    jobs = box.jobs()
    assert [job["id"] for job in jobs] == made
    assert [job["nth"] for job in jobs] == [1, 1, 1, 2]
    first = jobs[0]
    assert first == box.told(f"/jobs/{made[0]}")
    assert first["lifecycle"] == "huawei.file_translation"
    assert (first["state"], first["last"], first["gone"], first["error"]) == ("WAITING", False, False, None)
    assert first["created"] == first["since"] == "2026-01-01T00:00:00Z"
    assert [step.partition(" ")[0] for step in first["timeline"]] == ["WAITING", "BGEIN", "FINISHED"]
    assert first["told"] == {"file": "a.txt", "source": "zh", "target": "en"}
    box.clock(advance="1h")
    assert {(job["state"], job["last"]) for job in box.jobs() if job["nth"] == 2} == {("FINISHED", True)}


def test_telling_of_a_job_is_no_poll_of_it(admin: Admin) -> None:
    course = {"timeline": ["WAITING 2 polls", "FINISHED"]}
    box = admin.sandbox(scenario={"rules": [{"on": "huawei.RunFileTranslation", "then": course}]})
    job = box.huawei.made()
    for _ in range(3):
        assert (box.told(f"/jobs/{job}")["state"], box.jobs()[0]["polls"]) == ("WAITING", 0)
    for _ in range(2):
        box.huawei.ask(job)
    assert (box.told(f"/jobs/{job}")["state"], box.jobs()[0]["polls"]) == ("FINISHED", 2)


def test_a_job_is_moved_by_hand(admin: Admin) -> None:
    course = {"timeline": ["WAITING manual", "BGEIN manual", "ERROR NLP.6306"]}
    box = admin.sandbox(scenario={"rules": [{"on": "huawei.RunFileTranslation", "then": course}]})
    path = f"/jobs/{box.huawei.made()}/move"
    box.clock(advance="1h")
    states = [box.ask("POST", path, {}).data["state"] for _ in range(2)]
    assert states == ["BGEIN", "ERROR"]
    assert box.jobs()[0]["error"] == "NLP.6306"
    refused = box.ask("POST", path, {})
    assert (refused.status, "its last state" in refused.message) == (409, True)


def test_a_job_that_moves_by_itself_is_not_moved_by_hand(admin: Admin) -> None:
    box = admin.sandbox()
    refused = box.ask("POST", f"/jobs/{box.huawei.made()}/move", {})
    assert (refused.status, "a state that ends by itself" in refused.message) == (409, True)


def test_an_unknown_job_is_told_to_be_unknown(admin: Admin) -> None:
    box = admin.sandbox()
    for method, path in (("GET", "/jobs/x"), ("POST", "/jobs/x/move")):
        refused = box.ask(method, path, {} if method == "POST" else None)
        assert (refused.status, "There is no job `x`" in refused.message) == (404, True)


# The journal


@pytest.fixture
def busy(admin: Admin) -> Box:
    """A sandbox with something of everything in its journal."""
    rule = {"on": "huawei.RunFileTranslation", "times": 1, "then": {"fail": "NLP.6305"}}
    box = admin.sandbox(scenario={"rules": [rule]})
    box.huawei.create()  # numbers 1, a token, and 2, refused
    box.huawei.ask(box.huawei.made())  # numbers 3 and 4
    box.dingtalk.made()  # numbers 5, 6 and 7
    return box


def test_an_entry_tells_what_came_what_went_and_why(busy: Box) -> None:
    refused, made = busy.entries("?operation=huawei.RunFileTranslation")
    assert refused["operation"] == made["operation"] == "huawei.RunFileTranslation"
    assert refused["request"]["method"] == "POST"
    assert json.loads(refused["request"]["body"])["type"] == "txt"
    assert (refused["reply"]["status"], refused["reply"]["error"]) == (400, "NLP.6305")
    assert json.loads(refused["reply"]["body"])["error_code"] == "NLP.6305"
    assert refused["rule"] == "scenario:3"
    assert refused["why"] == ["scenario:3: applied"]
    assert made["rule"] is None
    assert made["why"] == ["scenario:3: it has been used 1 times, which is all"]
    assert made["job"] == busy.jobs()[0]["id"]
    assert made["sandbox_time"] == "2026-01-01T00:00:00Z"
    assert made["at"] > "2026-01-01"


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [1, 2, 3, 4, 5, 6, 7]),
        ("?operation=huawei.RunFileTranslation", [2, 3]),
        ("?operation=RunFileTranslation", [2, 3]),
        ("?operation=RunFileTranslation&status=400", [2]),
        ("?operation=RunFileTranslation&status=404", []),
        ("?status=201", [1]),
        ("?after=5", [6, 7]),
        ("?after=999999999999", []),
        ("?limit=2", [6, 7]),
        ("?after=2&limit=1", [7]),
        ("?job=none", []),
    ],
)
def test_the_journal_is_asked_for_some_of_its_entries(busy: Box, query: str, numbers: list[int]) -> None:
    assert [entry["number"] for entry in busy.entries(query)] == numbers
    har = busy.told(f"/journal{query}{'&' if query else '?'}format=har")
    assert [entry["_fauxlate"]["number"] for entry in har["log"]["entries"]] == numbers


def test_the_journal_is_asked_for_a_job(busy: Box) -> None:
    first, second = (job["id"] for job in busy.jobs())
    assert [entry["number"] for entry in busy.entries(f"?job={first}")] == [3, 4]
    assert [entry["number"] for entry in busy.entries(f"?job={second}")] == [7]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?operation=huawei.RunFileTranslatio", "Did you mean `huawei.RunFileTranslation`?"),
        ("?operation=RunFileTranslatio", "Did you mean `RunFileTranslation`?"),
        ("?operation=", "is not an operation"),
        ("?status=ok", "`status`"),
        ("?status=99", "`status`"),
        ("?after=-1", "`after`"),
        ("?limit=0", "`limit`"),
        ("?limit=1001", "`limit`"),
        ("?limit=" + "9" * 5000, "`limit`"),
        ("?limit=1&limit=2", "`limit` comes more than once"),
        ("?format=xml", "`format`"),
        ("?jop=x", "Did you mean `job`?"),
        ("?job=%ff", "not valid percent-encoded UTF-8"),
    ],
)
def test_a_wrong_question_is_refused(admin: Admin, query: str, said: str) -> None:
    refused = admin.sandbox().ask("GET", f"/journal{query}")
    assert refused.status == 400
    assert said in refused.message


def test_a_journal_is_cleared_and_its_numbers_go_on(busy: Box) -> None:
    assert busy.ask("DELETE", "/journal").data == {"written": 7, "entries": []}
    assert busy.entries() == []
    busy.huawei.create()
    assert [entry["number"] for entry in busy.entries()] == [8]


def test_a_journal_is_bounded(admin: Admin, emulator: Emulator) -> None:
    box = admin.sandbox()
    box.huawei.create()
    book = emulator.sandbox(box.id).journal
    (_, entry) = book
    for _ in range(3000):
        book.add(entry)
    assert len(box.entries()) == len(book) <= 1000


def test_no_secret_is_in_the_journal(admin: Admin) -> None:
    box = admin.sandbox()
    made = [box.huawei.made(), box.dingtalk.made(), box.alibaba.made()]
    box.clock(advance="1h")
    links = [box.huawei.ask(made[0]).json()["url"], box.dingtalk.ask(made[1]).json()["url"]]
    for link in links:
        assert requests.get(link, timeout=PATIENCE).ok
    own = box.made["credentials"]
    hidden = [value for told in own.values() for name, value in told.items() if re.search("secret|password", name)]
    hidden += [box.huawei.token, box.dingtalk.token, "ticket-of-a-test"]
    hidden += [part for link in links for part in re.findall(r"[?&](?:Signature|signature)=([^&]+)", link)]
    assert len(hidden) >= 8
    for path in ("/journal", "/journal?format=har"):
        said = json.dumps(box.told(path))
        assert "<redacted>" in said
        assert [secret for secret in hidden if secret in said] == []


def _har_object(required: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": required}


_TEXT, _NUMBER = {"type": "string"}, {"type": "number"}
_PAIRS = {"type": "array", "items": _har_object({"name": _TEXT, "value": _TEXT})}
_HAR_REQUEST = _har_object(
    {
        "method": _TEXT,
        "url": {"type": "string", "pattern": "^http://127\\.0\\.0\\.1:\\d+/"},
        "httpVersion": _TEXT,
        "cookies": {"type": "array"},
        "headers": _PAIRS,
        "queryString": _PAIRS,
        "headersSize": {"type": "integer"},
        "bodySize": {"type": "integer"},
    }
)
_HAR_REQUEST["properties"]["postData"] = _har_object({"mimeType": _TEXT, "text": _TEXT})
_HAR_RESPONSE = _har_object(
    {
        "status": {"type": "integer"},
        "statusText": _TEXT,
        "httpVersion": _TEXT,
        "cookies": {"type": "array"},
        "headers": _PAIRS,
        "content": _har_object({"size": {"type": "integer"}, "mimeType": {"type": "string", "minLength": 1}}),
        "redirectURL": _TEXT,
        "headersSize": {"type": "integer"},
        "bodySize": {"type": "integer"},
    }
)
_HAR_ENTRY = _har_object(
    {
        "startedDateTime": {"type": "string", "format": "date-time"},
        "time": {"type": "number", "minimum": 0},
        "request": _HAR_REQUEST,
        "response": _HAR_RESPONSE,
        "cache": {"type": "object"},
        "timings": _har_object({"send": _NUMBER, "wait": _NUMBER, "receive": _NUMBER}),
    }
)
_HAR_LOG = _har_object(
    {
        "version": {"const": "1.2"},
        "creator": _har_object({"name": _TEXT, "version": _TEXT}),
        "entries": {"type": "array", "items": _HAR_ENTRY},
    }
)
HAR = _har_object({"log": _HAR_LOG})
"""What HAR 1.2 requires: http://www.softwareishard.com/blog/har-12-spec/."""


def test_the_journal_is_an_http_archive_too(busy: Box) -> None:
    busy.alibaba.create()
    answer = busy.ask("GET", "/journal?format=har")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="fauxlate.har"'
    jsonschema_rs.Draft202012Validator(HAR, validate_formats=True).validate(answer.data)
    entries = answer.data["log"]["entries"]
    assert [entry["response"]["status"] for entry in entries] == [201, 400, 200, 200, 200, 200, 200, 200]
    assert [entry["response"]["statusText"] for entry in entries][:2] == ["Created", "Bad Request"]
    asked = entries[3]["request"]
    assert (asked["method"], asked["bodySize"], "postData" in asked) == ("GET", 0, False)
    assert {pair["name"] for pair in entries[-1]["request"]["queryString"]} > {"Action", "SignatureNonce"}


def test_bytes_that_are_no_text_are_in_the_journal_all_the_same(admin: Admin) -> None:
    box = admin.sandbox()
    project = box.huawei.told["project_id"].encode()
    target = b"/v1/" + project + b"/machine-translation/file-translation/jobs/%ff?x=%ff"
    raw(admin.url, b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nX-Odd: \xff\xfe\r\n\r\n")
    (entry,) = box.entries()
    assert ["X-Odd", "??"] in entry["request"]["headers"]
    jsonschema_rs.Draft202012Validator(HAR).validate(box.told("/journal?format=har"))


# Events


class Events:
    """The server-sent events of a sandbox."""

    def __init__(self, box: Box) -> None:
        at = urlsplit(box.admin.url)
        assert at.hostname is not None
        self._connection = http.client.HTTPConnection(at.hostname, at.port, timeout=PATIENCE)
        self._connection.request("GET", f"{PREFIX}sandboxes/{box.id}/events")
        self.answer = self._connection.getresponse()
        assert self.block() == [": fauxlate"]

    def block(self) -> list[str]:
        """Return the next lines, up to an empty one."""
        return list(iter(lambda: self.answer.readline().decode().rstrip("\n"), ""))

    def event(self) -> list[str]:
        """Return the lines of the next event."""
        return next(block for block in iter(self.block, []) if not block[0].startswith(":"))

    def close(self) -> None:
        self.answer.close()
        self._connection.close()


@pytest.fixture
def listening(admin: Admin, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Box], Events]]:
    """Opens event streams, whose heart beats fast; when the test ends they are closed, and have ended at the server."""
    monkeypatch.setattr(admin_records, "_HEARTBEAT_SECONDS", 0.01)
    admin.told("health")  # whose connection is kept
    before = tasks(emulator)
    opened: list[Events] = []

    def listen(box: Box) -> Events:
        opened.append(Events(box))
        return opened[-1]

    yield listen
    for events in opened:
        events.close()
    for _ in range(10_000):
        admin.told("health")
        if tasks(emulator) <= before:
            return
    pytest.fail("the server still streams to listeners who have left")


Listening = Callable[[Box], Events]


def test_requests_appear_as_events(admin: Admin, listening: Listening) -> None:
    box = admin.sandbox()
    events = listening(box)
    assert events.answer.status == 200
    assert events.answer.headers["Content-Type"] == "text/event-stream"
    assert events.answer.headers["Cache-Control"] == "no-store"
    box.huawei.made("请求")
    for number in (1, 2):
        identifier, name, data = events.event()
        assert (identifier, name) == (f"id: {number}", "event: request")
        assert json.loads(data.removeprefix("data: ")) == box.entries()[number - 1]
    box.huawei.session.close()


def test_a_listener_hears_of_its_own_sandbox_alone(admin: Admin, listening: Listening) -> None:
    box, other = admin.sandbox(), admin.sandbox()
    events = listening(box)
    other.huawei.made()
    job = box.huawei.made()
    assert [json.loads(events.event()[2].removeprefix("data: "))["job"] for _ in range(2)] == [None, job]
    for one in (box, other):
        one.huawei.session.close()


def test_a_listener_goes_on_hearing_after_a_reset(admin: Admin, listening: Listening) -> None:
    box = admin.sandbox()
    events = listening(box)
    assert box.ask("POST", "/reset", {}).status == 200
    box.huawei.made()
    assert events.event()[0] == "id: 1"
    box.huawei.session.close()


def test_a_listener_that_leaves_is_forgotten(admin: Admin, emulator: Emulator, listening: Listening) -> None:
    box = admin.sandbox()
    journal = emulator.sandbox(box.id).journal
    streams = [listening(box) for _ in range(3)]
    assert len(journal._heard) == 3  # noqa: SLF001
    for events in streams:
        events.close()
    for _ in range(500):  # each is written to those who have left, too, and so the server learns of it
        box.huawei.create()
        if not journal._heard:  # noqa: SLF001
            break
    box.huawei.session.close()
    assert not journal._heard  # noqa: SLF001


def test_a_silent_stream_says_that_it_is_there_and_ends_with_its_sandbox(admin: Admin, listening: Listening) -> None:
    box = admin.sandbox()
    events = listening(box)
    assert events.block() == [": still here"]
    assert box.ask("DELETE").status == 200
    *before, name, data = [line for line in events.answer.read().splitlines() if line]
    assert set(before) <= {b": still here"}
    assert (name, json.loads(data.removeprefix(b"data: "))) == (b"event: deleted", {"id": box.id})


def test_a_stream_ends_at_once_with_its_sandbox(
    admin: Admin, listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin_records, "_HEARTBEAT_SECONDS", 3600)
    box = admin.sandbox()
    events = listening(box)
    assert box.ask("DELETE").status == 200
    assert events.answer.read().splitlines()[0] == b"event: deleted"


def test_a_stream_ends_with_a_sandbox_that_has_been_idle(
    admin: Admin, emulator: Emulator, listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin_records, "_HEARTBEAT_SECONDS", 3600)
    box = admin.sandbox(idle="1h")
    events = listening(box)
    sandbox = emulator.sandbox(box.id)
    sandbox.used -= 3600
    admin.told("sandboxes")
    assert events.answer.read().splitlines()[0] == b"event: deleted"


def test_a_listener_that_does_not_keep_up_misses_events(admin: Admin, emulator: Emulator, listening: Listening) -> None:
    box = admin.sandbox()
    box.huawei.create()
    box.huawei.session.close()
    book = emulator.sandbox(box.id).journal
    (_, entry) = book
    listening(box)
    for _ in range(5000):  # more than wait for a listener who does not read
        book.add(entry)
    assert admin.told("health")["status"] == "ok"


# Coverage and metrics


def test_coverage_counts_what_was_served_and_lists_all_that_could_be(busy: Box) -> None:
    told = busy.told("/coverage")
    rows = {(row["kind"], row["name"]): row for row in told["rows"]}
    assert len(rows) == len(told["rows"])
    assert rows["operation", "huawei.RunFileTranslation"]["served"] == 2
    assert rows["error", "huawei.RunFileTranslation NLP.6305"]["served"] == 1
    assert rows["state", "huawei.file_translation WAITING"]["served"] == 1
    fault = "huawei.RunFileTranslation fail"
    assert rows["fault", fault] == {"kind": "fault", "name": fault, "served": 1}
    missed = rows["state", "huawei.file_translation FINISHED"]
    assert missed["served"] == 0
    assert missed["source"]
    operations = sum(len(provider.operations) for provider in PROVIDERS)
    assert told["summary"]["operation"] == {"documented": operations, "served": 6}
    for kind, summed in told["summary"].items():
        of_kind = [row for row in told["rows"] if row["kind"] == kind and row.get("evidence") != "undocumented"]
        assert summed == {"documented": len(of_kind), "served": sum(row["served"] > 0 for row in of_kind)}


def test_coverage_is_asked_for_some_of_its_rows(busy: Box) -> None:
    every = busy.told("/coverage")
    served, missed = busy.told("/coverage?only=served"), busy.told("/coverage?only=missed")
    assert {row["served"] > 0 for row in served["rows"]} == {True}
    assert {row["served"] for row in missed["rows"]} == {0}
    assert len(served["rows"]) + len(missed["rows"]) == len(every["rows"])
    assert every["summary"] == served["summary"] == missed["summary"]
    assert {row["kind"] for row in busy.told("/coverage?kind=quirk")["rows"]} == {"quirk"}
    assert busy.ask("GET", "/coverage?kind=quirks").status == 400
    assert busy.ask("GET", "/coverage?only=all").status == 400


def test_what_no_document_has_is_counted_apart(admin: Admin) -> None:
    rule = {"on": "huawei.RunFileTranslation", "undocumented": True, "then": {"fail": "NLP.9999"}}
    box = admin.sandbox(scenario={"rules": [rule]})
    before = box.told("/coverage")["summary"]["error"]
    box.huawei.create()
    told = box.told("/coverage")
    row = next(row for row in told["rows"] if row["name"].endswith("NLP.9999"))
    assert (row["served"], row["evidence"]) == (1, "undocumented")
    assert told["summary"]["error"] == before


def test_the_whole_run_counts_sandboxes_that_are_gone_or_reset(admin: Admin) -> None:
    def made() -> int:
        rows = admin.told("coverage?kind=operation")["rows"]
        return next(int(row["served"]) for row in rows if row["name"] == "huawei.RunFileTranslation")

    before = made()
    boxes = [admin.sandbox() for _ in range(3)]
    for box in boxes:
        box.huawei.made()
    assert made() == before + 3
    assert boxes[0].ask("DELETE").status == 200
    assert boxes[1].ask("POST", "/reset", {}).status == 200
    assert boxes[1].ask("DELETE").status == 200
    assert made() == before + 3


_SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (\d+)')
_LABEL = re.compile(r'([a-z]+)="((?:[^"\\]|\\.)*)"')


def _plain(value: str) -> str:
    plain = {r"\\": "\\", r"\"": '"', r"\n": "\n"}
    return re.sub(r"\\.", lambda escape: plain[escape[0]], value)


def _metrics(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], int]:
    """Read Prometheus text, strictly."""
    found = {}
    typed = set()
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("#"):
            mark, what, name, _ = line.split(" ", 3)
            assert (mark, what in ("HELP", "TYPE")) == ("#", True)
            typed.add(name)
            continue
        sample = _SAMPLE.fullmatch(line)
        assert sample, line
        assert sample[1] in typed
        labels = [(name, _plain(value)) for name, value in _LABEL.findall(sample[2] or "")]
        found[sample[1], tuple(labels)] = int(sample[3])
    return found


def test_metrics_are_prometheus_text(admin: Admin) -> None:
    code = 'odd"code\\with\nall'
    rule = {"on": "huawei.RunFileTranslation", "undocumented": True, "times": 1, "then": {"fail": code}}
    box = admin.sandbox(scenario={"rules": [rule]})
    box.huawei.create()
    answer = admin.ask("GET", "metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    metrics = _metrics(answer.data)
    assert metrics["fauxlate_sandboxes", ()] == len(admin.told("sandboxes")["sandboxes"])
    name = f"huawei.RunFileTranslation {code}"
    assert metrics["fauxlate_served_total", (("kind", "error"), ("name", name))] == 1
    for row in admin.told("coverage?only=served")["rows"]:
        assert metrics["fauxlate_served_total", (("kind", row["kind"]), ("name", row["name"]))] == row["served"]
