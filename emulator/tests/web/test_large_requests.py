"""No request holds the event loop for long: each place of each operation is grown as far as the door lets it.

`FAUXLATE_LONG=1` has every text in every place, at the largest that a connection takes.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import NamedTuple
from urllib.parse import quote, urlencode

import pytest
from fauxlate.content import pseudo
from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.exchange.request import Request
from fauxlate.engine.sandboxes.sandbox import DEFAULT
from fauxlate.engine.scenarios.distributions import parse_distribution
from fauxlate.serving.background import BackgroundServer
from fauxlate.serving.composition import PROVIDERS
from fauxlate.web import endpoint
from fauxlate.web.admin import door
from fauxlate.web.admin.route import PREFIX, Route
from fauxlate.web.admin.routes import ROUTES
from fauxlate.web.front.connection import MAX_BODY, MAX_LINE
from multidict import CIMultiDict
from tests.web.conftest import Boxes

from contract_tests.harness import exchange
from contract_tests.harness.target import Target
from contract_tests.harness.valid_requests import valid_request

IS_LONG = "FAUXLATE_LONG" in os.environ
MAX_HOLD = 0.1
"""Seconds for which an answer may keep everybody else waiting."""
RUNS = 5
"""An answer that takes longer is asked for again; the shortest time counts, as others use the machine too."""
VALUE = 60_000 if IS_LONG else 40_000
HEADER = 250 * 1024 if IS_LONG else VALUE
LINE = MAX_LINE - 10_000 if IS_LONG else 120_000
MEMBERS = 9000 if IS_LONG else 2000
YAML = 250_000 if IS_LONG else 40_000
BODY = MAX_BODY if IS_LONG else 250_000
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
    return Request(request.method, target[:MAX_LINE], CIMultiDict(request.headers), request.body or b"")


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


@pytest.fixture(scope="module", autouse=True)
def young_garbage() -> Iterator[None]:
    """Keep the collector of garbage from what other tests have left: it would hold everybody up, too."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="module")
def target(server: BackgroundServer) -> Target:
    return Target(server.url, server.environment, has_admin=True)


turns = count()


def fillers() -> Iterator[tuple[str, str]]:
    """Give the texts to grow a request by: all of them in a long run, else two, other ones for each operation."""
    pairs = list(FILLERS.items())
    number = next(turns) * 2 % len(pairs)
    yield from pairs if IS_LONG else pairs[number : number + 2]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_place_of_a_request_can_be_grown_until_it_holds_everybody_up(
    operation: str, server: BackgroundServer, target: Target
) -> None:
    valid = valid_request(operation, target)
    for name, filler in fillers():
        for place, request in grow(valid, filler):
            check(server, partial(call, server, request), measure_size(request), f"{name} in {place}")
        read_journal(server, f"the journal after {name}")


def grow_admin(route: Route, sandbox: str, filler: str) -> Iterator[Large]:
    """Give requests of an admin route with each place in turn grown by many of a text."""
    path = PREFIX + route.path.replace("{id}", sandbox)
    valid = exchange.Request(route.method, path)
    if route.method in ("POST", "PUT", "PATCH"):
        valid = replace(valid, headers={"Content-Type": exchange.JSON}, body=b"{}")
    value = fill(filler, VALUE)
    yield Large("path", replace(valid, path=path + quote(value, safe="/")))
    for part in re.findall(r"\{\w+\}", route.path):
        grown = (PREFIX + route.path).replace(part, quote(value, safe=""))
        yield Large(part, replace(valid, path=grown.replace("{id}", sandbox)))
    for name in [*(route.query.model_fields if route.query is not None else ()), "other"]:
        yield Large(f"query {name}", replace(valid, query={name: value}))
    for name in ("Host", "Authorization", "Content-Type", "Cookie"):
        header = {name: one_line(fill(filler, HEADER))}
        yield Large(f"header {name}", replace(valid, headers={**valid.headers, **header}))
    if valid.body is not None:
        body = fill(filler, door.MAX_BODY)
        yield Large("body", replace(valid, body=body.encode()[: door.MAX_BODY]))
        yield Large(
            "YAML", replace(valid, body=b"about: " + body.encode()[:YAML], headers={"Content-Type": "text/yaml"})
        )
        for name in getattr(route.body, "model_fields", ("rules", "lifecycles", "about", "clock")):
            yield Large(f"member {name}", with_json(valid, {name: body[: door.MAX_BODY - 100]}))
            yield Large(f"list {name}", with_json(valid, {name: [filler] * MEMBERS}))
            yield Large(f"object {name}", with_json(valid, {name: {f"{filler}{i}": 1 for i in range(MEMBERS)}}))


