"""The part of a reference client that is the same for every provider: it submits, polls, fetches, and repeats calls."""

from __future__ import annotations

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar

from contract_tests.all_providers.scenarios.reference_client.exchange import (
    BrokenError,
    Json,
    Record,
    Response,
    Step,
    StoppedError,
    exchange,
)

MAX_ATTEMPTS = 4
JSON_HEADERS = {"Content-Type": "application/json"}
Outcome = tuple[str | None, str | None]
"""The code of an error, and the status of a job, as far as a response has them."""


def read_download(response: Response) -> Outcome:
    """Return the code of a refused download, be it in XML, in JSON or a redirection to the login."""
    if response.status < 300:
        return None, None
    if response.status < 400:
        return "login wanted", None
    code = re.search(rb'<Code>([^<]+)<|"code":"([^"]+)"', response.body)
    return (code[1] or code[2]).decode() if code else None, None


class Client(ABC):
    """A client of one provider.

    `now` and `pause` are the clock and the sleep, so that tests may move time. It polls every `poll_interval` seconds, at
    most `max_polls` times.
    """

    BUSY: ClassVar[frozenset[str]] = frozenset()
    """Codes that say that nothing was done, and that the call may be repeated."""
    DOUBTFUL: ClassVar[frozenset[str]] = frozenset()
    """Codes that mean with HTTP 200 what a 5xx means: something went wrong, and nobody knows how far it got."""
    STALE: ClassVar[frozenset[str]] = frozenset()
    """Codes that a new token may cure."""

    def __init__(
        self,
        url: str,
        credentials: Mapping[str, str],
        *,
        now: Callable[[], float] = time.time,
        pause: Callable[[float], None] = time.sleep,
        timeout: float = 10.0,
        poll_interval: float = 2.0,
        max_polls: int = 20,
    ) -> None:
        self.url, self.credentials, self.now, self.pause = url, credentials, now, pause
        self.timeout, self.poll_interval, self.max_polls = timeout, poll_interval, max_polls
        self.record = Record()
        self._token: str | None = None

    def run(self) -> Record:
        """Submit, poll and fetch; return the record."""
        try:
            self.submit()
            self.fetch(self.poll())
            self.record.outcome = "done"
        except StoppedError as stop:
            self.record.outcome = str(stop)
        return self.record

    def submit(self) -> str:
        """Create the job; return its id."""
        self.record.job_id = self.create()
        return self.record.job_id

    def poll(self) -> Json:
        """Query the job until it has ended; return the last answer. Raises `StoppedError`."""
        for _ in range(self.max_polls):
            answer = self.query()
            if self.has_ended(answer):
                return answer
            self.pause(self.poll_interval)
        raise StoppedError("pending")

    @abstractmethod
    def create(self) -> str: ...

    @abstractmethod
    def query(self) -> Json: ...

    @abstractmethod
    def has_ended(self, answer: Json) -> bool:
        """Return whether the job has ended well. Raises `StoppedError` if it has ended otherwise."""

    @abstractmethod
    def fetch(self, answer: Json) -> None: ...

    @abstractmethod
    def read_outcome(self, response: Response) -> Outcome: ...

    def call(
        self,
        name: str,
        send: Callable[[], Response],
        read: Callable[[Response], Outcome] | None = None,
        *,
        safe: bool = True,
    ) -> Response:
        """Make a call, and repeat it where that is right; return the successful response. Raises `StoppedError`.

        A call that is not `safe` may do harm twice.
        """
        is_renewed = False
        for attempt in range(1, MAX_ATTEMPTS + 1):
            step = self._attempt(name, send, read or self.read_outcome)
            if step.is_success and step.response is not None:
                return step.response
            status = step.response.status if step.response is not None else 0
            is_busy = step.code in self.BUSY or status in (429, 503)
            is_doubtful = step.failure is not None or step.code in self.DOUBTFUL or status >= 500
            if step.code in self.STALE and not is_renewed:
                self._token, is_renewed = None, True
            elif not is_busy and (not is_doubtful or not safe):
                raise StoppedError("in doubt" if is_doubtful else "refused")
            elif attempt < MAX_ATTEMPTS:
                retry_after = step.response.headers.get("Retry-After", "") if step.response is not None else ""
                self.pause(float(retry_after) if retry_after.isdecimal() else 2.0 ** (attempt - 1))
        raise StoppedError("unreachable" if step.failure else "refused")

    def _attempt(self, name: str, send: Callable[[], Response], read: Callable[[Response], Outcome]) -> Step:
        response = None
        try:
            response = send()
            step = Step(name, response, *read(response))
        except BrokenError as fault:
            step = Step(name, response, failure=str(fault))
        self.record.steps.append(step)
        return step

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Response:
        """Send one request to a path or a link. Raises `BrokenError`."""
        return exchange(path if "://" in path else self.url + path, method, headers, body, self.timeout)

    def download(self, link: str) -> None:
        """Fetch a file, and keep it in the record. Raises `StoppedError`."""
        self.record.files.append(self.call("fetch", lambda: self.send("GET", link, {}), read_download).body)


class TokenClient(Client):
    """A client of a provider that wants an access token."""

    @abstractmethod
    def request_token(self) -> str: ...

    @property
    def token(self) -> str:
        """The token, requested when it is first needed."""
        if self._token is None:
            self._token = self.request_token()
        return self._token
