"""A rule that is seen to apply: the answer has a status of its own."""

from __future__ import annotations

import requests
from tests.web.clients import Client

HIT = "{respond: {status: 299, body: hit}}"


def hit(answer: requests.Response) -> bool:
    return answer.status_code == 299


def hits(client: Client, calls: int, label: str = "a") -> list[bool]:
    return [hit(client.create(label)) for _ in range(calls)]
