"""Many clients that send hundreds of requests at once, cut anywhere: each gets every answer, in order.

`FAUXLATE_LONG=1` has a thousand of them.
"""

from __future__ import annotations

import asyncio
import json
import resource
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from random import Random

import pytest
from fauxlate.serving.background import BackgroundServer
from fauxlate.settings import Settings
from tests.web.long_runs import IS_LONG

from contract_tests.fuzz.answers import Answer, AnswerReader
from contract_tests.harness.provider_client import ProviderClient
from contract_tests.harness.target import Target

CLIENTS = 1000 if IS_LONG else 30
REQUESTS = 300
PATIENCE = 3600 if IS_LONG else 60
"""Seconds in which all of them are answered, on a machine that others use too."""
ADMIN = b"Host: localhost\r\n\r\n"


@dataclass
class Asked:
    """A request, and what its answer has that no other one's has; `continues` says whether the client is told to go on."""

    data: bytes
    status: int
    mark: str
    method: str = "GET"
    continues: bool = False

    def check(self, answer: Answer) -> None:
        assert answer.status == self.status, (self.data[:200], answer)
        assert answer.is_whole
        if self.method == "HEAD":
            assert answer.body == b""
        else:
            assert self.mark in json.dumps(json.loads(answer.body)), (self.data[:200], answer.body[:300])


class Requests:
    """Requests of every framing, each of which can be told from its answer."""

    def __init__(self, target: Target) -> None:
        credentials = target.credentials("huawei")
        self._token = ProviderClient(target).iam_token.encode()
        self._path = f"/v1/{credentials['project_id']}/machine-translation/text-translation".encode()
        self._key = target.credentials("alibaba")["access_key_id"].encode()
        self._numbers = count()
        self._kinds: tuple[Callable[[str, Random], Asked], ...] = (
            self._admin, self._unknown, self._head, self._known_length, self._chunks, self._rpc, self._refused, self._expecting,
        )  # fmt: skip

    def draw(self, random: Random) -> Asked:
        return random.choice(self._kinds)(f"n{next(self._numbers)}x", random)

    def _admin(self, mark: str, _: Random) -> Asked:
        return Asked(b"GET /__fauxlate/sandboxes/%s HTTP/1.1\r\n" % mark.encode() + ADMIN, 404, f"`{mark}`")

    def _unknown(self, mark: str, _: Random) -> Asked:
        return Asked(b"PATCH /__fauxlate/%s HTTP/1.1\r\n" % mark.encode() + ADMIN, 404, f"/{mark}`")

    def _head(self, mark: str, _: Random) -> Asked:
        return Asked(b"HEAD /__fauxlate/health?%s HTTP/1.1\r\n" % mark.encode() + ADMIN, 200, "", "HEAD")

    def _post(self, framing: bytes) -> bytes:
        head = b"POST %s HTTP/1.1\r\nHost: x\r\nX-Auth-Token: %s\r\nContent-Type: application/json\r\n"
        return head % (self._path, self._token) + framing + b"\r\n"

    def _body(self, mark: str, random: Random) -> bytes:
        text = mark + random.choice(("", " \r\n\r\n ", " GET / HTTP/1.1", " 你好" * 20, " y" * 900))
        return json.dumps({"text": text, "from": "zh", "to": "en"}, ensure_ascii=False).encode()

    def _known_length(self, mark: str, random: Random) -> Asked:
        body = self._body(mark, random)
        return Asked(self._post(b"Content-Length: %d\r\n" % len(body)) + body, 200, mark)

    def _expecting(self, mark: str, random: Random) -> Asked:
        body = self._body(mark, random)
        head = self._post(b"Expect: 100-continue\r\nContent-Length: %d\r\n" % len(body))
        return Asked(head + body, 200, mark, continues=True)

    def _chunks(self, mark: str, random: Random) -> Asked:
        body = self._body(mark, random)
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in cut(body, random, (1, 5, 40, 900)))
        return Asked(self._post(b"Transfer-Encoding: chunked\r\n") + chunks + b"0\r\n\r\n", 200, mark)

    def _rpc(self, mark: str, _: Random) -> Asked:
        query = b"Action=TranslateGeneral&Version=2018-10-12&Format=JSON&FormatType=text&SourceLanguage=zh&TargetLanguage=en"
        text = b"GET /?%s&AccessKeyId=%s&SourceText=%s HTTP/1.1\r\nHost: x\r\n\r\n"
        return Asked(text % (query, self._key, mark.encode()), 200, mark)

    def _refused(self, mark: str, _: Random) -> Asked:
        head = b"GET /__fauxlate/%s HTTP/1.1\r\nHost: elsewhere.%s\r\n\r\n"
        return Asked(head % (mark.encode(), mark.encode()), 403, f"elsewhere.{mark}`")


def cut(data: bytes, random: Random, sizes: tuple[int, ...]) -> Iterator[bytes]:
    start = 0
    while start < len(data):
        size = random.randint(1, random.choice(sizes))
        yield data[start : start + size]
        start += size


async def ask(url: str, asked: list[Asked], random: Random) -> None:
    """Send all of `asked` in random segments, and check each answer as it comes."""
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))

    async def send() -> None:
        for piece in cut(b"".join(one.data for one in asked), random, (1, 10, 400, 3000, 60_000, 60_000)):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)

    sending = asyncio.ensure_future(send())
    answers = AnswerReader()
    for one in asked:
        while (answer := answers.read(method=one.method)) is None:
            part = await reader.read(65536)
            assert part, "the server has ended the connection"
            answers.feed(part)
        one.check(answer)
    await sending
    assert answers.pending == b""
    assert answers.continues == sum(one.continues for one in asked)
    writer.close()
    await writer.wait_closed()


@pytest.fixture
def room() -> Iterator[None]:
    """Let this process have both ends of every connection, and some more."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], min(before[1], 4 * CLIENTS)), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.fixture
def target() -> Iterator[Target]:
    with BackgroundServer(Settings(port=0, ignore_signatures=True)) as emulator:
        yield Target(emulator.url, emulator.environment, has_admin=True)


@pytest.mark.usefixtures("room")
async def test_every_client_gets_every_answer_in_order_however_its_requests_are_cut(target: Target) -> None:
    requests = await asyncio.to_thread(Requests, target)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as clients:
        for number in range(CLIENTS):
            random = Random(number)  # noqa: S311
            asked = [requests.draw(random) for _ in range(REQUESTS)]
            clients.create_task(ask(target.url, asked, random))
