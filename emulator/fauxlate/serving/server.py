"""The server of this process: it listens, announces itself, follows its scenario's files, and stops at a signal."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fauxlate.engine.world import World
from fauxlate.errors import FauxlateError
from fauxlate.serving.composition import load_scenario, new_world
from fauxlate.settings import Settings, local_url
from fauxlate.web import app
from fauxlate.web.admin import door
from fauxlate.web.callbacks import subscriptions
from fauxlate.web.front.limits import Limits

log = logging.getLogger("fauxlate")


class ListenError(FauxlateError, OSError):
    """The address cannot be listened on; the message says what to do."""


@asynccontextmanager
async def listen(world: World, settings: Settings) -> AsyncIterator[str]:
    """Serve `world` while the context lasts; gives the URL. Raises `ListenError`."""
    server = app.new_server(world, door_settings(settings), Limits(patience=settings.patience))
    try:
        try:
            await server.listen(settings.host, settings.port)
        except OSError as fault:
            why = f"cannot listen on {settings.host}:{settings.port}: {fault.strerror or fault}; choose another --port or --host"
            raise ListenError(why) from None
        url = local_url(settings.host, server.port)
        world.base_url = (settings.public_url or url).rstrip("/")
        yield url
    finally:
        await subscriptions.close(*world.sandboxes)
        await server.close()


def door_settings(settings: Settings) -> door.Settings:
    """Return who may use the admin API."""
    return door.Settings(settings.admin_token, door.LOOPBACK | {settings.host.lower()})


def serve(settings: Settings, announce: Callable[[World, str], None]) -> None:
    """Serve until SIGINT or SIGTERM; calls `announce` once the server answers."""

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        modified = _modification_times(settings)  # before it is read: a change meanwhile is a change
        world = new_world(settings)
        async with listen(world, settings) as url:
            announce(world, url)
            watcher = asyncio.ensure_future(_watch(world, settings, modified)) if settings.reload else None
            await stop.wait()
            if watcher is not None:
                watcher.cancel()

    asyncio.run(main())


_WATCH_INTERVAL = 0.3
"""Seconds between two looks at the files of the scenario."""


async def _watch(world: World, settings: Settings, modified: list[int]) -> None:
    """Follow the scenario's files as they change; a wrong one is logged, and the last good one stays."""
    default = world.sandboxes.default
    while True:
        await asyncio.sleep(_WATCH_INTERVAL)
        now = _modification_times(settings)
        if now == modified:
            continue
        modified = now
        try:
            default.follow(await asyncio.to_thread(load_scenario, settings))
        except ValueError as refusal:
            log.warning("the scenario has changed and is refused; the last good one stays\n%s", refusal)
        else:
            log.warning("the scenario has changed and is followed from now on")


def _modification_times(settings: Settings) -> list[int]:
    paths = [Path(name) for name in settings.scenario]
    return [path.stat().st_mtime_ns if path.is_file() else 0 for path in paths]
