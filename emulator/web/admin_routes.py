"""The admin API, route by route: the table is at the end."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from pydantic import BaseModel, ConfigDict, Field

from emulator import __version__
from emulator.engine.catalog import catalog
from emulator.engine.clock import Clock
from emulator.engine.coverage import Coverage, rows
from emulator.engine.durations import seconds
from emulator.engine.jobs import Job
from emulator.engine.journal import Entry
from emulator.engine.reply import JSON, Reply
from emulator.engine.sandbox import Sandbox, Signatures, TooManyError
from emulator.engine.scenario import Scenario
from emulator.engine.sources import Source
from emulator.web import faults, journal, openapi, passing
from emulator.web.admin import YAML, AdminError, Route, Visit


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", defer_build=True)


class NewSandbox(_Body):
    """A sandbox to create. What `quirks`, `clock` and `seed` say is laid over the scenario."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")] | None = None
    scenario: str | list[str] | dict[str, Any] | None = None
    clock: dict[str, Any] | None = None
    seed: int | None = None
    quirks: dict[str, str] | None = None
    strict: bool = Field(False, description="refuse credentials that belong to no sandbox")
    signatures: Signatures = Field("verified", description="whether those of known credentials are looked at")
    idle: str | None = Field(None, description="how long it may stand unused before it is forgotten, such as `10m`")


class Fork(_Body):
    """The sandbox that a fork makes."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")] | None = None


class ClockChange(_Body):
    """A change of the clock; what it names happens in this order: how it runs, where it stands, how far it jumps."""

    mode: Literal["real", "frozen"] | None = None
    rate: float | None = Field(None, ge=0, le=1_000_000)
    at: datetime | None = None
    advance: str | float | None = None


class Nothing(_Body):
    """No members."""


class JournalQuery(_Body):
    """Which entries: of one operation, job or HTTP status, after a number; the last `limit` of them."""

    operation: str | None = None
    job: str | None = None
    status: int | None = Field(None, ge=100, le=599)
    after: int | None = Field(None, ge=0)
    limit: int = Field(1000, ge=1, le=1000)
    format: Literal["json", "har"] = "json"


class CoverageQuery(_Body):
    """Which rows: of one kind; all that are documented, or only what has been served or missed."""

    kind: Literal["operation", "error", "state", "quirk", "fault"] | None = None
    only: Literal["served", "missed"] | None = None


class Health(TypedDict):
    """The server answers."""

    status: str
    version: str


class Ready(TypedDict):
    """The server serves these providers."""

    status: str
    providers: list[str]


class ClockTold(TypedDict):
    """A sandbox's clock; `epoch` in seconds."""

    mode: str
    rate: float
    now: str
    epoch: float


class SandboxTold(TypedDict):
    """A sandbox; `credentials` are what clients have to be told, by provider."""

    id: str
    clock: ClockTold
    seed: int
    strict: bool
    signatures: str
    idle: float | None
    about: str
    quirks: dict[str, str]
    credentials: dict[str, dict[str, str]]


class SandboxesTold(TypedDict):
    """Every sandbox."""

    sandboxes: list[SandboxTold]


class JobTold(TypedDict):
    """A job: where it stands, and the course that it takes."""

    id: str
    nth: int
    lifecycle: str
    owner: str
    created: str
    state: str
    since: str
    last: bool
    gone: bool
    error: str | None
    timeline: list[str]
    polls: int
    told: dict[str, Any]


class JobsTold(TypedDict):
    """The jobs of a sandbox, in the order in which they were made."""

    jobs: list[JobTold]


class Deleted(TypedDict):
    """What a deleted sandbox leaves: jobs that had not ended, and rules that no call ever met."""

    id: str
    unfinished: list[JobTold]
    unused: list[str]


class JournalTold(TypedDict):
    """Entries, oldest first, and how many there have been."""

    written: int
    entries: list[dict[str, Any]]


class CoverageRow(TypedDict):
    """Something documented, and how often it was served."""

    kind: str
    name: str
    served: int
    evidence: NotRequired[str]
    source: NotRequired[str]


