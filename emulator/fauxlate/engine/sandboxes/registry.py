"""The registry of a server's sandboxes: found by id, or by whatever a client sends as its credential."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fauxlate.engine.sandboxes.coverage import Coverage
from fauxlate.engine.sandboxes.sandbox import TAG_LENGTH, Sandbox
from fauxlate.errors import FauxlateError

MAX_SANDBOXES = 10_000
"""Sandboxes of one server."""


class TooManySandboxesError(FauxlateError, ValueError):
    """There are as many sandboxes as a server holds, and none is idle."""


class Sandboxes:
    """Every sandbox of a server, by id and by credential.

    `default` gets the requests with unknown credentials. `coverage` counts what was served in deleted sandboxes.
    """

    def __init__(self, default: Sandbox) -> None:
        self.default = default
        self.coverage = Coverage()
        self._by_id: dict[str, Sandbox] = {}
        self._by_credential: dict[str, Sandbox] = {}
        self.add(default)

    def add(self, sandbox: Sandbox) -> None:
        """Make a sandbox findable. Raises `ValueError` where its id is taken, `TooManySandboxesError` where no more fit."""
        if sandbox.id in self._by_id:
            raise ValueError(f"there is a sandbox `{sandbox.id}` already")
        if any(name in self._by_credential for name in sandbox.identifiers()):
            raise ValueError(f"`{sandbox.id}` would have the credentials of another sandbox; choose another id")
        if len(self._by_id) >= MAX_SANDBOXES and not self.expire(sandbox.last_used):
            raise TooManySandboxesError(
                f"there are {MAX_SANDBOXES} sandboxes; delete some, or give them an `idle` time to expire after"
            )
        self._by_id[sandbox.id] = sandbox
        for credential in sandbox.identifiers():
            self._by_credential[credential] = sandbox

    def remove(self, sandbox: Sandbox) -> None:
        """Forget a sandbox, and add up what it has served."""
        self.coverage.add(sandbox.coverage)
        del self._by_id[sandbox.id]
        for credential in sandbox.identifiers():
            self._by_credential.pop(credential, None)

    def expire(self, wall: float) -> list[str]:
        """Forget the sandboxes that have been idle for too long at the wall time `wall`; return their ids."""
        idle = [
            sandbox
            for sandbox in tuple(self._by_id.values())  # a test adds its own from another thread
            if sandbox.idle is not None and wall - sandbox.last_used >= sandbox.idle and not len(sandbox.agenda)
        ]
        for sandbox in idle:
            self.remove(sandbox)
            sandbox.journal.close()
        return [sandbox.id for sandbox in idle]

    def __iter__(self) -> Iterator[Sandbox]:
        return iter(tuple(self._by_id.values()))

    def get(self, sandbox_id: str) -> Sandbox | None:
        """Return the sandbox of that id, or None."""
        return self._by_id.get(sandbox_id)

    def find(self, credentials: Iterable[str]) -> Sandbox:
        """Return the sandbox of the first of `credentials` (keys, or tokens that begin with a tag) that is known.

        Return `default` where none is known.
        """
        for credential in credentials:
            sandbox = self._by_credential.get(credential) or self._by_credential.get(credential[:TAG_LENGTH])
            if sandbox is not None:
                return sandbox
        return self.default
