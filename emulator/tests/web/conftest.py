"""A server for the session, and for each test sandboxes of its own, made and used as anybody would."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, Protocol, Self, TypeVar

import pytest
import requests
from fauxlate.engine.grammar.text import parse
from fauxlate.engine.sandboxes.sandbox import DEFAULT
from fauxlate.serving.background import BackgroundServer
from tests.web.clients import CLIENTS, PATIENCE, Alibaba, Client, DingTalk, Huawei, direct

FROZEN = {"mode": "frozen", "at": "2026-01-01T00:00:00Z"}
EPOCH = 1767225600.0
Its = TypeVar("Its", bound=Client)


class Box:
    """A sandbox of one test, reached by the admin API and by its own credentials."""

    def __init__(self, url: str, told: dict[str, Any], session: requests.Session) -> None:
        self.url, self.told, self.session = url, told, session
        self.id: str = told["id"]
        self.credentials: dict[str, dict[str, str]] = told["credentials"]
        self._clients: dict[type[Client], Client] = {}

    @classmethod
    def made(cls, url: str, **settings: Any) -> Self:
        """Return a new sandbox; nothing but this connection is opened for it."""
        session = direct()
        answer = session.post(f"{url}/__fauxlate/sandboxes", json=settings, timeout=PATIENCE)
        assert answer.status_code == 201, answer.text
        return cls(url, answer.json(), session)

    @classmethod
    def default(cls, server: BackgroundServer) -> Self:
        """Return the sandbox that every server has."""
        return cls(server.url, {"id": DEFAULT, "credentials": server.environment}, direct())

    def client(self, kind: type[Its]) -> Its:
        """Return the client of a provider, the same one each time."""
        found = self._clients.get(kind)
        if found is None:
            found = self._clients[kind] = kind(self.credentials[kind.name])
        assert isinstance(found, kind)
        return found

    @property
    def alibaba(self) -> Alibaba:
        return self.client(Alibaba)

    @property
    def huawei(self) -> Huawei:
        return self.client(Huawei)

    @property
    def dingtalk(self) -> DingTalk:
        return self.client(DingTalk)

    def admin(self, method: str, path: str = "", body: Any = None) -> requests.Response:
        """Ask the admin API for something of this sandbox."""
        at = f"{self.url}/__fauxlate/sandboxes/{self.id}{path}"
        return self.session.request(method, at, json=body, timeout=PATIENCE)

    def advance(self, by: str) -> dict[str, Any]:
        """Move the clock."""
        answer = self.admin("PATCH", "/clock", {"advance": by})
        assert answer.status_code == 200, answer.text
        clock: dict[str, Any] = answer.json()
        return clock

    def follow(self, scenario: str) -> None:
        """Follow another scenario, sent as the YAML that it is."""
        at = f"{self.url}/__fauxlate/sandboxes/{self.id}/scenario"
        answer = self.session.put(
            at, data=scenario.encode(), headers={"Content-Type": "application/yaml"}, timeout=PATIENCE
        )
        assert answer.status_code == 200, answer.text

    def journal(self, query: str = "") -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.admin("GET", f"/journal{query}").json()["entries"]
        return entries

    def last(self) -> dict[str, Any]:
        """Return the last entry of the journal."""
        return self.journal("?limit=1")[0]

    def jobs(self) -> list[dict[str, Any]]:
        jobs: list[dict[str, Any]] = self.admin("GET", "/jobs").json()["jobs"]
        return jobs

    def faults(self) -> dict[str, int]:
        """Return how often each fault was served, whatever the operation."""
        rows = self.admin("GET", "/coverage?kind=fault&only=served").json()["rows"]
        counts: Counter[str] = Counter()
        for row in rows:
            counts[row["name"].partition(" ")[2]] += row["served"]
        return dict(counts)

    def close(self) -> None:
        """Delete the sandbox, unless that has been done."""
        if self.id != DEFAULT:
            self.admin("DELETE")
        for client in self._clients.values():
            client.close()
        self.session.close()


def started(scenario: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a sandbox starts; the states of every job can be seen as they are."""
    data = parse(scenario)[0] if scenario else {}
    seen = {"alibaba.async_status": "document_family"}
    return {"scenario": data, "clock": FROZEN, **settings, "quirks": seen | settings.get("quirks", {})}


class Boxes(Protocol):
    """Makes a sandbox that follows a scenario (YAML), its clock frozen unless told otherwise."""

    def __call__(self, scenario: str = "", **settings: Any) -> Box: ...


@pytest.fixture(scope="session")
def server() -> Iterator[BackgroundServer]:
    with BackgroundServer() as emulator:
        yield emulator


@pytest.fixture
def box(server: BackgroundServer) -> Iterator[Boxes]:
    made: list[Box] = []

    def make(scenario: str = "", **settings: Any) -> Box:
        made.append(Box.made(server.url, **started(scenario, settings)))
        return made[-1]

    yield make
    for one in made:
        one.close()


class Alone(Protocol):
    """Makes a sandbox at a server that has no other, and no connection but that to the admin API."""

    def __call__(self, scenario: str = "", **settings: Any) -> tuple[BackgroundServer, Box]: ...


@pytest.fixture
def alone() -> Iterator[Alone]:
    with BackgroundServer() as emulator, ExitStack() as made:

        def make(scenario: str = "", **settings: Any) -> tuple[BackgroundServer, Box]:
            here = Box.made(emulator.url, **started(scenario, settings))
            made.callback(here.close)
            return emulator, here

        yield make


@pytest.fixture(params=CLIENTS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> type[Client]:
    """Each provider's client in turn."""
    found: type[Client] = request.param
    return found


@pytest.fixture
def aside() -> Iterator[ThreadPoolExecutor]:
    """Threads for calls that are not answered at once."""
    with ThreadPoolExecutor(8) as threads:
        yield threads


def rule(operation: str, then: str, more: str = "") -> str:
    """Return a scenario of one rule."""
    return f"rules:\n  - {{on: {operation}, {more + ', ' if more else ''}then: {then}}}\n"


def until(holds: Callable[[], object], what: str = "it never came about") -> None:
    """Wait until something holds that another thread brings about."""
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends, what
        time.sleep(0.001)


def waiting(server: BackgroundServer, box: Box) -> int:
    """Return how many calls wait for the sandbox's time."""
    return len(server.engine_sandbox(box.id).agenda)


def tasks(server: BackgroundServer) -> int:
    """Return how many tasks the server's event loop has, connections that are kept open among them."""
    loop = server._loop  # noqa: SLF001
    assert loop is not None
    assert loop.is_running()
    done = asyncio.run_coroutine_threadsafe(_count(), loop)
    return done.result(PATIENCE)


async def _count() -> int:
    return len(asyncio.all_tasks()) - 1
