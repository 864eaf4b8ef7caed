"""Times as the admin API writes them: ISO 8601, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

_MIN = datetime.min.replace(tzinfo=UTC).timestamp()
_MAX = datetime.max.replace(microsecond=0, tzinfo=UTC).timestamp()


def format_time(timestamp: float) -> str:
    """Return seconds since the epoch as date and time; those outside the calendar as its nearest end."""
    return datetime.fromtimestamp(min(max(timestamp, _MIN), _MAX), UTC).isoformat().replace("+00:00", "Z")
