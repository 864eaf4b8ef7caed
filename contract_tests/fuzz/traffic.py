"""Connections on which inputs are sent, and what comes back is read until it is all there."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from random import Random
from typing import Any, TypeVar

from contract_tests.fuzz.answers import Answer, AnswerReader, UnreadableAnswerError
from contract_tests.fuzz.checks import find_fault
from contract_tests.fuzz.targets import Input
from contract_tests.fuzz.watching import PATIENCE

Result = TypeVar("Result")
_READ = 65536
_MOST_WAITS = 6
_HEAD = re.compile(rb"HEAD", re.IGNORECASE)


class WrongAnswerError(Exception):
    """What came back to an input must not; the message says why."""

    def __init__(self, why: str, data: bytes) -> None:
        super().__init__(why)
        self.data = data


class Client:
    """One client, with a connection that it keeps as long as it may."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, inputs: Sequence[Input]) -> list[Answer]:
        """Send requests at once over the kept connection; return the answers, fewer where the server ends it.

        Raises `WrongAnswerError`, whose input is the one that is answered wrongly.
        """
        answers: list[Answer] = []
        try:
            await _within_patience(self._ask(inputs, answers))
        except TimeoutError:
            raise WrongAnswerError(f"no answer within {PATIENCE} s", inputs[len(answers)].data) from None
        except (OSError, UnreadableAnswerError) as fault:
            raise WrongAnswerError(f"{type(fault).__name__}: {fault}", inputs[len(answers)].data) from None
        return answers

    async def _ask(self, inputs: Sequence[Input], answers: list[Answer]) -> None:
        reader, writer = await self._connect()
        writer.write(b"".join([made.data for made in inputs]))
        read, part = AnswerReader(), b""
        for made in inputs:
            assert made.method is not None
            while (answer := read.read(method=made.method, has_ended=False)) is None:
                part = await reader.read(_READ)
                if not part:
                    answer = read.read(method=made.method, has_ended=True)
                    break
                read.feed(part)
            if answer is None:
                raise WrongAnswerError("the connection ended without an answer", made.data)
            _check(answer, made.data)
            answers.append(answer)
            if answer.is_last or answer.is_stream or not answer.is_whole:
                await self.leave()
                break
        if read.pending and not answers[-1].is_stream:
            raise WrongAnswerError(
                f"more came than was asked for: {read.pending[:200]!r}", inputs[len(answers) - 1].data
            )

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._address)
        return self._streams

    async def leave(self) -> None:
        """End the connection."""
        if self._streams is not None:
            streams, self._streams = self._streams, None
            await _close(streams[1])

    async def send_all(self, pieces: list[bytes]) -> list[Answer]:
        """Send any bytes over a connection of their own, end it, and return all that came. Raises `WrongAnswerError`."""
        try:
            return await _within_patience(self._send_all(pieces))
        except TimeoutError:
            raise WrongAnswerError(f"the connection did not end within {PATIENCE} s", b"".join(pieces)) from None
        except (OSError, UnreadableAnswerError) as fault:
            raise WrongAnswerError(f"{type(fault).__name__}: {fault}", b"".join(pieces)) from None

    async def _send_all(self, pieces: list[bytes]) -> list[Answer]:
        data = b"".join(pieces)
        reader, writer = await asyncio.open_connection(*self._address)
        answers = AnswerReader(may_lack_body=_HEAD.search(data) is not None)
        try:
            for piece in pieces:
                writer.write(piece)
                await asyncio.sleep(0)
            writer.write_eof()
            return [answer async for answer in _read_all(reader, answers, data)]
        finally:
            await _close(writer)


async def _within_patience(work: Coroutine[Any, Any, Result]) -> Result:
    """Return what comes of `work`. Raises `TimeoutError` where this process has worked for long enough meanwhile.

    Where others have the machine, seconds say nothing: the server is in this process, and may not have had its turn.
    """
    task = asyncio.ensure_future(work)
    ends = time.process_time() + PATIENCE
    for _ in range(_MOST_WAITS):
        await asyncio.wait({task}, timeout=PATIENCE)
        if task.done():
            return task.result()
        if time.process_time() >= ends:
            break
    task.cancel()
    await asyncio.wait({task})
    raise TimeoutError


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    await asyncio.sleep(0)


async def _read_all(reader: asyncio.StreamReader, answers: AnswerReader, data: bytes) -> AsyncIterator[Answer]:
    while True:
        part = await reader.read(_READ)
        answers.feed(part)
        while (answer := answers.read(has_ended=not part)) is not None:
            _check(answer, data)
            yield answer
            if answer.is_stream:
                return
        if not part:
            return


def _check(answer: Answer, data: bytes) -> None:
    why = find_fault(answer, data)
    if why is not None:
        raise WrongAnswerError(why, data)


def cut(data: bytes, random: Random) -> Iterator[bytes]:
    """Give `data` in pieces of random sizes, often all of it."""
    if random.random() < 0.5:
        yield data
        return
    start = 0
    while start < len(data):
        size = random.choice((1, 2, 7, 40, 300, 5000, 60000))
        yield data[start : start + size]
        start += size
