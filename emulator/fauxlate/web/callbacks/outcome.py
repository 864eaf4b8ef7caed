"""The outcome of an attempt to tell a client something."""

from __future__ import annotations

from dataclasses import dataclass

TIMEOUT_SECONDS = 3.0
"""Real time that a client has to answer; less than a jump of the clock waits for what it sets off. The pages of DingTalk
speak of 1200 and of 1500 ms, which a busy test machine may miss."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an attempt: the answer's status, 0 for none, its body, and why it does not count, None where it does."""

    status: int
    body: bytes
    refusal: str | None
