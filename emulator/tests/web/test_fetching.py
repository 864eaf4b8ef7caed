"""Sources from elsewhere: got where the server is told to, and never from this machine or its network."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any

import pytest
from fauxlate.engine.sandboxes.fetching import FetchError
from fauxlate.serving.background import BackgroundServer
from fauxlate.settings import Settings
from fauxlate.web.fetching import MAX_REDIRECTS, Address, is_public, new_fetcher
from hypothesis import given
from hypothesis import strategies as st
from tests.web.conftest import Box

HERE = "127.0.0.2"
"""Stands for the internet; 127.0.0.1 is this machine."""


def outside(address: Address) -> bool:
    return str(address) == HERE


@dataclass
class Site:
    """A site, what lies there, and what it was asked for."""

    url: str
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def put(self, path: str, body: bytes, status: int = 200, **headers: str) -> str:
        self.pages[path] = (status, headers, body)
        return f"{self.url}{path}"


def _site(host: str) -> Iterator[Site]:
    site = Site("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            status, headers, body = site.pages[self.path]
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer((host, 0), Handler) as server:
        site.url = f"http://{host}:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield site
        server.shutdown()
        thread.join()


@pytest.fixture
def internet() -> Iterator[Site]:
    yield from _site(HERE)


@pytest.fixture
def machine() -> Iterator[Site]:
    yield from _site("127.0.0.1")


def got(url: str, **settings: Any) -> bytes:
    return asyncio.run(_awaited(url, settings))


async def _awaited(url: str, settings: dict[str, Any]) -> bytes:
    return await new_fetcher(**{"is_allowed": outside, **settings})(url)


def why(url: str, **settings: Any) -> str:
    with pytest.raises(FetchError) as refusal:
        got(url, **settings)
    return str(refusal.value)


def test_what_lies_there_is_got_byte_for_byte(internet: Site) -> None:
    assert got(internet.put("/a.txt?b=c", "你好".encode())) == "你好".encode()


INSIDE = """
127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255
::1 :: fe80::1 fd00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1::
2001:0:4136:e378:8000:63bf:3fff:fdd2
"""


@pytest.mark.parametrize("address", INSIDE.split())
def test_no_address_of_this_machine_or_its_network_is_public(address: str) -> None:
    assert not is_public(ip_address(address))


@given(st.ip_addresses(v=4, network="127.0.0.0/8") | st.ip_addresses(v=4, network="192.168.0.0/16"))
def test_none_becomes_public_in_the_clothes_of_ipv6(address: Any) -> None:
    number = int(address)
    for outer in (0xFFFF << 32 | number, 0x2002 << 112 | number << 80, 0x64FF9B << 96 | number):
        assert not is_public(ip_address(outer.to_bytes(16, "big")))


@pytest.mark.parametrize("address", ["8.8.8.8", "121.36.1.1", "2400:cb00::1", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1.", "localhost."),
        *("a@127.0.0.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "①②⑦.⓪.⓪.①", "127。0。0。1"),
    ],
)
def test_the_machine_itself_is_never_asked_however_it_is_written(machine: Site, host: str) -> None:
    machine.put("/secret", b"secret")
    said = why(machine.url.replace("127.0.0.1", host) + "/secret", is_allowed=is_public)
    assert "no address of the internet" in said or "it cannot be got" in said
    assert machine.asked == []


def test_a_name_is_resolved_once_and_what_was_checked_is_what_is_asked(
    internet: Site, machine: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(internet.url.rpartition(":")[2])
    answers = [[HERE], ["127.0.0.1"]]

    def resolve(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        del host
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    internet.put("/a", b"public")
    assert got(f"http://rebinding.example:{port}/a") == b"public"
    assert answers == [["127.0.0.1"]]
    assert "leads to no address of the internet" in why(f"http://rebinding.example:{port}/a")
    assert machine.asked == []


def test_a_redirection_is_followed_and_checked(internet: Site, machine: Site) -> None:
    internet.put("/a", b"there")
    assert got(internet.put("/to-a", b"", 302, Location="/a")) == b"there"
    secret = machine.put("/secret", b"secret")
    assert "127.0.0.1 is no address of the internet" in why(internet.put("/in", b"", 307, Location=secret))
    assert "is no http or https link" in why(internet.put("/file", b"", 301, Location="file:///etc/passwd"))
    assert machine.asked == []


def test_redirections_end(internet: Site) -> None:
    said = why(internet.put("/round", b"", 302, Location="/round"))
    assert said == f"it is redirected more than {MAX_REDIRECTS} times"
    assert len(internet.asked) == MAX_REDIRECTS + 1


def test_what_is_too_large_or_too_slow_or_not_there_is_refused(internet: Site) -> None:
    assert why(internet.put("/large", b"x" * 1001), max_size=1000) == "it has more than 1000 bytes"
    assert got(internet.put("/fits", b"x" * 1000), max_size=1000) == b"x" * 1000
    assert why(internet.put("/none", b"", 404)).endswith("answers 404")
    with socket.create_server((HERE, 0)) as silent:
        url = f"http://{HERE}:{silent.getsockname()[1]}/"
        assert why(url, timeout=0.1) == "it did not come within 0.1 seconds"
    assert why(url).startswith("it cannot be got: ")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.com/a", "http:///a", "/etc/passwd", "http://[/"])
def test_what_is_no_link_of_the_web_is_refused(url: str) -> None:
    assert why(url)


def translated(emulator: BackgroundServer, url: str) -> tuple[str, str | bytes]:
    """Return how a job of this source ends: its state, and its result or its error."""
    here = Box.default(emulator)
    job = here.huawei.job(here.huawei.create(url=url))
    here.advance("1m")
    answer = here.huawei.ask(job).json()
    result = here.session.get(answer["url"]).content if "url" in answer else answer["error_code"]
    here.session.close()
    return answer["status"], result


def test_a_job_translates_what_was_got(internet: Site) -> None:
    with BackgroundServer(Settings(port=0, fetch_sources=True)) as emulator:
        emulator.engine_sandbox().fetch = new_fetcher(outside)
        assert translated(emulator, internet.put("/a.txt", "你好".encode())) == ("FINISHED", b"hello")
        assert translated(emulator, internet.put("/none.txt", b"", 404)) == ("ERROR", "NLP.6303")


def test_a_job_whose_source_is_of_this_machine_fails_as_one_that_cannot_be_got(machine: Site) -> None:
    with BackgroundServer(Settings(port=0, fetch_sources=True)) as emulator:
        assert translated(emulator, machine.put("/a.txt", b"x")) == ("ERROR", "NLP.6303")
    assert machine.asked == []


def test_a_job_whose_source_comes_after_a_reset_is_none_of_the_new_beginning() -> None:
    with BackgroundServer(Settings(port=0, fetch_sources=True)) as emulator:
        sandbox = emulator.engine_sandbox()

        async def fetch(_: str) -> bytes:
            sandbox.reset()
            return b"x"

        sandbox.fetch = fetch
        here = Box.default(emulator)
        assert here.huawei.create(url="https://example.com/a.txt").status_code == 200
        assert here.jobs() == []
        here.session.close()


def test_without_being_told_to_nothing_is_fetched_and_the_answer_says_so(machine: Site) -> None:
    with BackgroundServer() as emulator:
        url = machine.put("/a.txt", b"x")
        status, result = translated(emulator, url)
        here = Box.default(emulator)
        created = here.huawei.create(url=url)
        here.session.close()
    assert status == "FINISHED"
    assert isinstance(result, bytes)
    assert "--fetch-sources" in created.headers["X-Fauxlate-Hint"]
    assert machine.asked == []
