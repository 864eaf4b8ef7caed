"""Callbacks of a sandbox: the receivers that clients set, and the jobs whose end they wait for."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fauxlate.engine.exchange.addresses import is_local_name

if TYPE_CHECKING:
    from fauxlate.engine.scenarios.effects import CallbackFault
    from fauxlate.engine.scenarios.rules import Rule
    from fauxlate.engine.timing.jobs import Job


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where a client wants its callbacks, in which `form` of the provider's.

    Without a `url` they go over a connection that the client holds open. `token` and `aes_key` are for forms that sign
    and encrypt; where they are empty, the sandbox's credentials have them.
    """

    form: str
    url: str = ""
    token: str = ""
    aes_key: str = ""


@dataclass(frozen=True, slots=True)
class PendingCallback:
    """A job of whose end no client has been told yet.

    `operation` (as `provider.Operation`) started it; `faults` are what a scenario does to the callback, by `rule`.
    """

    operation: str
    job: Job[Any]
    faults: tuple[CallbackFault, ...] = ()
    rule: Rule | None = None


def is_postable(url: str) -> bool:
    """Whether `url` is one that can be posted to."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def is_loopback(url: str) -> bool:
    """Whether `url` leads to a loopback address."""
    try:
        host = urlsplit(url).hostname or ""
        return is_local_name(host) or ip_address(host).is_loopback
    except ValueError:
        return False
