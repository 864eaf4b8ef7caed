"""A sandbox: one isolated world, with its clock, chance, scenario, quirks, state, journal and coverage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from hashlib import blake2b
from itertools import count
from typing import TYPE_CHECKING, Any, Literal, Protocol

from fauxlate.engine.chance import Chance
from fauxlate.engine.sandboxes.coverage import Coverage
from fauxlate.engine.sandboxes.journal import Journal
from fauxlate.engine.scenarios.rules import RuleCounters
from fauxlate.engine.scenarios.scenario import Scenario
from fauxlate.engine.tables.quirks import resolve_choices
from fauxlate.engine.timing.agenda import Agenda
from fauxlate.engine.timing.clock import Clock

if TYPE_CHECKING:
    from fauxlate.engine.sandboxes.callbacks import PendingCallback, Receiver
    from fauxlate.engine.sandboxes.fetching import Fetch
    from fauxlate.engine.sandboxes.store import Store
    from fauxlate.engine.tables.lifecycles import Lifecycle
    from fauxlate.engine.tables.quirks import Quirk
    from fauxlate.engine.timing.jobs import Job
    from fauxlate.engine.timing.timeline import Position, Timeline

WallClock = Callable[[], float]
Signatures = Literal["verified", "ignored"]
TAG_LENGTH = 8
DEFAULT = "default"


def tag_of(sandbox_id: str) -> str:
    """Return the eight hexadecimal digits with which the tokens of a sandbox begin."""
    return blake2b(sandbox_id.encode(), digest_size=TAG_LENGTH // 2).hexdigest()


class ProviderTables(Protocol):
    """What a sandbox uses of a provider: two of its tables, and the credentials that it makes from a tag."""

    @property
    def name(self) -> str:
        """The provider's name."""

    @property
    def quirks(self) -> tuple[Quirk, ...]:
        """Its quirks."""

    @property
    def lifecycles(self) -> tuple[Lifecycle, ...]:
        """The lifecycles of its jobs."""

    @property
    def mint_credentials(self) -> Callable[[str], Mapping[str, str]]:
        """The function that makes credentials from a sandbox's tag."""


_GENERATIONS = count(1)


