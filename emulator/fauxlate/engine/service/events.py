"""Events: what a provider tells a client without being asked, where, in which form, and which answer counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fauxlate.engine.sandboxes.callbacks import Receiver, is_loopback, is_postable
from fauxlate.engine.suggest import did_you_mean
from fauxlate.engine.tables.evidence import Evidence

if TYPE_CHECKING:
    from fauxlate.engine.chance import Chance
    from fauxlate.engine.sandboxes.sandbox import Sandbox
    from fauxlate.engine.tables.errors import ErrorRow
    from fauxlate.engine.timing.jobs import Job


@dataclass(frozen=True, slots=True)
class Message:
    """What one attempt sends: `body` posted to `url`, or sent as a text frame where that is empty.

    `plaintext` is what it says before any encryption; `id` is what the answer to a frame repeats. `refusal` says of an
    answer, by its status and body, why it does not count, None where it does. `closes_after` says that it is not
    answered, and that the connection is closed so many seconds later.
    """

    body: bytes
    plaintext: bytes
    refusal: Callable[[int, bytes], str | None]
    url: str = ""
    id: str = ""
    closes_after: float | None = None


class Attempt:
    """One attempt to tell a client of an event, in the world where that happened; what an event makes its message of.

    `job` is the one that it tells of. `event_time` is when what it tells of came about and `now` the time of this
    attempt, in seconds since the epoch by the sandbox's clock; `connection` the id of the one that it goes over;
    `missigned` asks for a wrong signature; `error_row` gives by its key an error of the operation that started the job.
    """

    __slots__ = ("base_url", "connection", "error_row", "event_time", "job", "missigned", "now", "receiver", "sandbox")

    def __init__(
        self,
        sandbox: Sandbox,
        base_url: str,
        receiver: Receiver,
        error_row: Callable[[str], ErrorRow],
        *,
        job: Job[Any] | None = None,
        event_time: float | None = None,
        connection: str = "",
        missigned: bool = False,
    ) -> None:
        self.sandbox = sandbox
        self.base_url = base_url
        self.receiver = receiver
        self.error_row = error_row
        self.job = job
        self.now = sandbox.now()
        self.event_time = self.now if event_time is None else event_time
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
    signature. `again` holds how many seconds after each attempt that did not count the next one follows.
    """

    name: str
    about: str
    source: str
    by_url: bool = True
    signed: bool = False
    retry_delays: tuple[float, ...] = ()
    evidence: Evidence = Evidence.DOCUMENTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One documented event, a row of its provider's table; `name` is the vendor's own.

    `receiver` tells who is told of it, None where nobody is; `message` makes what an attempt sends, None where there is
    nothing to tell. `forms` are those in which it is sent.
    """

    name: str
    about: str
    source: str
    message: Callable[[Attempt], Message | None]
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
    with_credentials: Callable[[Mapping[str, str], Receiver], Receiver]
    verification_event: Callable[[Receiver | None], str]

    def event(self, name: str) -> Event | None:
        """Return one of its events, or None."""
        return next((event for event in self.events if event.name == name), None)

    def configure(
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
        if forms[name].by_url and not is_postable(url):
            raise ValueError(f"`{url[:200]}` is no URL to post to; write for example http://127.0.0.1:9000/callback")
        if url and not anywhere and not is_loopback(url):
            raise ValueError(f"`{url[:200]}` does not lead to this machine; --callbacks-anywhere allows that")
        return self.receiver(name, url, token, aes_key)
