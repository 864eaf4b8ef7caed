"""One exchange of a reference client, and the record of its calls."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property
from http.client import HTTPConnection, IncompleteRead, RemoteDisconnected
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]


class BrokenError(Exception):
    """No response came that can be read: `reset`, `empty`, `timeout`, `truncated`, or `not JSON`."""


class StoppedError(Exception):
    """The client goes no further: `refused`, `unreachable`, `in doubt`, `failed`, `gone` or `pending`."""


@dataclass(frozen=True)
class Response:
    """A response from a provider."""

    status: int
    headers: Message
    body: bytes

    @cached_property
    def json(self) -> Json:
        """The body. Raises `BrokenError` if it is no JSON object."""
        try:
            document = json.loads(self.body)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise BrokenError("not JSON")
        return document


@dataclass(frozen=True)
class Step:
    """One call and its outcome: the response, the provider's code, the job's status, or how it broke."""

    call: str
    response: Response | None = None
    code: str | None = None
    status: str | None = None
    failure: str | None = None

    def __str__(self) -> str:
        http_status = str(self.response.status) if self.response is not None else None
        return " ".join(part for part in (self.call, http_status, self.status, self.code, self.failure) if part)

    @property
    def is_success(self) -> bool:
        """Whether the call succeeded."""
        if self.response is None or self.failure is not None:
            return False
        return self.response.status < 400 and self.code is None


@dataclass
class Record:
    """A run: its outcome (`done`, or the text of a `StoppedError`), the job's id, the files, and every step."""

    outcome: str = ""
    job_id: str | None = None
    files: list[bytes] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def steps_as_text(self) -> list[str]:
        """Each step as text, such as `query 200 WAITING`."""
        return [str(step) for step in self.steps]


def exchange(url: str, method: str, headers: Mapping[str, str], body: bytes | None, timeout: float) -> Response:
    """Make one request over a connection of its own; `timeout` is in seconds. Raises `BrokenError`."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=timeout)
    try:
        connection.request(method, url.removeprefix(f"{parts.scheme}://{parts.netloc}"), body, dict(headers))
        response = connection.getresponse()
        return Response(response.status, response.headers, response.read())
    except RemoteDisconnected:  # a kind of ConnectionResetError, so it comes first
        raise BrokenError("empty") from None
    except ConnectionError:
        raise BrokenError("reset") from None
    except TimeoutError:
        raise BrokenError("timeout") from None
    except IncompleteRead:
        raise BrokenError("truncated") from None
    finally:
        connection.close()
