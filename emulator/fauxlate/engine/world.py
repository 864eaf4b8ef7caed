"""The world of one server: its providers, its sandboxes, and the URL under which clients reach it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial

from fauxlate.engine.exchange.request import Request
from fauxlate.engine.grammar.sources import Finder
from fauxlate.engine.sandboxes.registry import Sandboxes
from fauxlate.engine.sandboxes.sandbox import Sandbox
from fauxlate.engine.service.operation import Operation
from fauxlate.engine.service.provider import Provider
from fauxlate.engine.service.routes import Routes


def environment(providers: Iterable[Provider], sandbox: Sandbox, url: str) -> dict[str, dict[str, str]]:
    """Return by provider the endpoints and credentials of `sandbox` at the server at `url`."""
    by_name = {provider.name: provider for provider in providers}
    return {name: dict(by_name[name].make_environment(sandbox.credentials[name], url)) for name in sorted(by_name)}


def _find_by_host(providers: Iterable[Provider], host: str) -> Provider | None:
    return next((provider for provider in providers if provider.hosts.fullmatch(host)), None)


class World:
    """Everything that answering a request needs. `base_url` is set once the server listens.

    `new_sandbox` makes one of an id, its initial scenario, and settings (`strict`, `idle`). `list_shipped` gives name
    and description of each shipped scenario, `find_source` the text of one. `callbacks_anywhere` lets callbacks go to
    other machines than this.
    """

    def __init__(
        self,
        providers: Sequence[Provider],
        sandboxes: Sandboxes,
        *,
        new_sandbox: Callable[..., Sandbox],
        list_shipped: Callable[[], Iterable[tuple[str, str]]],
        find_source: Finder,
        callbacks_anywhere: bool = False,
    ) -> None:
        self.providers = tuple(providers)
        self.sandboxes = sandboxes
        self.new_sandbox = new_sandbox
        self.list_shipped = list_shipped
        self.find_source = find_source
        self.callbacks_anywhere = callbacks_anywhere
        self.base_url = ""
        self._routes: dict[str, Routes] = {}
        self._find_by_host = lru_cache(maxsize=64)(partial(_find_by_host, self.providers))

    def environment(self, sandbox: Sandbox) -> dict[str, dict[str, str]]:
        """Return by provider the endpoints and credentials with which a client reaches `sandbox`."""
        return environment(self.providers, sandbox, self.base_url)

    def find_provider(self, request: Request) -> Provider:
        """Return the provider of a request: by a host that the documents print, by the credential, and then by the path.

        The last provider owns whatever path is left.
        """
        provider = self._find_by_host(request.host)
        if provider is not None:
            return provider
        for provider in self.providers:
            if provider.has_credential(request):
                return provider
        for provider in self.providers:
            if provider.owns(request):
                return provider
        return self.providers[-1]

    def find_operation(self, name: str) -> tuple[Provider, Operation]:
        """Return the operation of that name, as `provider.Operation`, with its provider."""
        provider_name, _, short_name = name.partition(".")
        provider = next(provider for provider in self.providers if provider.name == provider_name)
        return provider, next(operation for operation in provider.operations if operation.name == short_name)

    def routes_of(self, provider: Provider) -> Routes:
        """Return the routes to the operations of `provider`."""
        routes = self._routes.get(provider.name)
        if routes is None:
            routes = self._routes[provider.name] = Routes(provider)
        return routes
