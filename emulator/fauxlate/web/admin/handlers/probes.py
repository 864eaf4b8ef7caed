"""Whether the server lives and serves: apart from the rest of the admin API, so that a start has not to load that."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict  # pydantic cannot read the one of Python 3.11

from fauxlate.version import __version__
from fauxlate.web.admin.route import AdminRequest, Route


class Health(TypedDict):
    """The server answers."""

    status: Literal["ok"]
    version: str


class Ready(TypedDict):
    """The server serves these providers."""

    status: Literal["ready"]
    providers: list[str]


async def get_health(_: AdminRequest) -> Health:
    """Tell that the process answers."""
    return {"status": "ok", "version": __version__}


async def get_ready(request: AdminRequest) -> Ready:
    """Tell which providers are served."""
    return {"status": "ready", "providers": [provider.name for provider in request.world.providers]}


ROUTES = (
    Route("GET", "health", get_health, "Whether the process answers.", Health, is_public=True),
    Route("GET", "ready", get_ready, "Whether the providers are served.", Ready, is_public=True),
)
