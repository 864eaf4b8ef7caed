"""The journal in the admin API: what is told of a request, and how it is asked for."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema_rs
import pytest
import requests
from fauxlate.serving.background import BackgroundServer
from tests.web.admin.conftest import Admin, Box, raw
from tests.web.clients import PATIENCE


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


def test_a_journal_is_bounded(admin: Admin, emulator: BackgroundServer) -> None:
    box = admin.sandbox()
    box.huawei.create()
    book = emulator.engine_sandbox(box.id).journal
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
