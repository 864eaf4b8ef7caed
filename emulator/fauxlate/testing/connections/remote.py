"""The connection to an emulator that somebody else has started, over its admin API."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from fauxlate.testing.connections.connection import Data, EmulatorConnectionError, parse_answer
from fauxlate.testing.coverage.counts import Counts

if TYPE_CHECKING:
    from fauxlate.engine.scenarios.scenario import Scenario


class RemoteConnection:
    """The connection to the emulator at `url`, with its admin token where it wants one.

    Raises `EmulatorConnectionError` where none answers there.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._headers = {"Content-Type": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._environments: dict[str, dict[str, dict[str, str]]] = {}
        self.request("GET", "ready")

    def create(self, sandbox_id: str, scenario: Scenario | None) -> str:
        """Create a sandbox under that id and a few letters more, for somebody else may run the same tests there."""
        body: Data = {"id": f"{sandbox_id}-{secrets.token_hex(4)}", "idle": "1h"}
        if scenario is not None:
            body["scenario"] = _flat_document(scenario)
        sandbox = self.request("POST", "sandboxes", body)
        self._environments[sandbox["id"]] = sandbox["credentials"]
        return str(sandbox["id"])

    def delete(self, sandbox_id: str) -> Counts:
        """Delete a sandbox; return what it has served."""
        counts = self.coverage(sandbox_id)
        self.request("DELETE", f"sandboxes/{sandbox_id}")
        return counts

    def environment(self, sandbox_id: str) -> dict[str, dict[str, str]]:
        """Return the endpoints and credentials of each provider."""
        return self._environments[sandbox_id]

    def change_scenario(self, sandbox_id: str, scenario: Scenario) -> None:
        """Have the sandbox follow another scenario from now on."""
        self.request("PUT", f"sandboxes/{sandbox_id}/scenario", _flat_document(scenario))

    def coverage(self, sandbox_id: str) -> Counts:
        """Return what the sandbox has served so far."""
        rows = self.request("GET", f"sandboxes/{sandbox_id}/coverage?{urlencode({'only': 'served'})}")["rows"]
        return {(row["kind"], row["name"]): row["served"] for row in rows}

    def undocumented_requests(self, sandbox_id: str | None) -> tuple[list[Data], list[Data]]:
        """Return those of the sandbox alone: whose those without its credentials are, nobody can tell."""
        if sandbox_id is None:
            return [], []
        entries = self.request("GET", f"sandboxes/{sandbox_id}/journal")["entries"]
        return [entry for entry in entries if entry["operation"] is None], []

    def forget_unattributed(self) -> None:
        """Do nothing: whose those requests are, nobody can tell."""

    def request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Send a request to the admin API by HTTP. Raises `EmulatorConnectionError`."""
        parts = urlsplit(self.url)
        connection = HTTPConnection(parts.netloc, timeout=30)
        try:
            payload = json.dumps(body).encode() if body is not None else b"{}" if method != "GET" else None
            connection.request(method, f"{parts.path}/__fauxlate/{path}", payload, self._headers)
            response = connection.getresponse()
            return parse_answer(f"{method} {path}", response.status, response.read())
        except (OSError, HTTPException) as error:
            cause = f"{type(error).__name__}: {error}"
            message = f"no Fauxlate answers at {self.url} ({cause}); `fauxlate serve` starts one"
            raise EmulatorConnectionError(message) from None
        finally:
            connection.close()

    def subscribe(self, sandbox_id: str, listener: Callable[[], None]) -> Callable[[], None]:
        """Do nothing: a server elsewhere announces no requests as they come."""
        del sandbox_id, listener
        return lambda: None


def _flat_document(scenario: Scenario) -> Data:
    """Return a scenario's document, with what it extends already in it."""
    return {name: value for name, value in scenario.document.items() if name not in ("extends", "$schema")}
