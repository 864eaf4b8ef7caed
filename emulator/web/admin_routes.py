"""The admin API, route by route: the table is at the end."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from typing_extensions import TypedDict  # pydantic cannot read the one of Python 3.11

from emulator.engine.catalog import catalog
from emulator.engine.clock import Clock, Mode
from emulator.engine.coverage import Coverage, Kind, rows
from emulator.engine.durations import LONGEST, seconds
from emulator.engine.jobs import Job
from emulator.engine.journal import Entry
from emulator.engine.reply import JSON, Reply, as_json
from emulator.engine.sandbox import Sandbox, Signatures, TooManyError
from emulator.engine.scenario import Scenario
from emulator.engine.sources import Source
from emulator.engine.suggest import did_you_mean
from emulator.web import faults, journal, openapi, passing
from emulator.web.admin import PREFIX, YAML, AdminError, Route, Visit
from emulator.web.journal import iso, legible
from emulator.web.probes import PROBES

_MOST_STACKED = 16
"""Shipped scenarios that one body may lay over each other."""


_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9899, 1, 1, tzinfo=UTC)
"""Where a clock may be set, so that whatever is reckoned from it, for a hundred years at most, has a date."""


def _moment(text: object) -> object:
    """Return the time that `text` tells, in UTC where it names no zone; anything but text as it is."""
    if not isinstance(text, str):
        return text
    try:
        told = datetime.fromisoformat(text.upper())  # RFC 3339 has small letters too
    except ValueError:
        raise ValueError(f"`{text[:80]}` is not a time; write for example 2026-01-01T00:00:00Z") from None
    told = told if told.tzinfo is not None else told.replace(tzinfo=UTC)
    if not _EARLIEST <= told <= _LATEST:
        raise ValueError(f"`{text[:80]}` is out of range; a clock shows {_EARLIEST:%Y-%m-%d} to {_LATEST:%Y-%m-%d}")
    return told


_LENGTH = {
    "anyOf": [
        {"type": "string", "pattern": r"^([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+$"},
        {"type": "number", "minimum": 0, "maximum": LONGEST},
    ],
    "description": "Seconds, or a text such as `250ms`, `2s`, `10m`, `1h30m` or `3d`; a hundred years at most.",
    "examples": ["10m", 600],
}
Length = Annotated[str | float, AfterValidator(seconds), WithJsonSchema(_LENGTH)]
Moment = Annotated[datetime, BeforeValidator(_moment), Field(examples=["2026-01-01T00:00:00Z"])]
Name = Annotated[
    str,
    Field(
        pattern=openapi.SANDBOX_ID,
        description="Small letters, digits and dashes, 63 at most; without it one is made up.",
        examples=["checkout-tests"],
    ),
]
Rate = Annotated[float, Field(ge=0, le=1_000_000, description="Seconds that pass in a second; 0 stands still.")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid", defer_build=True)


class Start(_Body):
    """How the clock of a new sandbox runs, and where it starts; `rate` goes with the mode of that name."""

    mode: Literal["real", "frozen", "rate"] = "real"
    at: Moment | None = None
    rate: Annotated[float, Field(gt=0, le=1_000_000)] | None = None


class NewSandbox(_Body):
    """A sandbox to create. What `clock`, `seed` and `quirks` say is laid over the scenario."""

    id: Name | None = None
    scenario: str | Annotated[list[str], Field(max_length=_MOST_STACKED)] | dict[str, Any] | None = Field(
        None,
        description="A shipped scenario by its name, several with later ones over earlier ones, or one as an object.",
        examples=[{"rules": [{"on": "huawei.*", "times": 2, "then": {"drop": "reset"}}]}],
    )
    clock: Start | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = Field(
        None, description="What ids and names are made from: the same seed and the same requests, the same answers."
    )
    quirks: dict[str, str] | None = Field(
        None,
        description="Choices by quirk; the catalog has them.",
        examples=[{"huawei.started_status": "BEGIN"}],
    )
    strict: bool = Field(default=False, description="Refuse credentials that belong to no sandbox.")
    signatures: Signatures = Field("verified", description="Whether the signatures of its credentials are checked.")
    idle: Length | None = Field(None, description="How long it may stand unused before it is forgotten.")


class Fork(_Body):
    """The sandbox that a fork makes."""

    id: Name | None = None


class ClockChange(_Body):
    """A change of the clock; what it names happens in this order: how it runs, where it stands, how far it jumps."""

    model_config = ConfigDict(
        json_schema_extra={
            "not": {
                "required": ["mode", "rate"],
                "properties": {"mode": {"type": "string"}, "rate": {"type": "number"}},
            },
            "examples": [{"advance": "10m"}, {"mode": "frozen"}, {"rate": 60}, {"at": "2050-01-01T00:00:00Z"}],
        }
    )

    mode: Literal["real", "frozen"] | None = Field(None, description="Run as the wall clock does, or stand still.")
    rate: Rate | None = None
    at: Moment | None = Field(None, description="Show this time, which may not lie in the sandbox's past.")
    advance: Length | None = Field(None, description="Jump forward by so much; what falls due on the way runs first.")


class Nothing(_Body):
    """No members."""


class JournalQuery(_Query):
    """Which entries: of one operation, job or HTTP status, after a number; the last `limit` of them."""

    operation: str | None = Field(None, description="Its name, with or without the provider's before it.")
    job: str | None = Field(None, description="The id of the job that the request was about.")
    status: int | None = Field(None, ge=100, le=599, description="The HTTP status of the answer.")
    after: int | None = Field(None, ge=0, description="Only entries whose number is greater.")
    limit: int = Field(1000, ge=1, le=1000)
    format: Literal["json", "har"] = Field("json", description="`har` gives an HTTP Archive.")


class CoverageQuery(_Query):
    """Which rows: of one kind; all that are documented, or only what has been served or missed."""

    kind: Literal["operation", "error", "state", "quirk", "fault"] | None = None
    only: Literal["served", "missed"] | None = None


Told = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class ProviderTold(TypedDict):
    """The tables of one provider."""

    title: str
    operations: list[dict[str, Any]]
    lifecycles: list[dict[str, Any]]
    quirks: list[dict[str, Any]]


class ClockTold(TypedDict):
    """A sandbox's clock: its time as `now`, and in seconds as `epoch`; `rate` is seconds a second."""

    mode: Mode
    rate: float
    now: Told
    epoch: float


