"""The two doors of the emulator: its own front, and the application under a plain aiohttp; and a client by hand."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from fauxlate import application
from fauxlate.serving.background import BackgroundServer
from fauxlate.settings import Settings
from fauxlate.web.front import limits
from fauxlate.web.front.limits import Limits
from fauxlate.web.front.server import Server
from fauxlate.web.front.shared import Answer
from fauxlate.web.front.websockets import WebSockets

from contract_tests.harness.application import serve_application

PATIENCE = 10


@contextmanager
def serve(door: str, settings: Settings | None = None) -> Iterator[str]:
    """Serve by the door `front` or `aiohttp`; gives the URL."""
    settings = settings or Settings(port=0)
    if door == "front":
        with BackgroundServer(settings) as emulator:
            yield emulator.url
        return
    with serve_application(application(settings)) as url:
        yield url


class Line:
    """A connection by hand."""

    def __init__(self, url: str) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def answer(self, *, has_body: bool = True) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers in lower case, and body of the next answer."""
        status = self._file.readline()
        assert status.startswith(b"HTTP/1."), status
        headers = {}
        while (line := self._file.readline()) != b"\r\n":
            name, _, value = line.decode().strip().partition(": ")
            assert name.lower() not in headers
            headers[name.lower()] = value
        body = self._file.read(int(headers.get("content-length", 0))) if has_body else b""
        return int(status.split()[1]), headers, body

    def ends(self) -> None:
        """Send no more, but go on reading."""
        self._socket.shutdown(socket.SHUT_WR)

    def ended(self) -> bool:
        """Whether the server has closed it, with nothing more to read."""
        return self._file.read() == b""

    def reset(self) -> None:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        self._file.close()
        self._socket.close()


@contextmanager
def serve_answer(answer: Answer, bounds: Limits = limits.DEFAULT) -> Iterator[str]:
    """Serve whatever `answer` says by the front; gives the URL."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def hold(*_: object) -> NoReturn:
        raise AssertionError

    async def start() -> Server:
        return await Server(answer, WebSockets(hold), bounds).listen("127.0.0.1", 0)

    server = asyncio.run_coroutine_threadsafe(start(), loop).result()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        asyncio.run_coroutine_threadsafe(server.close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def exchange(url: str, data: bytes) -> bytes:
    """Send `data` over a connection of its own; return all that comes back until the server closes it."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as client:
        client.sendall(data)
        with client.makefile("rb") as answers:
            return answers.read()
