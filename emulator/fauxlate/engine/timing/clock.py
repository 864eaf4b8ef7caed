"""The clock of a sandbox: a straight line over the wall clock, which is a parameter and never read here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Mode = Literal["real", "frozen", "rate"]


@dataclass(frozen=True, slots=True)
class Clock:
    """Sandbox time is `at + (wall - since) * rate`; all in seconds since the epoch.

    A clock is a value: changing it gives another clock, so a jump is one assignment and nothing has to tick.
    """

    at: float
    since: float
    rate: float = 1.0

    @classmethod
    def real(cls, wall: float) -> Clock:
        """Return a clock that shows the wall time."""
        return cls(at=wall, since=wall)

    @property
    def mode(self) -> Mode:
        """`frozen`, `real` (one second a second, though perhaps ahead of the wall), or `rate`."""
        return "frozen" if self.rate == 0 else "real" if self.rate == 1 else "rate"

    def now(self, wall: float) -> float:
        """Return the sandbox's time when the wall clock shows `wall`."""
        return self.at + (wall - self.since) * self.rate

    def advance(self, wall: float, seconds: float) -> Clock:
        """Return this clock moved forward by `seconds`. Raises `ValueError` for a step back."""
        if seconds < 0:
            raise ValueError(f"a clock only moves forward; {seconds:g} seconds is a step back")
        return replace(self, at=self.now(wall) + seconds, since=wall)

    def set_to(self, wall: float, at: float) -> Clock:
        """Return this clock showing `at`. Raises `ValueError` when that lies in its past."""
        now = self.now(wall)
        if at < now:
            raise ValueError(f"a clock only moves forward; {at:.3f} lies before its {now:.3f}")
        return replace(self, at=at, since=wall)

    def run(self, wall: float, rate: float) -> Clock:
        """Return this clock from now on running `rate` seconds a second; 0 freezes it."""
        if rate < 0:
            raise ValueError(f"a clock only moves forward; its rate cannot be {rate:g}")
        return Clock(at=self.now(wall), since=wall, rate=rate)