def refused_signature(server: BackgroundServer, size: int) -> Iterator[tuple[str, exchange.Request]]:
    """Give requests by the sandbox's own key whose signature is wrong, and what is signed large."""
    key = server.environment["alibaba"]["access_key_id"]
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    rpc = {
        "Action": "GetDetectLanguage",
        "Version": "2018-10-12",
        "AccessKeyId": key,
        "Signature": "x",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": "n",
        "Timestamp": moment,
    }
    form = {"Content-Type": exchange.FORM}
    many = "&".join(f"p{number}=v" for number in range(min(size, 9980))).encode()
    yield "parameters", exchange.Request("POST", "/", rpc, form, many)
    yield "a long parameter", exchange.Request("POST", "/", rpc, form, b"SourceText=" + b"%E4" * size)
    names = [f"h{number}" for number in range(size)]
    signed = ";".join(["x-acs-date", "x-acs-signature-nonce", *names])
    headers = {
        "x-acs-action": "GetDetectLanguage",
        "x-acs-version": "2018-10-12",
        "x-acs-date": moment,
        "x-acs-signature-nonce": "n",
        "Authorization": f"ACS3-HMAC-SHA256 Credential={key},SignedHeaders={signed},Signature=0",
    }
    yield "signed headers", exchange.Request("POST", "/", {}, headers | dict.fromkeys(names, "v") | form, b"a=b")
    target = f"/v1/x/machine-translation?{'&'.join(f'p{number}' for number in range(min(size, 9980)))}"
    date = moment.translate({ord("-"): None, ord(":"): None})
    sdk = f"SDK-HMAC-SHA256 Access={server.environment['huawei']['access_key']}, SignedHeaders={signed};x-sdk-date, Signature=00"
    yield "Huawei's", exchange.Request("GET", target, {}, {"Authorization": sdk, "X-Sdk-Date": date})


@pytest.mark.parametrize("size", [1500, 8000])
@pytest.mark.parametrize("number", range(4))
def test_a_wrong_signature_is_told_in_time_whatever_was_signed(
    number: int, size: int, server: BackgroundServer
) -> None:
    name, request = list(refused_signature(server, size))[number]
    reply = check(server, partial(call, server, request), measure_size(request), name)
    assert reply.status >= 400
    read_journal(server, f"the journal after {name}")


def test_a_token_is_found_in_time_in_any_multipart_body(server: BackgroundServer) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    for text in ('name="access_token"\r\n', "--b\r\n", '--b\r\nname="access_token"\r\n\r\n'):
        request = exchange.Request("POST", "/file/upload/single", {}, headers, fill(text, BODY).encode())
        check(server, partial(call, server, request), BODY, text)


def test_a_journal_with_more_secrets_than_any_client_has_shows_none_and_is_read_in_time(
    server: BackgroundServer,
) -> None:
    query = "&".join(f"x{number}_secret=hidden{number}" for number in range(9000))
    server.run(ask(server, exchange.Request("GET", f"/gettoken?{query}")))
    path = f"{PREFIX}sandboxes/default/journal"
    reply = check(server, partial(ask_admin, server, exchange.Request("GET", path)), 0, "the journal")
    assert b"hidden" not in reply.body
    assert b'"target":"<redacted>"' in reply.body
    assert b'"method":"GET"' in reply.body
    read_journal(server, "the journal")


async def ask(server: BackgroundServer, request: exchange.Request) -> Reply:
    return await call(server, request)


@pytest.mark.parametrize("text", ["<script ", "<a'", '<a"b"', "<!--", "&a", "<![CDATA[", "a ", "<script>", "</script"])
def test_a_page_of_any_markup_is_translated_in_time(text: str) -> None:
    page = fill(text, 200_000)
    start = time.perf_counter()
    assert pseudo.translate(page, "zh", "en", html=True)
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize("text", [f"uniform({' ' * 1000}x", f"normal(1s,{' ' * 1000}x", "9" * 200_000, "1d" * 50_000])
def test_a_duration_of_any_length_is_read_in_time(text: str) -> None:
    start = time.perf_counter()
    with pytest.raises(ValueError, match=r"duration|range"):
        parse_distribution(text)
    assert time.perf_counter() - start < 0.5


CONSTANT = ("catalog", "openapi.json", "scenario.schema.json")
"""What is made of the tables, whatever is asked."""
GROWN_ROUTES = [route for route in ROUTES if route.path not in CONSTANT]


@pytest.mark.parametrize("route", GROWN_ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_no_place_of_the_admin_api_can_be_grown_until_it_holds_everybody_up(
    route: Route, server: BackgroundServer, box: Boxes
) -> None:
    for name, filler in fillers():
        for place, request in grow_admin(route, box().id, filler):
            check(server, partial(ask_admin, server, request), measure_size(request), f"{name} in {place}")
