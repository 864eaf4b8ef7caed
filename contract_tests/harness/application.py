"""The emulator as an application of aiohttp, served by a plain aiohttp in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

BOUNDS: dict[str, Any] = {"max_line_size": 4 << 20, "max_field_size": 256 << 10, "auto_decompress": False}
"""What aiohttp's own server has to be told to admit what the front admits."""


@contextmanager
def serve_application(application: web.Application) -> Iterator[str]:
    """Serve `application` while the context lasts; gives its address."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def start() -> web.AppRunner:
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1, **BOUNDS)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner

    runner = asyncio.run_coroutine_threadsafe(start(), loop).result()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
