"""The target of contract tests: an emulator of their own, another server, or the live services.

A target gives a test addresses and credentials, lets time pass, and follows scenarios. Where it cannot do one of these,
it skips the test and says why.
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
from fauxlate import application
from fauxlate.engine.sandboxes.sandbox import DEFAULT, tag_of
from fauxlate.engine.timing.durations import format_duration, parse_duration
from fauxlate.serving.background import BackgroundServer
from fauxlate.serving.composition import PROVIDERS

from contract_tests.harness.application import serve_application

EMULATOR = "emulator"
APPLICATION = "application"
LIVE = "live"
_CLOCK_MARGIN = 1.0
"""Seconds that a real wait lasts longer than it has to, as no two clocks agree."""

QUICK_SCENARIO = """
about: Every job ends within a tenth of a second of real time.
lifecycles:
  alibaba.async_translate: {ready: 20ms, translating: 40ms}
  alibaba.image_batch: {created: 20ms, running: 40ms}
  huawei.file_translation: {WAITING: 20ms, BGEIN: 40ms}
  dingtalk.file_translation: {"0": 50ms}
"""
"""The scenario of an emulator whose clock runs: its jobs take no real time to speak of."""

Credentials = Mapping[str, str]
"""Endpoints and credentials of one provider, by the names that `fauxlate env --json` has for them."""


def variable_name(provider: str, key: str, prefix: str = "FAUXLATE_LIVE") -> str:
    """Return the environment variable that holds `key` of `provider`."""
    return f"{prefix}_{provider}_{key}".upper()


def default_credentials(url: str) -> dict[str, dict[str, str]]:
    """Return the credentials of the default sandbox of an emulator at `url`, by provider.

    They are minted, hence known beforehand. A variable such as `FAUXLATE_TARGET_HUAWEI_ACCESS_KEY` overrides one.
    """
    tag = tag_of(DEFAULT)
    environment = {
        provider.name: dict(provider.make_environment(provider.mint_credentials(tag), url)) for provider in PROVIDERS
    }
    for name, credentials in environment.items():
        for key in credentials:
            override = os.environ.get(variable_name(name, key, "FAUXLATE_TARGET"))
            credentials[key] = override or credentials[key]
    return environment


@dataclass
class Target:
    """A server that contract tests run against.

    `url` is the one address of an emulator, or empty if the services are live. `environment` has the credentials by
    provider. A provider without credentials is not in it: `missing_variables` names the variables that would give them.
    `has_admin` says whether the admin API answers, and `sandbox_id` which sandbox is scripted and moved in time through
    it. `budget` is how many seconds a test may really wait.
    """

    url: str
    environment: Mapping[str, Credentials]
    budget: float = 60.0
    has_admin: bool = False
    missing_variables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sandbox_id: str = DEFAULT

    @property
    def is_live(self) -> bool:
        """Whether this is the live services."""
        return not self.url

    @property
    def resolution(self) -> float:
        """The seconds before and after a boundary in time within which a test can say nothing."""
        return 0.001 if self.has_admin else 5 * _CLOCK_MARGIN

    def credentials(self, provider: str) -> Credentials:
        """Return the credentials of `provider`; skip the test if there are none."""
        if provider not in self.environment:
            missing = ", ".join(self.missing_variables.get(provider, ()))
            pytest.skip(f"no credentials for {provider}: set {missing}")
        return self.environment[provider]

    def base_url(self, provider: str, family: str) -> str:
        """Return scheme and host of a family of operations: `iam`, `storage`, `legacy`, or any other for the usual host."""
        credentials = self.credentials(provider)
        key = {"iam": "iam_endpoint", "storage": "storage_endpoint", "legacy": "legacy_endpoint"}.get(family, "")
        address = credentials.get(key) or credentials["endpoint"]
        return address.rstrip("/") if "://" in address else f"{'https' if self.is_live else 'http'}://{address}"

    def require_admin(self) -> None:
        """Skip the test if the target cannot be scripted."""
        if not self.has_admin:
            pytest.skip("scripted: the target answers no admin API")

    def call_admin(self, method: str, path: str, body: Any = None) -> Any:
        """Call the admin API, and return its answer; `path` is relative to `/__fauxlate/`. Skip the test without it."""
        self.require_admin()
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = Request(f"{self.url}/__fauxlate/{path}", data, headers, method=method)
        with urlopen(request, timeout=20) as response:
            return json.load(response)

    def advance(self, duration: str | float) -> None:
        """Let time pass: move the clock, or really wait if that cannot be done and the budget allows it."""
        if self.has_admin:
            self.call_admin("PATCH", f"sandboxes/{self.sandbox_id}/clock", {"advance": duration})
            return
        self.require_budget(duration)
        time.sleep(parse_duration(duration) + _CLOCK_MARGIN)

    def require_budget(self, duration: str | float) -> None:
        """Skip the test if it would have to wait for longer than the budget."""
        seconds = parse_duration(duration)
        if not self.has_admin and seconds > self.budget:
            limit = f"{format_duration(seconds)} are over the --budget of {format_duration(self.budget)}"
            pytest.skip(f"scripted: the clock cannot be moved, and {limit}")

    def pause(self, seconds: float, *, elapsed: float) -> float:
        """Let some time pass between two queries; return the seconds that did.

        Skip the test if the `elapsed` seconds are over the budget.
        """
        if self.has_admin:
            self.advance(seconds)
            return seconds
        if elapsed > self.budget:
            pytest.skip(f"not done within the --budget of {format_duration(self.budget)}")
        start = time.monotonic()
        time.sleep(seconds)
        return time.monotonic() - start

    def wait_until(self, condition: Callable[[], object], *, within: float, interval: float) -> None:
        """Let time pass until `condition` is true.

        The clock is moved by `within` seconds at once; if it cannot be moved, look every `interval` seconds.
        """
        if condition():
            return
        if self.has_admin:
            self.advance(within)
            assert condition(), f"not done within {format_duration(within)}"
            return
        deadline = time.monotonic() + self.budget
        while not condition():
            if time.monotonic() > deadline:
                pytest.skip(f"not done within the --budget of {format_duration(self.budget)}")
            time.sleep(interval)

    @contextmanager
    def follow_scenario(self, scenario: Mapping[str, Any]) -> Iterator[None]:
        """Have the sandbox follow a scenario until the end of the context, and then the one before it again."""
        path = f"sandboxes/{self.sandbox_id}/scenario"
        before = self.call_admin("GET", path)
        self.call_admin("PUT", path, dict(scenario))
        try:
            yield
        finally:
            self.call_admin("PUT", path, before)

    @contextmanager
    def create_sandbox(self, scenario: Mapping[str, Any], **settings: Any) -> Iterator[Target]:
        """Give a target that is a new sandbox, which follows `scenario`; delete it at the end of the context.

        `settings` are further members of the body that creates it. Skip the test if the target cannot be scripted.
        """
        sandbox = self.call_admin("POST", "sandboxes", {"scenario": dict(scenario), **settings})
        try:
            yield Target(self.url, sandbox["credentials"], self.budget, self.has_admin, sandbox_id=sandbox["id"])
        finally:
            self.call_admin("DELETE", f"sandboxes/{sandbox['id']}")


@contextmanager
def open_target(name: str, budget: float) -> Iterator[Target]:
    """Give the target that `--target` names: `emulator`, `application`, `live`, or a URL; close it at the end.

    `application` is the emulator under a plain aiohttp. `budget` is in seconds. Raises `ValueError` for any other name, and for a URL at which nothing answers.
    """
    if name == EMULATOR:
        with BackgroundServer() as emulator:
            yield Target(emulator.url, emulator.environment, budget, has_admin=True)
    elif name == APPLICATION:
        with serve_application(application()) as url:
            yield Target(url, default_credentials(url), budget, has_admin=True)
    elif name == LIVE:
        yield live_target(os.environ, budget)
    elif urlsplit(name).scheme in ("http", "https") and urlsplit(name).netloc:
        url = name.rstrip("/")
        yield Target(url, default_credentials(url), budget, _has_open_admin(url))
    else:
        raise ValueError(
            f"--target {name}: it is `emulator`, `application`, `live`, or a URL such as http://127.0.0.1:8585"
        )


OPTIONAL_KEYS = frozenset({"bearer_token", "user_id", "source", "suite_ticket"})
"""What a client of the live services may leave out."""
LIVE_KEYS = {"huawei": ("storage_endpoint", "source"), "dingtalk": ("legacy_endpoint", "suite_ticket")}
"""What only the live services need: they have several addresses, a source to fetch, and verify tickets."""


def live_target(variables: Mapping[str, str], budget: float) -> Target:
    """Return the live services, with the credentials in these environment variables. `budget` is in seconds."""
    environment: dict[str, Credentials] = {}
    missing_variables: dict[str, tuple[str, ...]] = {}
    for provider in PROVIDERS:
        keys = (
            *provider.make_environment(provider.mint_credentials(tag_of(DEFAULT)), ""),
            *LIVE_KEYS.get(provider.name, ()),
        )
        credentials = {key: variables.get(variable_name(provider.name, key), "") for key in keys}
        missing_keys = [key for key in keys if not credentials[key] and key not in OPTIONAL_KEYS]
        if missing_keys:
            missing_variables[provider.name] = tuple(variable_name(provider.name, key) for key in missing_keys)
        else:
            environment[provider.name] = credentials
    return Target("", environment, budget, missing_variables=missing_variables)


def _has_open_admin(url: str) -> bool:
    """Return whether the server at `url` answers the admin API without a token. Raises `ValueError` if nothing answers."""
    try:
        with urlopen(f"{url}/__fauxlate/sandboxes", timeout=10) as response:
            return "sandboxes" in json.load(response)
    except HTTPError as refusal:
        refusal.close()
        return False
    except OSError as fault:  # a URLError, or what breaks while the answer is read
        raise ValueError(f"--target {url}: nothing answers there ({getattr(fault, 'reason', fault)})") from None
    except ValueError:
        return False
