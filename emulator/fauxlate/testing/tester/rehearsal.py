"""The rehearsal: a job with nothing amiss, by which the tester learns which operations the client calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fauxlate.testing.sandbox import Sandbox
from fauxlate.testing.tester.adapter import AdapterCaller, NewAdapter
from fauxlate.testing.tester.invariants import InvariantError

MAX_POLLS = 8
"""Polls in which a client has to see the end of a job, where nothing goes wrong."""
POLL_INTERVAL = 600
"""Seconds of the sandbox between two of them."""


def learn_operations(
    new_sandbox: Callable[[], Sandbox], new_adapter: NewAdapter, limit: float, requests: int
) -> dict[str, list[str]]:
    """Return by method of the adapter which operations it calls, from submission to result.

    Raises `InvariantError` for a client that does not see the job's end, and whatever else the client raises.
    """
    operations: dict[str, list[str]] = {}
    with new_sandbox() as sandbox, AdapterCaller(sandbox, new_adapter, limit, requests) as client:

        def call(method: str, *arguments: str) -> Any:
            count = len(sandbox.journal)
            result = client.call(method, *arguments)
            calls = [
                exchange.operation
                for exchange in sandbox.journal[count:]
                if exchange.operation is not None and exchange.callback is None and not exchange.is_from_fixture
            ]
            operations[method] = list(dict.fromkeys([*operations.get(method, []), *calls]))
            return result

        job = str(call("submit"))
        for _ in range(MAX_POLLS):
            if (outcome := call("poll", job)) != "pending":
                break
            sandbox.clock.advance(POLL_INTERVAL)
        if outcome != "done":
            message = f"nothing was amiss, and yet poll({job!r}) said {outcome!r} in the end"
            raise InvariantError(f"{message}\n{sandbox.journal}")
        call("fetch", job)
    every = list(dict.fromkeys(name for names in operations.values() for name in names))
    return {method: names or every for method, names in operations.items()}
