"""The emulator that is fuzzed: in this process and this loop, with sandboxes of several kinds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from fauxlate.engine.grammar.text import parse
from fauxlate.engine.world import World
from fauxlate.serving.composition import PROVIDERS, new_world
from fauxlate.serving.server import listen
from fauxlate.settings import Settings

from contract_tests.fuzz.drafts import Draft, admin_drafts, provider_drafts, recorded_drafts
from contract_tests.harness.target import QUICK_SCENARIO, Target, default_credentials

_RULES = [
    {"on": operation, "when": {place: {"regex": "a.*b"}}, "then": {"patch": {"added": {"a": [1]}}}}
    for operation, place in (
        *((f"{provider.name}.*", place) for provider in PROVIDERS for place in ("query.a", "header.x-a")),
        ("huawei.RunTextTranslation", "body.text"),
        ("huawei.KeystoneCreateUserTokenByPassword", "body.auth.identity"),
        ("alibaba.CreateAsyncTranslate", "body.SourceText"),
        ("dingtalk.TranslateFile", "body.medias"),
    )
]
"""Rules that have to look everywhere, and alter an answer where they find what they look for."""
_OPEN = {"id": "open", "signatures": "ignored", "scenario": {**parse(QUICK_SCENARIO)[0], "rules": _RULES}}
SCRATCH = "scratch"
"""The sandbox that the admin API is asked about."""
KEPT = frozenset({"default", "open", SCRATCH})


@dataclass
class Fuzzed:
    """The server, the requests that it understands, and the key of alimt that they are signed with."""

    url: str
    world: World
    drafts: list[Draft]
    admin: list[Draft]
    credentials: Mapping[str, str]

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        host, _, port = self.url.removeprefix("http://").partition(":")
        return host, int(port)


def call_admin(url: str, method: str, path: str, body: Any = None) -> Any:
    """Call the admin API."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{url}/__fauxlate/{path}", data, {"Content-Type": "application/json"}, method=method)
    with build_opener(ProxyHandler({})).open(request, timeout=20) as answer:
        return json.load(answer)


@asynccontextmanager
async def serve() -> AsyncIterator[Fuzzed]:
    """Serve an emulator while the context lasts."""
    settings = Settings(port=0)
    world = new_world(settings)
    async with listen(world, settings) as url:
        yield await asyncio.to_thread(_prepare, url, world)


def _prepare(url: str, world: World) -> Fuzzed:
    known = Target(url, default_credentials(url), has_admin=True)
    there = Target(url, call_admin(url, "POST", "sandboxes", _OPEN)["credentials"], has_admin=True, sandbox_id="open")
    call_admin(url, "POST", "sandboxes", {"id": SCRATCH})
    drafts = provider_drafts(known) + provider_drafts(there) + recorded_drafts(there)
    return Fuzzed(url, world, drafts, admin_drafts(SCRATCH, "none"), known.environment["alibaba"])


async def tidy(fuzzed: Fuzzed) -> None:
    """Delete the sandboxes that altered requests have made, and make the one again that they may have deleted."""
    for sandbox in fuzzed.world.sandboxes:
        if sandbox.id not in KEPT:
            fuzzed.world.sandboxes.remove(sandbox)
            sandbox.journal.close()
    if fuzzed.world.sandboxes.get(SCRATCH) is None:
        await asyncio.to_thread(call_admin, fuzzed.url, "POST", "sandboxes", {"id": SCRATCH})