class SandboxTold(TypedDict):
    """A sandbox; `credentials` are what clients have to be told, by provider, as `fauxlate env --json` prints them."""

    id: str
    clock: ClockTold
    seed: int
    strict: bool
    signatures: Signatures
    idle: float | None
    about: str
    quirks: dict[str, str]
    credentials: dict[str, dict[str, str]]


class SandboxesTold(TypedDict):
    """Every sandbox."""

    sandboxes: list[SandboxTold]


class JobTold(TypedDict):
    """A job: where it stands, and the course that it takes.

    `last` says that it is in its last state, `gone` that its result is no longer kept.
    """

    id: str
    nth: int
    lifecycle: str
    owner: str
    created: Told
    state: str
    since: Told
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
    entries: list[journal.EntryTold]


class CoverageRow(TypedDict):
    """Something documented, and how often it was served."""

    kind: Kind
    name: str
    served: int
    evidence: NotRequired[str]
    source: NotRequired[str]


class Summed(TypedDict):
    """How many there are in the documents, and how many of those were served."""

    documented: int
    served: int


class CoverageTold(TypedDict):
    """Rows, and their sum by kind."""

    summary: dict[Kind, Summed]
    rows: list[CoverageRow]


class ScenarioTold(TypedDict):
    """A shipped scenario."""

    name: str
    about: str


class ScenariosTold(TypedDict):
    """The shipped scenarios."""

    scenarios: list[ScenarioTold]


async def _catalog(visit: Visit) -> Mapping[str, Any]:
    return catalog(visit.world.providers)


async def _schema(_: Visit) -> Mapping[str, Any]:
    from emulator.engine.scenario_model import schema

    return schema()


async def _scenarios(visit: Visit) -> ScenariosTold:
    shipped = await asyncio.to_thread(visit.world.shipped)  # the first time, each of them is compiled
    return {"scenarios": [{"name": name, "about": about} for name, about in shipped]}


async def _openapi(visit: Visit) -> Mapping[str, Any]:
    return openapi.document(ROUTES, guarded=visit.guarded)


async def _metrics(visit: Visit) -> Reply:
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


