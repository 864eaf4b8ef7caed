"""Checks of a test that has run: no undocumented request where it passed, its journal in the report where it failed."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from fauxlate.testing.records import Journal
from fauxlate.testing.sandbox import Sandbox


def check_requests(item: pytest.Item, sandbox: Sandbox) -> None:
    """Fail the test if no documented operation answers one of its requests, unless it is marked `undocumented=True`."""
    if not sandbox.is_open or any(mark.kwargs.get("undocumented") for mark in item.iter_markers("fauxlate")):
        return
    attributed, unattributed = sandbox.undocumented_requests()
    if attributed or unattributed:
        pytest.fail(_explain(attributed, unattributed), pytrace=False)


def _explain(attributed: Journal, unattributed: Journal) -> str:
    count = len(attributed) + len(unattributed)
    lines = [f"No documented operation answers what this test has sent ({count}):", ""]
    for exchange in (*attributed, *unattributed):
        answer = f"{exchange.status} {exchange.error or ''}"
        lines.append(f"  {exchange.method} {exchange.target:.200}  →  {answer}".rstrip())
        lines += [f"      {exchange.hint}"] if exchange.hint else []
    if unattributed:
        lines += ["", "It came without credentials of this test; `fauxlate.environment` holds those that lead here."]
    lines += ["", "A test that means it so is marked @pytest.mark.fauxlate(undocumented=True)."]
    return "\n".join(lines)


def report_sections(sandboxes: Iterable[Sandbox]) -> list[tuple[str, str]]:
    """Return what the report of a failed test shows of its sandboxes: title and text of each section."""
    sections: list[tuple[str, str]] = []
    for sandbox in sandboxes:
        if sandbox.is_open and sandbox.is_created:
            lines = [str(sandbox.journal)]
            lines += [f"job {job.id}  {job.lifecycle} {job.state} {job.error or ''}".rstrip() for job in sandbox.jobs]
            sections.append(("fauxlate journal", "\n".join(lines)))
    return sections
