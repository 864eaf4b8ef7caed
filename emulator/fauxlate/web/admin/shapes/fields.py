"""Kinds of values in the bodies and queries that come: moments, durations, rates and ids."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from fauxlate.engine.timing.durations import MAX_DURATION, parse_duration

SANDBOX_ID = r"^[a-z0-9][a-z0-9-]{0,62}$"
"""Pattern of a sandbox's id."""
MIN_MOMENT, MAX_MOMENT = datetime(1970, 1, 1, tzinfo=UTC), datetime(9899, 1, 1, tzinfo=UTC)
"""Where a clock may be set, so that whatever is added to it, a hundred years at most, still has a date."""


def _parse_moment(text: object) -> object:
    """Return the time in `text`, in UTC where it names no zone; return anything but text as it is."""
    if not isinstance(text, str):
        return text
    try:
        moment = datetime.fromisoformat(text.upper())  # RFC 3339 has small letters too
    except ValueError:
        raise ValueError(f"`{text[:80]}` is not a time; write for example 2026-01-01T00:00:00Z") from None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    if not MIN_MOMENT <= moment <= MAX_MOMENT:
        raise ValueError(f"`{text[:80]}` is out of range; a clock shows {MIN_MOMENT:%Y-%m-%d} to {MAX_MOMENT:%Y-%m-%d}")
    return moment


_DURATION_SCHEMA = {
    "anyOf": [
        {"type": "string", "pattern": r"^([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+$"},
        {"type": "number", "minimum": 0, "maximum": MAX_DURATION},
    ],
    "description": "Seconds, or a text such as `250ms`, `2s`, `10m`, `1h30m` or `3d`; a hundred years at most.",
    "examples": ["10m", 600],
}
Duration = Annotated[str | float, AfterValidator(parse_duration), WithJsonSchema(_DURATION_SCHEMA)]
Moment = Annotated[datetime, BeforeValidator(_parse_moment), Field(examples=["2026-01-01T00:00:00Z"])]
SandboxId = Annotated[
    str,
    Field(
        pattern=SANDBOX_ID,
        description="Small letters, digits and dashes, 63 at most; without it one is made up.",
        examples=["checkout-tests"],
    ),
]
Rate = Annotated[float, Field(ge=0, le=1_000_000, description="Seconds that pass in a second; 0 stands still.")]
