"""The verb `respond`: an answer of the rule's own."""

from __future__ import annotations

import json
from http.client import HTTPConnection

import pytest
from tests.web.clients import PATIENCE, Client
from tests.web.conftest import Boxes, rule


def test_an_answer_can_be_any_text(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{respond: {status: 503, body: Under maintenance 维护中}}"))
    answer = here.client(kind).create()
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "text/plain")
    assert answer.content.decode() == "Under maintenance 维护中"
    assert here.jobs() == []
    assert here.faults() == {"respond": 1}


@pytest.mark.parametrize("body", ['{"a": {"b": [1, "二"]}}', "[1, 2]", "5", "true", "null"])
def test_an_answer_that_is_no_text_is_json(box: Boxes, body: str) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", f"{{respond: {{body: {body}}}}}"))
    answer = here.alibaba.create()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json() == json.loads(body)


def test_an_answer_can_have_any_header_and_media_type(box: Boxes) -> None:
    respond = "{status: 302, headers: {Location: /login, X-Two: '2'}, media_type: text/html, body: <a>}"
    here = box(rule("alibaba.CreateAsyncTranslate", f"{{respond: {respond}}}"))
    answer = here.alibaba.send(here.alibaba.creating(), allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"], answer.headers["X-Two"]) == (302, "/login", "2")
    assert answer.headers["Content-Type"] == "text/html"


def test_a_content_type_among_the_headers_is_the_only_one(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{respond: {headers: {content-type: text/xml}, body: <a/>}}"))
    connection = HTTPConnection(here.alibaba.told["endpoint"], timeout=PATIENCE)
    connection.request("POST", here.alibaba.creating().prepare().path_url)
    assert connection.getresponse().headers.get_all("Content-Type") == ["text/xml"]
    connection.close()


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body_has_none(box: Boxes, status: int) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", f"{{respond: {{status: {status}}}}}", "times: 1"))
    answer = here.alibaba.create()
    assert (answer.status_code, answer.content) == (status, b"")
    assert here.alibaba.create().status_code == 200  # over the same connection


@pytest.mark.parametrize(
    "headers", ['{X: "a\\r\\nB: c"}', '{"X Y": a}', "{Transfer-Encoding: chunked}", '{"": a}', '{X: "a\\0b"}']
)
def test_headers_that_cannot_be_sent_are_refused_with_the_scenario(box: Boxes, headers: str) -> None:
    here = box()
    scenario = rule("alibaba.CreateAsyncTranslate", f"{{respond: {{headers: {headers}, body: hello}}}}")
    at = f"{here.url}/__fauxlate/sandboxes/{here.id}/scenario"
    answer = here.session.put(at, data=scenario, headers={"Content-Type": "application/yaml"}, timeout=PATIENCE)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("response", "reasons"),
    [
        (
            '{media_type: "text/plain\\r\\nX: y"}',
            ("`media_type` is 'text/plain\\r\\nX: y'", "no header can carry", "write a type"),
        ),
        ('{headers: {Content-Type: "a\\nb"}}', ("the header 'Content-Type' cannot be sent so: 'a\\nb'", "one line")),
        ("{body: {a: .inf}}", ("inf is no number that JSON has", "write a finite one")),
    ],
    ids=["media type", "header", "number"],
)
def test_what_no_answer_can_carry_is_told_with_its_place(box: Boxes, response: str, reasons: tuple[str, ...]) -> None:
    here = box()
    scenario = rule("alibaba.CreateAsyncTranslate", f"{{respond: {response}}}")
    at = f"{here.url}/__fauxlate/sandboxes/{here.id}/scenario"
    answer = here.session.put(at, data=scenario, headers={"Content-Type": "application/yaml"}, timeout=PATIENCE)
    (fault,) = answer.json()["faults"]
    assert (answer.status_code, fault["line"]) == (400, 2)
    assert [reason for reason in reasons if reason not in fault["message"]] == []
