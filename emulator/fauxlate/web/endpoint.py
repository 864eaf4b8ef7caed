"""The way of a request: which provider, which sandbox, which operation, may it, is it well formed, what comes back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.exchange.request import MalformedError, Request
from fauxlate.engine.sandboxes.journal import MAX_BODY, RequestEntry
from fauxlate.engine.sandboxes.sandbox import Sandbox
from fauxlate.engine.scenarios.conditions import Subject
from fauxlate.engine.service.call import Call
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.problems import Problem, ProblemKind
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.tables.errors import Refusal
from fauxlate.engine.timing.timeline import Position
from fauxlate.engine.world import World
from fauxlate.web import effects
from fauxlate.web.callbacks import delivery

if TYPE_CHECKING:
    from fauxlate.engine.tables.parameters import Parameters, Place

log = logging.getLogger("fauxlate")
_LEFT = 499
"""The status in the journal of a call whose client did not wait for the answer, as nginx logs it."""


async def answer(world: World, request: Request, broken: Problem | None = None) -> Reply:
    """Return the provider's answer to `request`; whatever goes wrong, in the provider's own error shape.

    `broken` is what the web layer could not read, such as a body over the limit.
    """
    provider = world.provider(request)
    sandbox = _sandbox(world, provider, request)
    sandbox.last_used = wall = sandbox.wall
    call = Call(request, provider, sandbox, world.base_url, wall)
    try:
        if broken is not None:
            raise call.refuse(broken.kind, broken.detail)
        reply = await _answer(world, call)
    except Refusal as refusal:
        reply = _refused(call, refusal)
    except MalformedError as fault:
        reply = _refused(call, call.refuse(ProblemKind.MALFORMED, f"{fault}."))
    except asyncio.CancelledError:
        _note(call, Reply(_LEFT, b"", hint="The client left while the call waited; the operation has not run."))
        raise
    except Exception:
        log.exception("%s %s failed", request.method, request.raw_path)
        reply = _refused(call, call.refuse(ProblemKind.INTERNAL, "Fauxlate itself failed; its log has the traceback."))
    finally:
        if call.on_done is not None:
            call.on_done()
    if call.match.effects:
        reply = effects.after(call, reply, call.match.effects)
    if call.changed_job is not None and call.sandbox is sandbox:  # a call of a world that is gone calls nobody back
        await delivery.follow_call(world, call)
    _remember(call, reply)
    return reply


def _sandbox(world: World, provider: Provider, request: Request) -> Sandbox:
    try:
        return world.sandboxes.find(provider.credentials(request))
    except MalformedError:
        return world.sandboxes.default  # whoever reads the request for good meets it again, and knows the operation


async def _answer(world: World, call: Call) -> Reply:
    found = world.routes(call.provider).find(call.request, call.quirk)
    if isinstance(found, Problem):
        raise call.provider.refuse(call, found)
    call.operation, call.path = found
    operation = call.operation
    call.name = name = f"{call.provider.name}.{operation.name}"
    if operation.authenticate is not None:
        await operation.authenticate(call)
    if operation.media_types and call.request.media_type not in operation.media_types:
        came, wanted = call.request.media_type or "none", " or ".join(operation.media_types)
        raise call.refuse(ProblemKind.MEDIA_TYPE, f"The body's content type is {came}; {wanted} is wanted.")
    asked = _asked(call, operation)
    if name in call.sandbox.scenario.by_operation:
        await _match(call, name, operation, asked)
        reply = await effects.before(call, call.match.effects)
        if reply is not None:
            return reply
    result = await operation.run(call, asked)
    reply = result if isinstance(result, Reply) else call.provider.encode(call, result)
    reply.evidence = operation.evidence
    return reply


async def _match(call: Call, name: str, operation: Operation, asked: Parameters) -> None:
    """Look for the rule that this call meets, with the job that it names where a rule wants to know."""
    sandbox = call.sandbox
    look = Subject(call.request, call.path, call.provider.volatile_parameters)
    look.now, look.owner = call.now, call.owner
    if any(rule.needs_job for rule in sandbox.scenario.by_operation[name]):
        job_id = operation.read_job_id(asked) if operation.read_job_id is not None else None
        look.job = await sandbox.store.job(job_id) if job_id is not None else None
        if look.job is not None:
            look.states = _spellings(operation, await call.position(look.job))
            look.nth = look.job.nth
        elif operation.creates_job and operation.lifecycle is not None:
            look.nth = await sandbox.store.count(operation.lifecycle.name) + 1
    call.match = sandbox.scenario.match(name, look, sandbox.rule_counters, sandbox.chance)


def _spellings(operation: Operation, position: Position) -> tuple[str, ...]:
    """Return the state that a job is in, in each spelling that the documents have for it."""
    states = operation.lifecycle.states if operation.lifecycle is not None else ()
    gone = operation.lifecycle.gone if operation.lifecycle is not None and position.gone else None
    name = position.state if gone is None else gone.name
    return (name, *(spelling for state in states if state.name == name for spelling in state.spellings))


def _refused(call: Call, refusal: Refusal) -> Reply:
    row = refusal.row or call.provider.row(call.operation, refusal.key)
    reply = call.provider.render(call, row, refusal)
    reply.hint = reply.hint or refusal.hint
    reply.headers.update(refusal.headers)
    reply.signature = refusal.signature
    reply.error, reply.evidence = row.key, row.evidence
    return reply


def _remember(call: Call, reply: Reply) -> None:
    sandbox = call.sandbox
    if call.name:
        sandbox.coverage.count("operation", call.name)
        if reply.error is not None:
            sandbox.coverage.count("error", call.name, reply.error)
    _note(call, reply)


def _note(call: Call, reply: Reply) -> None:
    sandbox, request = call.sandbox, call.request
    if len(request.body) > MAX_BODY:
        request.shorten(MAX_BODY)
    request.forget()
    if len(reply.body) > MAX_BODY:
        reply = replace(reply, body=reply.body[:MAX_BODY])
    sandbox.journal.add(
        RequestEntry(
            number=sandbox.journal.next_number(),
            wall=call.wall,
            now=call.now,
            duration=sandbox.wall - call.wall,
            provider=call.provider.name,
            operation=call.name or None,
            job=call.job,
            request=request,
            reply=reply,
            rule=call.match.rule,
            mismatches=call.match.mismatches,
            rules=sandbox.scenario.rules,
            credentials=sandbox.credentials,
        )
    )


def _asked(call: Call, operation: Operation) -> Parameters:
    sent = _sent(call, operation)
    try:
        asked: Parameters = operation.parameters.__pydantic_validator__.validate_python(sent)
    except ValueError as refusal:  # a pydantic.ValidationError, which a start does without
        raise _misasked(call, operation, refusal) from None
    return asked


def _misasked(call: Call, operation: Operation, refusal: ValueError) -> Refusal:
    from fauxlate.engine.tables.parameters import first_error, places

    error = first_error(refusal)
    name = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "missing":
        place = places(operation.parameters).get(name, "request")
        where = "query" if place == "either" else place
        return call.refuse(ProblemKind.MISSING, f"`{name}` is missing; it is sent in the {where}.", name)
    where = ".".join(str(part) for part in error["loc"])
    detail = f"`{where}` is refused: {error['msg']}; it came as {error['input']!r:.120}."
    return call.refuse(ProblemKind.INVALID, detail, name)


_SENT_IN: dict[type[Parameters], tuple[tuple[Place, tuple[str, ...]], ...]] = {}


def _sent_in(model: type[Parameters]) -> tuple[tuple[Place, tuple[str, ...]], ...]:
    """Return the names of a model's parameters by the place that they are sent in."""
    found = _SENT_IN.get(model)
    if found is None:
        from fauxlate.engine.tables.parameters import places

        by_place: dict[Place, list[str]] = {}
        for name, place in places(model).items():
            by_place.setdefault(place, []).append(name)
        found = _SENT_IN[model] = tuple((place, tuple(names)) for place, names in by_place.items())
    return found


def _sent(call: Call, operation: Operation) -> dict[str, Any]:
    """Return the parameters of `operation` that came, from the places its table names."""
    found: dict[str, Any] = {}
    for place, names in _sent_in(operation.parameters):
        source = _SOURCES[place](call)
        for name in names:
            value = source.get(name)
            if value is not None:
                found[name] = value
    return found


def _form(call: Call) -> Mapping[str, str]:
    query, form = call.request.query, call.request.form
    return {**query, **form} if query and form else form or query


def _either(call: Call) -> Mapping[str, str]:
    query, form = call.request.query, call.request.form
    return {**form, **query} if query and form else form or query


_SOURCES: Mapping[Place, Callable[[Call], Mapping[str, Any]]] = {
    "path": lambda call: call.path,
    "header": lambda call: call.request.headers,
    "query": lambda call: call.request.query,
    "body": lambda call: call.request.json,
    "form": _form,
    "either": _either,
    "file": _form,
}
