"""A server in a thread and an event loop of its own, so that synchronous clients can be tested in this process."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from fauxlate.engine.sandboxes.sandbox import DEFAULT, Sandbox
from fauxlate.engine.world import environment
from fauxlate.serving.composition import PROVIDERS, new_world
from fauxlate.serving.server import listen
from fauxlate.settings import Settings

Result = TypeVar("Result")


class BackgroundServer:
    """A server in a thread and an event loop of its own, so that synchronous clients can be tested in this process.

    >>> with Emulator() as emulator:  # doctest: +SKIP
    ...     emulator.url, emulator.environment["huawei"]["access_key"]
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings(port=0)
        self.url = ""
        self.world = new_world(self.settings)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread: threading.Thread | None = None
        self._started = threading.Event()
        self._error: BaseException | None = None

    def start(self) -> Self:
        """Start serving; returns when the server answers. Raises `ListenError`."""
        self._thread = threading.Thread(target=self._run, name="fauxlate", daemon=True)
        self._thread.start()
        self._started.wait()
        if self._error is not None:
            self._thread.join()
            raise self._error
        return self

    def stop(self) -> None:
        """Stop serving; returns when the port is free again. Stopping twice does nothing."""
        thread, self._thread = self._thread, None
        if thread is not None:
            if self._loop is not None and self._stop is not None:
                with contextlib.suppress(RuntimeError):  # the loop may have closed by itself
                    self._loop.call_soon_threadsafe(self._stop.set)
            thread.join()

    @property
    def environment(self) -> dict[str, dict[str, str]]:
        """What clients have to be told, by provider, as `fauxlate env --json` prints it."""
        return environment(PROVIDERS, self.world.sandboxes.default, self.url)

    def engine_sandbox(self, sandbox_id: str = DEFAULT) -> Sandbox:
        """Return a sandbox. Raises `KeyError`."""
        found = self.world.sandboxes.get(sandbox_id)
        if found is None:
            raise KeyError(sandbox_id)
        return found

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run `work` in the loop of the server, and return what comes of it."""
        assert self._loop is not None, "the emulator has not been started"
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:  # which can wait for any socket
                runner.run(self._serve())
        except BaseException as error:  # noqa: BLE001  (handed to whoever waits in start)
            self._error = error
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with listen(self.world, self.settings) as self.url:
            self._started.set()
            await self._stop.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
