"""The front and the application under a plain aiohttp are two doors to one emulator: what comes out is the same."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from fauxlate import application
from fauxlate.engine.exchange.faults import BodyFault, Drop
from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.exchange.request import Request
from fauxlate.engine.service.problems import Problem
from fauxlate.engine.world import environment
from fauxlate.serving.composition import PROVIDERS, new_world
from fauxlate.settings import Settings
from fauxlate.web.application import new_application
from hypothesis import HealthCheck, example, given
from hypothesis import settings as often
from hypothesis import strategies as st
from pytest_aiohttp.plugin import AiohttpClient
from tests.web.doors import exchange, serve, serve_answer

from contract_tests.harness.application import serve_application
from contract_tests.harness.exchange import Request as ValidRequest
from contract_tests.harness.target import Target
from contract_tests.harness.valid_requests import valid_request

OPERATIONS = [f"{provider.name}.{operation.name}" for provider in PROVIDERS for operation in provider.operations]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FAULTS = st.sampled_from(
    [Drop("empty"), Drop("reset"), Drop("stall", seconds=0), BodyFault("truncated"), BodyFault("dribble", seconds=0)]
)


@dataclass
class Said:
    """What both doors are to answer with, and with what it is asked."""

    reply: Reply = field(default_factory=lambda: Reply(200, b""))
    chunks: list[bytes] | None = None
    seen: list[tuple[str, str, list[tuple[str, str]], bytes]] = field(default_factory=list)

    async def answer(self, request: Request, _: Problem | None) -> Reply:
        self.seen.append((request.method, request.target, list(request.headers.items()), request.body))
        reply = self.reply
        stream = None if self.chunks is None else self.give(self.chunks)
        return Reply(
            reply.status,
            reply.body,
            dict(reply.headers),
            reply.media_type,
            reply.hint,
            fault=reply.fault,
            stream=stream,
        )

    async def give(self, chunks: list[bytes]) -> AsyncGenerator[bytes, None]:
        for chunk in chunks:
            yield chunk


@pytest.fixture(scope="module")
def said() -> Said:
    return Said()


@pytest.fixture(scope="module")
def doors(said: Said) -> Iterator[tuple[str, str]]:
    application = new_application(new_world(Settings()), said.answer)
    with serve_answer(said.answer) as front, serve_application(application) as aiohttp:
        yield front, aiohttp


def ask(url: str, data: bytes) -> bytes:
    """Return what comes back, but for the second in which it was sent; a reset is told apart from an end."""
    try:
        answers = exchange(url, data)
    except ConnectionResetError:
        return b"reset"
    return re.sub(rb"Date: [^\r]+GMT\r\n", b"Date: \r\n", answers)


@given(
    st.builds(
        Reply,
        st.sampled_from([200, 201, 204, 206, 302, 304, 400, 404, 418, 429, 500, 502, 599, 299]),
        st.binary(max_size=300),
        st.dictionaries(TEXTS | st.sampled_from(["Content-Type", "server", "DATE", "Content-Length", "ETag"]), TEXTS),
        TEXTS,
        st.none() | TEXTS,
        fault=st.none() | FAULTS,
    ),
    st.none() | st.lists(st.binary(max_size=50), max_size=4),
    st.sampled_from(["GET", "HEAD", "POST", "DELETE", "OPTIONS"]),
    st.sampled_from(["1.1", "1.0"]),
    st.sampled_from(["", "Connection: keep-alive\r\n", "Connection: close\r\n"]),
    st.binary(max_size=100),
)
@example(Reply(200, b"body", {"Transfer-Encoding": "chunked"}), None, "GET", "1.1", "", b"")
@often(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_reply_is_sent_as_the_same_bytes(
    said: Said,
    doors: tuple[str, str],
    reply: Reply,
    chunks: list[bytes] | None,
    method: str,
    version: str,
    connection: str,
    body: bytes,
) -> None:
    said.reply, said.chunks = reply, chunks
    head = f"{method} /any?thing=%20 HTTP/{version}\r\nHost: x\r\nX-A:  b \r\nContent-Length: {len(body)}\r\n"
    asked = f"{head}{connection}\r\n".encode() + body
    is_kept = "close" not in connection and (version == "1.1" or "keep-alive" in connection)
    last = f"GET /last HTTP/{version}\r\nHost: x\r\nConnection: close\r\n\r\n".encode() if is_kept else b""
    said.seen.clear()
    front = ask(doors[0], asked + last)
    by_front = list(said.seen)
    said.seen.clear()
    assert front == ask(doors[1], asked + last)
    assert by_front == said.seen


@pytest.fixture(scope="module")
def emulators() -> Iterator[tuple[str, str]]:
    settings = Settings(port=0, public_url="http://emulator.example")
    with serve("front", settings) as front, serve("aiohttp", settings) as aiohttp:
        yield front, aiohttp


def encode(request: ValidRequest, host: str = "localhost") -> bytes:
    body = request.body or b""
    headers = {"Host": host, **request.headers, "Content-Length": str(len(body)), "Connection": "close"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{request.method} {request.target} HTTP/1.1\r\n{lines}\r\n".encode() + body


CHANGING = re.compile(rb"[0-9A-Fa-f]{6,}|\d+|\b[\w-]{20,}=*")
"""What an answer draws or tells of the time."""


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_is_answered_the_same(emulators: tuple[str, str], operation: str) -> None:
    answers = []
    for url in emulators:
        target = Target(url, environment(PROVIDERS, new_world(Settings()).sandboxes.default, url), has_admin=True)
        answers.append(CHANGING.sub(b"~", exchange(url, encode(valid_request(operation, target)))))
    assert answers[0] == answers[1]
    assert answers[0].startswith(b"HTTP/~")


@pytest.mark.parametrize("path", ["/nothing", "/", "//a//b", "/%0a", "/__fauxlate/nothing", "/__fauxlate/catalog"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PROPFIND"])
def test_what_has_no_route_is_answered_the_same(emulators: tuple[str, str], method: str, path: str) -> None:
    assert_same(emulators, ValidRequest(method, path))


def test_options_of_the_server_as_a_whole_are_answered_the_same(emulators: tuple[str, str]) -> None:
    assert_same(emulators, ValidRequest("OPTIONS", "*"))


def assert_same(emulators: tuple[str, str], request: ValidRequest) -> None:
    front, aiohttp = (CHANGING.sub(b"~", exchange(url, encode(request))) for url in emulators)
    assert front == aiohttp
    assert front.startswith(b"HTTP/~")


async def test_it_is_mounted_under_a_path(aiohttp_client: AiohttpClient) -> None:
    outer = web.Application()
    outer.add_subapp("/translation/", application(Settings()))
    client = await aiohttp_client(outer)
    answer = await client.get("/translation/__fauxlate/health")
    assert (answer.status, (await answer.json())["status"]) == (200, "ok")
    posted = await client.post("/translation/v1.0/oauth2/accessToken", json={"appKey": "a", "appSecret": "b"})
    assert "accessToken" in await posted.json()
    assert (await client.get("/elsewhere")).status == 404


def test_links_name_where_the_application_was_reached() -> None:
    with serve("aiohttp") as url:
        target = Target(url, environment(PROVIDERS, new_world(Settings()).sandboxes.default, url), has_admin=True)
        answer = exchange(url, encode(valid_request("huawei.KeystoneListAuthDomains", target), url.partition("//")[2]))
        assert f'"self":"{url}/v3/domains'.encode() in answer
