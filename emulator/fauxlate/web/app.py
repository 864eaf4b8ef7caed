"""The whole server on one screen: a `Request` in, a `Reply` out, whoever holds the socket."""

from __future__ import annotations

from collections.abc import Coroutine
from functools import partial
from typing import Any

from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.exchange.request import Request
from fauxlate.engine.service.problems import Problem
from fauxlate.engine.world import World
from fauxlate.web import endpoint
from fauxlate.web.admin import door
from fauxlate.web.admin.handlers import probes
from fauxlate.web.admin.route import PREFIX, Route
from fauxlate.web.callbacks import delivery
from fauxlate.web.front.limits import Limits
from fauxlate.web.front.server import Server
from fauxlate.web.front.shared import Answer
from fauxlate.web.front.websockets import WebSockets


def new_server(world: World, settings: door.Settings, limits: Limits) -> Server:
    """Return the server of `world`. It has no router and no middleware: dispatch is the providers' tables."""
    return Server(new_answer(world, settings), WebSockets(partial(delivery.hold_connection, world)), limits)


def new_answer(world: World, settings: door.Settings) -> Answer:
    """Return what answers any request to `world`; its problem is what the front could not read of it."""

    def answer(request: Request, problem: Problem | None) -> Coroutine[Any, Any, Reply]:
        if request.raw_path.startswith(PREFIX):
            return door.answer(_load_routes(request), world, settings, request, problem)
        return endpoint.answer(world, request, problem)

    return answer


def _load_routes(request: Request) -> tuple[Route, ...]:
    if any(request.raw_path == PREFIX + route.path for route in probes.ROUTES):
        return probes.ROUTES
    from fauxlate.web.admin.routes import ROUTES  # the models of the whole API cost a start too much

    return ROUTES
