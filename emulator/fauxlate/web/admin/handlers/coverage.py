"""Coverage in the admin API: which documented behaviour has been served, for people and for Prometheus."""

from __future__ import annotations

from typing import Any

from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.sandboxes.coverage import Coverage, Kind
from fauxlate.engine.service.inventory import coverage_rows
from fauxlate.web import effects
from fauxlate.web.admin.route import SANDBOX, AdminRequest, Route
from fauxlate.web.admin.shapes.requests import CoverageQuery
from fauxlate.web.admin.shapes.responses import CoverageReport, CoverageSummary
from fauxlate.web.problems import printable


async def get_coverage(request: AdminRequest) -> CoverageReport:
    """Tell what has been served in a sandbox."""
    return _report(request, request.sandbox.coverage)


async def get_total_coverage(request: AdminRequest) -> CoverageReport:
    """Tell what has been served in all sandboxes, also those that are gone."""
    return _report(request, _total(request))


async def get_metrics(request: AdminRequest) -> Reply:
    """Tell what has been served, as Prometheus reads it."""
    lines = [
        "# HELP fauxlate_served_total What has been served, by kind and name.",
        "# TYPE fauxlate_served_total counter",
    ]
    lines += [
        f'fauxlate_served_total{{kind="{kind}",name="{_escape(name)}"}} {count}'
        for (kind, name), count in sorted(_total(request).counts.items())
    ]
    lines += ["# HELP fauxlate_sandboxes Sandboxes that there are.", "# TYPE fauxlate_sandboxes gauge"]
    lines += [f"fauxlate_sandboxes {sum(1 for _ in request.world.sandboxes)}", ""]
    return Reply(200, "\n".join(lines).encode(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _total(request: AdminRequest) -> Coverage:
    total = request.world.sandboxes.coverage.copy()
    for sandbox in request.world.sandboxes:
        total.add(sandbox.coverage)
    return total


def _report(request: AdminRequest, coverage: Coverage) -> CoverageReport:
    query = request.parse_query(CoverageQuery)
    all_rows = coverage_rows(request.world.providers, coverage, effects.FAULT_KINDS)
    summary: dict[Kind, CoverageSummary] = {}
    for row in all_rows:
        counts = summary.setdefault(row["kind"], {"documented": 0, "served": 0})
        if row.get("evidence") != "undocumented":
            counts["documented"] += 1
            counts["served"] += row["served"] > 0
    selected: list[Any] = [
        row
        for row in all_rows
        if query.kind in (None, row["kind"]) and (query.only is None or (query.only == "served") == (row["served"] > 0))
    ]
    return {"summary": summary, "rows": selected}


def _escape(value: str) -> str:
    return printable(value).translate({ord("\\"): r"\\", ord('"'): r"\"", ord("\n"): r"\n"})


ROUTES = (
    Route("GET", "metrics", get_metrics, "What has been served, for Prometheus.", str, media_type="text/plain"),
    Route("GET", "coverage", get_total_coverage, "Coverage of the whole run.", CoverageReport, query=CoverageQuery),
    Route("GET", f"{SANDBOX}/coverage", get_coverage, "Coverage of a sandbox.", CoverageReport, query=CoverageQuery),
)
