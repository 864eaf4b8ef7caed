"""The journal: every request that a sandbox was sent, what came back, and why; a bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from emulator.engine.reply import Compared
from emulator.engine.scenario import Rule, Scenario

LONGEST_BODY = 4096
"""Bytes of a body that are remembered."""


@dataclass(slots=True)
class Entry:
    """One request and its answer, as they were; `wall` and `now` are the times of the wall and of the sandbox.

    `rule` is the rule that applied, `reasons` why each before it on this operation did not, and `scenario` the one
    then in force. `error` is the key of the error row that was given, `hint` what the developer was told, `compared`
    what a signature that does not match was made of.
    """

    number: int
    wall: float
    now: float
    provider: str
    method: str
    target: str
    request_headers: Mapping[str, str]
    request_body: bytes
    scenario: Scenario
    operation: str | None = None
    job: str | None = None
    rule: Rule | None = None
    reasons: tuple[tuple[int, str], ...] = ()
    status: int = 0
    reply_headers: Mapping[str, str] = field(default_factory=dict)
    reply_body: bytes = b""
    error: str | None = None
    evidence: str = ""
    fault: str | None = None
    hint: str | None = None
    compared: Compared | None = None
    took: float = 0.0


class Journal:
    """The last `most` entries of a sandbox."""

    def __init__(self, most: int = 500) -> None:
        self._entries: deque[Entry] = deque(maxlen=most)
        self._heard: list[Callable[[Entry], None]] = []
        self.written = 0

    def number(self) -> int:
        """Return the number of the next entry."""
        self.written += 1
        return self.written

    def add(self, entry: Entry) -> None:
        """Remember an entry, forgetting the oldest when there are too many."""
        self._entries.append(entry)
        for hear in self._heard:
            hear(entry)

    def hear(self, listener: Callable[[Entry], None]) -> Callable[[], None]:
        """Tell `listener` of each new entry, until what is returned is called."""
        self._heard.append(listener)
        return lambda: self._heard.remove(listener)

    def clear(self) -> None:
        """Forget all entries; their numbers go on."""
        self._entries.clear()

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)


def why(entry: Entry) -> Iterator[str]:
    """Say of each rule of the scenario why it did or did not apply to this request."""
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
