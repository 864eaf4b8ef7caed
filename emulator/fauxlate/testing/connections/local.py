"""Doors: the two ways to an emulator's sandboxes, in this process or over the admin API of another."""

from __future__ import annotations

import json
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from fauxlate.engine.sandboxes.journal import Entry
    from fauxlate.engine.sandboxes.sandbox import Sandbox
    from fauxlate.engine.scenarios.scenario import Scenario
    from fauxlate.server import Emulator

Counts = dict[tuple[str, str], int]
"""What has been served, by kind and name, as `fauxlate.engine.sandboxes.coverage` counts it."""
Told = dict[str, Any]


class DoorError(RuntimeError):
    """The emulator cannot be reached, or has refused what was asked of its admin API."""


class Door(Protocol):
    """What fixtures need of an emulator. A sandbox is named by its id."""

    url: str

    def open(self, sandbox_id: str, scenario: Scenario | None) -> str:
        """Create a sandbox that begins with `scenario`; return its id, which a shared server may lengthen."""

    def close(self, sandbox_id: str) -> Counts:
        """Forget a sandbox; return what it has served."""

    def forget(self) -> None:
        """Forget what came so far without a credential of any sandbox: a test begins."""

    def environment(self, sandbox_id: str) -> dict[str, dict[str, str]]:
        """Return by provider what clients have to be told, as `fauxlate env --json` prints it."""

    def follow(self, sandbox_id: str, scenario: Scenario) -> None:
        """Go on under another scenario."""

    def served(self, sandbox_id: str) -> Counts:
        """Return what has been served so far."""

    def strays(self, sandbox_id: str | None) -> tuple[list[Told], list[Told]]:
        """Return the requests that no documented operation answers: the sandbox's, and those with no credential of it."""

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Ask the admin API at `path`, as `sandboxes/…/clock`. Raises `DoorError`."""

    def hear(self, sandbox_id: str, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each request to the sandbox, from another thread, until what is returned is called."""


class Inside:
    """The door to an emulator in this process.

    What every test does goes straight to the sandboxes: a dictionary's entry comes and goes as a whole, whichever
    thread looks. The rest goes by the routes of the admin API, in the server's loop, and over no socket.
    """

    def __init__(self, emulator: Emulator) -> None:
        from fauxlate import server

        self.emulator = emulator
        self.url = emulator.url
        self._new = server.sandbox
        self._sandboxes = emulator.world.sandboxes
        self._strays: dict[str, list[Entry]] = {}
        self._stray_by_default: deque[Entry] = deque(maxlen=500)
        self._sandboxes.default.journal.subscribe(self._heard_by_default)

    def _heard_by_default(self, entry: Entry | None) -> None:
        if entry is not None and entry.operation is None:
            self._stray_by_default.append(entry)

    def open(self, sandbox_id: str, scenario: Scenario | None) -> str:
        """Create a sandbox under that id."""
        from fauxlate.engine.scenarios.scenario import Scenario

        sandbox = self._new(sandbox_id, scenario or Scenario())
        strays = self._strays[sandbox_id] = []

        def hear(entry: Entry | None) -> None:
            if entry is not None and entry.operation is None:
                strays.append(entry)

        sandbox.journal.subscribe(hear)
        self._sandboxes.add(sandbox)
        return sandbox_id

    def close(self, sandbox_id: str) -> Counts:
        """Forget a sandbox, letting go what waits for its time."""
        sandbox = self.sandbox(sandbox_id)
        self._sandboxes.remove(sandbox)
        self._strays.pop(sandbox_id, None)
        if len(sandbox.agenda):
            from fauxlate.web import scheduler

            self.emulator.run(scheduler.release(sandbox))
        sandbox.journal.end()
        return _counts(sandbox)

    def forget(self) -> None:
        """Forget what came so far without a credential of any sandbox."""
        self._stray_by_default.clear()

    def sandbox(self, sandbox_id: str) -> Sandbox:
        """Return the sandbox itself."""
        return self.emulator.sandbox(sandbox_id)

    def environment(self, sandbox_id: str) -> dict[str, dict[str, str]]:
        """Return by provider what clients have to be told."""
        return self.emulator.world.environment(self.sandbox(sandbox_id))

    def follow(self, sandbox_id: str, scenario: Scenario) -> None:
        """Go on under another scenario; what falls due by its clock runs first."""
        from fauxlate.web import scheduler

        sandbox = self.sandbox(sandbox_id)

        async def followed() -> None:
            sandbox.follow(scenario)
            await scheduler.change_clock(sandbox, lambda clock, _: clock)

        self.emulator.run(followed())

    def served(self, sandbox_id: str) -> Counts:
        """Return what has been served so far."""
        return _counts(self.sandbox(sandbox_id))

    def strays(self, sandbox_id: str | None) -> tuple[list[Told], list[Told]]:
        """Return the requests that no documented operation answers.

        Tests of one process follow each other, so what lands in the sandbox `default` meanwhile is this test's too.
        """
        own, others = self._strays.get(sandbox_id or "", []), list(self._stray_by_default)
        if not own and not others:
            return [], []
        from fauxlate.web.admin.journal import as_data

        return [Told(as_data(entry)) for entry in own], [Told(as_data(entry)) for entry in others]

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Ask the admin API, by its own routes."""
        from multidict import CIMultiDict

        from fauxlate.engine.exchange.request import Request
        from fauxlate.web.admin import door
        from fauxlate.web.admin.routes import ROUTES

        sent = json.dumps(body if body is not None else {}).encode()
        headers = CIMultiDict({"Host": "localhost", "Content-Type": "application/json"})
        request = Request(method, door.PREFIX + path, headers, sent)
        reply = self.emulator.run(door.answer(ROUTES, self.emulator.world, door.Settings(), request))
        return _said(f"{method} {path}", reply.status, reply.body)

    def hear(self, sandbox_id: str, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each request to the sandbox."""
        return self.sandbox(sandbox_id).journal.subscribe(lambda _: listener())


