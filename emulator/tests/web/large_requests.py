"""Requests that are grown in one place after the other, and how long an answer to one holds everybody up."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple
from urllib.parse import quote, urlencode

from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.exchange.request import Request
from fauxlate.engine.sandboxes.sandbox import DEFAULT
from fauxlate.serving.background import BackgroundServer
from fauxlate.serving.composition import PROVIDERS
from fauxlate.web import endpoint
from fauxlate.web.admin import door
from fauxlate.web.admin.route import PREFIX
from fauxlate.web.admin.routes import ROUTES
from fauxlate.web.front import limits
from multidict import CIMultiDict
from tests.web.long_runs import IS_LONG

from contract_tests.harness import exchange

MAX_HOLD = 0.1
"""Seconds for which an answer may keep everybody else waiting."""
RUNS = 5
"""An answer that takes longer is asked for again; the shortest time counts, as others use the machine too."""
VALUE = 60_000 if IS_LONG else 40_000
HEADER = 250 * 1024 if IS_LONG else VALUE
LINE = limits.DEFAULT.target - 10_000 if IS_LONG else 120_000
MEMBERS = 9000 if IS_LONG else 2000
YAML = 250_000 if IS_LONG else 40_000
BODY = limits.DEFAULT.body if IS_LONG else 250_000
SECONDS_A_MEGABYTE = 0.25
"""What a request may take besides, as all of it has to be read; what is quadratic takes far more even where it is small."""
FILLERS = {
    "letters": "a",
    "secrets": "&x_secret=abcd",
    "quotes": '"',
    "fields": "a=b, ",
    "commas": ",",
    "tags": "<a '",
    "scripts": "<script ",
    "escapes": "%41",
    "Chinese": "你",
    "blanks": " ",
    "slashes": "/a",
    "brackets": '{"a":[',
    "semicolons": ";a",
    "lines": "name=access_token\r\n",
    "plus": "+",
    "digits": "9",
}
"""Texts of which many follow each other."""
SCHEMES = {
    "": "",
    "ACS3": "ACS3-HMAC-SHA256 ",
    "ACS3 with fields": "ACS3-X Credential=k,SignedHeaders=",
    "SDK": "SDK-HMAC-SHA256 Access=a, SignedHeaders=",
    "OBS": "OBS a:",
    "OSS": "OSS a:",
    "Bearer": "Bearer ",
}
OPERATIONS = [f"{provider.name}.{operation.name}" for provider in PROVIDERS for operation in provider.operations]


class Large(NamedTuple):
    """A request that has grown in one place."""

    place: str
    request: exchange.Request


def fill(text: str, length: int) -> str:
    return (text * (length // len(text) + 1))[:length]


def grow(request: exchange.Request, filler: str) -> Iterator[Large]:
    """Give the request with each of its places in turn grown by many of a text."""
    value, line, body = fill(filler, VALUE), fill(filler, LINE), fill(filler, BODY).encode()
    yield Large("path", replace(request, path=request.path + quote(line, safe="/")[:LINE]))
    for name in request.query:
        yield Large(f"query {name}", replace(request, query={**request.query, name: fill(filler, LINE // 9)}))
    yield Large("query", replace(request, path=f"{request.path}?{quote(line, safe='&=+;,%/')[:LINE]}"))
    for name in (*request.headers, "x-acs-action", "Range", "Cookie"):
        yield Large(f"header {name}", replace(request, headers={**request.headers, name: one_line(value)}))
    for scheme, start in SCHEMES.items():
        authorization = start + one_line(fill(filler, HEADER))
        yield Large(
            f"Authorization {scheme}", replace(request, headers={**request.headers, "Authorization": authorization})
        )
    if request.body is None:
        return
    yield Large("body", replace(request, body=body))
    if request.headers.get("Content-Type") == exchange.JSON:
        data = json.loads(request.body)
        for name in data:
            yield Large(f"member {name}", with_json(request, {**data, name: fill(filler, BODY)}))
            yield Large(f"list {name}", with_json(request, {**data, name: [filler] * (BODY // 40)}))
            yield Large(
                f"object {name}", with_json(request, {**data, name: {f"{filler}{i}": 1 for i in range(BODY // 40)}})
            )
    elif request.headers.get("Content-Type") == exchange.FORM:
        names = [pair.partition(b"=")[0].decode() for pair in request.body.split(b"&") if pair]
        for name in names:
            grown = f"&{urlencode({name: fill(filler, BODY // 9)})}".encode()
            yield Large(f"form {name}", replace(request, body=request.body + grown))
    else:
        yield Large("after the body", replace(request, body=request.body + body))


def one_line(text: str) -> str:
    return text.replace("\r\n", "; ")


def with_json(request: exchange.Request, data: Mapping[str, object]) -> exchange.Request:
    return replace(request, body=json.dumps(data, ensure_ascii=False).encode())


def raw(request: exchange.Request) -> Request:
    """Return a request as the front hands it in."""
    query = urlencode(request.query)
    target = request.path + (f"{'&' if '?' in request.path else '?'}{query}" if query else "")
    return Request(request.method, target[: limits.DEFAULT.target], CIMultiDict(request.headers), request.body or b"")


async def measure(answer: Callable[[], Awaitable[Reply]]) -> tuple[float, Reply]:
    """Return for how long an answer has held the event loop at a stretch, and the answer."""
    task = asyncio.ensure_future(answer())
    longest, before = 0.0, time.perf_counter()
    while not task.done():
        await asyncio.sleep(0)
        now = time.perf_counter()
        longest, before = max(longest, now - before), now
    return longest, task.result()


def check(server: BackgroundServer, answer: Callable[[], Awaitable[Reply]], size: int, where: str) -> Reply:
    """Have a request answered, and hold the answer to the time that it may take."""
    limit = MAX_HOLD + SECONDS_A_MEGABYTE * size / 2**20
    held, reply = server.run(measure(answer))
    for _ in range(RUNS - 1):
        if held <= limit:
            break
        held = min(held, server.run(measure(answer))[0])
    assert held <= limit, f"{where}: {held:.2f} s"
    assert "Fauxlate itself failed" not in (reply.hint or ""), where
    return reply


def call(server: BackgroundServer, request: exchange.Request) -> Awaitable[Reply]:
    """Ask a provider; the request is made anew, as the journal keeps no more than its beginning."""
    return endpoint.answer(server.world, raw(request))


def ask_admin(server: BackgroundServer, request: exchange.Request) -> Awaitable[Reply]:
    headers = {"Host": "localhost", **request.headers}
    return door.answer(ROUTES, server.world, door.Settings(), raw(replace(request, headers=headers)))


def measure_size(request: exchange.Request) -> int:
    return len(request.body or b"") + len(request.target)


def read_journal(server: BackgroundServer, where: str, sandbox: str = DEFAULT) -> None:
    """Read the journal in both formats, and forget it."""
    path = f"{PREFIX}sandboxes/{sandbox}/journal"
    for query in ({}, {"format": "har"}):
        check(server, partial(ask_admin, server, exchange.Request("GET", path, query)), 0, where)
    check(server, partial(ask_admin, server, exchange.Request("DELETE", path)), 0, where)
