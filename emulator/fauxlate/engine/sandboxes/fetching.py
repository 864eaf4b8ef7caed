"""Fetching: how the source of a job is got from an address that is not ours, where a server is told to do so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

Fetch = Callable[[str], Awaitable[bytes]]
"""Returns what lies under a URL. Raises `UnfetchedError`."""


class UnfetchedError(Exception):
    """The source cannot be got; the message says why."""
