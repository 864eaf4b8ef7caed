"""Sandboxes: worlds of their own, each with its clock, chance, scenario, quirks and state, found by credential."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Literal

from fauxlate.engine.chance import Chance
from fauxlate.engine.sandboxes.coverage import Coverage
from fauxlate.engine.sandboxes.journal import Journal
from fauxlate.engine.scenarios.scenario import Scenario, Tally
from fauxlate.engine.tables.quirks import settle
from fauxlate.engine.timing.agenda import Agenda
from fauxlate.engine.timing.clock import Clock

if TYPE_CHECKING:
    from fauxlate.engine.sandboxes.fetching import Fetch
    from fauxlate.engine.sandboxes.store import Store
    from fauxlate.engine.service.events import Expected, Receiver
    from fauxlate.engine.service.provider import Provider
    from fauxlate.engine.timing.jobs import Job
    from fauxlate.engine.timing.timeline import Lifecycle, Position, Timeline

Wall = Callable[[], float]
Signatures = Literal["verified", "ignored"]
TAG_LENGTH = 8
DEFAULT = "default"


def tag_of(sandbox_id: str) -> str:
    """Return the eight hexadecimal digits with which the tokens of a sandbox begin."""
    return blake2b(sandbox_id.encode(), digest_size=TAG_LENGTH // 2).hexdigest()


class Sandbox:
    """One world. `credentials` holds, by provider, what a client needs to be recognised as belonging here.

    `origin` is the scenario that it began with, and to which a reset returns it. `strict` refuses unknown credentials.
    `signatures` tells whether those of known ones are verified, or ignored so that a shell can call without signing.
    `quirks` are choices that hold under every scenario that does not make its own. `fetch` gets sources from elsewhere;
    without it none is got. `receivers` tells by provider who is told of events, `expected` by job whose end nobody has
    been told of yet.
    """

    def __init__(
        self,
        sandbox_id: str,
        providers: Sequence[Provider],
        store: Callable[[], Store],
        wall: Wall,
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
            provider.name: provider.mint(self.tag) for provider in providers
        }
        self.origin = origin or Scenario()
        self._first_receivers: dict[str, Receiver] = {}
        self._providers = providers
        self._new_store = store
        self._wall = wall
        self._seed = seed
        self._quirks = quirks or {}
        self.fetch = fetch
        self._default_timelines: dict[str, Timeline] = {}
        self.reset()

    def reset(self) -> None:
        """Return to how everything was in the beginning: no jobs, tokens, files, counts or journal."""
        self.used = self._wall()
        self.clock = Clock.real(self.used)
        self.chance = Chance(self._seed)
        self.store = self._new_store()
        self.agenda = Agenda()
        self.receivers = dict(self._first_receivers)
        self.expected: dict[str, Expected] = {}
        self.journal = Journal()
        self.coverage = Coverage()
        self.follow(self.origin)

    def follow(self, scenario: Scenario) -> None:
        """Go on under `scenario`, counting from nothing.

        Jobs stay; so do clock, seed and the quirks that the sandbox was made with, unless it names its own.
        """
        table = (quirk for provider in self._providers for quirk in provider.quirks)
        self.quirks = settle(table, {**self._quirks, **scenario.quirks})
        self.scenario = scenario
        self.tally = Tally()
        if scenario.seed is not None:
            self.chance = self.chance.reseeded(scenario.seed)
        if scenario.clock is not None:
            self.clock = scenario.clock(self._wall())

    def told_at(self, receivers: Mapping[str, Receiver]) -> None:
        """Tell of events, by provider, whom `receivers` name: from the beginning, and again after a reset."""
        self._first_receivers = dict(receivers)
        self.receivers = dict(receivers)

    def bygone(self) -> Sandbox:
        """Return this world for a call that may outlive it: after a reset, nothing done there is seen here."""
        other = copy(self)
        other.journal = Journal()
        return other

    def fork(self, sandbox_id: str) -> Sandbox:
        """Return a sandbox with credentials of its own in which everything is as it is here now."""
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
        other.told_at(self._first_receivers)
        other.follow(self.scenario)
        other.clock = self.clock
        other.receivers = dict(self.receivers)
        other.chance = self.chance.copy()
        other.store = self.store.copy()
        other.tally = self.tally.copy()
        return other

    def names(self) -> Iterator[str]:
        """Give everything in a request that names this sandbox: the tag of its tokens, and each credential."""
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
        self.coverage.served("quirk", name, choice)
        return choice

    def timeline(self, lifecycle: Lifecycle) -> Timeline:
        """Return the course of a new job that nothing disturbs."""
        chosen = self.scenario.timelines.get(lifecycle.name)
        if chosen is None:
            chosen = self._default_timelines.get(lifecycle.name)
            if chosen is None:
                chosen = self._default_timelines[lifecycle.name] = lifecycle.timeline()
        return chosen

    def ended(self, job: Job[Any], position: Position) -> bool:
        """Whether a job stands where its lifecycle ends, not merely where its own course does: it may be stuck."""
        return position.last and self.ends(job)

    def ends(self, job: Job[Any]) -> bool:
        """Whether the course of a job leads to where its lifecycle ends."""
        lifecycles = (lifecycle for provider in self._providers for lifecycle in provider.lifecycles)
        lifecycle = next(lifecycle for lifecycle in lifecycles if lifecycle.name == job.lifecycle)
        ends = {lifecycle.course[-1].name, lifecycle.failed.name if lifecycle.failed is not None else None}
        return job.timeline.steps[-1].state in ends

    def link_life(self, lifecycle: Lifecycle) -> float:
        """Return for how many seconds a result link of `lifecycle` is good."""
        life = self.scenario.links.get(lifecycle.name, lifecycle.link)
        if life is None:
            raise LookupError(f"{lifecycle.name} has no result link")
        return life


MOST = 10_000
"""Sandboxes of one server."""


class TooManyError(ValueError):
    """There are as many sandboxes as a server holds, and none is idle."""


class Sandboxes:
    """Every sandbox of a server, found by id or by whatever a client sends as its credential.

    `coverage` is what was served in sandboxes that are gone.
    """

    def __init__(self, default: Sandbox) -> None:
        self.default = default
        self.coverage = Coverage()
        self._by_id: dict[str, Sandbox] = {}
        self._by_credential: dict[str, Sandbox] = {}
        self.add(default)

    def add(self, sandbox: Sandbox) -> None:
        """Make a sandbox findable. Raises `ValueError` where its id is taken, `TooManyError` where no more fit."""
        if sandbox.id in self._by_id:
            raise ValueError(f"there is a sandbox `{sandbox.id}` already")
        if any(name in self._by_credential for name in sandbox.names()):
            raise ValueError(f"`{sandbox.id}` would have the credentials of another sandbox; choose another id")
        if len(self._by_id) >= MOST and not self.expire(sandbox.used):
            raise TooManyError(f"there are {MOST} sandboxes; delete some, or give them an `idle` time to expire after")
        self._by_id[sandbox.id] = sandbox
        for credential in sandbox.names():
            self._by_credential[credential] = sandbox

    def remove(self, sandbox: Sandbox) -> None:
        """Forget a sandbox, and keep what it has served."""
        self.coverage.add(sandbox.coverage)
        del self._by_id[sandbox.id]
        for credential in sandbox.names():
            self._by_credential.pop(credential, None)

    def expire(self, wall: float) -> list[str]:
        """Forget the sandboxes that have been idle for as long as they may be; return their ids."""
        idle = [
            one
            for one in tuple(self._by_id.values())  # a test adds its own from another thread
            if one.idle is not None and wall - one.used >= one.idle and not len(one.agenda)
        ]
        for sandbox in idle:
            self.remove(sandbox)
            sandbox.journal.end()
        return [sandbox.id for sandbox in idle]

    def __iter__(self) -> Iterator[Sandbox]:
        return iter(tuple(self._by_id.values()))

    def get(self, sandbox_id: str) -> Sandbox | None:
        """Return the sandbox of that id, or None."""
        return self._by_id.get(sandbox_id)

    def of(self, credentials: Iterable[str]) -> Sandbox:
        """Return the sandbox of the first of `credentials` (keys, or tokens that begin with a tag) that is known.

        Where none is, that is `default`.
        """
        for credential in credentials:
            found = self._by_credential.get(credential) or self._by_credential.get(credential[:TAG_LENGTH])
            if found is not None:
                return found
        return self.default
