"""Whom the admin API lets in: names of this machine, or whoever has the token."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest
import requests
from fauxlate.engine.exchange.request import Request
from fauxlate.serving.background import BackgroundServer
from fauxlate.serving.composition import new_world
from fauxlate.settings import Settings, local_url
from fauxlate.web.admin.door import LOOPBACK
from fauxlate.web.admin.door import Settings as Door
from fauxlate.web.admin.door import answer as answered
from fauxlate.web.admin.route import PREFIX
from fauxlate.web.admin.routes import ROUTES
from multidict import CIMultiDict
from tests.web.admin.conftest import Admin, raw
from tests.web.clients import PATIENCE

TOKEN = "open-sesame"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def asked_as(url: str, host: bytes, more: bytes = b"", path: bytes = b"sandboxes") -> tuple[int, bytes]:
    return raw(url, b"GET " + PREFIX.encode() + path + b" HTTP/1.1\r\nHost: " + host + b"\r\n" + more + b"\r\n")


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8585", "LocalHost:1", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8585"]
)
def test_the_names_of_this_machine_are_let_in(emulator: BackgroundServer, host: str) -> None:
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
def test_other_names_are_not(emulator: BackgroundServer, host: bytes) -> None:
    status, said = asked_as(emulator.url, host)
    assert status == 403
    message = json.loads(said)["message"]
    assert "127.0.0.1, [::1], localhost" in message
    assert len(message) < 500
    assert asked_as(emulator.url, host, path=b"health")[0] == 200


def test_the_address_that_is_listened_on_is_a_name_too() -> None:
    with BackgroundServer(Settings(host="127.0.0.2", port=0)) as emulator:  # all of 127.0.0.0/8 leads here
        assert emulator.url.startswith("http://127.0.0.2:")
        admin = Admin(emulator.url)
        assert admin.told("sandboxes")
        admin.close()


@pytest.mark.parametrize(("host", "url"), [("::1", "http://[::1]:80"), ("::", "http://127.0.0.1:80")])
def test_an_address_of_ipv6_stands_in_brackets_in_the_url(host: str, url: str) -> None:
    assert local_url(host, 80) == url


@pytest.mark.parametrize(("host", "status"), [("[fd00::5]:8585", 200), ("[fd00::5]", 200), ("[fd00::6]:8585", 403)])
def test_an_address_of_ipv6_that_is_listened_on_is_a_name_too(host: str, status: int) -> None:
    request = Request("GET", f"{PREFIX}sandboxes", CIMultiDict({"Host": host}))
    answer = answered(ROUTES, new_world(Settings()), Door(hosts=LOOPBACK | {"fd00::5"}), request)
    assert asyncio.run(answer).status == status


@pytest.mark.parametrize("path", ["health", "ready", "catalog", "sandboxes", "sandboxes/default/events"])
def test_head_is_as_get_without_a_body(admin: Admin, path: str) -> None:
    got = requests.head(f"{admin.url}{PREFIX}{path}", timeout=PATIENCE)
    assert (got.status_code, got.content) == (200, b"")
    assert got.headers["Content-Type"].startswith(("application/json", "text/event-stream"))


@pytest.fixture(scope="module")
def guarded() -> Iterator[BackgroundServer]:
    with BackgroundServer(Settings(port=0, admin_token=TOKEN)) as emulator:
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
def test_without_the_token_nobody_is_let_in(guarded: BackgroundServer, said: bytes | None) -> None:
    header = b"" if said is None else b"Authorization: " + said + b"\r\n"
    status, body = asked_as(guarded.url, b"localhost", header)
    assert status == 401
    assert "--admin-token" in json.loads(body)["message"]
    for path in (b"health", b"ready"):
        assert asked_as(guarded.url, b"localhost", header, path)[0] == 200


def test_no_path_is_told_to_those_without_the_token(guarded: BackgroundServer) -> None:
    admin = Admin(guarded.url)
    for route in ROUTES:
        path = route.path.format(id="default", job="x", provider="dingtalk")
        for method in METHODS:
            answer = requests.request(method, f"{guarded.url}{PREFIX}{path}", json={}, timeout=PATIENCE)
            if not route.is_public:
                assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="fauxlate"')
    assert admin.ask("GET", "nothing").status == 401
    admin.close()


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER "])
def test_with_the_token_any_name_is_good(guarded: BackgroundServer, scheme: str) -> None:
    header = f"Authorization: {scheme} {TOKEN}\r\n".encode()
    assert asked_as(guarded.url, b"fauxlate.internal:8585", header)[0] == 200


def test_bytes_that_are_no_text_are_answered_all_the_same(admin: Admin) -> None:
    host = b"localhost"
    assert asked_as(admin.url, host, path=b"sandboxes/\xff")[0] == 400
    assert asked_as(admin.url, host, path=b"%ff")[0] == 404
    assert asked_as(admin.url, host, path=b"sandboxes/%ff")[0] == 400
    assert asked_as(admin.url, host, path=b"coverage?kind=%ff")[0] == 400
    head = (
        b"POST /__fauxlate/sandboxes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Type: \xff\r\n\r\n{}"
    )
    assert raw(admin.url, head)[0] == 415
    assert admin.told("health")["status"] == "ok"
