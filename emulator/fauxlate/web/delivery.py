"""Callbacks: when a job ends, its client is told, tried again and noted in the journal; only ever on this machine.

Unless the server was started with `--callbacks-anywhere`, a URL that does not lead to a loopback address is not posted
to.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace

import aiohttp
from aiohttp import web

from fauxlate.engine.exchange.reply import JSON, Reply
from fauxlate.engine.exchange.request import Request
from fauxlate.engine.sandboxes.journal import LONGEST_BODY, Sent
from fauxlate.engine.sandboxes.sandbox import Sandbox
from fauxlate.engine.scenarios.effects import CallBack
from fauxlate.engine.service.call import Call
from fauxlate.engine.service.events import (
    Event,
    Expected,
    Message,
    Receiver,
    Subscription,
    Telling,
    leads_here,
    leads_somewhere,
)
from fauxlate.engine.world import World
from fauxlate.web import scheduler, subscriptions

log = logging.getLogger("fauxlate")

_PATIENCE = 3.0
"""Seconds of real time that a client has to answer; less than a jump of the clock waits for what it set off. The pages
of DingTalk speak of 1200 and of 1500 ms, which a busy test machine may miss."""
_MOST_EXPECTED = 10_000
"""Jobs of a sandbox whose end somebody may yet want to be told of; the oldest are forgotten."""
_LONGEST_ANSWER = 64 * 1024
"""Bytes of a client's answer that are read."""


async def touched(world: World, call: Call) -> None:
    """See to it that the client of a job that was just started, or moved on by a poll, is told of its end."""
    job, sandbox = call.touched, call.sandbox
    if job is None or call.operation is None:
        return
    expected = sandbox.expected.get(job.id)
    if expected is not None:
        await look(world, sandbox, job.id)
    elif call.operation.event is not None and sandbox.ends(job):
        effects = tuple(effect for effect in call.match.effects if isinstance(effect, CallBack))
        expected = Expected(
            call.provider, call.operation, call.operation.event, job, effects, call.match.rule if effects else None
        )
        if any(effect.how == "early" for effect in effects):
            await _Delivery(world, sandbox, expected, call.now).go()
        else:
            sandbox.expected[job.id] = expected
            if len(sandbox.expected) > _MOST_EXPECTED:
                del sandbox.expected[next(iter(sandbox.expected))]
            await look(world, sandbox, job.id)


async def look(world: World, sandbox: Sandbox, job_id: str) -> None:
    """If somebody wants to be told of the end of this job and its time is known, put it down for that time."""
    expected = sandbox.expected.get(job_id)
    if expected is None or expected.event.receiver(sandbox, expected.job) is None:
        return
    born = await _ends(sandbox, expected)
    if born is None or sandbox.expected.pop(job_id, None) is None:  # somebody else has put it down meanwhile
        return
    late = [effect.spread.drawn(sandbox.chance) for effect in expected.effects if effect.how == "late"]
    scheduler.later(sandbox, born + sum(late), _Delivery(world, sandbox, expected, born).go)


async def _ends(sandbox: Sandbox, expected: Expected) -> float | None:
    """Return when the job ends or has ended, None where polls or somebody's hand have yet to decide."""
    job = expected.job
    ends = job.timeline.ends(job.created)
    if ends is not None:
        return ends
    position = job.at(sandbox.now(), await sandbox.store.marks(job.id))
    return position.since if sandbox.ended(job, position) else None


async def subscribed(world: World, sandbox: Sandbox) -> None:
    """Somebody new wants to be told: of the jobs that still run, not of those that ended while nobody listened."""
    for job_id, expected in tuple(sandbox.expected.items()):
        born = await _ends(sandbox, expected)
        if born is not None and born <= sandbox.now() and expected.event.receiver(sandbox, expected.job) is not None:
            sandbox.expected.pop(job_id, None)
        else:
            await look(world, sandbox, job_id)


def allowed(world: World, url: str) -> bool:
    """Tell whether `url` may be posted to: it leads to this machine, or the server was told that any will do."""
    return leads_somewhere(url) and (world.callbacks_anywhere or leads_here(url))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try: the answer's status and body, 0 where there was none; why it does not count, if so."""

    status: int
    body: bytes
    refusal: str | None


async def tell(
    world: World, telling: Telling, event: Event, number: int = 1, expected: Expected | None = None
) -> Outcome | None:
    """Tell a client of an event once, and note it in the journal; None where there is nothing to tell."""
    sandbox, began = telling.sandbox, telling.sandbox.wall
    connection = None if telling.receiver.url else subscriptions.drawn(sandbox)
    telling.connection = "" if connection is None else connection.id
    message = event.message(telling)
    if message is None:
        return None
    if connection is not None:
        outcome = await _over(connection, message)
        if message.last is not None:
            connection.leaving = True
            scheduler.later(sandbox, sandbox.now() + message.last, connection.close)
    elif not message.url:
        outcome = Outcome(0, b"", "no connection is open")
    elif not allowed(world, message.url):
        why = "it does not lead to this machine; --callbacks-anywhere allows that"
        log.warning("a callback is not sent to %s: %s", message.url.partition("?")[0][:200], why)
        outcome = Outcome(0, b"", f"it is not sent: {why}")
    else:
        outcome = await _posted(message)
        if outcome.refusal is not None:
            log.warning("the callback %s does not count: %s", message.url.partition("?")[0][:200], outcome.refusal)
    _note(telling, event, message, outcome, number, expected, began)
    return outcome


