"""The world of one server: its providers, its sandboxes, and the address under which clients reach it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

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
    return {name: dict(by_name[name].environment(sandbox.credentials[name], url)) for name in sorted(by_name)}


class World:
    """Everything that answering a request needs. `base_url` is known once the server listens.

    `new_sandbox` makes one of an id, the scenario it begins with, and settings (`strict`, `idle`). `shipped` gives
    name and meaning of each shipped scenario, and `find` the text of one. `callbacks_anywhere` lets callbacks go to other
    machines than this.
    """

    def __init__(
        self,
        providers: Sequence[Provider],
        sandboxes: Sandboxes,
        *,
        new_sandbox: Callable[..., Sandbox],
        shipped: Callable[[], Iterable[tuple[str, str]]],
        find: Finder,
        callbacks_anywhere: bool = False,
    ) -> None:
        self.providers = tuple(providers)
        self.sandboxes = sandboxes
        self.new_sandbox = new_sandbox
        self.shipped = shipped
        self.find = find
        self.callbacks_anywhere = callbacks_anywhere
        self.base_url = ""
        self._routes: dict[str, Routes] = {}

    def environment(self, sandbox: Sandbox) -> dict[str, dict[str, str]]:
        """Return by provider what a client has to be told to land in `sandbox`."""
        return environment(self.providers, sandbox, self.base_url)

    def provider(self, request: Request) -> Provider:
        """Return the provider whose path this is: the first that owns it, and the last owns whatever is left."""
        for provider in self.providers:
            if provider.owns(request):
                return provider
        return self.providers[-1]

    def operation(self, name: str) -> tuple[Provider, Operation]:
        """Return the operation of that name, as `provider.Operation`, with its provider."""
        of, _, short = name.partition(".")
        provider = next(one for one in self.providers if one.name == of)
        return provider, next(one for one in provider.operations if one.name == short)

    def routes(self, provider: Provider) -> Routes:
        """Return the way to the operations of `provider`."""
        found = self._routes.get(provider.name)
        if found is None:
            found = self._routes[provider.name] = Routes(provider)
        return found
