"""A sandbox that follows a shipped scenario, and the reference clients in it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import requests
import yaml
from fauxlate import library

from contract_tests.all_providers.scenarios.reference_client.alibaba import AlibabaImages, AlibabaText
from contract_tests.all_providers.scenarios.reference_client.client import Client
from contract_tests.all_providers.scenarios.reference_client.dingtalk import DingTalk
from contract_tests.all_providers.scenarios.reference_client.exchange import Json
from contract_tests.all_providers.scenarios.reference_client.huawei import Huawei

PROVIDERS_OF_CLIENTS: dict[type[Client], str] = {
    AlibabaText: "alibaba",
    AlibabaImages: "alibaba",
    Huawei: "huawei",
    DingTalk: "dingtalk",
}


def read_file(name: str) -> Any:
    """Return a scenario's own file, without what it extends."""
    text = (library.folder() / f"{name}.yaml").read_text("utf-8")
    return yaml.load(text, yaml.BaseLoader)  # noqa: S506  (it makes strings alone)


class ScenarioSandbox:
    """A new sandbox that follows a scenario.

    Its clock stands still unless the scenario says otherwise; a client's pauses, and tests, move it. `pauses` has the
    seconds of each pause, and `responses` what clients besides the reference clients receive.
    """

    def __init__(self, url: str, name: str) -> None:
        self.url = url
        self.name = name
        sandbox = self.call_admin("POST", "sandboxes", {"scenario": name})
        self.id = sandbox["id"]
        self.credentials: dict[str, dict[str, str]] = sandbox["credentials"]
        self.clients: list[Client] = []
        self.pauses: list[float] = []
        self.responses: list[requests.Response] = []
        self._set_clock(sandbox["clock"])
        if read_file(name).get("clock") is None:
            self._set_clock(self.call_admin("PATCH", f"sandboxes/{self.id}/clock", {"mode": "frozen"}))

    def call_admin(self, method: str, path: str, body: Json | None = None) -> Any:
        """Call the admin API; `path` is relative to `/__fauxlate/`."""
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=10)
        data = None if body is None else json.dumps(body)
        connection.request(method, f"/__fauxlate/{path}", data, {"Content-Type": "application/json"})
        response = connection.getresponse()
        document = json.loads(response.read())
        connection.close()
        assert response.status in (200, 201), document
        return document

    def _set_clock(self, clock: Json) -> None:
        self._epoch, self._rate, self._read_at = clock["epoch"], clock["rate"], time.time()

    def now(self) -> float:
        """Return the time of the sandbox, in seconds since the epoch."""
        now: float = self._epoch + (time.time() - self._read_at) * self._rate
        return now

    def advance(self, seconds: float) -> None:
        """Move the clock."""
        self._set_clock(self.call_admin("PATCH", f"sandboxes/{self.id}/clock", {"advance": seconds}))

    def pause(self, seconds: float) -> None:
        """Be the sleep of a client: move the clock."""
        self.pauses.append(seconds)
        self.advance(seconds)

    def client(self, kind: type[Client], **settings: Any) -> Any:
        """Return a new client in the sandbox; `settings` are those of `Client`."""
        credentials = self.credentials[PROVIDERS_OF_CLIENTS[kind]]
        client = kind(self.url, credentials, **{"now": self.now, "pause": self.pause, **settings})
        self.clients.append(client)
        return client

    @property
    def jobs(self) -> list[Json]:
        """The jobs in the sandbox."""
        jobs: list[Json] = self.call_admin("GET", f"sandboxes/{self.id}/jobs")["jobs"]
        return jobs

    def response_times(self) -> list[float]:
        """Return how long each response so far took, in milliseconds."""
        entries = self.call_admin("GET", f"sandboxes/{self.id}/journal")["entries"]
        return [entry["reply"]["took_ms"] for entry in entries]

    def response_texts(self) -> Iterator[str]:
        """Give the HTTP status and the body of each response."""
        for client in self.clients:
            for step in client.record.steps:
                if step.response is not None:
                    yield f"HTTP {step.response.status}"
                    yield step.response.body.decode(errors="replace")
        for response in self.responses:
            yield f"HTTP {response.status_code}"
            yield response.text