async def _over(connection: subscriptions.Connection, message: Message) -> Outcome:
    try:
        status, body = await asyncio.wait_for(connection.tell(message), _PATIENCE)
    except TimeoutError:
        return Outcome(0, b"", f"it was not acknowledged within {_PATIENCE:g} s")
    except ConnectionError as fault:
        return Outcome(0, b"", f"the connection broke: {fault}")
    return Outcome(status, body, message.refusal(status, body))


async def _posted(message: Message) -> Outcome:
    timeout = aiohttp.ClientTimeout(total=_PATIENCE)
    headers = {"Content-Type": JSON}
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(message.url, data=message.body, headers=headers, allow_redirects=False) as answer,
        ):
            body = b""
            async for piece in answer.content.iter_any():
                body += piece
                if len(body) > _LONGEST_ANSWER:
                    return Outcome(answer.status, body, f"the answer is longer than {_LONGEST_ANSWER} bytes")
            return Outcome(answer.status, body, message.refusal(answer.status, body))
    except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as fault:
        return Outcome(0, b"", f"there was no answer: {repr(fault)[:200]}")


def _note(
    telling: Telling,
    event: Event,
    message: Message,
    outcome: Outcome,
    number: int,
    expected: Expected | None,
    began: float,
    fault: str | None = None,
) -> None:
    sandbox = telling.sandbox
    request = Request("POST" if message.url else "SEND", "/", {"Content-Type": JSON}, message.body[:LONGEST_BODY])
    request.target = message.url or f"{telling.receiver.form}:{telling.connection or 'none'}"
    sandbox.journal.add(
        Sent(
            number=sandbox.journal.number(),
            wall=began,
            took=sandbox.wall - began,
            now=telling.now,
            sandbox=sandbox,
            provider=telling.provider.name,
            event=event.name,
            form=telling.receiver.form,
            job=None if telling.job is None else telling.job.id,
            rule=None if expected is None else expected.rule,
            request=request,
            reply=Reply(outcome.status, outcome.body[:LONGEST_BODY], {}, JSON),
            attempt=number,
            said=message.said,
            refusal=outcome.refusal,
            fault=fault,
        )
    )


async def held(world: World, raw: web.BaseRequest, subscription: Subscription) -> web.StreamResponse:
    """Hold a connection by which a client is told, until either side leaves."""
    return await subscriptions.held(raw, subscription, lambda: subscribed(world, subscription.sandbox))


@dataclass(frozen=True, slots=True)
class _Delivery:
    """The telling of a job's end: its first try and, on the sandbox's clock, those that follow."""

    world: World
    sandbox: Sandbox
    expected: Expected
    born: float
    number: int = 1

    async def go(self) -> None:
        """Make a try, as the scenario has it, and put down the next one where it does not count."""
        held = self.sandbox.agenda.held
        if self._effect("reordered") is not None and self.number == 1 and not held:
            held.append(self.send)
            return
        await self.send()
        while held:
            await held.pop(0)()

    async def send(self) -> None:
        """Make the try now."""
        receiver = self.expected.event.receiver(self.sandbox, self.expected.job)
        if receiver is None:
            return  # whoever wanted to be told has taken that back
        lost = self._effect("lost")
        if lost is not None and (lost.times is None or self.number <= lost.times):
            outcome = self._lost(receiver)
        else:
            outcome = await self._told(receiver)
        if outcome is None:
            return
        for how in ("late", "reordered", "early"):
            if self.number == 1 and self._effect(how) is not None:
                self._served(how)
        form = self.expected.event.form(receiver.form)
        again = form.again if form is not None else ()
        if outcome.refusal is not None and self.number <= len(again):
            due = self.sandbox.now() + again[self.number - 1]
            scheduler.later(self.sandbox, due, replace(self, number=self.number + 1).go)

    async def _told(self, receiver: Receiver) -> Outcome | None:
        missigned, copies = self._effect("missigned"), self._effect("duplicated")
        wrong = missigned is not None and (missigned.times is None or self.number <= missigned.times)
        outcome = None
        for _ in range(copies.times or 1 if copies is not None else 1):
            telling = self._telling(receiver, missigned=wrong)
            outcome = await tell(self.world, telling, self.expected.event, self.number, self.expected)
        if outcome is not None and copies is not None:
            self._served("duplicated")
        form = self.expected.event.form(receiver.form)
        if outcome is not None and wrong and form is not None and form.signed:
            self._served("missigned")
        return outcome

    def _lost(self, receiver: Receiver) -> Outcome | None:
        """Note what a scenario has lose its way: it never leaves here."""
        event, telling = self.expected.event, self._telling(receiver)
        message = event.message(telling)
        if message is None:
            return None
        self._served("lost")
        outcome = Outcome(0, b"", "it was lost, as a rule of the scenario has it")
        _note(telling, event, message, outcome, self.number, self.expected, self.sandbox.wall, "callback lost")
        return outcome

    def _telling(self, receiver: Receiver, *, missigned: bool = False) -> Telling:
        return Telling(
            self.expected.provider,
            self.sandbox,
            self.world.base_url,
            receiver,
            operation=self.expected.operation,
            job=self.expected.job,
            born=self.born,
            missigned=missigned,
        )

    def _effect(self, how: str) -> CallBack | None:
        return next((effect for effect in self.expected.effects if effect.how == how), None)

    def _served(self, how: str) -> None:
        expected = self.expected
        name = f"{expected.provider.name}.{expected.operation.name}"
        self.sandbox.coverage.served("fault", name, f"callback {how}")
