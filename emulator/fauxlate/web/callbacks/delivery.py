"""The delivery of callbacks: at the end of a job its client gets one, and again until it counts, by the sandbox's clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fauxlate.engine.exchange.reply import Upgrade
from fauxlate.engine.sandboxes.callbacks import PendingCallback, Receiver
from fauxlate.engine.sandboxes.sandbox import Sandbox
from fauxlate.engine.scenarios.effects import CallbackFault, CallbackKind
from fauxlate.engine.service.call import Call
from fauxlate.engine.service.events import Attempt, Event
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.world import World
from fauxlate.web import scheduler
from fauxlate.web.callbacks import attempts, subscriptions
from fauxlate.web.callbacks.outcome import Outcome

if TYPE_CHECKING:
    from aiohttp import web

_MAX_PENDING = 10_000
"""Jobs of a sandbox whose callback is yet to come; beyond that the oldest are forgotten."""


async def follow_call(world: World, call: Call) -> None:
    """Schedule the callback of a job that `call` created, or moved on by a poll."""
    job, sandbox, operation = call.changed_job, call.sandbox, call.operation
    if job is None or operation is None:
        return
    if job.id in sandbox.pending_callbacks:
        await schedule(world, sandbox, job.id)
    elif operation.event is not None and sandbox.reaches_end(job):
        faults = tuple(effect for effect in call.match.effects if isinstance(effect, CallbackFault))
        pending = PendingCallback(call.name, job, faults, call.match.rule if faults else None)
        if any(fault.kind == "early" for fault in faults):
            await _Delivery(world, sandbox, pending, call.now).start()
        else:
            sandbox.pending_callbacks[job.id] = pending
            if len(sandbox.pending_callbacks) > _MAX_PENDING:
                del sandbox.pending_callbacks[next(iter(sandbox.pending_callbacks))]
            await schedule(world, sandbox, job.id)


async def schedule(world: World, sandbox: Sandbox, job_id: str) -> None:
    """Schedule the callback of this job where there is a receiver and the time of the job's end is known."""
    pending = sandbox.pending_callbacks.get(job_id)
    if pending is None or _receiver(world, sandbox, pending) is None:
        return
    end = await _end_time(sandbox, pending)
    if end is None or sandbox.pending_callbacks.pop(job_id, None) is None:  # another task has scheduled it meanwhile
        return
    delays = [fault.delay.sample(sandbox.chance) for fault in pending.faults if fault.kind == "late"]
    scheduler.schedule(sandbox, end + sum(delays), _Delivery(world, sandbox, pending, end).start)


async def add_receiver(world: World, sandbox: Sandbox) -> None:
    """Schedule the callbacks of jobs that still run for a new receiver, not of those that ended before there was one."""
    for job_id, pending in tuple(sandbox.pending_callbacks.items()):
        end = await _end_time(sandbox, pending)
        if end is not None and end <= sandbox.now() and _receiver(world, sandbox, pending) is not None:
            sandbox.pending_callbacks.pop(job_id, None)
        else:
            await schedule(world, sandbox, job_id)


async def hold_connection(world: World, raw: web.BaseRequest, upgrade: Upgrade) -> web.StreamResponse:
    """Hold a connection for callbacks open, until either side leaves."""
    sandbox = world.sandboxes.get(upgrade.sandbox)
    if sandbox is None or sandbox.generation != upgrade.generation:
        return await subscriptions.reject(raw)  # its world has ended while the call waited for its answer
    return await subscriptions.hold(raw, sandbox, upgrade, lambda: add_receiver(world, sandbox))


async def _end_time(sandbox: Sandbox, pending: PendingCallback) -> float | None:
    """Return when the job ends or has ended, None where polls or moves by hand have yet to decide."""
    job = pending.job
    end = job.timeline.end_time(job.created)
    if end is not None:
        return end
    position = job.at(sandbox.now(), await sandbox.store.marks(job.id))
    return position.since if sandbox.has_ended(job, position) else None


