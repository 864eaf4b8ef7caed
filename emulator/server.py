"""The composition root: providers, a store, a world and a socket put together; and an emulator for synchronous tests."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from emulator.engine.sandbox import DEFAULT, Sandbox, Sandboxes
from emulator.engine.world import World
from emulator.providers import alibaba, dingtalk, huawei
from emulator.settings import Settings
from emulator.stores.memory import MemoryStore
from emulator.web import admin, app

PROVIDERS = (dingtalk.PROVIDER, huawei.PROVIDER, alibaba.PROVIDER)
"""In the order in which they are asked whether a path is theirs; the last takes what is left."""


class ListenError(OSError):
    """The address cannot be listened on; the message says what to do."""


def world(settings: Settings) -> World:
    """Return the world that `settings` describe. Raises `ScenarioError` and `OSError` for its scenario."""
    default = Sandbox(DEFAULT, PROVIDERS, MemoryStore, time.time, seed=settings.seed, strict=settings.strict)
    if settings.scenario is not None:
        from emulator.engine.scenario_model import compiled

        path = Path(settings.scenario)
        default.follow(compiled(path.read_text("utf-8"), PROVIDERS, is_json=path.suffix == ".json"))
    return World(PROVIDERS, Sandboxes(default))


def environment(sandbox: Sandbox, url: str) -> dict[str, Mapping[str, str]]:
    """Return by provider what a client has to be told to land in `sandbox` of the server at `url`."""
    by_name = {provider.name: provider for provider in PROVIDERS}
    return {
        name: by_name[name].environment(sandbox.credentials[name], url) for name in ("alibaba", "huawei", "dingtalk")
    }


@asynccontextmanager
async def listening(world: World, settings: Settings) -> AsyncIterator[str]:
    """Serve `world` while the context lasts; gives the URL. Raises `ListenError`."""
    hosts = admin.LOOPBACK | {settings.host.lower()}
    server = app.server(world, admin.Settings(settings.admin_token, hosts))
    runner = web.ServerRunner(server, shutdown_timeout=1)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.host, settings.port, backlog=1024).start()
        except OSError as fault:
            why = f"cannot listen on {settings.host}:{settings.port}: {fault.strerror or fault}; choose another --port"
            raise ListenError(why) from None
        host = settings.host if settings.host not in ("0.0.0.0", "::", "") else "127.0.0.1"  # noqa: S104
        url = f"http://{f'[{host}]' if ':' in host else host}:{runner.addresses[0][1]}"
        world.base_url = (settings.public_url or url).rstrip("/")
        yield url
    finally:
        await runner.cleanup()


def serve(settings: Settings, announce: Callable[[World, str], None]) -> None:
    """Serve until SIGINT or SIGTERM; calls `announce` once the server answers."""

    async def main() -> None:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopped.set)
        here = world(settings)
        async with listening(here, settings) as url:
            announce(here, url)
            await stopped.wait()

    asyncio.run(main())


class Emulator:
    """A server in a thread and an event loop of its own, so that synchronous clients can be tested in this process.

    >>> with Emulator() as emulator:  # doctest: +SKIP
    ...     emulator.url, emulator.environment["huawei"]["access_key"]
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings(port=0)
        self.url = ""
        self.world = world(self.settings)
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._thread: threading.Thread | None = None
        self._started = threading.Event()
        self._fault: BaseException | None = None

    def start(self) -> Self:
        """Start serving; returns when the server answers. Raises `ListenError`."""
        self._thread = threading.Thread(target=self._run, name="fauxlate", daemon=True)
        self._thread.start()
        self._started.wait()
        if self._fault is not None:
            self._thread.join()
            raise self._fault
        return self

    def stop(self) -> None:
        """Stop serving; returns when the port is free again. Stopping twice does nothing."""
        thread, self._thread = self._thread, None
        if thread is not None:
            with contextlib.suppress(RuntimeError):  # the loop may have closed by itself
                self._loop.call_soon_threadsafe(self._stopped.set)
            thread.join()

    @property
    def environment(self) -> dict[str, Mapping[str, str]]:
        """What clients have to be told, by provider, as `fauxlate env --json` prints it."""
        return environment(self.world.sandboxes.default, self.url)

    def sandbox(self, sandbox_id: str = DEFAULT) -> Sandbox:
        """Return a sandbox. Raises `KeyError`."""
        found = self.world.sandboxes.get(sandbox_id)
        if found is None:
            raise KeyError(sandbox_id)
        return found

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as fault:  # noqa: BLE001  (handed to whoever waits in start)
            self._fault = fault
        finally:
            self._started.set()
            self._loop.close()

    async def _serve(self) -> None:
        async with listening(self.world, self.settings) as self.url:
            self._started.set()
            await self._stopped.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
