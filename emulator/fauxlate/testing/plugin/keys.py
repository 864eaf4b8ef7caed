"""Keys: under which the plugin keeps what belongs to a test or to the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from fauxlate.testing.sandbox import Sandbox
    from fauxlate.testing.session import Session
    from fauxlate.testing.sweep.run import Run

SANDBOXES: pytest.StashKey[list[Sandbox]] = pytest.StashKey()
"""The sandboxes of a test."""
RUN: pytest.StashKey[Run] = pytest.StashKey()
"""The run of the sweep that a test is in."""
SESSION: pytest.StashKey[Session] = pytest.StashKey()
"""The server of this process."""
WORKER_COUNTS: pytest.StashKey[list[dict[str, Any]]] = pytest.StashKey()
"""What the workers of pytest-xdist have counted."""


def sandboxes_of(item: pytest.Item) -> list[Sandbox]:
    """Return the sandboxes of a test."""
    return item.stash.get(SANDBOXES, None) or []