class Sandbox:
    """One isolated world. `credentials` are by provider; a request with one of them belongs here.

    `origin` is the scenario at the beginning, and again after a reset. `strict` refuses unknown credentials.
    `signatures` of known ones are verified, or ignored so that a shell can call without signing. `idle` is how many
    seconds it may stay unused. `quirks` are choices that hold under every scenario that does not make its own. `fetch`
    gets sources from elsewhere; without it there are none. `receivers` of callbacks are by provider,
    `pending_callbacks` by job. `generation` numbers the times between resets, across all sandboxes.

    `chance` draws ids and what a scenario leaves to chance, the same in every sandbox of a seed; `secrets` draws what
    opens something to whoever has it, such as tokens and links, so that none follows from those of another sandbox.
    """

    def __init__(
        self,
        sandbox_id: str,
        providers: Sequence[ProviderTables],
        store: Callable[[], Store],
        wall: WallClock,
        *,
        origin: Scenario | None = None,
        seed: int = 0,
        strict: bool = False,
        signatures: Signatures = "verified",
        idle: float | None = None,
        quirks: Mapping[str, str] | None = None,
        fetch: Fetch | None = None,
    ) -> None:
        self.id = sandbox_id
        self.tag = tag_of(sandbox_id)
        self.strict = strict
        self.signatures = signatures
        self.idle = idle
        self.credentials: dict[str, Mapping[str, str]] = {
            provider.name: provider.mint_credentials(self.tag) for provider in providers
        }
        self.origin = origin or Scenario()
        self._initial_receivers: dict[str, Receiver] = {}
        self._providers = providers
        self._new_store = store
        self._wall = wall
        self._seed = seed
        self._quirks = quirks or {}
        self.fetch = fetch
        self._default_timelines: dict[str, Timeline] = {}
        self.reset()

    def reset(self) -> None:
        """Return to the beginning: no jobs, tokens, files, counts or journal."""
        self.generation = next(_GENERATIONS)
        self.last_used = self._wall()
        self.clock = Clock.real(self.last_used)
        self.chance = Chance(self._seed)
        self.secrets = Chance(self._seed, self.tag)
        self.store = self._new_store()
        self.agenda = Agenda()
        self.receivers = dict(self._initial_receivers)
        self.pending_callbacks: dict[str, PendingCallback] = {}
        self.journal = Journal()
        self.coverage = Coverage()
        self.follow(self.origin)

    def follow(self, scenario: Scenario) -> None:
        """Go on under `scenario`; its rules count from nothing.

        Jobs stay; so do clock, seed and the sandbox's quirks where the scenario does not set them.
        """
        table = (quirk for provider in self._providers for quirk in provider.quirks)
        self.quirks = resolve_choices(table, {**self._quirks, **scenario.quirks})
        self.scenario = scenario
        self.rule_counters = RuleCounters()
        if scenario.seed is not None:
            self.chance = self.chance.with_seed(scenario.seed)
            self.secrets = self.secrets.with_seed(scenario.seed)
        if scenario.make_clock is not None:
            self.clock = scenario.make_clock(self._wall())

    def set_receivers(self, receivers: Mapping[str, Receiver]) -> None:
        """Set the receivers of callbacks, by provider: now, and again after a reset."""
        self._initial_receivers = dict(receivers)
        self.receivers = dict(receivers)

    def detach(self) -> Sandbox:
        """Return a view of this world for a call that may outlive it: after a reset, its changes do not show here."""
        other = copy(self)
        other.journal = Journal()
        return other

    def fork(self, sandbox_id: str) -> Sandbox:
        """Return a sandbox with other credentials in which everything else is as it is here now."""
        other = Sandbox(
            sandbox_id,
            self._providers,
            self._new_store,
            self._wall,
            origin=self.origin,
            seed=self._seed,
            strict=self.strict,
            signatures=self.signatures,
            idle=self.idle,
            quirks=self._quirks,
            fetch=self.fetch,
        )
        other.set_receivers(self._initial_receivers)
        other.follow(self.scenario)
        other.clock = self.clock
        other.receivers = dict(self.receivers)
        other.chance = self.chance.copy()
        other.secrets = self.secrets.with_tag(other.tag)
        other.store = self.store.copy()
        other.rule_counters = self.rule_counters.copy()
        return other

    def identifiers(self) -> Iterator[str]:
        """Give everything in a request that identifies this sandbox: the tag of its tokens, and each credential."""
        yield self.tag
        for credentials in self.credentials.values():
            yield from credentials.values()

    @property
    def wall(self) -> float:
        """The wall time, in seconds since the epoch."""
        return self._wall()

    def now(self) -> float:
        """Return the time here, in seconds since the epoch."""
        return self.clock.now(self._wall())

    def quirk(self, name: str) -> str:
        """Return the choice of a quirk, and count it as served."""
        choice = self.quirks[name]
        self.coverage.count("quirk", name, choice)
        return choice

    def timeline(self, lifecycle: Lifecycle) -> Timeline:
        """Return the course of a new job that nothing disturbs."""
        timeline = self.scenario.timelines.get(lifecycle.name)
        if timeline is None:
            timeline = self._default_timelines.get(lifecycle.name)
            if timeline is None:
                timeline = self._default_timelines[lifecycle.name] = lifecycle.default_timeline()
        return timeline

    def has_ended(self, job: Job[Any], position: Position) -> bool:
        """Whether a job is at the end of its lifecycle, not only of its own course: it may be stuck."""
        return position.is_last and self.reaches_end(job)

    def reaches_end(self, job: Job[Any]) -> bool:
        """Whether the course of a job leads to the end of its lifecycle."""
        lifecycles = (lifecycle for provider in self._providers for lifecycle in provider.lifecycles)
        lifecycle = next(lifecycle for lifecycle in lifecycles if lifecycle.name == job.lifecycle)
        ends = {lifecycle.course[-1].name, lifecycle.failed_state.name if lifecycle.failed_state is not None else None}
        return job.timeline.steps[-1].state in ends

    def link_lifetime(self, lifecycle: Lifecycle) -> float:
        """Return the lifetime of a result's link of `lifecycle`, in seconds."""
        lifetime = self.scenario.link_lifetimes.get(lifecycle.name, lifecycle.link_lifetime)
        if lifetime is None:
            raise LookupError(f"{lifecycle.name} has no result link")
        return lifetime