def _event(world: World, pending: PendingCallback) -> tuple[Provider, Operation, Event]:
    provider, operation = world.find_operation(pending.operation)
    assert operation.event is not None
    return provider, operation, operation.event


def _receiver(world: World, sandbox: Sandbox, pending: PendingCallback) -> Receiver | None:
    return _event(world, pending)[2].find_receiver(sandbox, pending.job)


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A callback from its first attempt on, with those that follow by the sandbox's clock; `number` counts them."""

    world: World
    sandbox: Sandbox
    pending: PendingCallback
    event_time: float
    number: int = 1

    async def start(self) -> None:
        """Make an attempt, as the scenario has it, and schedule the next one where it does not count."""
        queue = self.sandbox.agenda.reorder_queue
        if self._fault("reordered") is not None and self.number == 1 and not queue:
            queue.append(self.attempt)
            return
        await self.attempt()
        while queue:
            await queue.pop(0)()

    async def attempt(self) -> None:
        """Make the attempt now."""
        receiver = _receiver(self.world, self.sandbox, self.pending)
        if receiver is None:
            return  # the client has taken its receiver back
        lost = self._fault("lost")
        if lost is not None and (lost.times is None or self.number <= lost.times):
            outcome = self._lose(receiver)
        else:
            outcome = await self._send(receiver)
        if outcome is None:
            return
        if self.number == 1:
            for kind in ("late", "reordered", "early"):
                if self._fault(kind) is not None:
                    self._count(kind)
        form = _event(self.world, self.pending)[2].find_form(receiver.form)
        delays = form.retry_delays if form is not None else ()
        if outcome.refusal is not None and self.number <= len(delays):
            due = self.sandbox.now() + delays[self.number - 1]
            scheduler.schedule(self.sandbox, due, replace(self, number=self.number + 1).start)

    async def _send(self, receiver: Receiver) -> Outcome | None:
        missigned, duplicated = self._fault("missigned"), self._fault("duplicated")
        is_wrong = missigned is not None and (missigned.times is None or self.number <= missigned.times)
        provider, _, event = _event(self.world, self.pending)
        outcome = None
        for _ in range(duplicated.times or 1 if duplicated is not None else 1):
            attempt = self._new_attempt(receiver, missigned=is_wrong)
            outcome = await attempts.send(self.world, provider, event, attempt, self.number, self.pending)
        if outcome is not None and duplicated is not None:
            self._count("duplicated")
        form = event.find_form(receiver.form)
        if outcome is not None and is_wrong and form is not None and form.is_signed:
            self._count("missigned")
        return outcome

    def _lose(self, receiver: Receiver) -> Outcome | None:
        """Record a callback that a scenario loses: it is never sent."""
        provider, _, event = _event(self.world, self.pending)
        attempt = self._new_attempt(receiver)
        message = event.make_message(attempt)
        if message is None:
            return None
        self._count("lost")
        outcome = Outcome(0, b"", "it was lost, as a rule of the scenario has it")
        attempts.record(
            provider,
            event,
            attempt,
            message,
            outcome,
            number=self.number,
            pending=self.pending,
            start=self.sandbox.wall,
            fault="callback lost",
        )
        return outcome

    def _new_attempt(self, receiver: Receiver, *, missigned: bool = False) -> Attempt:
        provider, operation, _ = _event(self.world, self.pending)
        return Attempt(
            self.sandbox,
            self.world.base_url,
            receiver,
            lambda key: provider.error_row(operation, key),
            job=self.pending.job,
            event_time=self.event_time,
            is_missigned=missigned,
        )

    def _fault(self, kind: CallbackKind) -> CallbackFault | None:
        return next((fault for fault in self.pending.faults if fault.kind == kind), None)

    def _count(self, kind: CallbackKind) -> None:
        self.sandbox.coverage.count("fault", self.pending.operation, f"callback {kind}")
