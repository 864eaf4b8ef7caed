"""Many requests are sent over each of many connections at once, cut anyhow: all are answered, in order."""

from __future__ import annotations

import asyncio
import random

import pytest
from fauxlate.serving.background import BackgroundServer
from tests.web.front.mixed import IS_LONG, MIX, Mixed, play

CONNECTIONS = 1000 if IS_LONG else 24
AT_ONCE = 50
REQUESTS = 300


async def check_connection(port: int, seed: int, gate: asyncio.Semaphore) -> None:
    chance = random.Random(seed)  # noqa: S311
    requests: list[Mixed] = chance.choices(MIX, k=REQUESTS)
    async with gate:
        answers = await play(port, requests, chance)
    for number, (request, (status, body)) in enumerate(zip(requests, answers, strict=True)):
        assert (status, request.part in body) == (request.status, True), f"seed {seed}, {number}: {request.data!r}"


async def check_connections(port: int) -> None:
    gate = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(check_connection(port, seed, gate) for seed in range(CONNECTIONS)))


def test_every_request_of_a_pipeline_is_answered_in_order(caplog: pytest.LogCaptureFixture) -> None:
    with BackgroundServer() as emulator:
        asyncio.run(check_connections(int(emulator.url.rpartition(":")[2])))
    assert caplog.records == []
