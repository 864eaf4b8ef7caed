"""An address of somebody else is called as it is: whoever signed it finds the letters that were signed."""

from __future__ import annotations

import asyncio
import socket
import string
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from fauxlate.engine.exchange.addresses import add_query, escape, join
from fauxlate.engine.sandboxes.callbacks import is_loopback
from fauxlate.web.addresses import make_url, resolve
from fauxlate.web.fetching import new_fetcher
from hypothesis import given
from hypothesis import strategies as st
from tests.web.clients import PATIENCE
from tests.web.conftest import Box, Boxes

GIVEN = [
    *(
        "/cb?x=1",
        "/cb?sig=abc%2Fd%2Be%3D",
        "/cb?to=a%40b%3Ac",
        "/cb/a%21b%28c%29",
        "/a//b/../c",
        "/./a",
        "/cb?",
        "/cb??",
    ),
    *("/cb?x=%zz", "/cb?x=a%20b", "/cb?x=a+b&&y", "//cb", "/cb?a=%e4%bd%a0", "/%7Euser/~user", "/cb;v=1?a=/?b", "/"),
    *("/cb?{a}|^`", '/"cb"', "/cb?a=b&", "/[a]?[b]=1"),
]


@contextmanager
def listening(answers: list[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """Give a port, and the requests that came there; each is answered by the next of `answers`."""
    came: list[bytes] = []

    def serve() -> None:
        for answer in answers:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(PATIENCE)
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(65536)
                head, _, body = head.partition(b"\r\n\r\n")
                length = next(
                    (int(line[15:]) for line in head.split(b"\r\n") if line.lower()[:15] == b"content-length:"), 0
                )
                while len(body) < length:
                    body += connection.recv(65536)
                came.append(head)
                connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE)
        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], came
        thread.join()


def answer(status: str = "200 OK", *headers: str, body: bytes = b"success") -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers)
    return "\r\n".join((*lines, "", "")).encode() + body


def target_of(head: bytes) -> str:
    return head.split(b"\r\n", 1)[0].decode().rsplit(" ", 1)[0].partition(" ")[2]


def call_back(here: Box, url: str) -> None:
    """Have a document translated of whose end a URL is told."""
    languages = {"SourceLanguage": "zh", "TargetLanguage": "en"}
    made = here.alibaba.call("CreateDocTranslateTask", **languages, FileUrl="https://e.example/a.docx", CallbackUrl=url)
    assert "TaskId" in made.json(), made.text
    here.advance("10m")


def test_a_callback_arrives_at_the_address_as_given(box: Boxes) -> None:
    here = box()
    with listening([answer()] * len(GIVEN)) as (port, came):
        for target in GIVEN:
            call_back(here, f"http://127.0.0.1:{port}{target}")
    assert [target_of(head) for head in came] == GIVEN


@pytest.mark.parametrize(
    "host", ["localhost", "app.localhost", "a.b.LOCALHOST", "localhost.", "127.0.0.1", "127.9.9.9"]
)
def test_every_name_under_localhost_is_this_machine(box: Boxes, host: str) -> None:
    here = box()
    assert is_loopback(f"http://{host}:1/")
    if host == "127.9.9.9":
        return  # not every machine has it
    with listening([answer()]) as (port, came):
        call_back(here, f"HTTP://{host}:{port}/cb")
    assert target_of(came[0]) == "/cb"
    assert f"host: {host.lower().removesuffix('.')}".encode() in came[0].lower()


@pytest.mark.parametrize("host", ["localhost.example", "xlocalhost", "127.0.0.1.example", "10.0.0.1", ""])
def test_no_other_name_is_this_machine(host: str) -> None:
    assert not is_loopback(f"http://{host}:1/")


def test_a_callback_of_dingtalk_keeps_the_query_that_was_registered(box: Boxes) -> None:
    here = box()
    with listening([answer()]) as (port, came):
        url = f"http://127.0.0.1:{port}/a//ding?t=a%2Fb%3D"
        assert here.admin("PUT", "/callbacks/dingtalk", {"url": url, "check": False}).status_code == 200
        here.dingtalk.made()
        here.advance("1m")
    assert target_of(came[0]).startswith("/a//ding?t=a%2Fb%3D&signature=")


