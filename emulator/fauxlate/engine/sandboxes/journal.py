"""The journal: every request that a sandbox was sent and every callback that it sent, and why; a bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fauxlate.engine.exchange.reply import Reply
    from fauxlate.engine.exchange.request import Request
    from fauxlate.engine.sandboxes.sandbox import Sandbox
    from fauxlate.engine.scenarios.scenario import Rule
    from fauxlate.engine.service.call import Call

LONGEST_BODY = 4096
"""Bytes of a body that are remembered."""


class Entry:
    """One request and its answer, as they were: a call, its reply, and when by the wall clock it came.

    It costs a request little, because it only holds on to what is there; what it tells is put together when asked.
    """

    __slots__ = ("_call", "_reply", "number", "scenario", "took")

    def __init__(self, number: int, call: Call, reply: Reply, took: float) -> None:
        self.number = number
        self.took = took
        self.scenario = call.sandbox.scenario
        if len(call.request.body) > LONGEST_BODY:
            call.request.shorten(LONGEST_BODY)
        call.request.forget()
        if len(reply.body) > LONGEST_BODY:
            reply = replace(reply, body=reply.body[:LONGEST_BODY])
        self._call = call
        self._reply = reply

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox that was asked."""
        return self._call.sandbox

    @property
    def wall(self) -> float:
        """The wall time at which it came."""
        return self._call.wall

    @property
    def now(self) -> float:
        """The time of the sandbox."""
        return self._call.now

    @property
    def provider(self) -> str:
        """The provider that was asked."""
        return self._call.provider.name

    @property
    def operation(self) -> str | None:
        """The operation, as `provider.Operation`; None where the request reached none."""
        return self._call.name or None

    @property
    def job(self) -> str | None:
        """The id of the job that the call was about."""
        return self._call.job

    @property
    def request(self) -> Request:
        """The request, its body cut to `LONGEST_BODY`."""
        return self._call.request

    @property
    def reply(self) -> Reply:
        """The answer, its body cut to `LONGEST_BODY`."""
        return self._reply

    @property
    def rule(self) -> Rule | None:
        """The rule that applied."""
        return self._call.match.rule

    @property
    def reasons(self) -> tuple[tuple[int, str], ...]:
        """Why each rule on this operation before that one did not apply."""
        return self._call.match.reasons

    @property
    def fault(self) -> str | None:
        """What was done to the answer on its way out."""
        fault = self._reply.fault
        return None if fault is None else f"{type(fault).__name__.lower()} {fault.how}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One try of a callback: what went to the client and what it answered, told as an entry is.

    `now` is the time of the sandbox; `form` says how it went, `attempt` which try it was, `said` what it said before
    any encryption, `refusal` why its answer does not count. A reply of status 0 is none.
    """

    number: int
    wall: float
    took: float
    now: float
    sandbox: Sandbox
    provider: str
    event: str
    form: str
    job: str | None
    rule: Rule | None
    request: Request
    reply: Reply
    attempt: int
    said: bytes
    refusal: str | None
    fault: str | None

    @property
    def operation(self) -> str:
        """The event, as `provider.event`."""
        return f"{self.provider}.{self.event}"


Noted = Entry | Sent


class Journal:
    """The last `most` entries of a sandbox."""

    def __init__(self, most: int = 500) -> None:
        self._entries: deque[Noted] = deque(maxlen=most)
        self._heard: list[Callable[[Noted | None], None]] = []
        self.written = 0

    def number(self) -> int:
        """Return the number of the next entry."""
        self.written += 1
        return self.written

    def add(self, entry: Noted) -> None:
        """Remember an entry, forgetting the oldest when there are too many."""
        self._entries.append(entry)
        for hear in self._heard:
            hear(entry)

    def end(self) -> None:
        """Tell every listener that there will be no more entries."""
        for hear in tuple(self._heard):
            hear(None)

    def hear(self, listener: Callable[[Noted | None], None]) -> Callable[[], None]:
        """Tell `listener` of each new entry, and with None of the end, until what is returned is called."""
        self._heard.append(listener)
        return lambda: self._heard.remove(listener)

    def clear(self) -> None:
        """Forget all entries; their numbers go on."""
        self._entries.clear()

    def __iter__(self) -> Iterator[Noted]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)


def why(entry: Noted) -> Iterator[str]:
    """Say of each rule of the scenario why it did or did not apply to this request."""
    if isinstance(entry, Sent):
        if entry.rule is not None:
            yield f"{entry.rule.where}: applied to the call that started the job"
        return
    reasons = dict(entry.reasons)
    for rule in entry.scenario.rules:
        if entry.rule is not None and rule.index == entry.rule.index:
            yield f"{rule.where}: applied"
        elif rule.index in reasons:
            yield f"{rule.where}: {reasons[rule.index]}"
        elif entry.operation not in rule.then:
            yield f"{rule.where}: it is on {', '.join(rule.then)}"
        else:
            yield f"{rule.where}: not looked at, an earlier rule applied or the call got no further"
