"""Distributions: how long a delay is, fixed or by chance, and how scenarios write it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from fauxlate.engine.chance import Chance
from fauxlate.engine.timing.durations import parse_duration

MAX_SIGMA = 10
"""Of a lognormal distribution. Beyond `e ** 10` times its median nothing is a delay any more."""
_PATTERN = re.compile(r"(uniform|normal|lognormal)\(([^,()]+),([^,()]+)\)")


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution of seconds: `fixed(a)`, `uniform(a, b)`, `normal(mean a, deviation b)`, `lognormal(median a, sigma b)`."""

    kind: Literal["fixed", "uniform", "normal", "lognormal"]
    a: float
    b: float = 0.0

    def sample(self, chance: Chance) -> float:
        """Return a length in seconds, never negative."""
        if self.kind == "fixed":
            return self.a
        unit = chance.unit("delay")
        if self.kind == "uniform":
            return self.a + (self.b - self.a) * unit
        standard = math.sqrt(-2 * math.log(1 - unit)) * math.cos(2 * math.pi * chance.unit("delay"))
        if self.kind == "normal":
            return max(0.0, self.a + self.b * standard)
        return self.a * math.exp(min(self.b * standard, 50.0))


NO_TIME = Distribution("fixed", 0)


def parse_distribution(text: str) -> Distribution:
    """Return the distribution that `2s`, `uniform(1s, 3s)`, `normal(200ms, 50ms)` or `lognormal(200ms, 0.6)` describes.

    Raises `ValueError` that says what to write.
    """
    match = _PATTERN.fullmatch(text.strip())
    if match is None:
        try:
            return Distribution("fixed", parse_duration(text))
        except ValueError as refusal:
            raise ValueError(f"{refusal}; or uniform(1s, 3s), normal(200ms, 50ms), lognormal(200ms, 0.6)") from None
    kind, first, second = match[1], parse_duration(match[2].strip()), match[3].strip()
    if kind == "lognormal":
        return Distribution("lognormal", first, _parse_sigma(second))
    other = parse_duration(second)
    if kind == "normal":
        return Distribution("normal", first, other)
    if other < first:
        raise ValueError(f"uniform({match[2].strip()}, {second}) ends before it begins")
    return Distribution("uniform", first, other)


def _parse_sigma(text: str) -> float:
    try:
        sigma = float(text)
    except ValueError:
        sigma = -1.0
    if not 0 <= sigma <= MAX_SIGMA:
        raise ValueError(
            f"sigma {text!r} is no number between 0 and {MAX_SIGMA}; write for example lognormal(200ms, 0.6)"
        )
    return sigma
