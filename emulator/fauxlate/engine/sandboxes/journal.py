"""The journal: every request to a sandbox and every callback from it, with the reasons; its length is bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fauxlate.engine.exchange.reply import Reply
    from fauxlate.engine.exchange.request import Request
    from fauxlate.engine.scenarios.rules import Rule

MAX_BODY = 4096
"""Bytes of a body that are kept."""
MAX_HEAD = 16 * 1024
"""Characters of a request's target that are kept, and of all of its headers together."""


@dataclass(slots=True, kw_only=True)
class RequestEntry:
    """One request and its answer.

    `wall` and `now` are the times at which it came, by the wall clock and by the sandbox's, in seconds since the epoch;
    `duration` is how many seconds the answer took. `operation` is `provider.Operation`, None where the request reached
    none; `job` is the id of its job. `rule` is the one that applied, `mismatches` are the reasons why each rule on this
    operation before it did not (by its index), `rules` are all of the scenario then. `credentials` are the sandbox's.
    """

    number: int
    wall: float
    now: float
    duration: float
    provider: str
    operation: str | None
    job: str | None
    request: Request
    reply: Reply
    rule: Rule | None
    mismatches: tuple[tuple[int, str], ...]
    rules: tuple[Rule, ...]
    credentials: Mapping[str, Mapping[str, str]]

    @property
    def fault(self) -> str | None:
        """What a scenario did to the reply on its way out."""
        return None if self.reply.fault is None else self.reply.fault.label


@dataclass(slots=True, kw_only=True)
class CallbackEntry:
    """One attempt at a callback: what went to the client and what it answered, in the words of a request.

    `operation` is the event, as `provider.event`; `form` is the form of the callback, `attempt` counts from 1,
    `plaintext` is its content before any encryption, `refusal` why its answer does not count. A reply of status 0 is
    none.
    """

    number: int
    wall: float
    now: float
    duration: float
    provider: str
    operation: str
    job: str | None
    request: Request
    reply: Reply
    rule: Rule | None
    credentials: Mapping[str, Mapping[str, str]]
    form: str
    attempt: int
    plaintext: bytes
    refusal: str | None
    fault: str | None


Entry = RequestEntry | CallbackEntry


class Journal:
    """The last `size` entries of a sandbox."""

    def __init__(self, size: int = 500) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self._listeners: list[Callable[[Entry | None], None]] = []
        self.total = 0

    def next_number(self) -> int:
        """Return the number of the next entry."""
        self.total += 1
        return self.total

    def add(self, entry: Entry) -> None:
        """Add an entry, and forget the oldest where there are too many."""
        self._entries.append(entry)
        for listener in self._listeners:
            listener(entry)

    def close(self) -> None:
        """Tell every listener that there will be no more entries."""
        for listener in tuple(self._listeners):
            listener(None)

    def subscribe(self, listener: Callable[[Entry | None], None]) -> Callable[[], None]:
        """Call `listener` with each new entry, and with None at the end; return a function that stops this."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def clear(self) -> None:
        """Forget all entries; their numbers go on."""
        self._entries.clear()

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)


def explain(entry: Entry) -> Iterator[str]:
    """Give for each rule of the scenario the reason why it did or did not apply to this request."""
    if isinstance(entry, CallbackEntry):
        if entry.rule is not None:
            yield f"{entry.rule.location}: applied to the call that started the job"
        return
    mismatches = dict(entry.mismatches)
    for rule in entry.rules:
        if entry.rule is not None and rule.index == entry.rule.index:
            yield f"{rule.location}: applied"
        elif rule.index in mismatches:
            yield f"{rule.location}: {mismatches[rule.index]}"
        elif entry.operation not in rule.effects:
            yield f"{rule.location}: it is on {', '.join(rule.effects)}"
        else:
            yield f"{rule.location}: not looked at, an earlier rule applied or the call got no further"