def _clock_told(sandbox: Sandbox) -> ClockTold:
    now = sandbox.now()
    return {"mode": sandbox.clock.mode, "rate": sandbox.clock.rate, "now": iso(now), "epoch": now}


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
    overlay = asked.model_dump(mode="json", include={"clock", "seed", "quirks"}, exclude_none=True)
    origin = _compiled(visit, asked.scenario, overlay) if overlay or asked.scenario is not None else Scenario()
    settings = asked.model_dump(include={"strict", "signatures", "idle"})
    sandbox = visit.world.new_sandbox(asked.id or _new_id(), origin, **settings)
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
        sources.append(_written(named, "scenario"))
    else:
        names = [named] if isinstance(named, str) else named or []
        try:
            sources += [visit.world.find(name, Source("")) for name in names]
        except ValueError as refusal:
            raise AdminError(400, f"`scenario`: {refusal}") from None
    if overlay:
        sources.append(_written(overlay, "the request"))
    return _checked(lambda: compiled(sources, visit.world.providers, find=visit.world.find))


def _written(data: Mapping[str, Any], name: str) -> Source:
    """Return the source of what came as an object, with a line for each of its parts as most tools print it."""
    import orjson

    try:
        return Source(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode(), name, is_json=True)
    except TypeError as fault:
        raise AdminError(400, f"`{name}` is refused: {fault}.") from None


def _checked(compile_: Callable[[], Scenario]) -> Scenario:
    """Return what is compiled, if it can be followed, and said again when somebody asks for it."""
    from emulator.engine.scenario_text import ScenarioError

    try:
        scenario = compile_()
        as_json(scenario.written)
    except ScenarioError as refusal:
        faults_ = [{"line": one.line, "column": one.column, "message": legible(one.message)} for one in refusal.faults]
        raise AdminError(400, f"The scenario is refused; nothing has changed. {refusal}", faults=faults_) from None
    except (TypeError, RecursionError) as fault:  # half a character, a number over 64 bits, bytes, nesting without end
        message = f"The scenario is refused; nothing has changed. It holds what JSON cannot: {fault}."
        raise AdminError(400, message) from None
    return scenario


async def _sandbox(visit: Visit) -> SandboxTold:
    return _told(visit, visit.sandbox)


async def _delete(visit: Visit) -> Deleted:
    sandbox = visit.sandbox
    if sandbox is visit.world.sandboxes.default:
        raise AdminError(409, f"`{sandbox.id}` is where unknown credentials land, and stays; reset it instead.")
    jobs = [await _job_told(sandbox, job) for job in await sandbox.store.jobs()]
    unused = [
        f"{rule.where}: on {', '.join(rule.then)}" for rule in sandbox.scenario.rules if not sandbox.tally.used(rule)
    ]
    visit.world.sandboxes.remove(sandbox)
    await passing.release(sandbox)
    return {"id": sandbox.id, "unfinished": [job for job in jobs if not job["last"]], "unused": unused}


async def _reset(visit: Visit) -> SandboxTold:
    sandbox = visit.sandbox
    book = sandbox.journal
    visit.body(Nothing)
    await passing.release(sandbox)
    visit.world.sandboxes.coverage.add(sandbox.coverage)
    sandbox.reset()
    book.clear()
    book.written, sandbox.journal = 0, book  # whoever listens to it goes on listening
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
    rate = {"real": 1.0, "frozen": 0.0, None: change.rate}[change.mode]

    def changed(clock: Clock, wall: float) -> Clock:
        if rate is not None:
            clock = clock.running(wall, rate)
        if change.at is not None:
            clock = clock.set_to(wall, change.at.timestamp())
        if change.advance is not None:
            clock = clock.advanced(wall, float(change.advance))
        if change.advance is not None and clock.at > _LATEST.timestamp():
            raise ValueError(f"it would be past {_LATEST:%Y-%m-%d}, where clocks end")
        return clock

    try:
        await passing.move(sandbox, changed)
    except ValueError as refusal:
        raise AdminError(409, f"The clock stays as it was: {refusal}.") from None
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
    await passing.move(sandbox, lambda clock, _: clock)  # it may bring another time, at which something is due
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
        "created": iso(job.created),
        "state": position.state,
        "since": iso(position.since),
        "last": sandbox.ended(job, position),
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
        message = (
            f"There is no job `{visit.path['job'][:80]}` in this sandbox; GET {PREFIX}sandboxes/…/jobs lists them."
        )
        raise AdminError(404, message)
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
    if asked.operation is not None:
        _known(visit, asked.operation)
    book = visit.sandbox.journal
    found = list(journal.chosen(book, asked.model_dump()))[-asked.limit :]
    if asked.format == "har":
        har = as_json(journal.as_har(found, visit.world.base_url))
        return Reply(200, har, {"Content-Disposition": 'attachment; filename="fauxlate.har"'})
    return {"written": book.written, "entries": [journal.as_data(entry) for entry in found]}


