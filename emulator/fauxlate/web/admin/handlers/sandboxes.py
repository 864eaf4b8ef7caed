"""Sandboxes in the admin API: created, forked, reset and deleted."""

from __future__ import annotations

import secrets

from fauxlate.engine.exchange.reply import Reply, encode_json
from fauxlate.engine.sandboxes.registry import TooManySandboxesError
from fauxlate.engine.sandboxes.sandbox import Sandbox
from fauxlate.engine.scenarios.scenario import Scenario
from fauxlate.web import scheduler
from fauxlate.web.admin.handlers.callbacks import new_receivers
from fauxlate.web.admin.handlers.clock import clock_state
from fauxlate.web.admin.handlers.jobs import job_state
from fauxlate.web.admin.handlers.scenarios import compile_scenarios
from fauxlate.web.admin.route import SANDBOX, AdminError, AdminRequest, Route
from fauxlate.web.admin.shapes.requests import EmptyBody, NewFork, NewSandbox
from fauxlate.web.admin.shapes.responses import DeletedSandbox, SandboxList, SandboxState


def _sandbox_state(request: AdminRequest, sandbox: Sandbox) -> SandboxState:
    return {
        "id": sandbox.id,
        "clock": clock_state(sandbox),
        "seed": sandbox.chance.seed,
        "strict": sandbox.strict,
        "signatures": sandbox.signatures,
        "idle": sandbox.idle,
        "about": sandbox.scenario.about,
        "quirks": sandbox.quirks,
        "credentials": request.world.environment(sandbox),
    }


async def list_sandboxes(request: AdminRequest) -> SandboxList:
    """Tell of every sandbox."""
    sandboxes = request.world.sandboxes
    sandboxes.expire(sandboxes.default.wall)
    return {"sandboxes": [_sandbox_state(request, sandbox) for sandbox in sandboxes]}


async def create_sandbox(request: AdminRequest) -> SandboxState:
    """Create a sandbox."""
    body = request.parse_body(NewSandbox)
    overlay = body.model_dump(mode="json", include={"clock", "seed", "quirks"}, exclude_none=True)
    origin = Scenario()
    if overlay or body.scenario is not None:
        origin = await compile_scenarios(request, body.scenario, overlay)
    settings = body.model_dump(include={"strict", "signatures", "idle", "quirks"})
    sandbox = request.world.new_sandbox(body.id or _new_id(), origin, **settings)
    sandbox.set_receivers(new_receivers(request.world, body.callbacks or {}))
    _add(request, sandbox)
    return _sandbox_state(request, sandbox)


def _new_id() -> str:
    return secrets.token_hex(6)


def _add(request: AdminRequest, sandbox: Sandbox) -> None:
    sandboxes = request.world.sandboxes
    sandboxes.expire(sandbox.wall)
    try:
        sandboxes.add(sandbox)
    except TooManySandboxesError as refusal:
        raise AdminError(429, f"{refusal}.") from None
    except ValueError as refusal:
        raise AdminError(409, f"{refusal}.") from None


async def get_sandbox(request: AdminRequest) -> SandboxState:
    """Tell of one sandbox."""
    return _sandbox_state(request, request.sandbox)


async def delete_sandbox(request: AdminRequest) -> Reply:
    """Delete a sandbox; tell what was left unfinished."""
    sandbox = request.sandbox
    if sandbox is request.world.sandboxes.default:
        raise AdminError(409, f"`{sandbox.id}` is where unknown credentials land, and stays; reset it instead.")
    jobs = [await job_state(sandbox, job) for job in await sandbox.store.jobs()]
    unused = [
        f"{rule.location}: on {', '.join(rule.effects)}"
        for rule in sandbox.scenario.rules
        if not sandbox.rule_counters.uses(rule)
    ]
    deleted: DeletedSandbox = {
        "id": sandbox.id,
        "unfinished": [job for job in jobs if not job["last"]],
        "unused": unused,
    }
    reply = Reply(200, encode_json(deleted))  # what can fail, fails before anything is gone
    if request.world.sandboxes.get(sandbox.id) is not sandbox:
        raise AdminError(404, f"The sandbox `{sandbox.id}` has been deleted meanwhile.")
    request.world.sandboxes.remove(sandbox)
    try:
        await scheduler.release(sandbox)
    finally:
        sandbox.journal.close()
    return reply


async def reset_sandbox(request: AdminRequest) -> SandboxState:
    """Return a sandbox to its beginning."""
    sandbox = request.sandbox
    journal = sandbox.journal
    request.parse_body(EmptyBody)
    await scheduler.release(sandbox)
    request.world.sandboxes.coverage.add(sandbox.coverage)
    sandbox.reset()
    journal.clear()
    journal.total, sandbox.journal = 0, journal  # its listeners stay
    return _sandbox_state(request, sandbox)


async def fork_sandbox(request: AdminRequest) -> SandboxState:
    """Copy a sandbox as it is."""
    body = request.parse_body(NewFork)
    sandbox = request.sandbox.fork(body.id or _new_id())
    _add(request, sandbox)
    return _sandbox_state(request, sandbox)


ROUTES = (
    Route("GET", "sandboxes", list_sandboxes, "Every sandbox.", SandboxList),
    Route(
        "POST",
        "sandboxes",
        create_sandbox,
        "Create a sandbox.",
        SandboxState,
        body=NewSandbox,
        status=201,
        error_statuses=(409, 429),
    ),
    Route("GET", SANDBOX, get_sandbox, "A sandbox.", SandboxState),
    Route(
        "DELETE",
        SANDBOX,
        delete_sandbox,
        "Delete a sandbox; tells what was left unfinished.",
        DeletedSandbox,
        error_statuses=(409,),
    ),
    Route(
        "POST", f"{SANDBOX}/reset", reset_sandbox, "Return a sandbox to its beginning.", SandboxState, body=EmptyBody
    ),
    Route(
        "POST",
        f"{SANDBOX}/fork",
        fork_sandbox,
        "Copy a sandbox as it is; tokens and links that it has given out stay its own.",
        SandboxState,
        body=NewFork,
        status=201,
        error_statuses=(409, 429),
    ),
)
