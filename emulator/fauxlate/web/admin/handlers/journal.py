"""The journal in the admin API: read, cleared, and followed as it is written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from fauxlate.engine.exchange.reply import Reply, encode_json
from fauxlate.engine.sandboxes.journal import Entry
from fauxlate.engine.suggest import did_you_mean
from fauxlate.web.admin.journal.entries import JournalEntry, encode_entry, encode_event, filter_entries
from fauxlate.web.admin.journal.har import Har, encode_har
from fauxlate.web.admin.route import PREFIX, SANDBOX, AdminError, AdminRequest, Route
from fauxlate.web.admin.shapes.requests import JournalQuery
from fauxlate.web.admin.shapes.responses import JournalPage

_HEARTBEAT_SECONDS = 15.0
_MAX_QUEUED = 1000
"""Entries that wait for a listener who does not keep up; it misses further ones, which the journal has."""


async def get_journal(request: AdminRequest) -> Reply | JournalPage:
    """Tell what came, what was answered, and why."""
    query = request.parse_query(JournalQuery)
    if query.operation is not None:
        _check_operation(request, query.operation)
    journal = request.sandbox.journal
    written, entries = journal.total, list(filter_entries(journal, query.model_dump()))[-query.limit :]
    encoded: list[JournalEntry] = []
    for entry in entries:
        encoded.append(encode_entry(entry))
        await asyncio.sleep(0)  # others are answered meanwhile: secrets are looked for in all of it
    if query.format == "har":
        archive = encode_json(encode_har(zip(entries, encoded, strict=True), request.world.base_url))
        return Reply(200, archive, {"Content-Disposition": 'attachment; filename="fauxlate.har"'})
    return {"written": written, "entries": encoded}


def _check_operation(request: AdminRequest, operation: str) -> None:
    """Refuse the name of an operation that no table has, of which a journal would for ever have nothing."""
    providers = request.world.providers
    names = [f"{provider.name}.{row.name}" for provider in providers for row in provider.operations]
    names += [f"{provider.name}.{event.name}" for provider in providers for event in provider.events]
    short_names = {name.partition(".")[2] for name in names}
    if operation not in short_names and operation not in names:
        near = did_you_mean(operation[:80], names if "." in operation else short_names)
        raise AdminError(400, f"`{operation[:80]}` is not an operation.{near} GET {PREFIX}catalog has them all.")


async def clear_journal(request: AdminRequest) -> JournalPage:
    """Forget the entries."""
    journal = request.sandbox.journal
    journal.clear()
    return {"written": journal.total, "entries": []}


async def follow_journal(request: AdminRequest) -> Reply:
    """Send each entry as it is written, until the sandbox is deleted or the listener leaves."""
    sandbox = request.sandbox
    queue: asyncio.Queue[Entry | None] = asyncio.Queue()

    def listen(entry: Entry | None) -> None:
        if entry is None or queue.qsize() < _MAX_QUEUED:
            queue.put_nowait(entry)

    async def stream() -> AsyncGenerator[bytes, None]:
        unsubscribe = sandbox.journal.subscribe(listen)
        if request.world.sandboxes.get(sandbox.id) is not sandbox:  # deleted before anybody listened
            listen(None)
        try:
            yield b": fauxlate\n\n"
            while True:
                try:
                    async with asyncio.timeout(
                        _HEARTBEAT_SECONDS
                    ):  # `wait_for` of Python 3.11 may miss that it is ended
                        entry = await queue.get()
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if entry is None:
                    break
                yield encode_event(entry)
            yield b"event: deleted\ndata: " + encode_json({"id": sandbox.id}) + b"\n\n"
        finally:
            unsubscribe()

    return Reply(200, b"", {"Cache-Control": "no-store"}, "text/event-stream", stream=stream())


ROUTES = (
    Route(
        "GET",
        f"{SANDBOX}/journal",
        get_journal,
        "What was asked, answered, and why.",
        JournalPage | Har,
        query=JournalQuery,
    ),
    Route("DELETE", f"{SANDBOX}/journal", clear_journal, "Forget the journal's entries.", JournalPage),
    Route(
        "GET",
        f"{SANDBOX}/events",
        follow_journal,
        "The journal as it is written; it ends, with the event `deleted`, when the sandbox does.",
        str,
        media_type="text/event-stream",
    ),
)
