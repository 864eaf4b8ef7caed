"""A target: the server that contract tests speak to, be it an emulator of their own, another one, or the live services.

A test asks its target for addresses and credentials, to let time pass, and to be scripted. What a target cannot do is a
skip that says why.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from fauxlate.engine.sandboxes.sandbox import DEFAULT, tag_of
from fauxlate.engine.timing.durations import format_duration, parse_duration
from fauxlate.server import PROVIDERS, Emulator

EMULATOR = "emulator"
LIVE = "live"
_MARGIN = 1.0
"""Seconds that a real wait lasts longer than it has to, as no two clocks agree."""

Told = Mapping[str, str]
"""What a client of one provider has to be told: endpoints and credentials."""


def variable(provider: str, key: str, prefix: str = "FAUXLATE_LIVE") -> str:
    """Return the environment variable that holds `key` of `provider`."""
    return f"{prefix}_{provider}_{key}".upper()


def default_credentials(url: str) -> dict[str, dict[str, str]]:
    """Return what clients of an emulator at `url` have to be told, by provider; minted, hence known beforehand.

    A variable `FAUXLATE_TARGET_HUAWEI_ACCESS_KEY` and the like goes over each of them.
    """
    tag = tag_of(DEFAULT)
    told = {one.name: dict(one.environment(one.mint(tag), url)) for one in PROVIDERS}
    for provider, keys in told.items():
        for key in keys:
            keys[key] = os.environ.get(variable(provider, key, "FAUXLATE_TARGET")) or keys[key]
    return told


@dataclass
class Target:
    """What the tests run against.

    `url` is an emulator's only address, empty where the services are live. `environment` has what clients are to be
    told, by provider; one without credentials is missing there, and in `lacking` with the variables that would give
    them. `admin` tells whether the admin API answers, and `sandbox` which one is moved and scripted by it. `budget` is
    for how many seconds a test may really wait.
    """

    url: str
    environment: Mapping[str, Told]
    budget: float = 60.0
    admin: bool = False
    lacking: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sandbox: str = DEFAULT

    @property
    def live(self) -> bool:
        """Whether the services themselves are spoken to."""
        return not self.url

    @property
    def grain(self) -> float:
        """How near, in seconds, a test can come to a boundary in time."""
        return 0.001 if self.admin else 5 * _MARGIN

    def told(self, provider: str) -> Told:
        """Return what clients of `provider` have to be told; without credentials for it the test is skipped."""
        if provider not in self.environment:
            missing = ", ".join(self.lacking.get(provider, ()))
            pytest.skip(f"no credentials for {provider}: set {missing}")
        return self.environment[provider]

    def base(self, provider: str, family: str) -> str:
        """Return scheme and host under which a family of operations is reached."""
        told = self.told(provider)
        named = {"iam": "iam_endpoint", "storage": "storage_endpoint", "legacy": "legacy_endpoint"}.get(family, "")
        address = told.get(named) or told["endpoint"]
        return address.rstrip("/") if "://" in address else f"{'https' if self.live else 'http'}://{address}"

    def scriptable(self) -> None:
        """Skip the test where the target cannot be scripted."""
        if not self.admin:
            pytest.skip("scripted: the target answers no admin API")

    def asked(self, method: str, path: str, body: Any = None) -> Any:
        """Call the admin API; `path` goes on from `/__fauxlate/`."""
        self.scriptable()
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = Request(f"{self.url}/__fauxlate/{path}", data, headers, method=method)
        with urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def advance(self, by: str | float) -> None:
        """Let time pass: by moving the clock, or by really waiting where that cannot be done, within the budget."""
        if self.admin:
            self.asked("PATCH", f"sandboxes/{self.sandbox}/clock", {"advance": by})
            return
        self.afford(by)
        time.sleep(parse_duration(by) + _MARGIN)

    def afford(self, by: str | float) -> None:
        """Skip the test where it would have to wait for longer than the budget."""
        lasts = parse_duration(by)
        if not self.admin and lasts > self.budget:
            why = f"the clock cannot be moved, and {format_duration(lasts)} are over the --budget of {format_duration(self.budget)}"
            pytest.skip(f"scripted: {why}")

    def pause(self, by: float, *, spent: float) -> float:
        """Let a little time pass between two queries; return how much did. Skips once the budget is `spent`."""
        if self.admin:
            self.advance(by)
            return by
        if spent > self.budget:
            pytest.skip(f"not done within the --budget of {format_duration(self.budget)}")
        began = time.monotonic()
        time.sleep(by)
        return time.monotonic() - began

    def until(self, done: Callable[[], object], *, within: float, every: float) -> None:
        """Let time pass until `done` says so: all of `within` seconds at once, or, where that cannot be, by waiting."""
        if done():
            return
        if self.admin:
            self.advance(within)
            assert done(), f"not done within {format_duration(within)}"
            return
        ends = time.monotonic() + self.budget
        while not done():
            if time.monotonic() > ends:
                pytest.skip(f"not done within the --budget of {format_duration(self.budget)}")
            time.sleep(every)

    @contextmanager
    def following(self, scenario: Mapping[str, Any]) -> Iterator[None]:
        """Follow `scenario` for as long as the context lasts, and then again what was followed before."""
        path = f"sandboxes/{self.sandbox}/scenario"
        before = self.asked("GET", path)
        self.asked("PUT", path, dict(scenario))
        try:
            yield
        finally:
            self.asked("PUT", path, before)

    @contextmanager
    def scripted(self, scenario: Mapping[str, Any], **settings: Any) -> Iterator[Target]:
        """Give a target that is a sandbox of its own, following `scenario`; skip where there can be none."""
        made = self.asked("POST", "sandboxes", {"scenario": dict(scenario), **settings})
        try:
            yield Target(self.url, made["credentials"], self.budget, self.admin, sandbox=made["id"])
        finally:
            self.asked("DELETE", f"sandboxes/{made['id']}")


@contextmanager
def chosen(name: str, budget: float) -> Iterator[Target]:
    """Give the target that `--target` names: `emulator`, `live`, or a URL. Raises `ValueError` for anything else."""
    if name == EMULATOR:
        with Emulator() as emulator:
            yield Target(emulator.url, emulator.environment, budget, admin=True)
    elif name == LIVE:
        yield live(os.environ, budget)
    elif urlsplit(name).scheme in ("http", "https") and urlsplit(name).netloc:
        url = name.rstrip("/")
        yield Target(url, default_credentials(url), budget, _admitted(url))
    else:
        raise ValueError(f"--target {name}: it is `emulator`, `live`, or a URL such as http://127.0.0.1:8585")


OPTIONAL = frozenset({"bearer_token", "user_id", "source", "suite_ticket"})
"""What a client of the live service may do without."""
MORE = {"huawei": ("storage_endpoint", "source"), "dingtalk": ("legacy_endpoint", "suite_ticket")}
"""What the live services want besides: they have more addresses than one, sources of their own, and look at tickets."""


def live(environ: Mapping[str, str], budget: float) -> Target:
    """Return the live services, as far as `environ` has credentials for them."""
    environment: dict[str, Told] = {}
    lacking: dict[str, tuple[str, ...]] = {}
    for provider in PROVIDERS:
        keys = (*provider.environment(provider.mint(tag_of(DEFAULT)), ""), *MORE.get(provider.name, ()))
        told = {key: environ.get(variable(provider.name, key), "") for key in keys}
        missing = tuple(variable(provider.name, key) for key in keys if not told[key] and key not in OPTIONAL)
        if missing:
            lacking[provider.name] = missing
        else:
            environment[provider.name] = told
    return Target("", environment, budget, lacking=lacking)


def _admitted(url: str) -> bool:
    """Whether the server at `url` answers the admin API, and to us."""
    try:
        with urlopen(f"{url}/__fauxlate/sandboxes", timeout=10) as answer:
            return "sandboxes" in json.load(answer)
    except HTTPError as refusal:
        refusal.close()
        return False
    except OSError as fault:  # a URLError, or what breaks while the answer is read
        raise ValueError(f"--target {url}: nothing answers there ({getattr(fault, 'reason', fault)})") from None
    except ValueError:
        return False
