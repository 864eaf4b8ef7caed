"""The server of a test session: one in this process or one that is shared, and what has been served in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fauxlate.testing.doors import Counts, Door, Inside, Over
from fauxlate.testing.sandbox import Fauxlate

if TYPE_CHECKING:
    from fauxlate.server import Emulator
    from fauxlate.settings import Settings


class Session:
    """The emulator that the tests of one process share. `url` is its address; `emulator` is None where it is elsewhere.

    `served` and `asserted` hold what has been, by kind and name, in sandboxes that are closed.
    """

    def __init__(self, url: str | None = None, token: str | None = None, settings: Settings | None = None) -> None:
        self.served: Counter[tuple[str, str]] = Counter()
        self.asserted: Counter[tuple[str, str]] = Counter()
        self.emulator = _started(settings) if url is None else None
        self._door: Door = Inside(self.emulator) if self.emulator is not None else Over(url or "", token)
        self._used: set[str] = set()

    @property
    def url(self) -> str:
        """The address of the server."""
        return self._door.url

    def forget(self) -> None:
        """Forget what came so far without a credential of any sandbox: a test begins."""
        self._door.forget()

    def sandbox(
        self,
        *scenario: Any,
        name: str = "sandbox",
        quirks: Mapping[str, str] | None = None,
        clock: Any = None,
        seed: int | None = None,
        always: Sequence[Any] = (),
        folder: Path | None = None,
    ) -> Fauxlate:
        """Open a sandbox, which is closed when the `with` over it ends. The same `name` makes the same ids and tokens.

        `clock` is `frozen`, a time to stand still at, or the mapping that a scenario file takes.
        """
        said: dict[str, Any] = {} if seed is None else {"seed": seed}
        if clock is not None:
            said["clock"] = clock if isinstance(clock, Mapping) else _standing(clock)
        return Fauxlate(
            self._door,
            self._free(name),
            *scenario,
            *([said] if said else []),
            always=[*([{"quirks": dict(quirks)}] if quirks else []), *always],
            folder=folder,
            closed=self._collect,
        )

    def _free(self, name: str) -> str:
        """Return an id made of `name`: always the same one, unless it is in use."""
        from hashlib import blake2b

        count = 1
        while True:
            text = name if count == 1 else f"{name} {count}"
            found = f"test-{blake2b(text.encode(), digest_size=8).hexdigest()}"
            if found not in self._used:
                self._used.add(found)
                return found
            count += 1

    def _collect(self, closed: Fauxlate, counts: Counts) -> None:
        self._used.discard(closed.name)
        self.served.update(counts)
        if closed.held:
            self.asserted.update(closed.covered)

    def stop(self) -> None:
        """Stop the server, if it is this session's own."""
        if self.emulator is not None:
            self.emulator.stop()


def _started(settings: Settings | None) -> Emulator:
    """Start a server that has loaded what it otherwise loads at its first request, for which no client shall wait."""
    from fauxlate.server import Emulator

    emulator = Emulator(settings)
    for provider in emulator.world.providers:
        emulator.world.routes(provider)
        for operation in provider.operations:
            provider.rows(operation)
    return emulator.start()


def _standing(clock: Any) -> dict[str, Any]:
    if clock in ("frozen", "real"):
        return {"mode": clock}
    at = clock.isoformat() if hasattr(clock, "isoformat") else str(clock)
    return {"mode": "frozen", "at": at}
