"""The server of a test session: one in this process or one that is shared, and what has been served in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fauxlate.testing.connections.connection import Connection
from fauxlate.testing.connections.local import LocalConnection
from fauxlate.testing.connections.remote import RemoteConnection
from fauxlate.testing.coverage.counts import Counts, Key
from fauxlate.testing.sandbox import Sandbox
from fauxlate.testing.scenarios import Layer

if TYPE_CHECKING:
    from fauxlate.serving.background import BackgroundServer
    from fauxlate.settings import Settings


class Session:
    """The emulator that the tests of one process share: at `url`, or `server`, or one that is started with `settings`.

    `emulator` is None where it runs elsewhere. `served` and `asserted` count, by kind and name, what was served in
    sandboxes that are closed, and what their tests assert of it. Raises `EmulatorConnectionError` where nothing
    answers at `url`.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        settings: Settings | None = None,
        server: BackgroundServer | None = None,
    ) -> None:
        self.served: Counter[Key] = Counter()
        self.asserted: Counter[Key] = Counter()
        self._owns_server = url is None and server is None
        self.emulator = _start_server(settings) if self._owns_server else server
        self._connection: Connection = (
            LocalConnection(self.emulator) if self.emulator is not None else RemoteConnection(url or "", token)
        )
        self._names: set[str] = set()

    @property
    def url(self) -> str:
        """The address of the server."""
        return self._connection.url

    def forget_unattributed(self) -> None:
        """Forget the requests that came with the credentials of no sandbox: a test begins."""
        self._connection.forget_unattributed()

    def sandbox(
        self,
        *scenario: Layer,
        name: str = "sandbox",
        quirks: Mapping[str, str] | None = None,
        clock: Any = None,
        seed: int | None = None,
        overlays: Sequence[Layer] = (),
        folder: Path | None = None,
    ) -> Sandbox:
        """Open a sandbox, which is closed when the `with` over it ends. The same `name` makes the same ids and tokens.

        `clock` is `frozen`, a time to stand still at, or the mapping that a scenario file takes. `quirks` and
        `overlays` lie over every scenario of the sandbox. Raises `ValueError` for a scenario that is wrong.
        """
        settings: dict[str, Any] = {} if seed is None else {"seed": seed}
        if clock is not None:
            settings["clock"] = clock if isinstance(clock, Mapping) else _clock_setting(clock)
        return Sandbox(
            self._connection,
            self._reserve_name(name),
            *scenario,
            *([settings] if settings else []),
            overlays=[*([{"quirks": dict(quirks)}] if quirks else []), *overlays],
            folder=folder,
            on_close=self._add_counts,
        )

    def _reserve_name(self, name: str) -> str:
        """Return an id made of `name`: always the same one, unless it is in use."""
        from hashlib import blake2b

        count = 1
        while True:
            text = name if count == 1 else f"{name} {count}"
            sandbox_name = f"test-{blake2b(text.encode(), digest_size=8).hexdigest()}"
            if sandbox_name not in self._names:
                self._names.add(sandbox_name)
                return sandbox_name
            count += 1

    def _add_counts(self, sandbox: Sandbox, counts: Counts) -> None:
        self._names.discard(sandbox.name)
        self.served.update(counts)
        if sandbox.has_passed:
            self.asserted.update(sandbox.claims)

    def stop(self) -> None:
        """Stop the server, if it is this session's own."""
        if self.emulator is not None and self._owns_server:
            self.emulator.stop()


def _start_server(settings: Settings | None) -> BackgroundServer:
    """Start a server that has loaded what it otherwise loads at its first request, for which no client shall wait."""
    from fauxlate.serving.background import BackgroundServer

    emulator = BackgroundServer(settings)
    for provider in emulator.world.providers:
        emulator.world.routes_of(provider)
        for operation in provider.operations:
            provider.error_rows(operation)
    return emulator.start()


def _clock_setting(clock: Any) -> dict[str, Any]:
    """Return what a scenario says of a clock that is `frozen` or `real`, or stands at a time."""
    if clock in ("frozen", "real"):
        return {"mode": clock}
    at = clock.isoformat() if hasattr(clock, "isoformat") else str(clock)
    return {"mode": "frozen", "at": at}
