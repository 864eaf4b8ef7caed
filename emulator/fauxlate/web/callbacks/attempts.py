"""Attempts: a callback is sent once, its answer is checked, and both are recorded in the journal.

A URL that does not lead to a loopback address gets no POST unless the server runs with `--callbacks-anywhere`.
"""

from __future__ import annotations

import asyncio
import logging

from fauxlate.engine.exchange.reply import JSON, Reply
from fauxlate.engine.exchange.request import Request
from fauxlate.engine.sandboxes.callbacks import PendingCallback, is_loopback, is_postable
from fauxlate.engine.sandboxes.journal import MAX_BODY, CallbackEntry
from fauxlate.engine.service.events import Attempt, Event, Message
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.world import World
from fauxlate.web import scheduler
from fauxlate.web.callbacks import subscriptions
from fauxlate.web.callbacks.outcome import TIMEOUT_SECONDS, Outcome

log = logging.getLogger("fauxlate")


async def send(
    world: World,
    provider: Provider,
    event: Event,
    attempt: Attempt,
    number: int = 1,
    pending: PendingCallback | None = None,
) -> Outcome | None:
    """Send an event to a client once, and record it in the journal; return None where there is nothing to send."""
    sandbox = attempt.sandbox
    start = sandbox.wall
    connection = None if attempt.receiver.url else subscriptions.choose(sandbox)
    attempt.connection = "" if connection is None else connection.id
    message = event.make_message(attempt)
    if message is None:
        return None
    if connection is not None:
        outcome = await _send_frame(connection, message)
        if message.closes_after is not None:
            connection.is_leaving = True
            scheduler.schedule(sandbox, sandbox.now() + message.closes_after, connection.close)
    elif not message.url:
        outcome = Outcome(0, b"", "no connection is open")
    elif not _is_allowed(world, message.url):
        reason = "it does not lead to this machine; --callbacks-anywhere allows that"
        log.warning("a callback is not sent to %s: %s", message.url.partition("?")[0][:200], reason)
        outcome = Outcome(0, b"", f"it is not sent: {reason}")
    else:
        from fauxlate.web.callbacks import posting  # a client of HTTP costs a start too much

        outcome = await posting.post(message)
        if outcome.refusal is not None:
            log.warning("the callback %s does not count: %s", message.url.partition("?")[0][:200], outcome.refusal)
    record(provider, event, attempt, message, outcome, number=number, pending=pending, start=start)
    return outcome


def record(
    provider: Provider,
    event: Event,
    attempt: Attempt,
    message: Message,
    outcome: Outcome,
    *,
    number: int,
    pending: PendingCallback | None,
    start: float,
    fault: str | None = None,
) -> None:
    """Record an attempt in the journal; `start` is the wall time at which it began."""
    sandbox = attempt.sandbox
    request = Request("POST" if message.url else "SEND", "/", {"Content-Type": JSON}, message.body[:MAX_BODY])
    request.target = message.url or f"{attempt.receiver.form}:{attempt.connection or 'none'}"
    sandbox.journal.add(
        CallbackEntry(
            number=sandbox.journal.next_number(),
            wall=start,
            now=attempt.now,
            duration=sandbox.wall - start,
            provider=provider.name,
            operation=f"{provider.name}.{event.name}",
            job=None if attempt.job is None else attempt.job.id,
            request=request,
            reply=Reply(outcome.status, outcome.body[:MAX_BODY], {}, JSON),
            rule=None if pending is None else pending.rule,
            credentials=sandbox.credentials,
            form=attempt.receiver.form,
            attempt=number,
            plaintext=message.plaintext,
            refusal=outcome.refusal,
            fault=fault,
        )
    )


def _is_allowed(world: World, url: str) -> bool:
    """Whether `url` may get a POST: it leads to this machine, or the server allows any."""
    return is_postable(url) and (world.callbacks_anywhere or is_loopback(url))


async def _send_frame(connection: subscriptions.Connection, message: Message) -> Outcome:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            status, body = await connection.send(message)
    except TimeoutError:
        reason = f"it was not acknowledged within {TIMEOUT_SECONDS:g} s"
    except subscriptions.AnswerError as fault:
        return Outcome(0, b"", str(fault))
    except ConnectionError as fault:
        reason = f"the connection broke: {fault}"
    else:
        return Outcome(status, body, message.check_answer(status, body))
    return Outcome(0, b"", reason if connection.ignored is None else f"{reason}; {connection.ignored}")
