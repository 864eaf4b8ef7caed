"""Dates in headers, in any of the three forms of HTTP (RFC 9110, 5.6.7)."""

from __future__ import annotations

from datetime import UTC


def parse_http_date(text: str) -> float | None:
    """Return a date in seconds since the epoch, None where it is written otherwise; one without a zone is in GMT."""
    from email.utils import parsedate_to_datetime  # a start does without

    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
