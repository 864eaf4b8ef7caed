"""Stream mode: a client gets a ticket and opens a WebSocket with it, over which events are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fauxlate.engine.chance import HEX
from fauxlate.engine.exchange.reply import JSON, Reply, Upgrade
from fauxlate.engine.sandboxes.callbacks import Receiver
from fauxlate.engine.sandboxes.store import Record
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.problems import ProblemKind
from fauxlate.engine.tables.errors import Refusal
from fauxlate.providers.dingtalk.access.apps import secrets_equal
from fauxlate.providers.dingtalk.callbacks.forms import STREAM
from fauxlate.providers.dingtalk.models import stream as models
from fauxlate.providers.dingtalk.paths import CONNECT_PATH
from fauxlate.providers.dingtalk.sources import STREAM_PROTOCOL

if TYPE_CHECKING:
    from fauxlate.engine.service.call import Call

TICKET_SECONDS: Final = 90
_TICKETS = "dingtalk.stream_ticket"
"""The kind of record under which the store keeps, by ticket, whether its connection is for events."""
_SECRETS = {"suite_key": "suite_secret", "app_key": "app_secret"}
"""By the name of a key among the credentials, the name of its secret."""


async def open_connection(call: Call, parameters: models.OpenConnection) -> models.OpenConnectionResponse:
    """Return a ticket for one connection."""
    credentials = call.sandbox.credentials["dingtalk"]
    secret = next(
        (credentials[secret] for key, secret in _SECRETS.items() if credentials[key] == parameters.client_id), None
    )
    is_valid = not call.sandbox.strict if secret is None else secrets_equal(parameters.client_secret, secret)
    if not is_valid:
        raise Refusal("authFailed", hint="clientId and clientSecret are not those of `fauxlate env`.")
    wants_events = any((subscription.type or "").upper() == "EVENT" for subscription in parameters.subscriptions)
    ticket = call.sandbox.tag + call.sandbox.secrets.text("dingtalk.stream_ticket", 24, HEX)
    await call.sandbox.store.put(_TICKETS, ticket, Record(wants_events, call.now + TICKET_SECONDS))
    return {"endpoint": f"ws{call.base_url.removeprefix('http')}{CONNECT_PATH}", "ticket": ticket}


async def connect(call: Call, parameters: models.Connect) -> Reply:
    """Upgrade the connection of a client with a valid ticket to a WebSocket."""
    headers = call.request.headers
    if headers.get("upgrade", "").lower() != "websocket" or "upgrade" not in headers.get("connection", "").lower():
        raise call.refuse(ProblemKind.INVALID, "This is where a WebSocket is opened; the request asks for none.")
    record = await call.sandbox.store.take(_TICKETS, parameters.ticket)
    if record is None or not record.is_valid(call.now):
        hint = "The ticket was never given out, has been used, or its 90 seconds are over by the sandbox's clock."
        raise Refusal("authFailed", hint=hint)
    if record.value:
        call.sandbox.receivers.setdefault("dingtalk", Receiver(STREAM.name))
    connection = call.sandbox.chance.draw("dingtalk.connection").hex()
    return Reply(101, b"", upgrade=Upgrade(call.sandbox.id, call.sandbox.generation, connection, events=record.value))


OPERATIONS = (
    Operation(
        name="OpenConnection",
        path="/v1.0/gateway/connections/open",
        media_types=(JSON,),
        run=open_connection,
        parameters=models.OpenConnection,
        response=models.OpenConnectionResponse,
        family="stream",
        source=f"{STREAM_PROTOCOL}; dingtalk-stream 0.24.3",
        note="No page names it; the name is ours.",
    ),
    Operation(
        name="Connect",
        methods=("GET",),
        path=CONNECT_PATH,
        run=connect,
        parameters=models.Connect,
        family="stream",
        source=STREAM_PROTOCOL,
        note="The handshake of a WebSocket. No page names it; the name is ours, and so is the path, which endpoint gives.",
    ),
)
