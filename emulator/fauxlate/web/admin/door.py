"""The door of the admin API: who may come in, which route a request takes, and what a refusal looks like."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fauxlate.engine.exchange.reply import Reply, encode_json
from fauxlate.engine.exchange.request import MalformedError, Request
from fauxlate.engine.service.problems import Problem, ProblemKind
from fauxlate.engine.suggest import did_you_mean
from fauxlate.engine.world import World
from fauxlate.web.admin.route import PREFIX, AdminError, AdminRequest, Route
from fauxlate.web.problems import problem_reply

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Names of this machine."""
MAX_BODY = 1024 * 1024
"""Bytes: a scenario of the most characters that one may have, at four bytes each."""
_METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_HOST = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::\d*)?")
_BEARER = re.compile(r"(?i:bearer) +(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Settings:
    """Who may use the admin API: those who know `token` where one is set, under a Host that is one of `hosts`."""

    token: str | None = None
    hosts: frozenset[str] = field(default=LOOPBACK)


async def answer(
    routes: tuple[Route, ...], world: World, settings: Settings, request: Request, problem: Problem | None = None
) -> Reply:
    """Return the admin API's answer to `request`; `problem` is what the front could not read of it."""
    try:
        path = request.path.removeprefix(PREFIX)
        if not any(route.is_public and route.path == path for route in routes):
            _authorize(settings, request)
        if problem is not None:
            raise AdminError(413 if problem.kind is ProblemKind.TOO_LARGE else 400, problem.detail)
        if len(request.body) > MAX_BODY:
            raise AdminError(413, f"The body has {len(request.body)} bytes; here it has {MAX_BODY} at most.")
        route, values = _find_route(routes, request.method, path)
        if route.method in _METHODS_WITH_BODY and request.media_type not in route.media_types:
            actual, accepted = request.media_type or "none", " or ".join(sorted(route.media_types))
            raise AdminError(415, f"{route.method} takes a body of type {accepted}; the content type is {actual}.")
        if not route.is_public:
            request.check_text()
        result = await route.handle(AdminRequest(world, request, values, requires_token=settings.token is not None))
        return _reply(route, request, result)
    except AdminError as refusal:
        return problem_reply(refusal.status, str(refusal), refusal.headers, **refusal.members)
    except MalformedError as fault:
        return problem_reply(400, f"{fault}.")


def _reply(route: Route, request: Request, result: Mapping[str, Any] | Reply) -> Reply:
    if not isinstance(result, Reply):
        return Reply(route.status, encode_json(result))
    if request.method == "HEAD":
        result.stream = None  # which has no end
    return result


def _authorize(settings: Settings, request: Request) -> None:
    """Refuse callers without the token, and pages of other sites that had their name resolved to this address."""
    if settings.token is not None:
        header = _BEARER.fullmatch(request.headers.get("Authorization", ""))
        token = settings.token.encode()
        if header is None or not hmac.compare_digest(header[1].encode(errors="surrogateescape"), token):
            message = "The admin API wants `Authorization: Bearer` and the token given as --admin-token."
            raise AdminError(401, message, {"WWW-Authenticate": 'Bearer realm="fauxlate"'})
        return
    host = request.headers.get("Host", "")
    match = _HOST.fullmatch(host)
    if match is None or not {match[1].lower(), match[1].lower().strip("[]")} & settings.hosts:
        allowed = ", ".join(sorted(settings.hosts))
        raise AdminError(
            403, f"The admin API is not reached as `{host[:200]}`, but as {allowed}, or with an admin token."
        )


def _find_route(routes: tuple[Route, ...], method: str, path: str) -> tuple[Route, Mapping[str, str]]:
    """Return the route of a request and the values in its path. Raises `AdminError`."""
    segments = path.split("/")
    matches: list[tuple[Route, Mapping[str, str]]] = []
    for route in routes:
        values = _match_segments(route.segments, segments)
        if values is not None:
            matches.append((route, values))
    if not matches:
        near = did_you_mean(path[:200], {route.path for route in routes})
        raise AdminError(
            404, f"`{PREFIX}{path[:200]}` is not part of the admin API.{near} GET {PREFIX}openapi.json tells what is."
        )
    for route, values in matches:
        if route.method == ("GET" if method == "HEAD" else method):
            return route, values
    methods = {route.method for route, _ in matches}
    allowed = sorted(methods | {"HEAD"} if "GET" in methods else methods)
    message = f"`{PREFIX}{path[:200]}` is asked by {' or '.join(allowed)}, not by {method[:40]}."
    raise AdminError(405, message, {"Allow": ", ".join(allowed)}, allowed=allowed)


def _match_segments(template: tuple[str, ...], segments: list[str]) -> Mapping[str, str] | None:
    if len(template) != len(segments):
        return None
    values: dict[str, str] = {}
    for pattern, segment in zip(template, segments, strict=True):
        if pattern.startswith("{") and segment:
            values[pattern[1:-1]] = segment
        elif pattern != segment:
            return None
    return values
