"""The adapter: what the tester needs of a client, and how it is called within limits."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, Literal, Protocol, Self, TypeVar

from fauxlate.testing.limits import enforce_limits
from fauxlate.testing.sandbox import Sandbox

Outcome = Literal["pending", "done", "failed"]
"""How a client says that a job stands."""
Result = TypeVar("Result")


class Adapter(Protocol):
    """What the tester needs of a client: made with a sandbox, for the tester to call one step at a time.

    `errors` are the exceptions by which the client tells its caller that it has failed; any other is a finding. Each
    method may be asynchronous. `submit` starts a job and returns the provider's id of it. `poll` asks once how it
    stands. `fetch` returns the result of one that is done. Each may try again, within bounds, and has to let the
    sandbox's clock pass (`fauxlate.clock.sleep`) instead of waiting.
    """

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """The client's own exceptions."""

    def submit(self) -> Any:
        """Start a job; return its id."""

    def poll(self, job: str) -> Any:
        """Return `pending`, `done` or `failed`."""

    def fetch(self, job: str) -> Any:
        """Return the result."""


NewAdapter = Callable[[Sandbox], Adapter]
"""Makes an adapter of a client that uses a sandbox, as the class of the adapter does."""


class AdapterCaller:
    """Calls an adapter within limits (seconds and requests a call), whether its methods are asynchronous or not."""

    def __init__(self, sandbox: Sandbox, new_adapter: NewAdapter, limit: float, requests: int) -> None:
        self._sandbox, self._limit, self._requests = sandbox, limit, requests
        self._runner: asyncio.Runner | None = None
        self._adapter = new_adapter(sandbox)
        self.errors = tuple(getattr(self._adapter, "errors", ()))

    def call(self, method: str, *arguments: str) -> Any:
        """Call a method of the adapter. Raises `HangError` over a limit, and what the method raises."""
        with enforce_limits(self._limit, self._requests, self._sandbox.subscribe):
            result = getattr(self._adapter, method)(*arguments)
            if inspect.isawaitable(result):
                self._runner = self._runner or asyncio.Runner()
                result = self._runner.run(_wait_for(result))
            return result

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._runner is not None:
            self._runner.close()


async def _wait_for(awaitable: Awaitable[Result]) -> Result:
    return await awaitable
