"""The composition root: providers, stores and scenarios put together into a world, as the settings say."""

from __future__ import annotations

import time
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from fauxlate import library
from fauxlate.engine.sandboxes.registry import Sandboxes
from fauxlate.engine.sandboxes.sandbox import DEFAULT, Sandbox
from fauxlate.engine.scenarios.scenario import Scenario
from fauxlate.engine.suggest import did_you_mean
from fauxlate.engine.world import World
from fauxlate.providers import alibaba, dingtalk, huawei
from fauxlate.settings import Settings
from fauxlate.stores.memory import MemoryStore

if TYPE_CHECKING:
    from fauxlate.engine.sandboxes.callbacks import Receiver

PROVIDERS = (dingtalk.PROVIDER, huawei.PROVIDER, alibaba.PROVIDER)
"""In the order in which they are asked whether a path is theirs; the last takes what is left."""


def new_world(settings: Settings) -> World:
    """Return the world that `settings` describe. Raises `ScenarioError` and `ValueError` for its scenario."""
    signatures = "ignored" if settings.ignore_signatures else "verified"
    make_sandbox = partial(new_sandbox, fetch=_fetch if settings.fetch_sources else None)
    default = make_sandbox(
        DEFAULT, load_scenario(settings), seed=settings.seed, strict=settings.strict, signatures=signatures
    )
    default.set_receivers(_read_receivers(settings))
    return World(
        PROVIDERS,
        Sandboxes(default),
        new_sandbox=make_sandbox,
        list_shipped=_describe_shipped,
        find_source=library.load_shipped,
        callbacks_anywhere=settings.callbacks_anywhere,
    )


async def _fetch(url: str) -> bytes:
    from fauxlate.web.fetching import new_fetcher

    return await new_fetcher()(url)


def _read_receivers(settings: Settings) -> dict[str, Receiver]:
    """Return by provider where callbacks go. Raises `ValueError` for a setting that cannot be read."""
    receivers: dict[str, Receiver] = {}
    if not settings.callback:
        return receivers
    consoles = {provider.name: console for provider in PROVIDERS if (console := provider.load_console()) is not None}
    for text in settings.callback:
        target, _, url = text.partition("=")
        name, _, form = target.partition(".")
        console = consoles.get(name)
        if console is None:
            near = did_you_mean(name, consoles)
            raise ValueError(
                f"--callback {text[:200]}: `{name}` is none of {', '.join(consoles)}; write provider=URL.{near}"
            )
        try:
            receivers[name] = console.configure(url=url, form=form, anywhere=settings.callbacks_anywhere)
        except ValueError as refusal:
            raise ValueError(f"--callback {text[:200]}: {refusal}") from None
    return receivers


def new_sandbox(sandbox_id: str, origin: Scenario, **settings: Any) -> Sandbox:
    """Return a new sandbox of all providers, with a store of its own, on the wall clock."""
    return Sandbox(sandbox_id, PROVIDERS, MemoryStore, time.time, origin=origin, **settings)


def load_scenario(settings: Settings) -> Scenario:
    """Return the scenario that `settings` name. Raises `ScenarioError` and `ValueError`."""
    if not settings.scenario:
        return Scenario()
    from fauxlate.engine.grammar.compiler import compile_scenario

    return compile_scenario([library.load(name) for name in settings.scenario], PROVIDERS, find=library.resolve_extends)


@cache
def _describe_shipped() -> tuple[tuple[str, str], ...]:
    from fauxlate.engine.grammar.compiler import compile_scenario

    names = library.shipped_names()
    return tuple(
        (name, compile_scenario(library.load_shipped(name), PROVIDERS, find=library.resolve_extends).about)
        for name in names
    )
