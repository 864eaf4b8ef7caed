"""The parameters and responses of Stream mode: the ticket for a connection, and the connection."""

from __future__ import annotations

from typing import TypedDict

from fauxlate.engine.tables.parameters import Nested, Parameters, body, query


class Subscription(Nested):
    """What a client wants to get."""

    type: str | None = None
    topic: str | None = None


class OpenConnection(Parameters):
    """Source: open-dingtalk developerpedia, Stream protocol. Each subscription has a `type` and a `topic`."""

    client_id: str = body("clientId", min_length=1)
    client_secret: str = body("clientSecret", min_length=1)
    subscriptions: list[Subscription] = body("subscriptions", min_length=1)
    ua: str | None = body("ua", None)
    local_ip: str | None = body("localIp", None)


class Connect(Parameters):
    """The handshake of a WebSocket at `endpoint?ticket=…`."""

    ticket: str = query("ticket", min_length=1)


class OpenConnectionResponse(TypedDict):
    """Answer of OpenConnection: where to connect, and the ticket, for one connection within 90 seconds."""

    endpoint: str
    ticket: str