def _counts(sandbox: Sandbox) -> Counts:
    return {(kind, name): count for (kind, name), count in sandbox.coverage.counts.items()}


class Over:
    """The door to an emulator that somebody else has started, by its admin API."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._headers = {"Content-Type": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._environments: dict[str, dict[str, dict[str, str]]] = {}
        self.ask("GET", "ready")

    def open(self, sandbox_id: str, scenario: Scenario | None) -> str:
        """Create a sandbox under that id and a few letters more, for somebody else may run the same tests there."""
        asked: Told = {"id": f"{sandbox_id}-{secrets.token_hex(4)}", "idle": "1h"}
        if scenario is not None:
            asked["scenario"] = _whole(scenario)
        told = self.ask("POST", "sandboxes", asked)
        self._environments[told["id"]] = told["credentials"]
        return str(told["id"])

    def close(self, sandbox_id: str) -> Counts:
        """Forget a sandbox."""
        served = self.served(sandbox_id)
        self.ask("DELETE", f"sandboxes/{sandbox_id}")
        return served

    def forget(self) -> None:
        """Do nothing: whose those are, nobody can tell."""

    def environment(self, sandbox_id: str) -> dict[str, dict[str, str]]:
        """Return by provider what clients have to be told."""
        return self._environments[sandbox_id]

    def follow(self, sandbox_id: str, scenario: Scenario) -> None:
        """Go on under another scenario."""
        self.ask("PUT", f"sandboxes/{sandbox_id}/scenario", _whole(scenario))

    def served(self, sandbox_id: str) -> Counts:
        """Return what has been served so far."""
        rows = self.ask("GET", f"sandboxes/{sandbox_id}/coverage?{urlencode({'only': 'served'})}")["rows"]
        return {(row["kind"], row["name"]): row["served"] for row in rows}

    def strays(self, sandbox_id: str | None) -> tuple[list[Told], list[Told]]:
        """Return the requests that no documented operation answers; whose those of `default` are, nobody can tell."""
        if sandbox_id is None:
            return [], []
        entries = self.ask("GET", f"sandboxes/{sandbox_id}/journal")["entries"]
        return [entry for entry in entries if entry["operation"] is None], []

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Ask the admin API."""
        parts = urlsplit(self.url)
        connection = HTTPConnection(parts.netloc, timeout=30)
        try:
            sent = json.dumps(body).encode() if body is not None else b"{}" if method != "GET" else None
            connection.request(method, f"{parts.path}/__fauxlate/{path}", sent, self._headers)
            answer = connection.getresponse()
            return _said(f"{method} {path}", answer.status, answer.read())
        except (OSError, HTTPException) as fault:
            why = f"{type(fault).__name__}: {fault}"
            raise DoorError(f"no Fauxlate answers at {self.url} ({why}); `fauxlate serve` starts one") from None
        finally:
            connection.close()

    def hear(self, sandbox_id: str, listener: Callable[[], None]) -> Callable[[], None]:
        """Do nothing: requests to a server elsewhere are not told of as they come."""
        del sandbox_id, listener
        return lambda: None


def _said(asked: str, status: int, body: bytes) -> Any:
    try:
        said = json.loads(body)
    except ValueError:
        said = {"message": body[:200].decode(errors="replace")}
    if status >= 300:  # noqa: PLR2004
        raise DoorError(f"{asked}: {said.get('message', said)} (HTTP {status})")
    return said


def _whole(scenario: Scenario) -> Told:
    """Return what a scenario says, with what it extends already in it."""
    return {name: value for name, value in scenario.document.items() if name not in ("extends", "$schema")}
