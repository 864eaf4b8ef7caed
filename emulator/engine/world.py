"""The world of one server: its providers, its sandboxes, and the address under which clients reach it."""

from __future__ import annotations

from collections.abc import Sequence

from emulator.engine.provider import Provider
from emulator.engine.request import Request
from emulator.engine.routes import Routes
from emulator.engine.sandbox import Sandboxes


class World:
    """Everything that answering a request needs. `base_url` is known once the server listens."""

    def __init__(self, providers: Sequence[Provider], sandboxes: Sandboxes) -> None:
        self.providers = tuple(providers)
        self.sandboxes = sandboxes
        self.base_url = ""
        self._routes = {provider.name: Routes(provider) for provider in providers}

    def provider(self, request: Request) -> Provider:
        """Return the provider whose path this is: the first that owns it, and the last owns whatever is left."""
        for provider in self.providers[:-1]:
            if provider.owns(request):
                return provider
        return self.providers[-1]

    def routes(self, provider: Provider) -> Routes:
        """Return the way to the operations of `provider`."""
        return self._routes[provider.name]
