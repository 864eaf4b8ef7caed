"""Posting: an event goes to a client's URL, whose answer is read as far as anybody cares."""

from __future__ import annotations

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from fauxlate.engine.exchange.reply import JSON
from fauxlate.engine.service.events import Message
from fauxlate.web.addresses import Resolver, make_url
from fauxlate.web.callbacks.outcome import TIMEOUT_SECONDS, Outcome

_MAX_ANSWER = 64 * 1024
"""Bytes of a client's answer that are read."""


async def post(message: Message) -> Outcome:
    """Post an event to its URL, without following redirections."""
    timeout = ClientTimeout(total=TIMEOUT_SECONDS)
    headers = {"Content-Type": JSON}
    connector = TCPConnector(resolver=Resolver(), force_close=True)
    try:
        async with (
            ClientSession(connector=connector, timeout=timeout) as session,
            session.post(make_url(message.url), data=message.body, headers=headers, allow_redirects=False) as answer,
        ):
            body = b""
            async for chunk in answer.content.iter_any():
                body += chunk
                if len(body) > _MAX_ANSWER:
                    return Outcome(answer.status, body, f"the answer is longer than {_MAX_ANSWER} bytes")
            return Outcome(answer.status, body, message.check_answer(answer.status, body))
    except (ClientError, TimeoutError, ValueError, OSError) as fault:
        return Outcome(0, b"", f"there was no answer: {repr(fault)[:200]}")
