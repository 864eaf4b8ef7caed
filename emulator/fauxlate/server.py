"""The composition root: providers, a store, a world and a socket put together; and an emulator for synchronous tests."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import cache, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from aiohttp import web

from fauxlate import library
from fauxlate.engine.sandboxes.registry import Sandboxes
from fauxlate.engine.sandboxes.sandbox import DEFAULT, Sandbox
from fauxlate.engine.scenarios.scenario import Scenario
from fauxlate.engine.suggest import did_you_mean
from fauxlate.engine.world import World, environment
from fauxlate.providers import alibaba, dingtalk, huawei
from fauxlate.settings import Settings, url_of
from fauxlate.stores.memory import MemoryStore
from fauxlate.web import app
from fauxlate.web.admin import door
from fauxlate.web.callbacks import subscriptions

if TYPE_CHECKING:
    from fauxlate.engine.sandboxes.callbacks import Receiver

Done = TypeVar("Done")

log = logging.getLogger("fauxlate")
PROVIDERS = (dingtalk.PROVIDER, huawei.PROVIDER, alibaba.PROVIDER)
"""In the order in which they are asked whether a path is theirs; the last takes what is left."""


class ListenError(OSError):
    """The address cannot be listened on; the message says what to do."""


def world(settings: Settings) -> World:
    """Return the world that `settings` describe. Raises `ScenarioError` and `ValueError` for its scenario."""
    signatures = "ignored" if settings.ignore_signatures else "verified"
    new_sandbox = partial(sandbox, fetch=_fetch if settings.fetch_sources else None)
    default = new_sandbox(
        DEFAULT, scenario(settings), seed=settings.seed, strict=settings.strict, signatures=signatures
    )
    default.set_receivers(_receivers(settings))
    return World(
        PROVIDERS,
        Sandboxes(default),
        new_sandbox=new_sandbox,
        shipped=_shipped,
        find=library.shipped,
        callbacks_anywhere=settings.callbacks_anywhere,
    )


async def _fetch(url: str) -> bytes:
    from fauxlate.web.fetching import fetcher

    return await fetcher()(url)


def _receivers(settings: Settings) -> dict[str, Receiver]:
    """Return who is called back where. Raises `ValueError` for a setting that is none."""
    found: dict[str, Receiver] = {}
    if not settings.callback:
        return found
    consoles = {one.name: console for one in PROVIDERS if (console := one.load_console()) is not None}
    for told in settings.callback:
        where, _, url = told.partition("=")
        name, _, form = where.partition(".")
        console = consoles.get(name)
        if console is None:
            near = did_you_mean(name, consoles)
            raise ValueError(
                f"--callback {told[:200]}: `{name}` is none of {', '.join(consoles)}; write provider=URL.{near}"
            )
        try:
            found[name] = console.configure(url=url, form=form, anywhere=settings.callbacks_anywhere)
        except ValueError as refusal:
            raise ValueError(f"--callback {told[:200]}: {refusal}") from None
    return found


def sandbox(sandbox_id: str, origin: Scenario, **settings: Any) -> Sandbox:
    """Return a new sandbox of all providers, with a store of its own, on the wall clock."""
    return Sandbox(sandbox_id, PROVIDERS, MemoryStore, time.time, origin=origin, **settings)


def scenario(settings: Settings) -> Scenario:
    """Return the scenario that `settings` name. Raises `ScenarioError` and `ValueError`."""
    if not settings.scenario:
        return Scenario()
    from fauxlate.engine.grammar.compiler import compile_scenario

    return compile_scenario([library.named(name) for name in settings.scenario], PROVIDERS, find=library.find)


@cache
def _shipped() -> tuple[tuple[str, str], ...]:
    from fauxlate.engine.grammar.compiler import compile_scenario

    names = library.names()
    return tuple((name, compile_scenario(library.shipped(name), PROVIDERS, find=library.find).about) for name in names)


@asynccontextmanager
async def listening(world: World, settings: Settings) -> AsyncIterator[str]:
    """Serve `world` while the context lasts; gives the URL. Raises `ListenError`."""
    hosts = door.LOOPBACK | {settings.host.lower()}
    server = app.server(world, door.Settings(settings.admin_token, hosts))
    runner = web.ServerRunner(server, shutdown_timeout=1)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.host, settings.port, backlog=1024).start()
        except OSError as fault:
            why = f"cannot listen on {settings.host}:{settings.port}: {fault.strerror or fault}; choose another --port or --host"
            raise ListenError(why) from None
        url = url_of(settings.host, runner.addresses[0][1])
        world.base_url = (settings.public_url or url).rstrip("/")
        yield url
    finally:
        await subscriptions.close(*world.sandboxes)
        await runner.cleanup()


def serve(settings: Settings, announce: Callable[[World, str], None]) -> None:
    """Serve until SIGINT or SIGTERM; calls `announce` once the server answers."""

    async def main() -> None:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopped.set)
        written = _written_at(settings)  # before it is read: a change meanwhile is a change
        here = world(settings)
        async with listening(here, settings) as url:
            announce(here, url)
            watching = asyncio.ensure_future(_watch(here, settings, written)) if settings.reload else None
            await stopped.wait()
            if watching is not None:
                watching.cancel()

    asyncio.run(main())


_LOOK_EVERY = 0.3
"""Seconds between looks at the files of the scenario."""


async def _watch(world: World, settings: Settings, seen: list[int]) -> None:
    """Follow the scenario's files as they change; one that is wrong is told of, and the last good one stays."""
    default = world.sandboxes.default
    while True:
        await asyncio.sleep(_LOOK_EVERY)
        now = _written_at(settings)
        if now == seen:
            continue
        seen = now
        try:
            default.follow(await asyncio.to_thread(scenario, settings))
        except ValueError as refusal:
            log.warning("the scenario has changed and is refused; the last good one stays\n%s", refusal)
        else:
            log.warning("the scenario has changed and is followed from now on")


def _written_at(settings: Settings) -> list[int]:
    paths = [Path(name) for name in settings.scenario]
    return [path.stat().st_mtime_ns if path.is_file() else 0 for path in paths]


class Emulator:
    """A server in a thread and an event loop of its own, so that synchronous clients can be tested in this process.

    >>> with Emulator() as emulator:  # doctest: +SKIP
    ...     emulator.url, emulator.environment["huawei"]["access_key"]
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings(port=0)
        self.url = ""
        self.world = world(self.settings)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped: asyncio.Event | None = None
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
            if self._loop is not None and self._stopped is not None:
                with contextlib.suppress(RuntimeError):  # the loop may have closed by itself
                    self._loop.call_soon_threadsafe(self._stopped.set)
            thread.join()

    @property
    def environment(self) -> dict[str, dict[str, str]]:
        """What clients have to be told, by provider, as `fauxlate env --json` prints it."""
        return environment(PROVIDERS, self.world.sandboxes.default, self.url)

    def sandbox(self, sandbox_id: str = DEFAULT) -> Sandbox:
        """Return a sandbox. Raises `KeyError`."""
        found = self.world.sandboxes.get(sandbox_id)
        if found is None:
            raise KeyError(sandbox_id)
        return found

    def run(self, work: Coroutine[Any, Any, Done]) -> Done:
        """Do `work` in the loop of the server, and return what comes of it."""
        assert self._loop is not None, "the emulator has not been started"
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as fault:  # noqa: BLE001  (handed to whoever waits in start)
            self._fault = fault
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        async with listening(self.world, self.settings) as self.url:
            self._started.set()
            await self._stopped.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
