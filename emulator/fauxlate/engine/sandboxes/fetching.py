"""Fetching: how the source of a job comes from an address that is not ours, where a server is set to do so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fauxlate.errors import FauxlateError

Fetch = Callable[[str], Awaitable[bytes]]
"""Returns the bytes under a URL. Raises `FetchError`."""


class FetchError(FauxlateError):
    """The source cannot be fetched; the message says why."""
