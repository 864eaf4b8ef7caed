"""The way of a request: which provider, which sandbox, which operation, may it, is it well formed, what comes back."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from emulator.engine.call import Call
from emulator.engine.errors import Refusal
from emulator.engine.parameters import Parameters, places
from emulator.engine.provider import Operation, Problem, Provider, Trouble
from emulator.engine.reply import Reply
from emulator.engine.request import MalformedError, Request
from emulator.engine.world import World
from emulator.web import faults

log = logging.getLogger("fauxlate")


async def answer(world: World, request: Request, broken: Problem | None = None) -> Reply:
    """Return the provider's answer to `request`; whatever goes wrong, in the provider's own error shape.

    `broken` is what the web layer could not read, such as a body over the limit.
    """
    provider = world.provider(request)
    call = Call(request, provider, world.sandboxes.default, world.base_url)
    try:
        if broken is not None:
            raise call.refuse(broken.trouble, broken.detail)
        call = Call(request, provider, world.sandboxes.of(_credential(provider, request)), world.base_url)
        return await _answer(world, call)
    except Refusal as refusal:
        return _refused(call, refusal)
    except MalformedError as fault:
        return _refused(call, call.refuse(Trouble.MALFORMED, f"{fault}."))
    except Exception:
        log.exception("%s %s failed", request.method, request.raw_path)
        return _refused(call, call.refuse(Trouble.INTERNAL, "Fauxlate itself failed; its log has the traceback."))


def _credential(provider: Provider, request: Request) -> str | None:
    try:
        return provider.credential(request)
    except MalformedError:
        return None  # whoever reads the request for good meets it again, and knows the operation


async def _answer(world: World, call: Call) -> Reply:
    found = world.routes(call.provider).find(call.request)
    if isinstance(found, Problem):
        raise call.provider.refuse(call, found)
    call.operation, call.path = found
    operation = call.operation
    if operation.access is not None:
        await operation.access(call)
    if operation.takes and call.request.media_type not in operation.takes:
        came, wanted = call.request.media_type or "none", " or ".join(operation.takes)
        raise call.refuse(Trouble.MEDIA_TYPE, f"The body's content type is {came}; {wanted} is wanted.")
    asked = _asked(call, operation)
    effects = call.sandbox.scenario.first(f"{call.provider.name}.{operation.name}", call.sandbox.tally)
    if effects:
        await faults.apply(call, effects)
    result = await operation.run(call, asked)
    return result if isinstance(result, Reply) else call.provider.encode(call, result)


def _refused(call: Call, refusal: Refusal) -> Reply:
    row = call.provider.row(call.operation, refusal.key)
    reply = call.provider.render(call, row, refusal)
    reply.hint = reply.hint or refusal.hint
    return reply


def _asked(call: Call, operation: Operation) -> Parameters:
    try:
        return operation.parameters.model_validate(_sent(call, operation))
    except ValidationError as refusal:
        error = refusal.errors(include_url=False)[0]
        name = str(error["loc"][0]) if error["loc"] else ""
        where = ".".join(str(part) for part in error["loc"])
        if error["type"] == "missing":
            place = places(operation.parameters).get(name, "request")
            raise call.refuse(Trouble.MISSING, f"`{name}` is missing; it is sent in the {place}.", name) from None
        detail = f"`{where}` is refused: {error['msg']}; it came as {error['input']!r:.120}."
        raise call.refuse(Trouble.INVALID, detail, name) from None


_SENT_IN: dict[type[Parameters], tuple[tuple[str, str], ...]] = {}


def _sent(call: Call, operation: Operation) -> dict[str, Any]:
    """Return the parameters of `operation` that came, from the places its table names."""
    model = operation.parameters
    wanted = _SENT_IN.get(model)
    if wanted is None:
        wanted = _SENT_IN[model] = tuple(places(model).items())
    request = call.request
    sources: dict[str, Mapping[str, Any]] = {"path": call.path}
    found: dict[str, Any] = {}
    for name, place in wanted:
        if place == "header":
            value = request.headers.get(name)
        else:
            source = sources.get(place)
            if source is None:
                source = sources[place] = _read(request, place)
            value = source.get(name)
        if value is not None:
            found[name] = value
    return found


def _read(request: Request, place: str) -> Mapping[str, Any]:
    if place == "query":
        return request.query
    if place == "body":
        return request.json
    return {**request.query, **request.form}
