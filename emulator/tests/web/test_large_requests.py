"""No request holds the event loop for long: each place of each operation is grown as far as the door lets it.

`FAUXLATE_LONG=1` has every text in every place, at the largest that a connection takes.
"""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from urllib.parse import quote

import pytest
from fauxlate.content import pseudo
from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.scenarios.distributions import parse_distribution
from fauxlate.serving.background import BackgroundServer
from fauxlate.web.admin import door
from fauxlate.web.admin.route import PREFIX, Route
from fauxlate.web.admin.routes import ROUTES
from tests.web.conftest import Boxes
from tests.web.large_requests import (
    BODY,
    FILLERS,
    HEADER,
    MEMBERS,
    OPERATIONS,
    VALUE,
    YAML,
    Large,
    ask_admin,
    call,
    check,
    fill,
    grow,
    measure_size,
    one_line,
    read_journal,
    with_json,
)
from tests.web.long_runs import IS_LONG

from contract_tests.harness import exchange
from contract_tests.harness.target import Target
from contract_tests.harness.valid_requests import valid_request


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
