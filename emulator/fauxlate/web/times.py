"""Times as the admin API writes them."""

from __future__ import annotations

from datetime import UTC, datetime

_FIRST = datetime.min.replace(tzinfo=UTC).timestamp()
_LAST = datetime.max.replace(microsecond=0, tzinfo=UTC).timestamp()


def iso(at: float) -> str:
    """Return seconds since the epoch as a date and time, one outside the calendar as its nearest end."""
    return datetime.fromtimestamp(min(max(at, _FIRST), _LAST), UTC).isoformat().replace("+00:00", "Z")
