"""Callbacks: what a provider tells a client without being asked, where, in which form, and which answer counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fauxlate.engine.suggest import did_you_mean
from fauxlate.engine.tables.evidence import Evidence

if TYPE_CHECKING:
    from fauxlate.engine.chance import Chance
    from fauxlate.engine.sandboxes.sandbox import Sandbox
    from fauxlate.engine.scenarios.effects import CallBack
    from fauxlate.engine.scenarios.scenario import Rule
    from fauxlate.engine.service.provider import Operation, Provider
    from fauxlate.engine.timing.jobs import Job


def leads_somewhere(url: str) -> bool:
    """Whether `url` is one that can be posted to."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def leads_here(url: str) -> bool:
    """Whether `url` leads to a loopback address."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where a client wants to be told: `form` is one of the provider's.

    Without a `url` it is told over a connection that it holds open. `token` and `aes_key` are for forms that sign and
    encrypt; where they are empty, the sandbox's own do.
    """

    form: str
    url: str = ""
    token: str = ""
    aes_key: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One try to tell a client something: `body` posted to `url`, or sent as a text frame where that is empty.

    `said` is what it says before any encryption; `id` is what the answer to a frame repeats. `refusal` says of an
    answer, by its status and body, why it does not count, None where it does. `last` says that it is not answered, and
    that the connection is closed so many seconds later.
    """

    body: bytes
    said: bytes
    refusal: Callable[[int, bytes], str | None]
    url: str = ""
    id: str = ""
    last: float | None = None


class Telling:
    """A callback on its way, in the world where it happened; what an event makes its message of.

    `operation` started the `job`; `born` is when what it tells of came about, `now` the time of this try; `connection`
    the id of the one that it goes over; `missigned` asks for a wrong signature.
    """

    __slots__ = (
        "base_url",
        "born",
        "connection",
        "job",
        "missigned",
        "now",
        "operation",
        "provider",
        "receiver",
        "sandbox",
    )

    def __init__(
        self,
        provider: Provider,
        sandbox: Sandbox,
        base_url: str,
        receiver: Receiver,
        *,
        operation: Operation | None = None,
        job: Job[Any] | None = None,
        born: float | None = None,
        connection: str = "",
        missigned: bool = False,
    ) -> None:
        self.provider = provider
        self.sandbox = sandbox
        self.base_url = base_url
        self.receiver = receiver
        self.operation = operation
        self.job = job
        self.now = sandbox.now()
        self.born = self.now if born is None else born
        self.connection = connection
        self.missigned = missigned

    @property
    def chance(self) -> Chance:
        """The sandbox's chance."""
        return self.sandbox.chance

    def quirk(self, name: str) -> str:
        """Return the sandbox's choice of a quirk."""
        return self.sandbox.quirk(name)


@dataclass(frozen=True, slots=True)
class Form:
    """A way in which a provider tells a client.

    `by_url` says that it goes to a URL, else over a connection that the client holds open; `signed` that it carries a
    signature. `again` holds how many seconds after each try that did not count the next one follows.
    """

    name: str
    about: str
    source: str
    by_url: bool = True
    signed: bool = False
    again: tuple[float, ...] = ()
    evidence: Evidence = Evidence.DOCUMENTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One documented event, a row of its provider's table; `name` is the vendor's own.

    `receiver` tells who is told of it, None where nobody is; `message` makes a try, None where there is nothing to
    tell. `forms` are those in which it is sent.
    """

    name: str
    about: str
    source: str
    message: Callable[[Telling], Message | None]
    receiver: Callable[[Sandbox, Job[Any] | None], Receiver | None]
    forms: tuple[Form, ...]
    evidence: Evidence = Evidence.DOCUMENTED

    def form(self, name: str) -> Form | None:
        """Return one of its forms, or None."""
        return next((form for form in self.forms if form.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """What a client sets in a provider's console: in which of the `forms` it is told, the first being the usual one.

    `receiver` makes a receiver of form, URL, token and key, which may be empty; it raises `ValueError`. `keyed` fills
    them in from a sandbox's credentials. `events` are those that the console sends when somebody asks it to; `check`
    names the one that a URL has to answer before it is taken, depending on whether another was set before.
    """

    forms: tuple[Form, ...]
    events: tuple[Event, ...]
    receiver: Callable[[str, str, str, str], Receiver]
    keyed: Callable[[Mapping[str, str], Receiver], Receiver]
    check: Callable[[Receiver | None], str]

    def event(self, name: str) -> Event | None:
        """Return one of its events, or None."""
        return next((event for event in self.events if event.name == name), None)

    def set_to(
        self,
        *,
        url: str = "",
        form: str = "",
        token: str = "",
        aes_key: str = "",
        anywhere: bool = False,
    ) -> Receiver:
        """Return the receiver that a client sets. Raises `ValueError` that says what to write.

        Unless it may lead `anywhere`, its URL has to lead to this machine.
        """
        forms = {one.name: one for one in self.forms}
        name = form or self.forms[0].name
        if name not in forms:
            raise ValueError(f"`{name[:60]}` is no form; there are {', '.join(forms)}.{did_you_mean(name, forms)}")
        if forms[name].by_url and not leads_somewhere(url):
            raise ValueError(f"`{url[:200]}` is no URL to post to; write for example http://127.0.0.1:9000/callback")
        if url and not anywhere and not leads_here(url):
            raise ValueError(f"`{url[:200]}` does not lead to this machine; --callbacks-anywhere allows that")
        return self.receiver(name, url, token, aes_key)


@dataclass(frozen=True, slots=True)
class Expected:
    """The end of a job that a client may want to be told of.

    `operation` started it, `event` tells of it, `effects` and `rule` are what a scenario does to that.
    """

    provider: Provider
    operation: Operation
    event: Event
    job: Job[Any]
    effects: tuple[CallBack, ...]
    rule: Rule | None


@dataclass(frozen=True, slots=True)
class Subscription:
    """A connection that a client opens to be told: `id` is the connection's, `events` whether it wants events."""

    sandbox: Sandbox
    id: str
    events: bool