def _known(visit: Visit, operation: str) -> None:
    """Refuse the name of an operation that no table has, of which a journal would for ever have nothing."""
    names = [f"{one.name}.{operation.name}" for one in visit.world.providers for operation in one.operations]
    short = {name.partition(".")[2] for name in names}
    if operation not in short and operation not in names:
        near = did_you_mean(operation[:80], names if "." in operation else short)
        raise AdminError(400, f"`{operation[:80]}` is not an operation.{near} GET {PREFIX}catalog has them all.")


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
    summary: dict[Kind, Summed] = {}
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


async def _coverage(visit: Visit) -> CoverageTold:
    return _coverage_told(visit, visit.sandbox.coverage)


async def _whole_coverage(visit: Visit) -> CoverageTold:
    return _coverage_told(visit, _whole(visit))


_HEARTBEAT_SECONDS = 15.0
_MOST_WAITING = 1000


async def _events(visit: Visit) -> Reply:
    sandbox = visit.sandbox
    waiting: asyncio.Queue[Entry] = asyncio.Queue(_MOST_WAITING)

    def hear(entry: Entry) -> None:
        if not waiting.full():  # a listener that does not keep up misses some; the journal has them
            waiting.put_nowait(entry)

    async def stream() -> AsyncGenerator[bytes, None]:
        deaf = sandbox.journal.hear(hear)
        try:
            yield b": fauxlate\n\n"
            while visit.world.sandboxes.get(sandbox.id) is sandbox:
                try:
                    yield journal.as_event(await asyncio.wait_for(waiting.get(), _HEARTBEAT_SECONDS))
                except TimeoutError:
                    yield b": still here\n\n"
        finally:
            deaf()

    return Reply(200, b"", {"Cache-Control": "no-store"}, "text/event-stream", stream=stream())


_SANDBOX = "sandboxes/{id}"

ROUTES = (
    *PROBES,
    Route(
        "GET", "catalog", _catalog, "Every provider's operations, states, errors and quirks.", dict[str, ProviderTold]
    ),
    Route("GET", "openapi.json", _openapi, "This document.", dict[str, Any]),
    Route("GET", "scenario.schema.json", _schema, "The JSON Schema of scenario files.", dict[str, Any]),
    Route("GET", "scenarios", _scenarios, "The shipped scenarios.", ScenariosTold),
    Route("GET", "metrics", _metrics, "What has been served, for Prometheus.", str, media_type="text/plain"),
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
        "Copy a sandbox as it is; tokens and links that it has given out stay its own.",
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
        refuses=(409,),
    ),
    Route("GET", f"{_SANDBOX}/scenario", _scenario, "The scenario in force.", openapi.ScenarioDocument),
    Route(
        "PUT",
        f"{_SANDBOX}/scenario",
        _replace_scenario,
        "Follow another scenario; its rules count from nothing, jobs stay.",
        openapi.ScenarioDocument,
        takes=YAML | {JSON},
        body=openapi.ScenarioDocument | None,
    ),
    Route("DELETE", f"{_SANDBOX}/scenario", _drop_scenario, "Follow the documents alone.", openapi.ScenarioDocument),
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
        "GET",
        f"{_SANDBOX}/journal",
        _journal,
        "What was asked, answered, and why.",
        JournalTold | journal.Har,
        query=JournalQuery,
    ),
    Route("DELETE", f"{_SANDBOX}/journal", _clear_journal, "Forget the journal's entries.", JournalTold),
    Route("GET", f"{_SANDBOX}/coverage", _coverage, "Coverage of a sandbox.", CoverageTold, query=CoverageQuery),
    Route("GET", f"{_SANDBOX}/events", _events, "The journal as it is written.", str, media_type="text/event-stream"),
)
