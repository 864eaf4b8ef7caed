"""Events: what a provider sends to a client by itself, where to, in which form, and which answer counts."""

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

    `plaintext` is its content before any encryption; `id` is what the answer to a frame repeats. `check_answer` returns
    why an answer, by its status and body, does not count, None where it does. `closes_after` is for a frame that is not
    answered: the connection is closed so many seconds later.
    """

    body: bytes
    plaintext: bytes
    check_answer: Callable[[int, bytes], str | None]
    url: str = ""
    id: str = ""
    closes_after: float | None = None


class Attempt:
    """One attempt at a callback, from which an event makes its message.

    `job` is the one whose end it reports. `event_time` is the time of the event and `now` that of this attempt, in
    seconds since the epoch by the sandbox's clock. `connection` is the id of the connection that it goes over.
    `is_missigned` demands a wrong signature. `error_row` returns by its key an error of the operation that created the
    job.
    """

    __slots__ = (
        "base_url",
        "connection",
        "error_row",
        "event_time",
        "is_missigned",
        "job",
        "now",
        "receiver",
        "sandbox",
    )

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
        is_missigned: bool = False,
    ) -> None:
        self.sandbox = sandbox
        self.base_url = base_url
        self.receiver = receiver
        self.error_row = error_row
        self.job = job
        self.now = sandbox.now()
        self.event_time = self.now if event_time is None else event_time
        self.connection = connection
        self.is_missigned = is_missigned

    @property
    def chance(self) -> Chance:
        """The sandbox's chance."""
        return self.sandbox.chance

    def quirk(self, name: str) -> str:
        """Return the sandbox's choice of a quirk."""
        return self.sandbox.quirk(name)


@dataclass(frozen=True, slots=True)
class Form:
    """A form of callbacks, a row of its provider's table.

    `has_url` says that it goes to a URL, else over a connection that the client holds open; `is_signed` that it carries
    a signature. `retry_delays` are the seconds between an attempt that did not count and the next one.
    """

    name: str
    about: str
    source: str
    has_url: bool = True
    is_signed: bool = False
    retry_delays: tuple[float, ...] = ()
    evidence: Evidence = Evidence.DOCUMENTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One documented event, a row of its provider's table; `name` is the vendor's own.

    `find_receiver` returns who gets it in a sandbox, None where nobody does; `make_message` makes what an attempt sends,
    None where there is nothing to say. `forms` are those in which it is sent.
    """

    name: str
    about: str
    source: str
    make_message: Callable[[Attempt], Message | None]
    find_receiver: Callable[[Sandbox, Job[Any] | None], Receiver | None]
    forms: tuple[Form, ...]
    evidence: Evidence = Evidence.DOCUMENTED

    def find_form(self, name: str) -> Form | None:
        """Return one of its forms, or None."""
        return next((form for form in self.forms if form.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """What a client sets in a provider's console: a receiver in one of the `forms`, of which the first is the usual one.

    `make_receiver` makes one of form, URL, token and key, which may be empty; it raises `ValueError`.
    `with_credentials` completes it with a sandbox's credentials. `events` are those that the console sends on demand;
    `verification_event` is the one that a URL has to answer before it is taken, given the receiver before, if any.
    """

    forms: tuple[Form, ...]
    events: tuple[Event, ...]
    make_receiver: Callable[[str, str, str, str], Receiver]
    with_credentials: Callable[[Mapping[str, str], Receiver], Receiver]
    verification_event: Callable[[Receiver | None], str]

    def find_event(self, name: str) -> Event | None:
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

        Its URL has to lead to this machine unless `anywhere` allows others.
        """
        forms = {known.name: known for known in self.forms}
        name = form or self.forms[0].name
        if name not in forms:
            raise ValueError(f"`{name[:60]}` is no form; there are {', '.join(forms)}.{did_you_mean(name, forms)}")
        if forms[name].has_url and not is_postable(url):
            raise ValueError(f"`{url[:200]}` is no URL to post to; write for example http://127.0.0.1:9000/callback")
        if url and not anywhere and not is_loopback(url):
            raise ValueError(f"`{url[:200]}` does not lead to this machine; --callbacks-anywhere allows that")
        return self.make_receiver(name, url, token, aes_key)
