"""The admin API's door and its way: who may come in, which route a request takes, what a refusal looks like."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from emulator.engine.provider import Problem, Trouble
from emulator.engine.reply import JSON, Reply, as_json
from emulator.engine.request import MalformedError, Request
from emulator.engine.sandbox import Sandbox
from emulator.engine.suggest import did_you_mean
from emulator.engine.world import World

PREFIX = "/__fauxlate/"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
YAML = frozenset({"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"})

Asked = TypeVar("Asked", bound=BaseModel)


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


class Visit:
    """One request to the admin API: the world, the sandbox in its path, and what else the path and query say."""

    def __init__(self, world: World, request: Request, path: Mapping[str, str]) -> None:
        self.world = world
        self.request = request
        self.path = path

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox that the path names."""
        found = self.world.sandboxes.get(self.path["id"])
        if found is None:
            raise AdminError(404, f"There is no sandbox `{self.path['id'][:80]}`; GET {PREFIX}sandboxes lists them.")
        return found

    def body(self, model: type[Asked]) -> Asked:
        """Return the body as `model` says it has to be."""
        return _valid(model, self.request.json if self.request.body else {})

    def query(self, model: type[Asked]) -> Asked:
        """Return the query as `model` says it has to be; numbers come as text there."""
        return _valid(model, self.request.query)


@dataclass(frozen=True, slots=True)
class Route:
    """A row of the admin API. `body` and `query` are the models of what it takes, `answer` the shape it gives."""

    method: str
    path: str
    run: Callable[[Visit], Awaitable[Mapping[str, Any] | Reply]]
    about: str
    answer: Any = None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    status: int = 200
    media_type: str = JSON
    takes: frozenset[str] = frozenset({JSON})
    refuses: tuple[int, ...] = ()

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's segments."""
        return tuple(self.path.split("/"))


_OPEN = frozenset({"health", "ready"})
_MUTATIONS = frozenset({"POST", "PUT", "PATCH"})


async def answer(
    routes: tuple[Route, ...], world: World, settings: Settings, request: Request, broken: Problem | None = None
) -> Reply:
    """Return the answer of the admin API to `request`."""
    try:
        path = request.path.removeprefix(PREFIX)
        if path not in _OPEN:
            _admit(settings, request)
        if broken is not None:
            raise AdminError(413 if broken.trouble is Trouble.TOO_LARGE else 400, broken.detail)
        route, values = _route(routes, request.method, path)
        if route.method in _MUTATIONS and request.media_type not in route.takes:
            came, wanted = request.media_type or "none", " or ".join(sorted(route.takes))
            raise AdminError(415, f"{route.method} takes a body of type {wanted}; the content type is {came}.")
        done = await route.run(Visit(world, request, values))
        return done if isinstance(done, Reply) else Reply(route.status, as_json(done))
    except AdminError as refusal:
        reply = problem(refusal.status, str(refusal), **refusal.more)
        if isinstance(refusal.more.get("allowed"), list):
            reply.headers["Allow"] = ", ".join(refusal.more["allowed"])  # type: ignore[arg-type]
        return reply
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


def _route(routes: tuple[Route, ...], method: str, path: str) -> tuple[Route, Mapping[str, str]]:
    came = path.split("/")
    found: list[tuple[Route, Mapping[str, str]]] = []
    for route in routes:
        values = _values(route.segments, came)
        if values is not None:
            found.append((route, values))
    if not found:
        near = did_you_mean(path[:200], {route.path for route in routes})
        raise AdminError(404, f"`{PREFIX}{path[:200]}` is not part of the admin API.{near}")
    for route, values in found:
        if route.method == method:
            return route, values
    allowed = sorted(route.method for route, _ in found)
    message = f"`{PREFIX}{path[:200]}` is asked by {' or '.join(allowed)}, not by {method}."
    raise AdminError(405, message, allowed=allowed)


def _values(wanted: tuple[str, ...], came: list[str]) -> Mapping[str, str] | None:
    if len(wanted) != len(came):
        return None
    values: dict[str, str] = {}
    for want, have in zip(wanted, came, strict=True):
        if want.startswith("{") and have:
            values[want[1:-1]] = have
        elif want != have:
            return None
    return values


def _valid(model: type[Asked], data: Any) -> Asked:
    try:
        return model.model_validate(data)
    except ValidationError as refusal:
        error = refusal.errors(include_url=False)[0]
        name = ".".join(str(part) for part in error["loc"])
        if error["type"] == "extra_forbidden":
            known = list(model.model_fields)
            message = f"`{name}` is not a key here; there are {', '.join(known)}.{did_you_mean(name, known)}"
        else:
            message = f"`{name}`: {error['msg']}; it came as {error['input']!r:.120}."
        raise AdminError(400, message) from None
