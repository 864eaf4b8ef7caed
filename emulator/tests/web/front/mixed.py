"""Requests of every kind that a pipeline may hold, and clients that send them in pieces."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

IS_LONG = "FAUXLATE_LONG" in os.environ
"""Whether the long form of a proof runs: `make long`."""
PATIENCE = 60.0
BODY = b'{"appKey":"a","appSecret":"b"}'
_POST = b"POST /v1.0/oauth2/accessToken HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@dataclass(frozen=True, slots=True)
class Mixed:
    """A request, and the status and a part of the body of its answer."""

    data: bytes
    status: int
    part: bytes = b""
    is_head: bool = False


def post(body: bytes, more: bytes = b"") -> bytes:
    return _POST + more + b"Content-Length: %d\r\n\r\n" % len(body) + body


def post_in_chunks(body: bytes, size: int) -> bytes:
    parts = (body[start : start + size] for start in range(0, len(body), size))
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return _POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"


MIX = (
    Mixed(b"GET /__fauxlate/health HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, b'"ok"'),
    Mixed(b"HEAD /__fauxlate/health HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, is_head=True),
    Mixed(b"GET /__fauxlate/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, b"not part of the admin API"),
    Mixed(
        b"GET /v1.0/contact/users/me HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, b"AuthenticationFailed.MissingParameter"
    ),
    Mixed(b"GET /?Action=TranslateGeneral HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, b"Missing"),
    Mixed(b"PUT /bucket/key HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc", 404),
    Mixed(post(BODY), 200, b"accessToken"),
    Mixed(post(b"{"), 400, b"code"),
    Mixed(post(b'{"appKey":"a","appSecret":"b","more":"' + b"b" * 70_000 + b'"}'), 200, b"accessToken"),
    Mixed(post(BODY, b"Connection: Upgrade\r\nUpgrade: h2c\r\n"), 200, b"accessToken"),
    Mixed(post_in_chunks(BODY, 7), 200, b"accessToken"),
    Mixed(post_in_chunks(BODY, 1000), 200, b"accessToken"),
)


def cut(data: bytes, chance: random.Random, most: int = 60_000) -> Iterator[bytes]:
    """Give data in segments of 1 to `most` bytes, short ones as often as long ones."""
    start = 0
    while start < len(data):
        size = int(most ** chance.random())
        yield data[start : start + size]
        start += size


async def read_answer(reader: asyncio.StreamReader, *, is_head: bool) -> tuple[int, bytes]:
    """Return status and body of the next answer."""
    status = int((await reader.readuntil(b"\r\n")).split()[1])
    length = 0
    while (line := await reader.readuntil(b"\r\n")) != b"\r\n":
        if line.lower().startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return status, b"" if is_head else await reader.readexactly(length)


async def play(port: int, requests: Sequence[Mixed], chance: random.Random) -> list[tuple[int, bytes]]:
    """Send requests over one connection without waiting, cut anyhow; return the answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def send() -> None:
        for segment in cut(b"".join(request.data for request in requests), chance):
            writer.write(segment)
            await writer.drain()
            if chance.random() < 0.3:
                await asyncio.sleep(0)

    async def receive() -> list[tuple[int, bytes]]:
        return [await read_answer(reader, is_head=request.is_head) for request in requests]

    try:
        async with asyncio.timeout(PATIENCE * (10 if IS_LONG else 1)):
            answers, _ = await asyncio.gather(receive(), send())
    finally:
        writer.close()
    return answers
