"""The way of a request: which provider, which sandbox, which operation, may it, is it well formed, what comes back."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from fauxlate.engine.exchange.reply import Reply
from fauxlate.engine.exchange.request import MalformedError, Request
from fauxlate.engine.sandboxes.journal import MAX_BODY, MAX_HEAD, RequestEntry
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
from fauxlate.web.parameters import read_parameters

if TYPE_CHECKING:
    from fauxlate.engine.tables.parameters import Parameters

log = logging.getLogger("fauxlate")
_CLIENT_LEFT = 499
"""The status in the journal of a call whose client did not wait for the answer, as nginx logs it."""


async def answer(world: World, request: Request, problem: Problem | None = None) -> Reply:
    """Return the provider's answer to `request`; whatever goes wrong, in the provider's own error shape.

    `problem` is what the front could not read, such as a body over the limit.
    """
    provider = world.find_provider(request)
    sandbox = _find_sandbox(world, provider, request)
    sandbox.last_used = wall = sandbox.wall
    call = Call(request, provider, sandbox, world.base_url, wall)
    try:
        if problem is not None:
            raise call.refuse(problem.kind, problem.detail)
        reply = await _run_operation(world, call)
    except Refusal as refusal:
        reply = _render_refusal(call, refusal)
    except MalformedError as fault:
        reply = _render_refusal(call, call.refuse(ProblemKind.MALFORMED, f"{fault}."))
    except asyncio.CancelledError:
        _write_entry(
            call, Reply(_CLIENT_LEFT, b"", hint="The client left while the call waited; the operation has not run.")
        )
        raise
    except Exception:
        log.exception("%s %s failed", request.method, request.raw_path)
        reply = _render_refusal(
            call, call.refuse(ProblemKind.INTERNAL, "Fauxlate itself failed; its log has the traceback.")
        )
    finally:
        if call.on_done is not None:
            call.on_done()
    if call.match.effects:
        reply = effects.apply_after(call, reply, call.match.effects)
    if call.changed_job is not None and call.sandbox is sandbox:  # a call of a world that is gone calls nobody back
        await delivery.follow_call(world, call)
    _record(call, reply)
    return reply


def _find_sandbox(world: World, provider: Provider, request: Request) -> Sandbox:
    try:
        return world.sandboxes.find(provider.read_credentials(request))
    except MalformedError:
        return world.sandboxes.default  # whoever reads the request for good meets it again, and knows the operation


async def _run_operation(world: World, call: Call) -> Reply:
    call.request.check_path()
    call.provider.prepare(call)
    route = world.routes_of(call.provider).find(call.request, call.quirk)
    if isinstance(route, Problem):
        call.request.check_text()
        raise call.provider.refuse(call, route)
    call.operation, call.path = route
    operation = call.operation
    call.name = name = f"{call.provider.name}.{operation.name}"
    call.request.check_text()
    if operation.authenticate is not None:
        await operation.authenticate(call)
    if operation.media_types and call.request.media_type not in operation.media_types:
        actual, accepted = call.request.media_type or "none", " or ".join(operation.media_types)
        raise call.refuse(ProblemKind.MEDIA_TYPE, f"The body's content type is {actual}; {accepted} is wanted.")
    parameters = read_parameters(call, operation)
    if name in call.sandbox.scenario.rules_by_operation:
        await _match_rule(call, name, operation, parameters)
        reply = await effects.apply_before(call, call.match.effects)
        if reply is not None:
            return reply
    result = await operation.run(call, parameters)
    reply = result if isinstance(result, Reply) else call.provider.encode(call, result)
    reply.evidence = operation.evidence
    return reply


async def _match_rule(call: Call, name: str, operation: Operation, parameters: Parameters) -> None:
    """Look for the rule that this call meets, with the job that it names where a rule wants to know."""
    sandbox = call.sandbox
    subject = Subject(call.request, call.path, call.provider.volatile_parameters)
    subject.now, subject.owner = call.now, call.owner
    if any(rule.needs_job for rule in sandbox.scenario.rules_by_operation[name]):
        job_id = operation.read_job_id(parameters) if operation.read_job_id is not None else None
        subject.job = await sandbox.store.job(job_id) if job_id is not None else None
        if subject.job is not None:
            subject.states = _state_spellings(operation, await call.job_position(subject.job))
            subject.nth = subject.job.nth
        elif operation.creates_job and operation.lifecycle is not None:
            subject.nth = await sandbox.store.count(operation.lifecycle.name) + 1
    call.match = sandbox.scenario.match(name, subject, sandbox.rule_counters, sandbox.chance)


def _state_spellings(operation: Operation, position: Position) -> tuple[str, ...]:
    """Return the state that a job is in, in each spelling that the documents have for it."""
    states = operation.lifecycle.states if operation.lifecycle is not None else ()
    gone = operation.lifecycle.expired_state if operation.lifecycle is not None and position.is_expired else None
    name = position.state if gone is None else gone.name
    return (name, *(spelling for state in states if state.name == name for spelling in state.spellings))


def _render_refusal(call: Call, refusal: Refusal) -> Reply:
    row = refusal.row or call.provider.error_row(call.operation, refusal.key)
    reply = call.provider.render(call, row, refusal)
    reply.hint = reply.hint or refusal.hint
    reply.headers.update(refusal.headers)
    reply.signature = refusal.signature
    reply.error, reply.evidence = row.key, row.evidence
    return reply


def _record(call: Call, reply: Reply) -> None:
    sandbox = call.sandbox
    if call.name:
        sandbox.coverage.count("operation", call.name)
        if reply.error is not None:
            sandbox.coverage.count("error", call.name, reply.error)
    _write_entry(call, reply)


def _write_entry(call: Call, reply: Reply) -> None:
    sandbox, request = call.sandbox, call.request
    request.truncate(MAX_BODY, MAX_HEAD)
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
