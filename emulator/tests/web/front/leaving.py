"""Clients that leave a server at a random byte, and what it has left of them then.

As a program, it says so as JSON for a process that does nothing else: `python -m tests.web.front.leaving CLIENTS`.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import socket
import struct
import sys
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.exchange.request import Request
from fauxlate.engine.grammar.compiler import compile_scenario
from fauxlate.engine.service.problems import Problem
from fauxlate.engine.world import World
from fauxlate.serving.composition import new_world
from fauxlate.settings import Settings
from fauxlate.web import app
from fauxlate.web.admin import door
from fauxlate.web.front.limits import Limits
from fauxlate.web.front.server import Server

ROUNDS = 5
AT_ONCE = 50
PATIENCE = 60
"""Seconds in which nothing may be left of clients that have gone."""
SCENARIO = "rules: [{on: dingtalk.GetAccessToken, when: {body.appKey: slow}, then: {delay: 1h}}]"
LARGE = b"x" * 4_000_000
"""An answer that is more than the buffers of both ends hold."""
UPLOAD = 20_000_000
POST = b"POST /v1.0/oauth2/accessToken HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
BODY = b'{"appKey": "%s", "appSecret": 1%s}'


@dataclass
class Report:
    """What was left: tasks, descriptors and connections beyond those before, by round; and what was logged."""

    tasks: list[int] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)
    connections: list[int] = field(default_factory=list)
    traced: list[int] = field(default_factory=list)
    resident: list[int] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)


@dataclass
class Leaving:
    """What one client sends; it reads `reads` bytes, sends the rest up to `at`, and leaves by `how`."""

    data: bytes
    at: int
    how: str
    reads: int = 0
    pauses_at: int = 0


def known_length(body: bytes, more: bytes = b"") -> bytes:
    return POST + more + b"Content-Length: %d\r\n\r\n" % len(body) + body


def in_chunks(body: bytes, random: Random) -> bytes:
    size = random.randint(1, 40)
    pieces = (body[start : start + size] for start in range(0, len(body), size))
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"


def draw(random: Random) -> Leaving:
    """Draw who leaves where: in a head, a body, a chunk, after it was told to go on, while it waits, while it reads."""
    how = random.choice(("close", "reset", "half"))
    body = BODY % (b"a", b" " * random.choice((0, 300, 9000)))
    kind = random.randrange(8)
    if kind == 0:
        data = b"GET /__fauxlate/health HTTP/1.1\r\nHost: localhost\r\n\r\n" * random.choice((1, 3, 40))
    elif kind == 1:
        data = in_chunks(body, random)
    elif kind == 2:
        data = known_length(body, b"Expect: 100-continue\r\n")
        start = data.index(b"\r\n\r\n") + 4
        return Leaving(data, random.randint(start, len(data)), how, reads=1, pauses_at=start)
    elif kind == 3:
        data = known_length(b'{"appKey": "slow", "appSecret": "b"}') + known_length(body) * random.choice((0, 2))
        return Leaving(data, random.randint(len(data) - 5, len(data)), how)
    elif kind == 4:
        data = b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n" * random.choice((1, 3))
        return Leaving(data, len(data), random.choice(("close", "reset")), reads=random.choice((1, 1000, 500_000)))
    elif kind == 5:
        data = b"GET /__fauxlate/sandboxes/default/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
        return Leaving(data, len(data), how, reads=random.choice((0, 1)))
    elif kind == 6:
        data = b"GET / HTTP/1.1\r\nHost: x\r\nno header\r\n\r\n" + body
    else:
        data = known_length(body) * random.choice((1, 4))
    return Leaving(data, random.randint(0, len(data)), how)


def draw_upload(random: Random) -> Leaving:
    return Leaving(known_length(b" " * UPLOAD), random.randint(1, UPLOAD), random.choice(("close", "reset", "half")))


async def leave(port: int, leaving: Leaving) -> None:
    """Be that client."""
    loop = asyncio.get_running_loop()
    with socket.socket() as client:
        client.setblocking(False)  # noqa: FBT003 it takes no name
        await loop.sock_connect(client, ("127.0.0.1", port))
        with suppress(OSError):  # it may be left before it leaves
            await loop.sock_sendall(client, leaving.data[: leaving.pauses_at])
            if not leaving.pauses_at:
                await loop.sock_sendall(client, leaving.data[: leaving.at])
            if leaving.reads:
                await loop.sock_recv(client, leaving.reads)
            if leaving.pauses_at:
                await loop.sock_sendall(client, leaving.data[leaving.pauses_at : leaving.at])
            if leaving.how == "half":
                client.shutdown(socket.SHUT_WR)
                while await loop.sock_recv(client, 65536):
                    pass
            elif leaving.how == "reset":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@asynccontextmanager
async def serve() -> AsyncIterator[tuple[Server, World]]:
    """Serve an emulator in this loop that has a large answer, too."""
    world = new_world(Settings())
    scenario = await asyncio.to_thread(compile_scenario, SCENARIO, world.providers)
    world.sandboxes.default.follow(scenario)
    server = app.new_server(world, door.Settings(), Limits(lingering=0.01))
    usual = server.shared.answer

    async def answer(request: Request, problem: Problem | None) -> Reply:
        return Reply(200, LARGE) if request.target == "/large" else await usual(request, problem)

    server.shared.answer = answer
    await server.listen("127.0.0.1", 0)
    try:
        yield server, world
    finally:
        await server.close()


class Collector(logging.Handler):
    """Notes what is logged."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))


async def run(clients: int, uploads: int) -> Report:
    """Have so many clients leave in each round, `uploads` of them within a large body; tell what was left of them."""
    report = Report()
    collector = Collector(report.logged)
    logging.getLogger().addHandler(collector)
    try:
        async with serve() as (server, world):
            await _leave_all(server, [draw(Random(number)) for number in range(AT_ONCE)])  # what is made but once  # noqa: S311
            await _settle(server, 0)
            tasks, descriptors = len(asyncio.all_tasks()), _count_descriptors()
            for _ in range(ROUNDS):
                random = Random(1)  # noqa: S311
                for start in range(0, clients, AT_ONCE):
                    await _leave_all(server, [draw(random) for _ in range(min(AT_ONCE, clients - start))])
                for _ in range(uploads):
                    await leave(server.port, draw_upload(random))
                await _settle(server, tasks)
                world.sandboxes.default.journal.clear()
                gc.collect()
                report.tasks.append(len(asyncio.all_tasks()) - tasks)
                report.descriptors.append(_count_descriptors() - descriptors)
                report.connections.append(len(server.shared.links))
                report.traced.append(tracemalloc.get_traced_memory()[0])
                report.resident.append(_measure_resident())
    finally:
        logging.getLogger().removeHandler(collector)
    return report


async def _leave_all(server: Server, leaving: list[Leaving]) -> None:
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        for one in leaving:
            group.create_task(leave(server.port, one))


async def _settle(server: Server, tasks: int) -> None:
    """Wait until the server knows that they have gone; what it keeps for longer, the report shows."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while server.shared.links or (tasks and len(asyncio.all_tasks()) > tasks):  # noqa: ASYNC110 nobody tells
                await asyncio.sleep(0)


def _count_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _measure_resident() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(run(int(sys.argv[1]), int(sys.argv[2]))))))  # noqa: T201 another process reads it