def fetch(url: str) -> bytes:
    return asyncio.run(_fetch(url))


async def _fetch(url: str) -> bytes:
    return await new_fetcher(is_allowed=lambda _: True)(url)


def test_a_source_is_fetched_from_the_address_as_given() -> None:
    with listening([answer()] * len(GIVEN)) as (port, came):
        for target in GIVEN:
            assert fetch(f"http://127.0.0.1:{port}{target}") == b"success"
    assert [target_of(head) for head in came] == GIVEN


def test_a_redirection_is_followed_to_the_address_as_given() -> None:
    targets = [target for target in GIVEN if not target.startswith("//")]  # which would name a host
    answers = [one for target in targets for one in (answer("302 Found", f"Location: {target}"), answer())]
    with listening(answers) as (port, came):
        for _ in targets:
            assert fetch(f"http://app.localhost:{port}/first") == b"success"
    assert [target_of(head) for head in came[1::2]] == targets


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://app/cb", "http://app/cb?authCode="),
        ("http://app/cb?", "http://app/cb?authCode="),
        ("http://app/cb?a=%2F", "http://app/cb?a=%2F&authCode="),
        ("http://app/cb?a&", "http://app/cb?a&authCode="),
        ("http://app/a//b/../c?{x}", "http://app/a//b/../c?{x}&authCode="),
        ("http://app/#/route?a", "http://app/?authCode="),
    ],
)
def test_a_login_returns_to_the_address_as_given(box: Boxes, url: str, expected: str) -> None:
    here = box()
    told = here.dingtalk.told
    query = {"redirect_uri": url, "response_type": "code", "client_id": told["app_key"], "scope": "openid"}
    reply = here.session.get(f"{here.dingtalk.url}/oauth2/auth", params=query, allow_redirects=False, timeout=PATIENCE)
    assert reply.headers["Location"].startswith(expected)
    assert reply.headers["Location"].partition("#")[2] == url.partition("#")[2]


PRINTABLE = "".join(sorted(set(string.printable) - set(string.whitespace) - set("#")))


@given(st.text(PRINTABLE, max_size=30), st.sampled_from(["", "/", "?"]))
def test_whatever_can_be_sent_is_sent_as_it_is(rest: str, mark: str) -> None:
    target = f"{mark}{rest}" if mark else ""
    sent = make_url(f"https://h.example:8{target}").raw_path_qs
    assert sent == (target if target.startswith("/") else f"/{target}")


@given(st.text(PRINTABLE, max_size=30))
def test_a_query_more_changes_nothing_before_it(rest: str) -> None:
    url = f"http://h/{rest}"
    added = add_query(url, "code=x")
    assert added.startswith(url)
    assert added.count("?") == max(1, url.count("?"))
    assert "code" in parse_qs(urlsplit(added).query, keep_blank_values=True)


def test_what_cannot_be_sent_is_encoded_and_nothing_else() -> None:
    assert escape("/回 调?a=%2F\n") == "/%E5%9B%9E%20%E8%B0%83?a=%2F%0A"


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://o/a//b/../c?", "https://o/a//b/../c?"),
        ("//o/x?", "http://o/x?"),
        ("/x//y/..?", "http://h:1/x//y/..?"),
        ("c?d", "http://h:1/a/c?d"),
        ("?d", "http://h:1/a/b?d"),
    ],
)
def test_a_location_is_taken_as_it_is(location: str, expected: str) -> None:
    assert join("http://h:1/a/b?c", location) == expected


async def test_localhost_is_known_without_asking() -> None:
    rows = await resolve("any.localhost", 80, socket.AF_UNSPEC)
    assert [row["host"] for row in rows] == ["127.0.0.1", "::1"]
    assert [row["host"] for row in await resolve("localhost.", 80, socket.AF_INET6)] == ["::1"]
