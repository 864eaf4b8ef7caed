"""Clients leave at any byte of what they say or hear, by any way: nothing of them is left."""

from __future__ import annotations

import asyncio
import gc
import logging
import random
import socket
import struct
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from fauxlate.serving.background import BackgroundServer
from fauxlate.settings import Settings
from tests.web.front.mixed import BODY, IS_LONG, MIX, cut, post, post_in_chunks

ROUNDS = 5
CLIENTS = 4000 if IS_LONG else 40
TASKS = 3
"""What serves, what answers requests when there are any, and what counts."""
SLACK = 50_000
"""Bytes by which what is kept for its own sake, such as the journal's entries, differs from round to round."""
SCENARIO = "rules: [{on: dingtalk.GetAccessToken, every: 3, then: {delay: 1h}}]"
_LARGE = 20_000_000 if IS_LONG else 300_000
SAID = (
    *(request.data for request in MIX),
    post(BODY, b"Expect: 100-continue\r\n"),
    post(b"x" * _LARGE),
    post_in_chunks(b"x" * 100_000, 4000),
    b"GET /__fauxlate/catalog HTTP/1.1\r\nHost: localhost\r\n\r\n" * 3,
    b"GET /__fauxlate/events HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /connect?ticket=x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    b"nonsense\r\n\r\n",
)


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[BackgroundServer]:
    scenario = tmp_path / "waits.yaml"
    scenario.write_text(SCENARIO, "utf-8")
    with BackgroundServer(Settings(port=0, scenario=(str(scenario),))) as emulator:
        yield emulator


async def leave(port: int, seed: int) -> None:
    """Say a part of something, perhaps hear a part of the answer, and leave: by FIN, by RST, or by halves."""
    chance = random.Random(seed)  # noqa: S311
    said = chance.choice(SAID)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for segment in cut(said[: chance.randrange(len(said) + 1)], chance):
            writer.write(segment)
            if chance.random() < 0.3:
                await writer.drain()
        way = chance.choice(("fin", "reset", "half", "hear"))
        if way == "half":
            writer.write_eof()
        elif way == "hear" and said.startswith(b"GET") and said.endswith(b"\r\n\r\n"):
            await asyncio.wait_for(reader.read(1000), 0.05)
        elif way == "reset":
            client = writer.get_extra_info("socket")
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
    except (ConnectionError, TimeoutError):
        pass  # the server may have had enough before
    finally:
        writer.close()


async def leave_all(port: int, seeds: range) -> None:
    gate = asyncio.Semaphore(40)

    async def leave_in_turn(seed: int) -> None:
        async with gate:
            await leave(port, seed)

    await asyncio.gather(*(leave_in_turn(seed) for seed in seeds))


def count_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def settle(most_descriptors: int) -> tuple[int, int]:
    """Return how many tasks and bytes there are once the server has seen that everybody has gone."""
    for _ in range(1500):
        await asyncio.sleep(0.01)  # as long as it takes, and no longer than a client lingers
        if len(asyncio.all_tasks()) <= TASKS and count_descriptors() <= most_descriptors:
            break
    gc.collect()
    return len(asyncio.all_tasks()), tracemalloc.get_traced_memory()[0]


def test_clients_that_leave_anywhere_leave_nothing(
    emulator: BackgroundServer, caplog: pytest.LogCaptureFixture
) -> None:
    port = int(emulator.url.rpartition(":")[2])
    before = count_descriptors()
    kept = []
    tracemalloc.start()
    try:
        for _ in range(ROUNDS):
            asyncio.run(leave_all(port, range(CLIENTS)))
            tasks, size = emulator.run(settle(before))
            assert (tasks <= TASKS, count_descriptors() <= before) == (True, True)
            kept.append(size)
    finally:
        tracemalloc.stop()
    assert max(kept[1:]) <= 1.05 * kept[0] + SLACK
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
