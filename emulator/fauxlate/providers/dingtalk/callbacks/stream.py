"""Stream mode: a client asks for a ticket, opens a WebSocket with it, and is told of events over that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fauxlate.engine.chance import HEX
from fauxlate.engine.exchange.reply import Reply, Upgrade
from fauxlate.engine.sandboxes.callbacks import Receiver
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.problems import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.dingtalk.access.auth import CONNECT, same
from fauxlate.providers.dingtalk.callbacks.events import STREAM

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call
    from fauxlate.providers.dingtalk.models import stream as models

TICKET_SECONDS: Final = 90
_TICKETS = "dingtalk.stream_ticket"
"""Under which is remembered, by ticket, whether its connection is for events."""
_SECRETS = {"suite_key": "suite_secret", "app_key": "app_secret"}


async def open_connection(call: Call, asked: models.OpenConnection) -> models.OpenConnectionResponse:
    """Give a ticket for one connection."""
    own = call.sandbox.credentials["dingtalk"]
    secret = next((own[secret] for key, secret in _SECRETS.items() if own[key] == asked.client_id), None)
    good = not call.sandbox.strict if secret is None else same(asked.client_secret, secret)
    if not good:
        raise Refusal("authFailed", hint="clientId and clientSecret are not those of `fauxlate env`.")
    events = any(str(one.get("type")).upper() == "EVENT" for one in asked.subscriptions)
    ticket = call.sandbox.tag + call.sandbox.chance.text("dingtalk.stream_ticket", 24, HEX)
    await call.sandbox.store.put(_TICKETS, ticket, Record(events, call.now + TICKET_SECONDS))
    return {"endpoint": f"ws{call.base_url.removeprefix('http')}{CONNECT}", "ticket": ticket}


async def connect(call: Call, asked: models.Connect) -> Reply:
    """Let the holder of a good ticket have its connection."""
    headers = call.request.headers
    if headers.get("upgrade", "").lower() != "websocket" or "upgrade" not in headers.get("connection", "").lower():
        raise call.refuse(ProblemKind.INVALID, "This is where a WebSocket is opened; the request asks for none.")
    record = await call.sandbox.store.take(_TICKETS, asked.ticket)
    if record is None or not record.is_valid(call.now):
        hint = "The ticket was never given out, has been used, or its 90 seconds are over by the sandbox's clock."
        raise Refusal("authFailed", hint=hint)
    if record.value:
        call.sandbox.receivers.setdefault("dingtalk", Receiver(STREAM.name))
    connection = call.sandbox.chance.draw("dingtalk.connection").hex()
    return Reply(101, b"", upgrade=Upgrade(call.sandbox.id, call.sandbox.era, connection, events=record.value))
