"""Events: requests told to whoever listens, as they come."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import aclosing
from urllib.parse import urlsplit

import pytest
from fauxlate.engine.exchange.request import Request
from fauxlate.serving.background import BackgroundServer
from fauxlate.serving.composition import new_world
from fauxlate.settings import Settings
from fauxlate.web import endpoint
from fauxlate.web.admin import door
from fauxlate.web.admin.handlers import journal as journal_handlers
from fauxlate.web.admin.route import PREFIX
from fauxlate.web.admin.routes import ROUTES
from multidict import CIMultiDict
from tests.web.admin.conftest import Admin, Box
from tests.web.clients import PATIENCE
from tests.web.conftest import tasks


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
def listening(
    admin: Admin, emulator: BackgroundServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Box], Events]]:
    """Opens event streams, whose heart beats fast; when the test ends they are closed, and have ended at the server."""
    monkeypatch.setattr(journal_handlers, "_HEARTBEAT_SECONDS", 0.01)
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


def test_a_listener_that_leaves_is_forgotten(admin: Admin, emulator: BackgroundServer, listening: Listening) -> None:
    box = admin.sandbox()
    journal = emulator.engine_sandbox(box.id).journal
    streams = [listening(box) for _ in range(3)]
    assert len(journal._listeners) == 3  # noqa: SLF001
    for events in streams:
        events.close()
    for _ in range(500):  # each is written to those who have left, too, and so the server learns of it
        box.huawei.create()
        if not journal._listeners:  # noqa: SLF001
            break
    box.huawei.session.close()
    assert not journal._listeners  # noqa: SLF001


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
    monkeypatch.setattr(journal_handlers, "_HEARTBEAT_SECONDS", 3600)
    box = admin.sandbox()
    events = listening(box)
    assert box.ask("DELETE").status == 200
    assert events.answer.read().splitlines()[0] == b"event: deleted"


def test_a_stream_ends_with_a_sandbox_that_has_been_idle(
    admin: Admin, emulator: BackgroundServer, listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_handlers, "_HEARTBEAT_SECONDS", 3600)
    box = admin.sandbox(idle="1h")
    events = listening(box)
    sandbox = emulator.engine_sandbox(box.id)
    sandbox.last_used -= 3600
    admin.told("sandboxes")
    assert events.answer.read().splitlines()[0] == b"event: deleted"


def test_a_listener_that_does_not_keep_up_misses_events(
    admin: Admin, emulator: BackgroundServer, listening: Listening
) -> None:
    box = admin.sandbox()
    box.huawei.create()
    box.huawei.session.close()
    book = emulator.engine_sandbox(box.id).journal
    (_, entry) = book
    listening(box)
    for _ in range(5000):  # more than wait for a listener who does not read
        book.add(entry)
    assert admin.told("health")["status"] == "ok"


@pytest.mark.parametrize("turns", range(5))
async def test_a_listener_is_let_go_even_where_an_entry_comes_as_he_leaves(turns: int) -> None:
    world = new_world(Settings())
    asked = Request("GET", f"{PREFIX}sandboxes/default/events", CIMultiDict({"Host": "localhost"}))
    await endpoint.answer(world, Request("GET", "/", CIMultiDict()))
    journal = world.sandboxes.default.journal
    reply = await door.answer(ROUTES, world, door.Settings(), asked)
    stream = reply.stream
    assert stream is not None

    async def listen() -> None:
        async with aclosing(stream):
            async for _ in stream:
                pass

    listening = asyncio.create_task(listen())
    for _ in range(5):
        await asyncio.sleep(0)
    journal.add(next(iter(journal)))
    for _ in range(turns):
        await asyncio.sleep(0)
    listening.cancel()
    done, _ = await asyncio.wait([listening], timeout=PATIENCE)
    assert done
