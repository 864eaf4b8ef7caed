"""The verb `body`: an answer that is cut off, garbled, replaced by a gateway's page, or slow."""

from __future__ import annotations

import http.client
import json
from http.client import HTTPConnection

import aiohttp
import pytest
import requests
from tests.web.clients import PATIENCE, Client, connected, everything
from tests.web.conftest import Alone, Boxes, rule, tasks, until
from tests.web.scenarios.verbs.answers import split


def test_a_truncated_body_promises_more_than_it_sends(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{body: truncated}"))
    with connected(here.client(kind).creating()) as wire:
        status, headers, body = split(everything(wire))
    assert status == "HTTP/1.1 200 OK"
    assert 0 < len(body) < int(headers["content-length"])
    assert len(here.jobs()) == 1
    assert here.faults() == {"body truncated": 1}


async def test_clients_notice_a_truncated_body(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{body: truncated}"))
    connection = HTTPConnection(here.alibaba.told["endpoint"], timeout=PATIENCE)
    connection.request("POST", here.alibaba.creating().prepare().path_url)
    with pytest.raises(http.client.IncompleteRead) as cut:
        connection.getresponse().read()
    assert cut.value.expected is not None
    assert cut.value.expected > 0
    connection.close()
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        here.alibaba.create()
    async with aiohttp.ClientSession() as session:
        answer = await session.post(str(here.alibaba.creating().url))
        with pytest.raises(aiohttp.ClientPayloadError, match="ContentLengthError"):
            await answer.read()


def test_a_download_can_be_cut_off_and_then_come_whole(box: Boxes) -> None:
    here = box(rule("huawei.GetObject", "{body: truncated}", "times: 1"))
    job = here.huawei.made()
    here.advance("1m")
    link = here.huawei.ask(job).json()["url"]
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        here.session.get(link, timeout=PATIENCE)
    whole = here.session.get(link, timeout=PATIENCE)
    assert len(whole.content) == int(whole.headers["Content-Length"])
    assert "[en] " in whole.content.decode()


def test_a_long_body_is_cut_off_for_a_slow_reader_too(box: Boxes) -> None:
    long = "x" * 200_000
    here = box(rule("alibaba.CreateAsyncTranslate", f"[{{respond: {{body: {long}}}}}, {{body: truncated}}]"))
    with connected(here.alibaba.creating(), receive=4096) as wire:
        until(here.faults)
        _, headers, body = split(everything(wire))
    assert (headers["content-length"], body) == ("200000", b"x" * 100_000)


def test_garbage_is_no_text_and_says_it_is_json(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{body: garbage}"))
    first, second = here.client(kind).create(), here.client(kind).create()
    assert first.status_code == 200
    assert first.headers["Content-Type"].startswith("application/json")
    for answer in (first, second):
        with pytest.raises(ValueError, match=r"codec can't decode|Expecting value"):
            json.loads(answer.content)
    assert first.content != second.content
    assert len(here.jobs()) == 2
    assert here.faults() == {"body garbage": 2}


def test_a_malformed_body_is_whole_by_its_length_and_no_json(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{body: malformed}", "skip: 1"))
    good, bad = here.client(kind).create(), here.client(kind).create()
    assert int(bad.headers["Content-Length"]) == len(bad.content) > 0
    assert good.json()
    with pytest.raises(requests.JSONDecodeError):
        bad.json()
    assert here.faults() == {"body malformed": 1}


def test_a_gateway_in_between_answers_with_its_own_page(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{body: html}"))
    answer = here.client(kind).create()
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html")
    assert answer.text.startswith("<html>")
    assert len(here.jobs()) == 1
    assert here.faults() == {"body html": 1}


def test_a_dribble_comes_in_pieces_and_whole(box: Boxes, kind: type[Client]) -> None:
    here = box(rule(kind.creates, "{body: {how: dribble, for: 160ms}}"))
    with connected(here.client(kind).creating()) as wire:
        head = b""
        while b"\r\n\r\n" not in head:
            head += wire.recv(65536)
        head, _, body = head.partition(b"\r\n\r\n")
        length = next(int(line[16:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length: "))
        pieces = [body] if body else []
        while sum(map(len, pieces)) < length:
            pieces.append(wire.recv(65536))
    assert len(pieces) > 1
    assert json.loads(b"".join(pieces))
    assert here.faults() == {"body dribble": 1}


def test_a_client_that_leaves_a_dribble_leaves_nothing_behind(alone: Alone) -> None:
    server, here = alone(rule("alibaba.CreateAsyncTranslate", "{body: {how: dribble, for: 80ms}}"))
    before = tasks(server)
    with connected(here.alibaba.creating()) as wire:
        assert wire.recv(1)
    until(lambda: tasks(server) == before)
