"""The connection to an emulator: what the kit needs of one, wherever the emulator runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from fauxlate.errors import FauxlateError
from fauxlate.testing.coverage.counts import Counts

if TYPE_CHECKING:
    from fauxlate.engine.scenarios.scenario import Scenario

Data = dict[str, Any]
"""A JSON object of the admin API."""


class EmulatorConnectionError(FauxlateError, RuntimeError):
    """The emulator cannot be reached, or its admin API has refused a request."""


class Connection(Protocol):
    """What the kit needs of an emulator. `url` is the server's address; a sandbox is named by its id."""

    url: str

    def create(self, sandbox_id: str, scenario: Scenario | None) -> str:
        """Create a sandbox that begins with `scenario`; return its id, which a shared server may lengthen."""

    def delete(self, sandbox_id: str) -> Counts:
        """Delete a sandbox; return what it has served."""

    def environment(self, sandbox_id: str) -> dict[str, dict[str, str]]:
        """Return the endpoints and credentials of each provider, as `fauxlate env --json` prints them."""

    def change_scenario(self, sandbox_id: str, scenario: Scenario) -> None:
        """Have the sandbox follow another scenario from now on."""

    def coverage(self, sandbox_id: str) -> Counts:
        """Return what the sandbox has served so far."""

    def undocumented_requests(self, sandbox_id: str | None) -> tuple[list[Data], list[Data]]:
        """Return journal entries of requests that no documented operation answers.

        First those of the sandbox, then those that came with the credentials of none since the test began.
        """

    def forget_unattributed(self) -> None:
        """Forget the requests that came with the credentials of no sandbox: a test begins."""

    def request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Send a request to the admin API, its path as `sandboxes/…/clock`; return the JSON of its answer.

        Raises `EmulatorConnectionError`.
        """

    def subscribe(self, sandbox_id: str, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each request to the sandbox, from another thread; return what ends that."""


def parse_answer(request: str, status: int, body: bytes) -> Any:
    """Return the JSON of an answer of the admin API. Raises `EmulatorConnectionError` for one that is no success."""
    try:
        data = json.loads(body)
    except ValueError:
        data = {"message": body[:200].decode(errors="replace")}
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        raise EmulatorConnectionError(f"{request}: {data.get('message', data)} (HTTP {status})")
    return data
