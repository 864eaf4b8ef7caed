"""Sandboxes: worlds of their own, each with its clock, chance, scenario, quirks and state, found by credential."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

from emulator.engine.chance import Chance
from emulator.engine.clock import Clock
from emulator.engine.quirks import settle
from emulator.engine.scenario import Scenario, Tally

if TYPE_CHECKING:
    from emulator.engine.provider import Provider
    from emulator.engine.store import Store
    from emulator.engine.timeline import Lifecycle, Timeline

Wall = Callable[[], float]
TAG_LENGTH = 8
DEFAULT = "default"


def tag_of(sandbox_id: str) -> str:
    """Return the eight hexadecimal digits with which the tokens of a sandbox begin."""
    return blake2b(sandbox_id.encode(), digest_size=TAG_LENGTH // 2).hexdigest()


class Sandbox:
    """One world. `credentials` holds, by provider, what a client needs to be recognised as belonging here."""

    def __init__(
        self,
        sandbox_id: str,
        providers: Sequence[Provider],
        store: Callable[[], Store],
        wall: Wall,
        *,
        seed: int = 0,
        strict: bool = False,
    ) -> None:
        self.id = sandbox_id
        self.tag = tag_of(sandbox_id)
        self.strict = strict
        self.credentials: dict[str, Mapping[str, str]] = {
            provider.name: provider.mint(self.tag) for provider in providers
        }
        self._providers = providers
        self._wall = wall
        self._default_timelines: dict[str, Timeline] = {}
        self.clock = Clock.real(wall())
        self.chance = Chance(seed)
        self.store = store()
        self.follow(Scenario())

    def follow(self, scenario: Scenario) -> None:
        """Go on under `scenario`, counting from nothing. Jobs stay; clock and seed too, unless it names its own."""
        self.quirks = settle((quirk for provider in self._providers for quirk in provider.quirks), scenario.quirks)
        self.scenario = scenario
        self.tally = Tally()
        if scenario.seed is not None:
            self.chance = Chance(scenario.seed)
        if scenario.clock is not None:
            self.clock = scenario.clock(self._wall())

    def now(self) -> float:
        """Return the time here, in seconds since the epoch."""
        return self.clock.now(self._wall())

    def change_clock(self, change: Callable[[Clock, float], Clock]) -> None:
        """Replace the clock by what `change` makes of it and the wall time."""
        self.clock = change(self.clock, self._wall())

    def timeline(self, lifecycle: Lifecycle) -> Timeline:
        """Return the course of a new job that nothing disturbs."""
        chosen = self.scenario.timelines.get(lifecycle.name)
        if chosen is None:
            chosen = self._default_timelines.get(lifecycle.name)
            if chosen is None:
                chosen = self._default_timelines[lifecycle.name] = lifecycle.timeline()
        return chosen

    def link_life(self, lifecycle: Lifecycle) -> float:
        """Return for how many seconds a result link of `lifecycle` is good."""
        life = self.scenario.links.get(lifecycle.name, lifecycle.link)
        if life is None:
            raise LookupError(f"{lifecycle.name} has no result link")
        return life


class Sandboxes:
    """Every sandbox of a server, found by id or by whatever a client sends as its credential."""

    def __init__(self, default: Sandbox) -> None:
        self.default = default
        self._by_id: dict[str, Sandbox] = {}
        self._by_credential: dict[str, Sandbox] = {}
        self.add(default)

    def add(self, sandbox: Sandbox) -> None:
        """Make a sandbox findable."""
        self._by_id[sandbox.id] = sandbox
        self._by_credential[sandbox.tag] = sandbox
        for credentials in sandbox.credentials.values():
            for value in credentials.values():
                self._by_credential[value] = sandbox

    def get(self, sandbox_id: str) -> Sandbox | None:
        """Return the sandbox of that id, or None."""
        return self._by_id.get(sandbox_id)

    def of(self, credential: str | None) -> Sandbox:
        """Return the sandbox that `credential` (a key, or a token that begins with a tag) belongs to, else `default`."""
        if credential is None:
            return self.default
        found = self._by_credential.get(credential)
        return found or self._by_credential.get(credential[:TAG_LENGTH], self.default)
