"""Problems: what can be wrong with a request before any operation runs; each provider has its own error for them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ProblemKind(StrEnum):
    """The kinds of problems, in our words; a provider has its own."""

    UNKNOWN_OPERATION = "unknown operation"
    WRONG_METHOD = "wrong method"
    MISSING = "missing parameter"
    INVALID = "invalid parameter"
    MALFORMED = "malformed request"
    MEDIA_TYPE = "wrong media type"
    TOO_LARGE = "request too large"
    INTERNAL = "internal error"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: `detail` says what came, why it is refused and what to do; `parameter` is the one concerned, if any."""

    kind: ProblemKind
    detail: str
    parameter: str = ""
