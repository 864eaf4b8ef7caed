"""The report of findings, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from contract_tests.harness.drift.findings import Finding


def format_report(findings: Iterable[Finding]) -> str:
    """Return the findings as text for people."""
    lines: list[str] = []
    for finding in findings:
        lines.append(f"{finding.operation}: {finding.subject}")
        lines.append(f"    target      {finding.target}")
        lines.append(f"    emulator    {finding.emulator}")
        if finding.documented:
            lines.append(f"    documented  {finding.documented}")
        lines.append(f"    change      {finding.row}")
        lines.append(f"    seen in     {finding.test}")
    return "\n".join(lines) if lines else "no drift: the target answered as the emulator does"


def format_json(findings: Iterable[Finding]) -> str:
    """Return the findings as JSON."""
    return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2) + "\n"
