"""Sandboxes in the admin API: made, forked, reset and deleted, with their clock, scenario and jobs."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fauxlate.engine.exchange.reply import JSON
from fauxlate.engine.grammar.sources import Source
from fauxlate.engine.sandboxes.registry import TooManySandboxesError
from fauxlate.engine.sandboxes.sandbox import Sandbox
from fauxlate.engine.scenarios.scenario import Scenario
from fauxlate.engine.timing.clock import Clock
from fauxlate.engine.timing.jobs import Job
from fauxlate.web import scheduler
from fauxlate.web.admin import callbacks, openapi
from fauxlate.web.admin.door import PREFIX, YAML, AdminError, AdminRequest, Route
from fauxlate.web.admin.shapes import (
    LATEST,
    ClockChange,
    ClockState,
    DeletedSandbox,
    Fork,
    JobList,
    JobState,
    NewSandbox,
    Nothing,
    SandboxList,
    SandboxState,
)
from fauxlate.web.callbacks import delivery
from fauxlate.web.problems import legible
from fauxlate.web.times import iso


def _clock_told(sandbox: Sandbox) -> ClockState:
    now = sandbox.now()
    return {"mode": sandbox.clock.mode, "rate": sandbox.clock.rate, "now": iso(now), "epoch": now}


def _told(visit: AdminRequest, sandbox: Sandbox) -> SandboxState:
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


async def _sandboxes(visit: AdminRequest) -> SandboxList:
    visit.world.sandboxes.expire(visit.world.sandboxes.default.wall)
    return {"sandboxes": [_told(visit, sandbox) for sandbox in visit.world.sandboxes]}


async def _create(visit: AdminRequest) -> SandboxState:
    asked = visit.body(NewSandbox)
    overlay = asked.model_dump(mode="json", include={"clock", "seed", "quirks"}, exclude_none=True)
    origin = await _compiled(visit, asked.scenario, overlay) if overlay or asked.scenario is not None else Scenario()
    settings = asked.model_dump(include={"strict", "signatures", "idle", "quirks"})
    sandbox = visit.world.new_sandbox(asked.id or _new_id(), origin, **settings)
    sandbox.set_receivers(callbacks.receivers(visit.world, asked.callbacks or {}))
    _enter(visit, sandbox)
    return _told(visit, sandbox)


def _new_id() -> str:
    return secrets.token_hex(6)


def _enter(visit: AdminRequest, sandbox: Sandbox) -> None:
    sandboxes = visit.world.sandboxes
    sandboxes.expire(sandbox.wall)
    try:
        sandboxes.add(sandbox)
    except TooManySandboxesError as refusal:
        raise AdminError(429, f"{refusal}.") from None
    except ValueError as refusal:
        raise AdminError(409, f"{refusal}.") from None


async def _compiled(
    visit: AdminRequest, named: str | list[str] | dict[str, Any] | None, overlay: Mapping[str, Any]
) -> Scenario:
    """Return the scenario that a body names or holds. Files of this machine are not read, only shipped ones."""
    from fauxlate.engine.grammar.compiler import compile_scenario

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
    return await _checked(lambda: compile_scenario(sources, visit.world.providers, find=visit.world.find))


def _written(data: Mapping[str, Any], name: str) -> Source:
    """Return the source of what came as an object, with a line for each of its parts as most tools print it."""
    import orjson

    try:
        return Source(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode(), name, is_json=True)
    except TypeError as fault:
        raise AdminError(400, f"`{name}` is refused: {fault}.") from None


_COMPILING = ThreadPoolExecutor(1, "scenario")
"""A scenario as large as one may be takes seconds to read; those who call the providers do not wait for that."""


async def _checked(compile_: Callable[[], Scenario]) -> Scenario:
    """Return what is compiled, if it can be followed."""
    from fauxlate.engine.grammar.diagnostics import ScenarioError

    try:
        return await asyncio.get_running_loop().run_in_executor(_COMPILING, compile_)
    except ScenarioError as refusal:
        faults = [
            {"line": each.line, "column": each.column, "message": legible(each.message)} for each in refusal.diagnostics
        ]
        raise AdminError(400, f"The scenario is refused; nothing has changed. {refusal}", faults=faults) from None


async def _sandbox(visit: AdminRequest) -> SandboxState:
    return _told(visit, visit.sandbox)


async def _delete(visit: AdminRequest) -> DeletedSandbox:
    sandbox = visit.sandbox
    if sandbox is visit.world.sandboxes.default:
        raise AdminError(409, f"`{sandbox.id}` is where unknown credentials land, and stays; reset it instead.")
    jobs = [await _job_told(sandbox, job) for job in await sandbox.store.jobs()]
    unused = [
        f"{rule.where}: on {', '.join(rule.then)}"
        for rule in sandbox.scenario.rules
        if not sandbox.rule_counters.uses(rule)
    ]
    visit.world.sandboxes.remove(sandbox)
    await scheduler.release(sandbox)
    sandbox.journal.end()
    return {"id": sandbox.id, "unfinished": [job for job in jobs if not job["last"]], "unused": unused}


async def _reset(visit: AdminRequest) -> SandboxState:
    sandbox = visit.sandbox
    book = sandbox.journal
    visit.body(Nothing)
    await scheduler.release(sandbox)
    visit.world.sandboxes.coverage.add(sandbox.coverage)
    sandbox.reset()
    book.clear()
    book.total, sandbox.journal = 0, book  # whoever listens to it goes on listening
    return _told(visit, sandbox)


async def _fork(visit: AdminRequest) -> SandboxState:
    asked = visit.body(Fork)
    sandbox = visit.sandbox.fork(asked.id or _new_id())
    _enter(visit, sandbox)
    return _told(visit, sandbox)


async def _clock(visit: AdminRequest) -> ClockState:
    return _clock_told(visit.sandbox)


async def _change_clock(visit: AdminRequest) -> ClockState:
    sandbox, change = visit.sandbox, visit.body(ClockChange)
    if change.mode is not None and change.rate is not None:
        raise AdminError(400, "The clock stays as it was: `mode` and `rate` say different things; name one of them.")
    rate = {"real": 1.0, "frozen": 0.0, None: change.rate}[change.mode]

    def changed(clock: Clock, wall: float) -> Clock:
        if rate is not None:
            clock = clock.run(wall, rate)
        if change.at is not None:
            clock = clock.set_to(wall, change.at.timestamp())
        if change.advance is not None:
            clock = clock.advance(wall, float(change.advance))
        if change.advance is not None and clock.at > LATEST.timestamp():
            raise ValueError(f"it would be past {LATEST:%Y-%m-%d}, where clocks end")
        return clock

    try:
        await scheduler.change_clock(sandbox, changed)
    except ValueError as refusal:
        raise AdminError(409, f"The clock stays as it was: {refusal}.") from None
    return _clock_told(sandbox)


async def _scenario(visit: AdminRequest) -> Mapping[str, Any]:
    return visit.sandbox.scenario.document


async def _replace_scenario(visit: AdminRequest) -> Mapping[str, Any]:
    from fauxlate.engine.grammar.compiler import compile_scenario

    sandbox, request = visit.sandbox, visit.request
    try:
        text = request.body.decode()
    except UnicodeDecodeError as fault:
        raise AdminError(400, f"The scenario is not UTF-8: {fault}; nothing has changed.") from None
    source = Source(text, is_json=request.media_type == JSON)
    scenario = await _checked(lambda: compile_scenario(source, visit.world.providers, find=visit.world.find))
    sandbox.follow(scenario)
    await scheduler.change_clock(
        sandbox, lambda clock, _: clock
    )  # it may bring another time, at which something is due
    return scenario.document


async def _drop_scenario(visit: AdminRequest) -> Mapping[str, Any]:
    visit.sandbox.follow(Scenario())
    return {}


async def _job_told(sandbox: Sandbox, job: Job[Any]) -> JobState:
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
        "last": sandbox.has_ended(job, position),
        "gone": position.gone,
        "error": position.step.error,
        "timeline": [str(step) for step in job.timeline.steps],
        "polls": len(marks.polls),
        "told": dict(getattr(job.facts, "attributes", {})),
    }


async def _jobs(visit: AdminRequest) -> JobList:
    return {"jobs": [await _job_told(visit.sandbox, job) for job in await visit.sandbox.store.jobs()]}


async def _the_job(visit: AdminRequest) -> Job[Any]:
    job = await visit.sandbox.store.job(visit.path["job"])
    if job is None:
        message = (
            f"There is no job `{visit.path['job'][:80]}` in this sandbox; GET {PREFIX}sandboxes/…/jobs lists them."
        )
        raise AdminError(404, message)
    return job


async def _job(visit: AdminRequest) -> JobState:
    return await _job_told(visit.sandbox, await _the_job(visit))


async def _move_job(visit: AdminRequest) -> JobState:
    sandbox, job = visit.sandbox, await _the_job(visit)
    visit.body(Nothing)
    position = job.at(sandbox.now(), await sandbox.store.marks(job.id))
    if position.last or position.step.dwell.kind != "manual":
        why = "its last state" if position.last else "a state that ends by itself"
        message = f"The job is in `{position.state}`, {why}; only a state written as `… manual` is moved by hand."
        raise AdminError(409, message)
    await sandbox.store.mark(job.id, "moves", sandbox.now())
    await delivery.schedule(visit.world, sandbox, job.id)
    return await _job_told(sandbox, job)


_SANDBOX = "sandboxes/{id}"

ROUTES = (
    Route("GET", "sandboxes", _sandboxes, "Every sandbox.", SandboxList),
    Route(
        "POST",
        "sandboxes",
        _create,
        "Create a sandbox.",
        SandboxState,
        body=NewSandbox,
        status=201,
        refuses=(409, 429),
    ),
    Route("GET", _SANDBOX, _sandbox, "A sandbox.", SandboxState),
    Route(
        "DELETE", _SANDBOX, _delete, "Delete a sandbox; tells what was left unfinished.", DeletedSandbox, refuses=(409,)
    ),
    Route("POST", f"{_SANDBOX}/reset", _reset, "Return a sandbox to its beginning.", SandboxState, body=Nothing),
    Route(
        "POST",
        f"{_SANDBOX}/fork",
        _fork,
        "Copy a sandbox as it is; tokens and links that it has given out stay its own.",
        SandboxState,
        body=Fork,
        status=201,
        refuses=(409, 429),
    ),
    Route("GET", f"{_SANDBOX}/clock", _clock, "The clock of a sandbox.", ClockState),
    Route(
        "PATCH",
        f"{_SANDBOX}/clock",
        _change_clock,
        "Change the clock; what falls due runs.",
        ClockState,
        body=ClockChange,
        refuses=(409,),
    ),
    Route("GET", f"{_SANDBOX}/scenario", _scenario, "The scenario in force.", openapi.ScenarioDocument),
    Route(
        "PUT",
        f"{_SANDBOX}/scenario",
        _replace_scenario,
        "Follow another scenario; its rules count from nothing. Jobs stay, and quirks, clock and seed that it does not name.",
        openapi.ScenarioDocument,
        takes=YAML | {JSON},
        body=openapi.ScenarioDocument | None,
    ),
    Route("DELETE", f"{_SANDBOX}/scenario", _drop_scenario, "Follow no scenario.", openapi.ScenarioDocument),
    Route("GET", f"{_SANDBOX}/jobs", _jobs, "The jobs of a sandbox.", JobList),
    Route("GET", f"{_SANDBOX}/jobs/{{job}}", _job, "A job.", JobState),
    Route(
        "POST",
        f"{_SANDBOX}/jobs/{{job}}/move",
        _move_job,
        "End a job's manual state.",
        JobState,
        body=Nothing,
        refuses=(409,),
    ),
)
