"""What has been, in the admin API: journals, listeners to them, coverage and metrics."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from fauxlate.engine.exchange.reply import Reply, as_json
from fauxlate.engine.sandboxes.coverage import Coverage, Kind
from fauxlate.engine.sandboxes.journal import Entry
from fauxlate.engine.service.documented import rows
from fauxlate.engine.suggest import did_you_mean
from fauxlate.web import effects
from fauxlate.web.admin import har, journal
from fauxlate.web.admin.door import PREFIX, AdminError, AdminRequest, Route
from fauxlate.web.admin.shapes import CoverageQuery, CoverageReport, CoverageSum, JournalPage, JournalQuery
from fauxlate.web.problems import legible


async def _journal(visit: AdminRequest) -> Reply | JournalPage:
    asked = visit.query(JournalQuery)
    if asked.operation is not None:
        _known(visit, asked.operation)
    book = visit.sandbox.journal
    found = list(journal.select(book, asked.model_dump()))[-asked.limit :]
    if asked.format == "har":
        archive = as_json(har.as_har(found, visit.world.base_url))
        return Reply(200, archive, {"Content-Disposition": 'attachment; filename="fauxlate.har"'})
    return {"written": book.total, "entries": [journal.as_data(entry) for entry in found]}


def _known(visit: AdminRequest, operation: str) -> None:
    """Refuse the name of an operation that no table has, of which a journal would for ever have nothing."""
    names = [f"{one.name}.{row.name}" for one in visit.world.providers for row in one.operations]
    names += [f"{one.name}.{event.name}" for one in visit.world.providers for event in one.events]
    short = {name.partition(".")[2] for name in names}
    if operation not in short and operation not in names:
        near = did_you_mean(operation[:80], names if "." in operation else short)
        raise AdminError(400, f"`{operation[:80]}` is not an operation.{near} GET {PREFIX}catalog has them all.")


async def _clear_journal(visit: AdminRequest) -> JournalPage:
    visit.sandbox.journal.clear()
    return {"written": visit.sandbox.journal.total, "entries": []}


def _whole(visit: AdminRequest) -> Coverage:
    whole = visit.world.sandboxes.coverage.copy()
    for sandbox in visit.world.sandboxes:
        whole.add(sandbox.coverage)
    return whole


def _coverage_told(visit: AdminRequest, coverage: Coverage) -> CoverageReport:
    asked = visit.query(CoverageQuery)
    every = rows(visit.world.providers, coverage, effects.KINDS)
    summary: dict[Kind, CoverageSum] = {}
    for row in every:
        of_kind = summary.setdefault(row["kind"], {"documented": 0, "served": 0})
        if row.get("evidence") != "undocumented":
            of_kind["documented"] += 1
            of_kind["served"] += row["served"] > 0
    told: list[Any] = [
        row
        for row in every
        if asked.kind in (None, row["kind"]) and (asked.only is None or (asked.only == "served") == (row["served"] > 0))
    ]
    return {"summary": summary, "rows": told}


async def _coverage(visit: AdminRequest) -> CoverageReport:
    return _coverage_told(visit, visit.sandbox.coverage)


async def _whole_coverage(visit: AdminRequest) -> CoverageReport:
    return _coverage_told(visit, _whole(visit))


_HEARTBEAT_SECONDS = 15.0
_MOST_WAITING = 1000


async def _events(visit: AdminRequest) -> Reply:
    sandbox = visit.sandbox
    waiting: asyncio.Queue[Entry | None] = asyncio.Queue()

    def listen(entry: Entry | None) -> None:
        if entry is None or waiting.qsize() < _MOST_WAITING:  # who does not keep up misses some; the journal has them
            waiting.put_nowait(entry)

    async def stream() -> AsyncGenerator[bytes, None]:
        unsubscribe = sandbox.journal.subscribe(listen)
        if visit.world.sandboxes.get(sandbox.id) is not sandbox:  # deleted before anybody listened
            listen(None)
        try:
            yield b": fauxlate\n\n"
            while True:
                try:
                    entry = await asyncio.wait_for(waiting.get(), _HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if entry is None:
                    break
                yield journal.as_event(entry)
            yield b"event: deleted\ndata: " + as_json({"id": sandbox.id}) + b"\n\n"
        finally:
            unsubscribe()

    return Reply(200, b"", {"Cache-Control": "no-store"}, "text/event-stream", stream=stream())


async def _metrics(visit: AdminRequest) -> Reply:
    whole = _whole(visit)
    lines = [
        "# HELP fauxlate_served_total What has been served, by kind and name.",
        "# TYPE fauxlate_served_total counter",
    ]
    lines += [
        f'fauxlate_served_total{{kind="{kind}",name="{_label(name)}"}} {count}'
        for (kind, name), count in sorted(whole.counts.items())
    ]
    lines += ["# HELP fauxlate_sandboxes Sandboxes that there are.", "# TYPE fauxlate_sandboxes gauge"]
    lines += [f"fauxlate_sandboxes {sum(1 for _ in visit.world.sandboxes)}", ""]
    return Reply(200, "\n".join(lines).encode(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _label(value: str) -> str:
    return legible(value).translate({ord("\\"): r"\\", ord('"'): r"\"", ord("\n"): r"\n"})


_SANDBOX = "sandboxes/{id}"

ROUTES = (
    Route("GET", "metrics", _metrics, "What has been served, for Prometheus.", str, media_type="text/plain"),
    Route("GET", "coverage", _whole_coverage, "Coverage of the whole run.", CoverageReport, query=CoverageQuery),
    Route(
        "GET",
        f"{_SANDBOX}/journal",
        _journal,
        "What was asked, answered, and why.",
        JournalPage | har.Har,
        query=JournalQuery,
    ),
    Route("DELETE", f"{_SANDBOX}/journal", _clear_journal, "Forget the journal's entries.", JournalPage),
    Route("GET", f"{_SANDBOX}/coverage", _coverage, "Coverage of a sandbox.", CoverageReport, query=CoverageQuery),
    Route(
        "GET",
        f"{_SANDBOX}/events",
        _events,
        "The journal as it is written; it ends, with the event `deleted`, when the sandbox does.",
        str,
        media_type="text/event-stream",
    ),
)
