"""The admin API's door and its way: who may come in, which route a request takes, what a refusal looks like."""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl

from fauxlate.engine.exchange.reply import JSON, Reply, as_json
from fauxlate.engine.exchange.request import MalformedError, Request
from fauxlate.engine.sandboxes.sandbox import Sandbox
from fauxlate.engine.service.problems import Problem, ProblemKind
from fauxlate.engine.suggest import did_you_mean
from fauxlate.engine.world import World
from fauxlate.web.problems import problem

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

PREFIX = "/__fauxlate/"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
YAML = frozenset({"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"})
LARGEST_BODY = 1024 * 1024
"""Bytes: a scenario of the most characters that one may have, at four bytes each."""

Asked = TypeVar("Asked", bound="BaseModel")


@dataclass(frozen=True, slots=True)
class Settings:
    """Who may use the admin API: those who know `token` where one is set, under a Host that is one of `hosts`."""

    token: str | None = None
    hosts: frozenset[str] = field(default=LOOPBACK)


class AdminError(Exception):
    """A request to the admin API is refused: HTTP status and what came, why, what to do."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None, **more: list[Any]) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.more = more


class AdminRequest:
    """One request to the admin API: the world, the sandbox in its path, and what else the path and query say.

    `guarded` tells that the server wants a token.
    """

    def __init__(self, world: World, request: Request, path: Mapping[str, str], *, guarded: bool) -> None:
        self.world = world
        self.request = request
        self.path = path
        self.guarded = guarded

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox that the path names; being asked for is being used."""
        sandboxes = self.world.sandboxes
        sandboxes.expire(sandboxes.default.wall)
        found = sandboxes.get(self.path["id"])
        if found is None:
            raise AdminError(404, f"There is no sandbox `{self.path['id'][:80]}`; GET {PREFIX}sandboxes lists them.")
        found.last_used = found.wall
        return found

    def body(self, model: type[Asked]) -> Asked:
        """Return the body as `model` says it has to be."""
        return _valid(model, self.request.json if self.request.body else {})

    def query(self, model: type[Asked]) -> Asked:
        """Return the query as `model` says it has to be; numbers come as text there."""
        seen: set[str] = set()
        for name, _ in parse_qsl(self.request.raw_query, keep_blank_values=True):
            if name in seen:
                raise AdminError(400, f"`{name[:80]}` comes more than once in the query; name it once.")
            seen.add(name)
        return _valid(model, self.request.query)


@dataclass(frozen=True, slots=True)
class Route:
    """A row of the admin API. `body` and `query` are the models of what it takes, `answer` the shape it gives.

    `refuses` lists the statuses of refusals that its path, query and body do not tell; `open` is for anybody.
    """

    method: str
    path: str
    run: Callable[[AdminRequest], Awaitable[Mapping[str, Any] | Reply]]
    about: str
    answer: Any = None
    body: Any = None
    query: type[BaseModel] | None = None
    status: int = 200
    media_type: str = JSON
    takes: frozenset[str] = frozenset({JSON})
    refuses: tuple[int, ...] = ()
    open: bool = False

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's segments."""
        return tuple(self.path.split("/"))


_MUTATIONS = frozenset({"POST", "PUT", "PATCH"})


async def answer(
    routes: tuple[Route, ...], world: World, settings: Settings, request: Request, broken: Problem | None = None
) -> Reply:
    """Return the answer of the admin API to `request`."""
    try:
        path = request.path.removeprefix(PREFIX)
        if not any(route.open and route.path == path for route in routes):
            _admit(settings, request)
        if broken is not None:
            raise AdminError(413 if broken.kind is ProblemKind.TOO_LARGE else 400, broken.detail)
        if len(request.body) > LARGEST_BODY:
            raise AdminError(413, f"The body has {len(request.body)} bytes; here it has {LARGEST_BODY} at most.")
        route, values = _route(routes, request.method, path)
        if route.method in _MUTATIONS and request.media_type not in route.takes:
            came, wanted = request.media_type or "none", " or ".join(sorted(route.takes))
            raise AdminError(415, f"{route.method} takes a body of type {wanted}; the content type is {came}.")
        done = await route.run(AdminRequest(world, request, values, guarded=settings.token is not None))
        return _replied(route, request, done)
    except AdminError as refusal:
        return problem(refusal.status, str(refusal), refusal.headers, **refusal.more)
    except MalformedError as fault:
        return problem(400, f"{fault}.")


def _replied(route: Route, request: Request, done: Mapping[str, Any] | Reply) -> Reply:
    if not isinstance(done, Reply):
        return Reply(route.status, as_json(done))
    if request.method == "HEAD":
        done.stream = None  # which has no end
    return done


_HOST = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::\d*)?")
_BEARER = re.compile(r"(?i:bearer) +(.*)", re.DOTALL)


def _admit(settings: Settings, request: Request) -> None:
    """Refuse callers without the token, and pages of other sites that had their name resolved to this address."""
    if settings.token is not None:
        came = _BEARER.fullmatch(request.headers.get("Authorization", ""))
        if came is None or not hmac.compare_digest(came[1].encode(errors="surrogateescape"), settings.token.encode()):
            message = "The admin API wants `Authorization: Bearer` and the token given as --admin-token."
            raise AdminError(401, message, {"WWW-Authenticate": 'Bearer realm="fauxlate"'})
        return
    host = request.headers.get("Host", "")
    named = _HOST.fullmatch(host)
    if named is None or not {named[1].lower(), named[1].lower().strip("[]")} & settings.hosts:
        allowed = ", ".join(sorted(settings.hosts))
        raise AdminError(
            403, f"The admin API is not reached as `{host[:200]}`, but as {allowed}, or with an admin token."
        )


def _route(routes: tuple[Route, ...], method: str, path: str) -> tuple[Route, Mapping[str, str]]:
    came = path.split("/")
    found: list[tuple[Route, Mapping[str, str]]] = []
    for route in routes:
        values = _values(route.segments, came)
        if values is not None:
            found.append((route, values))
    if not found:
        near = did_you_mean(path[:200], {route.path for route in routes})
        raise AdminError(
            404, f"`{PREFIX}{path[:200]}` is not part of the admin API.{near} GET {PREFIX}openapi.json tells what is."
        )
    for route, values in found:
        if route.method == ("GET" if method == "HEAD" else method):
            return route, values
    methods = {route.method for route, _ in found}
    allowed = sorted(methods | {"HEAD"} if "GET" in methods else methods)
    message = f"`{PREFIX}{path[:200]}` is asked by {' or '.join(allowed)}, not by {method[:40]}."
    raise AdminError(405, message, {"Allow": ", ".join(allowed)}, allowed=allowed)


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
    from pydantic import ValidationError

    try:
        return model.model_validate(data)
    except ValidationError as refusal:
        errors = refusal.errors(include_url=False)
        first = errors[0]
        name = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            known = list(model.model_fields)
            there = f"there are {', '.join(known)}" if known else "there are none"
            message = f"`{name[:80]}` is not a key here; {there}.{did_you_mean(name[:80], known)}"
        else:
            of_one = [error for error in errors if error["loc"][:1] == first["loc"][:1]]
            said = " or ".join(dict.fromkeys(_said(error) for error in of_one))
            name = str(first["loc"][0]) if len(of_one) > 1 else name  # one of a choice: none of it fits
            message = f"`{name}`: {said}."
        raise AdminError(400, message) from None


def _said(error: ErrorDetails) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])  # in our own words
    return f"{error['msg']}; it came as {error['input']!r:.120}"
