"""Whether the server lives and serves: apart from the rest of the admin API, so that a start has not to load that."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict  # pydantic cannot read the one of Python 3.11

from fauxlate.version import __version__
from fauxlate.web.admin.door import AdminRequest, Route


class Health(TypedDict):
    """The server answers."""

    status: Literal["ok"]
    version: str


class Ready(TypedDict):
    """The server serves these providers."""

    status: Literal["ready"]
    providers: list[str]


async def _health(_: AdminRequest) -> Health:
    return {"status": "ok", "version": __version__}


async def _ready(visit: AdminRequest) -> Ready:
    return {"status": "ready", "providers": [provider.name for provider in visit.world.providers]}


PROBES = (
    Route("GET", "health", _health, "Whether the process answers.", Health, open=True),
    Route("GET", "ready", _ready, "Whether the providers are served.", Ready, open=True),
)
