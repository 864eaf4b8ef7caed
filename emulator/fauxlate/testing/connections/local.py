"""The connection to an emulator in this process, over no socket."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fauxlate.testing.connections.connection import Data, parse_answer
from fauxlate.testing.coverage.counts import Counts

if TYPE_CHECKING:
    from fauxlate.engine.sandboxes.journal import Entry
    from fauxlate.engine.sandboxes.sandbox import Sandbox
    from fauxlate.engine.scenarios.scenario import Scenario
    from fauxlate.serving.background import BackgroundServer


class LocalConnection:
    """The connection to an emulator in this process.

    What every test does goes straight to the sandboxes: an entry of a dictionary is added and removed as a whole,
    whichever thread looks. The rest goes by the routes of the admin API, in the server's loop.
    """

    def __init__(self, emulator: BackgroundServer) -> None:
        from fauxlate.serving.composition import new_sandbox

        self.emulator = emulator
        self.url = emulator.url
        self._new_sandbox = new_sandbox
        self._sandboxes = emulator.world.sandboxes
        self._undocumented: dict[str, list[Entry]] = {}
        self._unattributed: deque[Entry] = deque(maxlen=500)
        self._sandboxes.default.journal.subscribe(_collect_undocumented(self._unattributed))

    def create(self, sandbox_id: str, scenario: Scenario | None) -> str:
        """Create a sandbox under that id."""
        from fauxlate.engine.scenarios.scenario import Scenario

        sandbox = self._new_sandbox(sandbox_id, scenario or Scenario())
        entries = self._undocumented[sandbox_id] = []
        sandbox.journal.subscribe(_collect_undocumented(entries))
        self._sandboxes.add(sandbox)
        return sandbox_id

    def delete(self, sandbox_id: str) -> Counts:
        """Delete a sandbox, letting go what waits for its time; return what it has served."""
        sandbox = self._sandbox(sandbox_id)
        self._sandboxes.remove(sandbox)
        self._undocumented.pop(sandbox_id, None)
        if len(sandbox.agenda):
            from fauxlate.web import scheduler

            self.emulator.run(scheduler.release(sandbox))
        sandbox.journal.close()
        return _counts(sandbox)

    def environment(self, sandbox_id: str) -> dict[str, dict[str, str]]:
        """Return the endpoints and credentials of each provider."""
        return self.emulator.world.environment(self._sandbox(sandbox_id))

    def change_scenario(self, sandbox_id: str, scenario: Scenario) -> None:
        """Have the sandbox follow another scenario; what falls due by the clock of that one runs first."""
        from fauxlate.web import scheduler

        sandbox = self._sandbox(sandbox_id)

        async def change() -> None:
            sandbox.follow(scenario)
            await scheduler.change_clock(sandbox, lambda clock, _: clock)

        self.emulator.run(change())

    def coverage(self, sandbox_id: str) -> Counts:
        """Return what the sandbox has served so far."""
        return _counts(self._sandbox(sandbox_id))

    def undocumented_requests(self, sandbox_id: str | None) -> tuple[list[Data], list[Data]]:
        """Return those of the sandbox, and those without the credentials of any.

        Tests of one process follow each other, so what lands in the sandbox `default` meanwhile is this test's too.
        """
        attributed, unattributed = self._undocumented.get(sandbox_id or "", []), list(self._unattributed)
        if not attributed and not unattributed:
            return [], []
        from fauxlate.web.admin.journal.entries import encode_entry

        return [Data(encode_entry(entry)) for entry in attributed], [
            Data(encode_entry(entry)) for entry in unattributed
        ]

    def forget_unattributed(self) -> None:
        """Forget the requests that came with the credentials of no sandbox: a test begins."""
        self._unattributed.clear()

    def request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Have the admin API's own routes answer a request. Raises `EmulatorConnectionError`."""
        from multidict import CIMultiDict

        from fauxlate.engine.exchange.request import Request
        from fauxlate.web.admin import door
        from fauxlate.web.admin.route import PREFIX
        from fauxlate.web.admin.routes import ROUTES

        payload = json.dumps(body if body is not None else {}).encode()
        headers = CIMultiDict({"Host": "localhost", "Content-Type": "application/json"})
        request = Request(method, PREFIX + path, headers, payload)
        reply = self.emulator.run(door.answer(ROUTES, self.emulator.world, door.Settings(), request))
        return parse_answer(f"{method} {path}", reply.status, reply.body)

    def subscribe(self, sandbox_id: str, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each request to the sandbox; return what ends that."""
        return self._sandbox(sandbox_id).journal.subscribe(lambda _: listener())

    def _sandbox(self, sandbox_id: str) -> Sandbox:
        return self.emulator.engine_sandbox(sandbox_id)


def _collect_undocumented(entries: list[Entry] | deque[Entry]) -> Callable[[Entry | None], None]:
    """Return a listener that appends to `entries` those of requests that no documented operation answers."""

    def collect(entry: Entry | None) -> None:
        if entry is not None and entry.operation is None:
            entries.append(entry)

    return collect


def _counts(sandbox: Sandbox) -> Counts:
    return {(kind, name): count for (kind, name), count in sandbox.coverage.counts.items()}
