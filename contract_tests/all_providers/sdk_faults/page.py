"""The table in docs/en/reference/faults.md."""

from __future__ import annotations

import re
from collections.abc import Mapping

from contract_tests.all_providers.sdk_faults.clients import COLUMNS
from contract_tests.all_providers.sdk_faults.measurement import Measurement
from contract_tests.harness.machine import ROOT

PAGE = ROOT / "docs" / "en" / "reference" / "faults.md"
BLOCK = re.compile(
    r"(?P<open><!-- measured: contract_tests/all_providers/sdk_faults -->\n).*?(?P<end><!-- end -->)", re.DOTALL
)


def format_table(measurements: Mapping[str, Mapping[str, Measurement]]) -> str:
    """Return the table in Markdown; `measurements` are by fault and client."""
    lines = ["| Fault | A job then | " + " | ".join(column.name for column in COLUMNS) + " |"]
    lines.append("| --- | --- |" + " --- |" * len(COLUMNS))
    for fault, row in measurements.items():
        jobs = frozenset(measurement.jobs for measurement in row.values())
        has_job = {frozenset({0}): "no", frozenset({1}): "yes"}.get(jobs, "differs")
        cells = [_format_cell(measurement) for measurement in row.values()]
        lines.append(f"| {fault} | {has_job} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _format_cell(measurement: Measurement) -> str:
    requests = "" if measurement.requests == 1 else f" ({measurement.requests} requests)"
    return measurement.outcome + requests


def write_page(table: str) -> None:
    """Put the table into the page."""
    page = PAGE.read_text("utf-8")
    PAGE.write_text(BLOCK.sub(lambda block: f"{block['open']}{table}{block['end']}", page), "utf-8")
