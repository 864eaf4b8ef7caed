"""The targets: what inputs each of them makes of valid ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from contract_tests.fuzz.drafts import Draft
from contract_tests.fuzz.mutations import TOKENS, Mutator
from contract_tests.fuzz.signing import sign

PIECES = (
    b"GET ", b"POST ", b"HEAD ", b"PUT ", b"CONNECT ", b"OPTIONS ", b"PRI ", b"/", b"*", b"x:1", b"http://x/", b"/v3/regions",
    b"/__fauxlate/health", b"/?Action=GetDetectLanguage", b" HTTP/1.1", b" HTTP/1.0", b" HTTP/2.0", b" HTTP/1.7", b" RTSP/1.0",
    b"\r\n", b"\r\n", b"\r\n\r\n", b"\r\n\r\n", b"\n", b"\r", b" ", b":", b"Host: x\r\n", b"Host: localhost\r\n",
    b"Content-Length: 5\r\n", b"Content-Length: 0\r\n", b"Content-Length: 49999999999\r\n", b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip, chunked\r\n", b"Transfer-Encoding: gzip\r\n", b"Connection: close\r\n", b"A: b\r\n",
    b"Connection: Upgrade\r\nUpgrade: h2c\r\n", b"Connection: Upgrade\r\nUpgrade: websocket\r\n", b"Expect: 100-continue\r\n",
    b"Expect: x\r\n", b"5\r\nabcde\r\n", b"0\r\n", b"0\r\n\r\n", b"5;a=b\r\n", b"abcde", b"fffffffffffffffff\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n", b"POST / HTTP/1.1\r\nHost: x\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
)  # fmt: skip
"""What requests are made of."""
_ADMIN = 0.1
"""The share of requests to the admin API."""
_RARELY = 0.02
_LARGE = (b"catalog", b"openapi.json", b"scenario.schema.json", b"coverage")
"""Whose answers take as long as hundreds of others."""


@dataclass(frozen=True, slots=True)
class Input:
    """What is sent; `method` is that of the one request that it is, None where it is anything."""

    data: bytes
    method: str | None = None


class Inputs:
    """Makes inputs of the drafts of a server, each draft as often as any other."""

    def __init__(
        self, drafts: Sequence[Draft], admin: Sequence[Draft], random: Random, credentials: Mapping[str, str]
    ) -> None:
        self.random = random
        self.mutator = Mutator(random)
        self._drafts = drafts
        self._admin = admin
        self._credentials = credentials
        self._number = 0

    def make_request(self) -> Input:
        """Return an altered request."""
        random = self.random
        self._number += 1
        made = self._choose().copy()
        for _ in range(random.choice((0, 1, 1, 1, 2, 2, 3, 6))):
            self.mutator.alter(made)
        if made.signs and random.random() < 0.8:
            sign(made, self._credentials, f"n{self._number}")
        return Input(made.encode(), made.method.decode() if made.has_one_answer() else None)

    def _choose(self) -> Draft:
        random = self.random
        if random.random() < _ADMIN:
            chosen = random.choice(self._admin)
            if not chosen.path.endswith(_LARGE) or random.random() < _RARELY:
                return chosen
        return random.choice(self._drafts)

    def make_bytes(self) -> Input:
        """Return bytes: at random, of what requests are made of, or of requests that are altered anywhere."""
        random = self.random
        kind = random.randrange(10)
        if kind == 0:
            return Input(random.randbytes(random.randrange(1, 400)))
        if kind < 4:
            parts = (random.choice(TOKENS) if random.random() < 0.1 else random.choice(PIECES) for _ in range(20))
            return Input(b"".join(list(parts)[: random.randrange(1, 20)]))
        requests = [self._choose().encode() for _ in range(random.randrange(1, 6))]
        data = b"".join(requests)
        if kind == 9:
            data = data[: random.randrange(len(data))]
        for _ in range(random.choice((1, 1, 2, 4))):
            data = self.mutator.alter_bytes(data)
        return Input(data)
