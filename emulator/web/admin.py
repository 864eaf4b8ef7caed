"""The admin API under `/__fauxlate`: health, catalog, and the clock and scenario of a sandbox."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from emulator import __version__
from emulator.engine.catalog import catalog
from emulator.engine.clock import Clock
from emulator.engine.durations import seconds
from emulator.engine.provider import Problem, Trouble
from emulator.engine.reply import Reply, as_json
from emulator.engine.request import MalformedError, Request
from emulator.engine.sandbox import Sandbox
from emulator.engine.scenario import Scenario
from emulator.engine.suggest import did_you_mean
from emulator.engine.world import World

PREFIX = "/__fauxlate/"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_JSON = "application/json"
_YAML = frozenset({"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"})


@dataclass(frozen=True, slots=True)
class Settings:
    """Who may use the admin API: those who know `token` where one is set, under a Host that is one of `hosts`."""

    token: str | None = None
    hosts: frozenset[str] = field(default=LOOPBACK)


class AdminError(Exception):
    """A request to the admin API is refused: HTTP status and what came, why, what to do."""

    def __init__(self, status: int, message: str, **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.more = more


def problem(status: int, message: str, **more: object) -> Reply:
    """Return an error of our own surfaces."""
    return Reply(status, as_json({"message": message, **more}))


@dataclass(frozen=True, slots=True)
class _Context:
    world: World
    request: Request
    sandbox: Sandbox | None

    @property
    def here(self) -> Sandbox:
        assert self.sandbox is not None
        return self.sandbox


def _health(_: _Context) -> Mapping[str, Any]:
    return {"status": "ok", "version": __version__}


def _ready(context: _Context) -> Mapping[str, Any]:
    return {"status": "ready", "providers": [provider.name for provider in context.world.providers]}


def _catalog(context: _Context) -> Mapping[str, Any]:
    return catalog(context.world.providers)


def _clock(context: _Context) -> Mapping[str, Any]:
    sandbox = context.here
    now = sandbox.now()
    return {
        "mode": sandbox.clock.mode,
        "rate": sandbox.clock.rate,
        "now": datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z"),
        "epoch": now,
    }


class ClockChange(BaseModel):
    """A change of the clock; what it names happens in this order: how it runs, where it stands, how far it jumps."""

    model_config = ConfigDict(extra="forbid", defer_build=True)
    mode: Literal["real", "frozen"] | None = None
    rate: float | None = Field(None, ge=0, le=1_000_000)
    at: datetime | None = None
    advance: str | float | None = None


def _change_clock(context: _Context) -> Mapping[str, Any]:
    try:
        change = ClockChange.model_validate(context.request.json)
    except ValidationError as refusal:
        raise AdminError(400, _explained(refusal, ClockChange)) from None

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
        context.here.change_clock(changed)
    except (ValueError, OverflowError) as refusal:
        raise AdminError(400, f"The clock stays as it was: {refusal}.") from None
    return _clock(context)


def _scenario(context: _Context) -> Mapping[str, Any]:
    return context.here.scenario.written


def _replace_scenario(context: _Context) -> Mapping[str, Any]:
    from emulator.engine.scenario_model import compiled
    from emulator.engine.scenario_text import ScenarioError

    request = context.request
    if request.media_type not in _YAML and request.media_type != _JSON:
        came = request.media_type or "none"
        raise AdminError(415, f"A scenario is sent as {_JSON} or application/yaml; the content type is {came}.")
    try:
        text = request.body.decode()
        scenario = compiled(text, context.world.providers, is_json=request.media_type == _JSON)
    except UnicodeDecodeError as fault:
        raise AdminError(400, f"The scenario is not UTF-8: {fault}. The one in force stays.") from None
    except ScenarioError as refusal:
        faults = [{"line": fault.line, "column": fault.column, "message": fault.message} for fault in refusal.faults]
        raise AdminError(400, f"The scenario is refused, the one in force stays: {refusal}", faults=faults) from None
    context.here.follow(scenario)
    return scenario.written


def _drop_scenario(context: _Context) -> Mapping[str, Any]:
    context.here.follow(Scenario())
    return {}


@dataclass(frozen=True, slots=True)
class _Route:
    method: str
    path: str
    run: Callable[[_Context], Mapping[str, Any]]


_ROUTES = (
    _Route("GET", "health", _health),
    _Route("GET", "ready", _ready),
    _Route("GET", "catalog", _catalog),
    _Route("GET", "sandboxes/{id}/clock", _clock),
    _Route("PATCH", "sandboxes/{id}/clock", _change_clock),
    _Route("GET", "sandboxes/{id}/scenario", _scenario),
    _Route("PUT", "sandboxes/{id}/scenario", _replace_scenario),
    _Route("DELETE", "sandboxes/{id}/scenario", _drop_scenario),
)
_OPEN = frozenset({"health", "ready"})


async def answer(world: World, settings: Settings, request: Request, broken: Problem | None = None) -> Reply:
    """Return the answer of the admin API to `request`."""
    try:
        path = request.path.removeprefix(PREFIX)
        if path not in _OPEN:
            _admit(settings, request)
        if broken is not None:
            raise AdminError(413 if broken.trouble is Trouble.TOO_LARGE else 400, broken.detail)
        run, sandbox = _route(world, request.method, path)
        if request.method in ("PATCH", "POST") and request.media_type != _JSON:
            came = request.media_type or "none"
            raise AdminError(415, f"{request.method} takes a body of type {_JSON}; the content type is {came}.")
        return Reply(200, as_json(run(_Context(world, request, sandbox))))
    except AdminError as refusal:
        return problem(refusal.status, str(refusal), **refusal.more)
    except MalformedError as fault:
        return problem(400, f"{fault}.")


def _admit(settings: Settings, request: Request) -> None:
    """Refuse callers without the token, and pages of other sites that had their name resolved to this address."""
    host = request.headers.get("Host", "")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    if settings.token is None and name.lower() not in settings.hosts:
        allowed = ", ".join(sorted(settings.hosts))
        raise AdminError(403, f"The admin API is not reached as `{host}`, but as {allowed}, or with an admin token.")
    if settings.token is not None:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), settings.token.encode()):
            raise AdminError(401, "The admin API wants `Authorization: Bearer` and the token given as --admin-token.")


def _route(world: World, method: str, path: str) -> tuple[Callable[[_Context], Mapping[str, Any]], Sandbox | None]:
    parts = path.split("/")
    generic = "/".join(["sandboxes", "{id}", *parts[2:]]) if parts[0] == "sandboxes" and len(parts) > 1 else path
    found = [route for route in _ROUTES if route.path == generic]
    if not found:
        near = did_you_mean(generic, {route.path for route in _ROUTES})
        raise AdminError(404, f"`{PREFIX}{path[:200]}` is not part of the admin API.{near}")
    sandbox = None
    if generic is not path:
        sandbox = world.sandboxes.get(parts[1])
        if sandbox is None:
            raise AdminError(404, f"There is no sandbox `{parts[1][:80]}`; there is `{world.sandboxes.default.id}`.")
    for route in found:
        if route.method == method:
            return route.run, sandbox
    allowed = " or ".join(route.method for route in found)
    raise AdminError(405, f"`{PREFIX}{path}` is asked by {allowed}, not by {method}.")


def _explained(refusal: ValidationError, model: type[BaseModel]) -> str:
    error = refusal.errors(include_url=False)[0]
    name = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "extra_forbidden":
        known = list(model.model_fields)
        return f"`{name}` is not a key here; there are {', '.join(known)}.{did_you_mean(name, known)}"
    return f"`{name}`: {error['msg']}; it came as {error['input']!r:.120}."
