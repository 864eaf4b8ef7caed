"""The verb `drop`: a connection that is reset, ended, or never answered."""

from __future__ import annotations

import errno
import http.client
import logging
from collections.abc import Iterator
from http.client import HTTPConnection

import aiohttp
import pytest
import requests
from tests.web.clients import PATIENCE, Client, connected, everything
from tests.web.conftest import Alone, Boxes, rule, tasks, until
from tests.web.scenarios.verbs.answers import own


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_reset_is_seen_as_a_reset(box: Boxes, kind: type[Client], when: str) -> None:
    here = box(rule(kind.creates, f"{{drop: {{how: reset, when: {when}}}}}"))
    with connected(here.client(kind).creating()) as wire, pytest.raises(ConnectionResetError) as reset:
        wire.recv(1)
    assert reset.value.errno == errno.ECONNRESET
    assert len(here.jobs()) == (when == "after")
    assert here.faults() == {"drop reset": 1}


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_empty_answer_is_a_clean_end_without_a_byte(box: Boxes, kind: type[Client], when: str) -> None:
    here = box(rule(kind.creates, f"{{drop: {{how: empty, when: {when}}}}}"))
    with connected(here.client(kind).creating()) as wire:
        assert wire.recv(1) == b""
    assert len(here.jobs()) == (when == "after")
    assert here.faults() == {"drop empty": 1}


async def test_clients_tell_a_reset_from_an_empty_answer(box: Boxes) -> None:
    here = box(
        """
rules:
  - {on: alibaba.CreateAsyncTranslate, when: {body.SourceText: reset}, then: {drop: reset}}
  - {on: alibaba.CreateAsyncTranslate, when: {body.SourceText: empty}, then: {drop: empty}}
"""
    )
    client = here.alibaba
    with pytest.raises(requests.ConnectionError, match="Connection reset by peer"):
        own(client.creating("reset"))
    with pytest.raises(requests.ConnectionError, match="Remote end closed connection without response"):
        own(client.creating("empty"))
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientOSError) as reset:
            await session.post(str(client.creating("reset").url))
        assert reset.value.errno == errno.ECONNRESET
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await session.post(str(client.creating("empty").url))


def test_a_connection_that_was_used_before_can_be_dropped_too(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{drop: empty}", "skip: 2"))
    connection = HTTPConnection(here.alibaba.told["endpoint"], timeout=PATIENCE)
    for label in ("a", "b"):
        connection.request("POST", here.alibaba.creating(label).prepare().path_url)
        assert connection.getresponse().read()
    connection.request("POST", here.alibaba.creating("c").prepare().path_url)
    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()
    connection.close()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_stalled_call_says_nothing_until_the_client_gives_up(box: Boxes, kind: type[Client], when: str) -> None:
    here = box(rule(kind.creates, f"{{drop: {{how: stall, when: {when}}}}}"))
    with connected(here.client(kind).creating()) as wire:
        until(here.faults)
        wire.settimeout(0.01)
        with pytest.raises(TimeoutError):
            wire.recv(1)
    assert len(here.jobs()) == (when == "after")
    assert here.faults() == {"drop stall": 1}


def test_a_stall_ends_without_a_byte_when_its_time_is_over(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{drop: {how: stall, for: 5ms}}"))
    with connected(here.alibaba.creating()) as wire:
        assert everything(wire) == b""


def test_clients_that_give_up_leave_nothing_behind(alone: Alone) -> None:
    server, here = alone(rule("alibaba.CreateAsyncTranslate", "{drop: stall}"))
    before = tasks(server)
    for number in range(1, 6):
        with connected(here.alibaba.creating()):
            until(lambda: here.faults().get("drop stall") == number)  # noqa: B023
            assert tasks(server) > before
    with pytest.raises(requests.ReadTimeout):
        here.alibaba.send(here.alibaba.creating(), timeout=0.01)
    here.alibaba.close()
    until(lambda: tasks(server) == before, "the server still keeps tasks of clients that have gone")


def test_a_stall_holds_nobody_else_up(box: Boxes) -> None:
    here = box(rule("alibaba.CreateAsyncTranslate", "{drop: stall}", "times: 1"))
    with connected(here.alibaba.creating()):
        until(here.faults)
        assert here.alibaba.create().status_code == 200


@pytest.mark.parametrize(
    "then", ["{drop: reset}", "{drop: empty}", "{drop: {how: stall, for: 1ms}}", "{body: truncated}"]
)
def test_what_a_scenario_asks_for_is_not_logged_as_an_error(alone: Alone, logged: list[str], then: str) -> None:
    _, here = alone(rule("alibaba.CreateAsyncTranslate", then))
    with pytest.raises(requests.RequestException):
        here.alibaba.create()
    assert here.alibaba.ask("nowhere").ok is False  # a later call has been answered, so the log is written
    assert logged == []


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """The errors that the server logs, each as its bare message.

    They are not formatted: a traceback is, by `ast`, and Python 3.11 gets that wrong while pytest does the same in
    another thread (python/cpython#106905).
    """
    messages: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: messages.append(record.msg)  # type: ignore[method-assign]
    log = logging.getLogger("fauxlate.http")
    log.addHandler(handler)
    log.propagate = False
    yield messages
    log.propagate = True
    log.removeHandler(handler)