class CoverageTold(TypedDict):
    """Rows, and by kind how many of them were served."""

    summary: dict[str, dict[str, int]]
    rows: list[CoverageRow]


class ScenariosTold(TypedDict):
    """The shipped scenarios."""

    scenarios: list[dict[str, str]]


def _iso(at: float) -> str:
    try:
        return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
    except (OverflowError, ValueError, OSError):
        return f"{at:.0f}"  # beyond the year 9999, where a calendar ends and a clock does not


async def _health(_: Visit) -> Health:
    return {"status": "ok", "version": __version__}


async def _ready(visit: Visit) -> Ready:
    return {"status": "ready", "providers": [provider.name for provider in visit.world.providers]}


async def _catalog(visit: Visit) -> Mapping[str, Any]:
    return catalog(visit.world.providers)


async def _schema(_: Visit) -> Mapping[str, Any]:
    from emulator.engine.scenario_model import schema

    return schema()


async def _scenarios(visit: Visit) -> ScenariosTold:
    return {"scenarios": [{"name": name, "about": about} for name, about in visit.world.shipped()]}


async def _openapi(_: Visit) -> Mapping[str, Any]:
    return openapi.document(ROUTES)


async def _metrics(visit: Visit) -> Reply:
    whole = _whole(visit)
    lines = [
        "# HELP fauxlate_served_total What has been served, by kind and name.",
        "# TYPE fauxlate_served_total counter",
    ]
    lines += [
        f'fauxlate_served_total{{kind="{kind}",name="{name}"}} {count}'
        for (kind, name), count in sorted(whole.counts.items())
    ]
    lines += ["# HELP fauxlate_sandboxes Sandboxes that there are.", "# TYPE fauxlate_sandboxes gauge"]
    lines += [f"fauxlate_sandboxes {sum(1 for _ in visit.world.sandboxes)}", ""]
    return Reply(200, "\n".join(lines).encode(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _clock_told(sandbox: Sandbox) -> ClockTold:
    now = sandbox.now()
    return {"mode": sandbox.clock.mode, "rate": sandbox.clock.rate, "now": _iso(now), "epoch": now}


def _told(visit: Visit, sandbox: Sandbox) -> SandboxTold:
    return {
        "id": sandbox.id,
        "clock": _clock_told(sandbox),
        "seed": sandbox.chance.seed,
        "strict": sandbox.strict,
        "signatures": sandbox.signatures,
        "idle": sandbox.idle,
        "about": sandbox.scenario.about,
        "quirks": sandbox.quirks,
        "credentials": visit.world.environment(sandbox),
    }


async def _sandboxes(visit: Visit) -> SandboxesTold:
    visit.world.sandboxes.expire(visit.world.sandboxes.default.wall)
    return {"sandboxes": [_told(visit, sandbox) for sandbox in visit.world.sandboxes]}


async def _create(visit: Visit) -> SandboxTold:
    asked = visit.body(NewSandbox)
    overlay = {name: value for name in ("clock", "seed", "quirks") if (value := getattr(asked, name)) is not None}
    origin = _compiled(visit, asked.scenario, overlay) if overlay or asked.scenario is not None else Scenario()
    try:
        idle = None if asked.idle is None else seconds(asked.idle)
    except ValueError as refusal:
        raise AdminError(400, f"`idle`: {refusal}.") from None
    sandbox = visit.world.new_sandbox(asked.id or _new_id(), origin, strict=asked.strict, signatures=asked.signatures, idle=idle)
    _enter(visit, sandbox)
    return _told(visit, sandbox)


def _new_id() -> str:
    return secrets.token_hex(6)


def _enter(visit: Visit, sandbox: Sandbox) -> None:
    sandboxes = visit.world.sandboxes
    sandboxes.expire(sandbox.wall)
    try:
        sandboxes.add(sandbox)
    except TooManyError as refusal:
        raise AdminError(429, f"{refusal}.") from None
    except ValueError as refusal:
        raise AdminError(409, f"{refusal}.") from None


def _compiled(visit: Visit, named: str | list[str] | dict[str, Any] | None, overlay: Mapping[str, Any]) -> Scenario:
    """Return the scenario that a body names or holds. Files of this machine are not read, only shipped ones."""
    from emulator.engine.scenario_compiler import compiled

    sources: list[Source] = []
    if isinstance(named, dict):
        sources.append(Source(json.dumps(named), is_json=True))
    else:
        names = [named] if isinstance(named, str) else named or []
        try:
            sources += [visit.world.find(name, Source("")) for name in names]
        except ValueError as refusal:
            raise AdminError(400, str(refusal)) from None
    if overlay:
        sources.append(Source(json.dumps(overlay), "the request", is_json=True))
    return _checked(lambda: compiled(sources, visit.world.providers, find=visit.world.find))


def _checked(compile_: Any) -> Scenario:
    from emulator.engine.scenario_text import ScenarioError

    try:
        scenario: Scenario = compile_()
    except ScenarioError as refusal:
        faults_ = [{"line": one.line, "column": one.column, "message": one.message} for one in refusal.faults]
        raise AdminError(400, f"The scenario is refused; nothing has changed. {refusal}", faults=faults_) from None
    return scenario


async def _sandbox(visit: Visit) -> SandboxTold:
    return _told(visit, visit.sandbox)


async def _delete(visit: Visit) -> Deleted:
    sandbox = visit.sandbox
    if sandbox is visit.world.sandboxes.default:
        raise AdminError(409, f"`{sandbox.id}` is where unknown credentials land, and stays; reset it instead.")
    jobs = [await _job_told(sandbox, job) for job in await sandbox.store.jobs()]
    unused = [rule.where for rule in sandbox.scenario.rules if not sandbox.tally.used(rule)]
    visit.world.sandboxes.remove(sandbox)
    await passing.release(sandbox)
    return {"id": sandbox.id, "unfinished": [job for job in jobs if not job["last"]], "unused": unused}


async def _reset(visit: Visit) -> SandboxTold:
    sandbox = visit.sandbox
    visit.body(Nothing)
    visit.world.sandboxes.coverage.add(sandbox.coverage)
    await passing.release(sandbox)
    sandbox.reset()
    return _told(visit, sandbox)


async def _fork(visit: Visit) -> SandboxTold:
    asked = visit.body(Fork)
    sandbox = visit.sandbox.fork(asked.id or _new_id())
    _enter(visit, sandbox)
    return _told(visit, sandbox)


async def _clock(visit: Visit) -> ClockTold:
    return _clock_told(visit.sandbox)


async def _change_clock(visit: Visit) -> ClockTold:
    sandbox, change = visit.sandbox, visit.body(ClockChange)
    if change.mode is not None and change.rate is not None:
        raise AdminError(400, "The clock stays as it was: `mode` and `rate` say different things; name one of them.")

    def changed(clock: Clock, wall: float) -> Clock:
        rate = {"real": 1.0, "frozen": 0.0}[change.mode] if change.mode is not None else change.rate
        if rate is not None:
            clock = clock.running(wall, rate)
        if change.at is not None:
            clock = clock.set_to(wall, change.at.replace(tzinfo=change.at.tzinfo or UTC).timestamp())
        if change.advance is not None:
            clock = clock.advanced(wall, seconds(change.advance))
        return clock

    try:
        await passing.move(sandbox, changed)
    except (ValueError, OverflowError) as refusal:
        raise AdminError(400, f"The clock stays as it was: {refusal}.") from None
    return _clock_told(sandbox)


async def _scenario(visit: Visit) -> Mapping[str, Any]:
    return visit.sandbox.scenario.written


async def _replace_scenario(visit: Visit) -> Mapping[str, Any]:
    from emulator.engine.scenario_compiler import compiled

    sandbox, request = visit.sandbox, visit.request
    try:
        text = request.body.decode()
    except UnicodeDecodeError as fault:
        raise AdminError(400, f"The scenario is not UTF-8: {fault}; nothing has changed.") from None
    source = Source(text, is_json=request.media_type == JSON)
    scenario = _checked(lambda: compiled(source, visit.world.providers, find=visit.world.find))
    sandbox.follow(scenario)
    return scenario.written


async def _drop_scenario(visit: Visit) -> Mapping[str, Any]:
    visit.sandbox.follow(Scenario())
    return {}


async def _job_told(sandbox: Sandbox, job: Job[Any]) -> JobTold:
    marks = await sandbox.store.marks(job.id)
    position = job.at(sandbox.now(), marks)
    return {
        "id": job.id,
        "nth": job.nth,
        "lifecycle": job.lifecycle,
        "owner": job.owner,
        "created": _iso(job.created),
        "state": position.state,
        "since": _iso(position.since),
        "last": position.last,
        "gone": position.gone,
        "error": position.step.error,
        "timeline": [str(step) for step in job.timeline.steps],
        "polls": len(marks.polls),
        "told": dict(getattr(job.facts, "told", {})),
    }


async def _jobs(visit: Visit) -> JobsTold:
    return {"jobs": [await _job_told(visit.sandbox, job) for job in await visit.sandbox.store.jobs()]}


async def _the_job(visit: Visit) -> Job[Any]:
    job = await visit.sandbox.store.job(visit.path["job"])
    if job is None:
        raise AdminError(404, f"There is no job `{visit.path['job'][:80]}` in this sandbox.")
    return job


async def _job(visit: Visit) -> JobTold:
    return await _job_told(visit.sandbox, await _the_job(visit))


async def _move_job(visit: Visit) -> JobTold:
    sandbox, job = visit.sandbox, await _the_job(visit)
    visit.body(Nothing)
    position = job.at(sandbox.now(), await sandbox.store.marks(job.id))
    if position.last or position.step.dwell.kind != "manual":
        why = "its last state" if position.last else "a state that ends by itself"
        message = f"The job is in `{position.state}`, {why}; only a state written as `… manual` is moved by hand."
        raise AdminError(409, message)
    await sandbox.store.mark(job.id, "moves", sandbox.now())
    return await _job_told(sandbox, job)


async def _journal(visit: Visit) -> Reply | JournalTold:
    asked = visit.query(JournalQuery)
    book = visit.sandbox.journal
    found = list(journal.chosen(book, asked.model_dump()))[-asked.limit :]
    if asked.format == "har":
        har = json.dumps(journal.as_har(found, visit.world.base_url), ensure_ascii=False)
        return Reply(200, har.encode(), {"Content-Disposition": 'attachment; filename="fauxlate.har"'})
    return {"written": book.written, "entries": [journal.as_data(entry) for entry in found]}


async def _clear_journal(visit: Visit) -> JournalTold:
    visit.sandbox.journal.clear()
    return {"written": visit.sandbox.journal.written, "entries": []}


def _whole(visit: Visit) -> Coverage:
    whole = visit.world.sandboxes.coverage.copy()
    for sandbox in visit.world.sandboxes:
        whole.add(sandbox.coverage)
    return whole


def _coverage_told(visit: Visit, coverage: Coverage) -> CoverageTold:
    asked = visit.query(CoverageQuery)
    every = rows(visit.world.providers, coverage, faults.KINDS)
    summary: dict[str, dict[str, int]] = {}
    for row in every:
        of_kind = summary.setdefault(row["kind"], {"documented": 0, "served": 0})
        of_kind["documented"] += row.get("evidence") != "undocumented"
        of_kind["served"] += row["served"] > 0
    told: list[Any] = [
        row
        for row in every
        if asked.kind in (None, row["kind"]) and (asked.only is None or (asked.only == "served") == (row["served"] > 0))
    ]
    return {"summary": summary, "rows": told}


async def _coverage(visit: Visit) -> CoverageTold:
    return _coverage_told(visit, visit.sandbox.coverage)


async def _whole_coverage(visit: Visit) -> CoverageTold:
    return _coverage_told(visit, _whole(visit))


_HEARTBEAT_SECONDS = 15.0
_MOST_WAITING = 1000


async def _events(visit: Visit) -> Reply:
    waiting: asyncio.Queue[Entry] = asyncio.Queue(_MOST_WAITING)

    def hear(entry: Entry) -> None:
        if not waiting.full():  # a listener that does not keep up misses some; the journal has them
            waiting.put_nowait(entry)

    deaf = visit.sandbox.journal.hear(hear)

    async def stream() -> AsyncIterator[bytes]:
        try:
            yield b": fauxlate\n\n"
            while True:
                try:
                    yield journal.as_event(await asyncio.wait_for(waiting.get(), _HEARTBEAT_SECONDS))
                except TimeoutError:
                    yield b": still here\n\n"
        finally:
            deaf()

    return Reply(200, b"", {"Cache-Control": "no-store"}, "text/event-stream", stream=stream())


_SANDBOX = "sandboxes/{id}"

ROUTES = (
    Route("GET", "health", _health, "Whether the process answers.", Health),
    Route("GET", "ready", _ready, "Whether the providers are served.", Ready),
    Route("GET", "catalog", _catalog, "Operations, lifecycles, errors and quirks of every provider.", dict[str, Any]),
    Route("GET", "openapi.json", _openapi, "This document.", dict[str, Any]),
    Route("GET", "scenario.schema.json", _schema, "The JSON Schema of scenario files.", dict[str, Any]),
    Route("GET", "scenarios", _scenarios, "The shipped scenarios.", ScenariosTold),
    Route("GET", "metrics", _metrics, "What has been served, for Prometheus.", media_type="text/plain"),
    Route("GET", "coverage", _whole_coverage, "Coverage of the whole run.", CoverageTold, query=CoverageQuery),
    Route("GET", "sandboxes", _sandboxes, "Every sandbox.", SandboxesTold),
    Route(
        "POST",
        "sandboxes",
        _create,
        "Create a sandbox.",
        SandboxTold,
        body=NewSandbox,
        status=201,
        refuses=(409, 429),
    ),
    Route("GET", _SANDBOX, _sandbox, "A sandbox.", SandboxTold),
    Route("DELETE", _SANDBOX, _delete, "Delete a sandbox; tells what was left unfinished.", Deleted, refuses=(409,)),
    Route("POST", f"{_SANDBOX}/reset", _reset, "Return a sandbox to its beginning.", SandboxTold, body=Nothing),
    Route(
        "POST",
        f"{_SANDBOX}/fork",
        _fork,
        "Copy a sandbox as it is.",
        SandboxTold,
        body=Fork,
        status=201,
        refuses=(409, 429),
    ),
    Route("GET", f"{_SANDBOX}/clock", _clock, "The clock of a sandbox.", ClockTold),
    Route(
        "PATCH",
        f"{_SANDBOX}/clock",
        _change_clock,
        "Change the clock; what falls due runs.",
        ClockTold,
        body=ClockChange,
    ),
    Route("GET", f"{_SANDBOX}/scenario", _scenario, "The scenario in force.", dict[str, Any]),
    Route(
        "PUT",
        f"{_SANDBOX}/scenario",
        _replace_scenario,
        "Follow another scenario; its rules count from nothing, jobs stay.",
        dict[str, Any],
        takes=YAML | {JSON},
        body=openapi.ScenarioDocument,
    ),
    Route("DELETE", f"{_SANDBOX}/scenario", _drop_scenario, "Follow the documents alone.", dict[str, Any]),
    Route("GET", f"{_SANDBOX}/jobs", _jobs, "The jobs of a sandbox.", JobsTold),
    Route("GET", f"{_SANDBOX}/jobs/{{job}}", _job, "A job.", JobTold),
    Route(
        "POST",
        f"{_SANDBOX}/jobs/{{job}}/move",
        _move_job,
        "End a job's manual state.",
        JobTold,
        body=Nothing,
        refuses=(409,),
    ),
    Route(
        "GET", f"{_SANDBOX}/journal", _journal, "What was asked, answered, and why.", JournalTold, query=JournalQuery
    ),
    Route("DELETE", f"{_SANDBOX}/journal", _clear_journal, "Forget the journal's entries.", JournalTold),
    Route("GET", f"{_SANDBOX}/coverage", _coverage, "Coverage of a sandbox.", CoverageTold, query=CoverageQuery),
    Route("GET", f"{_SANDBOX}/events", _events, "The journal as it is written.", media_type="text/event-stream"),
)
