"""The session's server, and the sandbox of a test as its marks describe it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from fauxlate.engine.suggest import did_you_mean
from fauxlate.testing.sandbox import Sandbox
from fauxlate.testing.scenarios import Layer
from fauxlate.testing.session import Session

if TYPE_CHECKING:
    from fauxlate.testing.sweep.run import Run

_OPTIONS = ("quirks", "clock", "seed", "undocumented")
"""The keyword arguments of the mark `fauxlate`."""


def start_session(request: pytest.FixtureRequest) -> Session:
    """Return the session's server, started here or running at --fauxlate-url."""
    url = request.config.getoption("fauxlate_url")
    if url is None:
        return Session(settings=request.getfixturevalue("fauxlate_settings"))
    return Session(url, request.config.getoption("fauxlate_admin_token") or os.environ.get("FAUXLATE_ADMIN_TOKEN"))


def open_sandbox(item: pytest.Item, session: Session, quirks: Mapping[str, str] | None, run: Run | None) -> Sandbox:
    """Return the sandbox that the marks of a test describe; the mark nearest to the test wins."""
    session.forget_unattributed()
    name = item.nodeid
    marks = list(item.iter_markers("fauxlate"))
    if not marks and quirks is None and run is None:
        return session.sandbox(name=name, folder=item.path.parent)
    options: dict[str, Any] = {}
    scenarios: list[Layer] = []
    choices: dict[str, str] = {}
    for mark in reversed(marks):
        if unknown := [key for key in mark.kwargs if key not in _OPTIONS]:
            names = ", ".join(_OPTIONS)
            suggestion = did_you_mean(unknown[0], _OPTIONS)
            pytest.fail(f"the mark fauxlate has no `{unknown[0]}`; it has {names}.{suggestion}", pytrace=False)
        scenarios += mark.args
        choices |= mark.kwargs.get("quirks") or {}
        options |= mark.kwargs
    try:
        return session.sandbox(
            *scenarios,
            name=f"{name} {run.name}" if run else name,
            quirks=choices | dict(quirks or {}),
            overlays=run.overlays if run else (),
            folder=item.path.parent,
            **{key: options[key] for key in ("clock", "seed") if key in options},
        )
    except ValueError as refusal:
        pytest.fail(f"the scenario of this test is refused:\n{refusal}", pytrace=False)
