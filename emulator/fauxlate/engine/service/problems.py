"""Problems: what can be wrong with a request before any operation runs; each provider has its own error for them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ProblemKind(StrEnum):
    """What can be wrong with a request before any operation sees it, in our words; a provider has its own."""

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
    """One trouble: the parameter that it concerns, if any, and what came, why it is refused, what to do."""

    kind: ProblemKind
    detail: str
    parameter: str = ""
