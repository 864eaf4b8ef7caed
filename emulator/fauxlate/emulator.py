"""An emulator in this process, and one that runs elsewhere: where sandboxes come from, with or without pytest."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from fauxlate.serving.background import BackgroundServer
from fauxlate.testing.sandbox import Sandbox
from fauxlate.testing.session import Session


class SandboxSource(ABC):
    """Something that has sandboxes to give."""

    @property
    @abstractmethod
    def _session(self) -> Session: ...

    def sandbox(
        self,
        *scenarios: str | Mapping[str, Any] | Path,
        name: str = "sandbox",
        quirks: Mapping[str, str] | None = None,
        clock: Any = None,
        seed: int | None = None,
    ) -> Sandbox:
        """Return a sandbox of its own, to be closed by `with` or `close()`.

        `scenarios` are shipped names, files, YAML texts or mappings, later ones over earlier ones. The same `name`
        gives the same ids and credentials. `quirks` are choices by quirk, `clock` is `frozen`, a time to stand still
        at, or the mapping that a scenario file takes. Raises `ScenarioError` for a scenario that no document allows.
        """
        return self._session.sandbox(*scenarios, name=name, quirks=quirks, clock=clock, seed=seed)


class Emulator(BackgroundServer, SandboxSource):
    """All providers on one port of this process, served from a thread while a `with` lasts.

    `settings` are those of `fauxlate serve`; without any, the port is a free one. `url` is the server's address,
    `environment` holds by provider the endpoints and credentials of the sandbox `default`.

    >>> with Emulator() as emulator, emulator.sandbox(clock="frozen") as sandbox:  # doctest: +SKIP
    ...     sandbox.huawei.client(), sandbox.clock.advance("10m"), sandbox.jobs
    """

    @cached_property
    def _session(self) -> Session:
        return Session(server=self)


class RemoteEmulator(SandboxSource):
    """A server that somebody else has started, reached by its admin API; see `connect`."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self._remote = Session(url, token)

    @property
    def _session(self) -> Session:
        return self._remote

    @property
    def url(self) -> str:
        """The address of the server."""
        return self._remote.url


def connect(url: str, token: str | None = None) -> RemoteEmulator:
    """Return the emulator that runs at `url`; `token` is what it was started with as `--admin-token`.

    Raises `EmulatorConnectionError` where no Fauxlate answers.
    """
    return RemoteEmulator(url, token)
